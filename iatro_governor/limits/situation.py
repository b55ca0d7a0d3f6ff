"""All that a limit may look at: trusted measurements and geometry, no words, no names of planners."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.easing import Easing, eased_stop
from iatro_governor.body.localisation import Fix
from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import SAMPLES, Braking, Flight, Rollouts, roll_out
from iatro_governor.body.shape import Shape
from iatro_governor.body.surroundings import Obstacles, Surroundings
from iatro_governor.limits.returns import Returns
from iatro_governor.limits.sensed import People
from iatro_governor.limits.span import Span

ROUNDING = 1e-9
"""Added to what bounds a distance, m: the distance itself is rounded otherwise."""


@dataclass(frozen=True, slots=True)
class Jerk:
    """How outputs that are ``step_s`` s from the standing one may come to rest.

    bounds: (n,) on the change of each component's pace. pace: (c, n) of the outputs per second, where another than the
    step's is meant. eased: (n,) whether a component's stop is built up; what moves nothing else stops by itself.
    """

    bounds: Array
    step_s: float
    eased: NDArray[np.bool_]
    pace: Array | None = None

    def stops(self, time: Array, moving: Array, outputs: Array, anchor: Array) -> Easing:
        """How ``outputs`` (c, n), or the body ``moving`` (c, n) by itself, come to rest; ``time``: (c,) s at once."""
        pace = (outputs - anchor) / self.step_s if self.pace is None else self.pace
        # What the body does beyond its command, no command has begun to slow.
        own = np.where((moving == outputs).all(axis=-1)[:, None] & self.eased, pace, 0.0)
        return eased_stop(time, np.where(self.eased, moving, 0.0), own, self.bounds)


@dataclass(eq=False, slots=True)
class Situation:
    """The body at one moment.

    t: s. pose: (3,) of the base in odom. measured: (3,) twist in the base frame. anchor: (3,) the output that
    stands. beyond: (3,) measured motion that no command explains. flight: commands not yet carried out. reaction_s:
    time from the newest measurement to the effect of a command decided now. age_s: so much of that lies before t.
    braking: what any stop is sure to reach. comfort: deceleration of ordinary driving, m/s2 and rad/s2. footprint,
    reach: figure of the body, and its largest distance from the origin, m. height: lowest and highest point of the
    body, m. fixes: by source, where odom lies in the map. jerk: what a stop's deceleration builds up by, None: at
    once. people: by source, who is tracked, in odom. sooner: the same moment, had commands taken effect sooner, as
    far as that matters to outputs (c, n). begun: (3,) pose in odom at which the way to rest was verified that is
    followed now; None: none is.

    Nobody writes to it. It is not frozen, for one is made every cycle, and that would take three times as long.
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
    height: tuple[float, float] = (-math.inf, math.inf)
    fixes: Mapping[str, Fix] = field(default_factory=dict)
    jerk: Jerk | None = None
    people: Mapping[str, People] = field(default_factory=dict)
    age_s: float = 0.0
    sooner: Callable[[Situation, Array], Sequence[Situation]] | None = None
    begun: Array | None = None
    _obstacles: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def delay_s(self) -> float:
        """From ``t`` to the effect of a command decided now, s."""
        return self.reaction_s - self.age_s

    def roll_out(self, outputs: Array) -> Rollouts:
        """Ways to rest of ``outputs`` (c, 3); where the body moves faster by itself, that is what has to stop."""
        moving = outputs
        if np.count_nonzero(self.beyond):
            faster = (outputs * self.beyond >= 0) & (np.abs(self.beyond) > np.abs(outputs))
            moving = np.where(faster, self.beyond, outputs)
        if self.jerk is None:
            return roll_out(moving, self.flight, self.period, self.braking, self.reach)
        eased = self.jerk.stops(self.braking.time(moving), moving, outputs, self.anchor)
        return roll_out(moving, self.flight, self.period, self.braking, self.reach, eased)

    def span(self, wanted: Array) -> Span | None:
        """How far any output between the standing one and ``wanted`` (3,) leads; None where jerk is bounded.

        In plain numbers, for it is asked at every decision: 2 us, where the rollouts of four outputs take 50.
        """
        if self.jerk is not None:
            return None
        each = zip(wanted.tolist(), self.anchor.tolist(), self.beyond.tolist(), strict=True)
        x, y, turn = [max(abs(asked), abs(stands), abs(own)) for asked, stands, own in each]
        speed, flown = math.hypot(x, y), self.flight.most
        coast = max(speed / self.braking.linear, turn / self.braking.angular) / 2
        moved = (speed + turn * self.reach) * (self.period + coast)
        travel = moved + flown + ROUNDING
        return Span((x, y, turn), travel, travel + max(moved / SAMPLES, flown) / 2)

    def views(self, outputs: Array) -> tuple[Situation, ...]:
        """All that may be so, as far as it matters to ``outputs`` (c, n): a delay is known by its longest alone."""
        return (self,) if self.sooner is None else (self, *self.sooner(self, outputs))

    def build_up_s(self, deceleration: float) -> float:
        """Seconds until ``deceleration``, m/s2, of the linear part is reached, and again until it is over."""
        return 0.0 if self.jerk is None else deceleration / float(self.jerk.bounds[:2].min())

    def fastest(self, output: Array) -> float:
        """Speed, m/s, that no point of the body exceeds by ``output`` (3,)."""
        vx, vy, wz = output.tolist()
        return math.hypot(vx, vy) + float(abs(wz)) * self.reach

    def lasting(self, period: float) -> Situation:
        """The same moment, with outputs held for ``period`` s."""
        return replace(self, period=period)

    def changing(self, pace: Array) -> Situation:
        """The same moment, for outputs that change at ``pace`` (c, n) per second."""
        return self if self.jerk is None else replace(self, jerk=replace(self.jerk, pace=pace))

    def following(self, verified: Situation) -> Situation:
        """The same moment, on a way to rest that was ``verified`` then."""
        return replace(self, begun=verified.pose)

    def at(self, pose: Array) -> Situation:
        """The same moment with the base at ``pose`` (3,) in odom, and around it what was."""
        return replace(self, pose=pose, _obstacles={})

    def place(self, channel: str) -> slice:
        """The components of ``u`` are all the base's."""
        return slice(None)

    def standing(self, anchor: Array) -> Situation:
        """The same moment with another output standing (n,), and the base moving as that says."""
        twist = float(anchor[0]), float(anchor[1]), float(anchor[-1])
        flight = Flight([(twist, self.reaction_s)], self.reach)
        moving = {"measured": anchor, "beyond": np.zeros(len(anchor)), "flight": flight, "sooner": None}
        return replace(self, anchor=anchor, **moving)  # type: ignore[arg-type]

    def nearest(self, sources: tuple[str, ...]) -> float:
        """No return of ``sources`` is nearer to the footprint, m; quick, for it may be less."""
        key = (sources, "nearest")
        if key not in self._obstacles:
            self._obstacles[key] = self.surroundings.nearest(sources, self.pose) - self.reach - ROUNDING
        found: float = self._obstacles[key]
        return found

    def obstacles(self, sources: tuple[str, ...]) -> Obstacles:
        """Returns of ``sources`` in the base frame of now; worked out once, several limits ask."""
        if sources not in self._obstacles:
            self._obstacles[sources] = self.surroundings.obstacles(sources, self.pose)
        found: Obstacles = self._obstacles[sources]
        return found

    def returns(self, sources: tuple[str, ...], figure: Shape) -> Returns:
        """The same, around ``figure``, a figure fixed to the body."""
        key = (sources, id(figure))
        if key not in self._obstacles:
            self._obstacles[key] = Returns(self.obstacles(sources), figure)
        found: Returns = self._obstacles[key]
        return found
