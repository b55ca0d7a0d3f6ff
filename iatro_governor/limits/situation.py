"""All that a limit may look at: trusted measurements and geometry, no words, no names of planners."""

from __future__ import annotations

from dataclasses import dataclass

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.body.shape import Shape
from iatro_governor.body.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Situation:
    """The body at one moment.

    t: s. pose: (3,) of the base in odom. measured: (3,) twist in the base frame. anchor: (3,) the output that stands.
    in_flight: (m, 4) commands not yet carried out, [vx, vy, wz, seconds]. reaction_s: time from the newest
    measurement to the effect of a command decided now. braking: what any stop is sure to reach. comfort: deceleration
    of ordinary driving, m/s2 and rad/s2. footprint, reach: figure of the body, and its largest distance from the
    origin, m.
    """

    t: float
    period: float
    pose: Array
    measured: Array
    anchor: Array
    in_flight: Array
    reaction_s: float
    braking: Braking
    comfort: Braking
    footprint: Shape
    reach: float
    surroundings: Surroundings
