"""All that a limit may look at: trusted measurements and geometry, no words, no names of planners."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from iatro_governor.body.localisation import Fix
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking, Flight, Rollouts, roll_out
from iatro_governor.body.shape import Shape
from iatro_governor.body.surroundings import Obstacles, Surroundings


@dataclass(frozen=True, slots=True)
class Situation:
    """The body at one moment.

    t: s. pose: (3,) of the base in odom. measured: (3,) twist in the base frame. anchor: (3,) the output that stands.
    beyond: (3,) measured motion that no command explains. flight: commands not yet carried out. reaction_s: time from
    the newest measurement to the effect of a command decided now. braking: what any stop is sure to reach. comfort:
    deceleration of ordinary driving, m/s2 and rad/s2. footprint, reach: figure of the body, and its largest distance
    from the origin, m. height: lowest and highest point of the body, m. fixes: by source, where odom lies in the map.
    """

    t: float
    period: float
    pose: Array
    measured: Array
    anchor: Array
    beyond: Array
    flight: Flight
    reaction_s: float
    braking: Braking
    comfort: Braking
    footprint: Shape
    reach: float
    surroundings: Surroundings
    sifted: ClassVar[bool] = False
    """Whether limits that cannot matter were left out before."""
    height: tuple[float, float] = (-math.inf, math.inf)
    fixes: Mapping[str, Fix] = field(default_factory=dict)
    _obstacles: dict[tuple[str, ...], Obstacles] = field(default_factory=dict, repr=False, compare=False)

    def roll_out(self, outputs: Array) -> Rollouts:
        """Ways to rest of ``outputs`` (c, 3); where the body moves faster by itself, that is what has to stop."""
        faster = (outputs * self.beyond >= 0) & (np.abs(self.beyond) > np.abs(outputs))
        moving = np.where(faster, self.beyond, outputs)
        return roll_out(moving, self.flight, self.period, self.braking, self.reach)

    def lasting(self, period: float) -> Situation:
        """The same moment, with outputs held for ``period`` s."""
        return replace(self, period=period)

    def obstacles(self, sources: tuple[str, ...]) -> Obstacles:
        """Returns of ``sources`` in the base frame of now; worked out once, several limits ask."""
        if sources not in self._obstacles:
            self._obstacles[sources] = self.surroundings.obstacles(sources, self.pose)
        return self._obstacles[sources]
