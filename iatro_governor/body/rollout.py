"""Braking rollouts: where the body goes if a command is followed by a stop, for several commands at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from iatro_governor.body.easing import Easing
from iatro_governor.body.planar import Array, arc, compose

SAMPLES = 12
"""Samples of equal distance along each way to rest."""
FRACTIONS = np.arange(1, SAMPLES + 1) / SAMPLES


@dataclass(frozen=True, slots=True)
class Braking:
    """Decelerations that are sure to be reached, m/s2 and rad/s2."""

    linear: float
    angular: float

    def time(self, twists: Array) -> Array:
        """Seconds (...,) to bring ``twists`` (..., 3), or (..., 4) in the air, to rest along their own direction."""
        speed = np.hypot(twists[..., 0], twists[..., 1])
        if twists.shape[-1] == 4:
            speed = np.hypot(speed, twists[..., 2])
        time: Array = np.maximum(speed / self.linear, np.abs(twists[..., -1]) / self.angular)
        return time

    def seconds(self, vx: float, vy: float, wz: float) -> float:
        """As ``time`` of one twist on the ground, in plain numbers."""
        return max(math.hypot(vx, vy) / self.linear, abs(wz) / self.angular)

    def ramp(self, anchor: Array, dt: float) -> Array:
        """The output (3,) after ``dt`` s of a stop from ``anchor``: along the same direction, ending in exact zeros."""
        time = float(self.time(anchor))
        if time <= dt + 1e-12:
            return np.zeros(len(anchor))
        return anchor * (1.0 - dt / time)


@dataclass(slots=True)
class Rollouts:
    """Ways to rest of ``c`` candidate outputs.

    poses: (c, k, 3) of the base, in the base frame of now, in order. half_step: (c,) half the largest distance that any
    point of the body moves between two samples, m. travel: (c,) bound on how far any point of the body moves, m.
    outputs: (c, 3) the candidates themselves. flown: how many of the poses come before the output acts. hold: how long
    it lasts, s. ramp, coast: (c,) s, its way to rest: how long, and how far in seconds at full speed.
    Nobody writes to it; like ``Situation``, it is made too often to be frozen.
    """

    outputs: Array
    poses: Array
    half_step: Array
    travel: Array
    flown: int = 0
    hold: float = 0.0
    ramp: Array | None = None
    coast: Array | None = None

    @property
    def last(self) -> Rollouts:
        """The way of the last candidate alone."""
        ramp, coast = (None if each is None else each[-1:] for each in (self.ramp, self.coast))
        parts = self.outputs[-1:], self.poses[-1:], self.half_step[-1:], self.travel[-1:]
        return Rollouts(*parts, self.flown, self.hold, ramp, coast)

    def seconds(self, reaction_s: float) -> Array:
        """When (c, k) each pose is reached, s after the last measurement; never too early.

        ``reaction_s``: from the measurement until the output acts. Raises ValueError for ways that have no times.
        """
        before = reaction_s * np.arange(1, self.flown + 1) / max(self.flown, 1)
        if self.ramp is None or self.coast is None:
            raise ValueError("these ways have no times")
        coast, ramp = self.coast[:, None], self.ramp[:, None]
        samples = self.poses.shape[1] - self.flown
        far = (self.hold + coast) * (np.arange(1, samples + 1) / samples)  # in seconds at full speed
        braked = np.clip(far - self.hold, 0.0, coast)
        # A plain ramp covers tau - tau^2 / (2 ramp); one that builds up is taken to last to its end.
        plain = ramp - np.sqrt(np.maximum(ramp * ramp - 2 * ramp * braked, 0.0))
        eased = np.where(braked > 0, ramp, 0.0)
        lasts = np.minimum(far, self.hold) + np.where(np.abs(2 * coast - ramp) <= 1e-9, plain, eased)
        start = np.broadcast_to(before, (len(ramp), self.flown))
        return np.concatenate([start, reaction_s + lasts], axis=1)


@dataclass
class Flight:
    """What the commands still in flight will do, whatever is decided now; followed only where somebody asks.

    pieces: [vx, vy, wz] and seconds. reach: largest distance of the body from its origin, m. Nobody writes to it;
    like ``Situation``, it is made too often to be frozen.
    """

    pieces: Sequence[tuple[tuple[float, ...], float]]
    reach: float
    most: float = field(init=False)
    """Bound, m, on the way of any point of the body, whichever of the commands in force is carried out.

    Of the outputs in force during a piece it has the one whose components add up to the most.
    """

    def __post_init__(self) -> None:
        wide, self.most = max(self.reach, 1.0), 0.0
        for (vx, vy, wz), seconds in self.pieces:
            self.most += (abs(vx) + abs(vy) + abs(wz)) * wide * seconds

    @property
    def end(self) -> Array:
        """Pose (3,) of the base when they are carried out, in the base frame of the last measurement."""
        return self._way[0]

    @property
    def poses(self) -> Array:
        """Poses (m, 3) on the way."""
        return self._way[1]

    @property
    def step(self) -> float:
        """Largest single step of any point of the body, m."""
        return self._way[2]

    @property
    def travel(self) -> float:
        """Whole way of any point of the body, m."""
        return self._way[3]

    @cached_property
    def _way(self) -> tuple[Array, Array, float, float]:
        x = y = yaw = step = travel = 0.0
        poses: list[tuple[float, float, float]] = []
        for (vx, vy, wz), seconds in self.pieces:
            middle = yaw + wz * seconds / 2
            # The chord of an arc points along its middle heading; it is shorter than the arc by the sinc of half the
            # turn.
            half = wz * seconds / 2
            chord = seconds * (math.sin(half) / half if abs(half) > 1e-9 else 1.0)
            c, s = math.cos(middle), math.sin(middle)
            x, y, yaw = x + chord * (c * vx - s * vy), y + chord * (s * vx + c * vy), yaw + wz * seconds
            poses.append((x, y, yaw))
            moved = (math.hypot(vx, vy) + abs(wz) * self.reach) * seconds
            step, travel = max(step, moved), travel + moved
        return np.array([x, y, yaw]), np.array(poses).reshape(-1, 3), step, travel


def roll_out(
    outputs: Array, flight: Flight, period: float, braking: Braking, reach: float, eased: Easing | None = None
) -> Rollouts:
    """Follow each of ``outputs`` (c, 3) to rest.

    First the commands still in flight; then the output, held for one ``period`` s; then its ramp to rest along the
    same direction. Hold and ramp share one curvature, so they are one arc of length ``twist * (period + ramp / 2)``.
    ``reach``: largest distance of the body from the base origin, m. ``eased``: the stops, where they are no plain
    ramps.
    """
    ramp = braking.time(outputs) if eased is None else eased.time
    coast = ramp / 2 if eased is None else eased.coast
    total = outputs * (period + coast)[:, None]
    ahead = compose(flight.end, arc(total[:, None, :] * FRACTIONS[:, None]))
    moved = np.hypot(total[:, 0], total[:, 1]) + np.abs(total[:, 2]) * reach
    start = np.broadcast_to(flight.poses, (len(outputs), *flight.poses.shape))
    half_step = np.maximum(moved / SAMPLES, flight.step) / 2
    poses = np.concatenate([start, ahead], axis=1)
    flown = len(flight.poses)
    return Rollouts(outputs, poses, half_step, moved + flight.travel, flown, period, ramp, coast)
