"""Braking rollouts: where the body goes if a command is followed by a stop, for several commands at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array, arc, compose

SAMPLES = 12
"""Samples of equal distance along each way to rest."""


@dataclass(frozen=True, slots=True)
class Braking:
    """Decelerations that are sure to be reached, m/s2 and rad/s2."""

    linear: float
    angular: float

    def time(self, twists: Array) -> Array:
        """Seconds (...,) to bring ``twists`` (..., 3) to rest along their own direction."""
        speed = np.hypot(twists[..., 0], twists[..., 1])
        time: Array = np.maximum(speed / self.linear, np.abs(twists[..., 2]) / self.angular)
        return time


@dataclass(frozen=True, slots=True)
class Rollouts:
    """Ways to rest of ``c`` candidate outputs.

    poses: (c, k, 3) of the base, in the base frame of now, in order. half_step: (c,) half the largest distance that any
    point of the body moves between two samples, m. travel: (c,) bound on how far any point of the body moves, m.
    outputs: (c, 3) the candidates themselves.
    """

    outputs: Array
    poses: Array
    half_step: Array
    travel: Array


def roll_out(outputs: Array, in_flight: Array, period: float, braking: Braking, reach: float) -> Rollouts:
    """Follow each of ``outputs`` (c, 3) to rest.

    First the commands still in flight, ``in_flight`` (m, 4) = [vx, vy, wz, seconds]; then the output, held for one
    ``period`` s; then its ramp to rest along the same direction. Hold and ramp share one curvature, so they are one arc
    whose length is ``twist * (period + ramp / 2)``. ``reach``: largest distance of the body from the base origin, m.
    """
    start, first, step0, travel0 = _follow(in_flight, reach)
    total = outputs * (period + braking.time(outputs) / 2)[:, None]
    fraction = np.arange(1, SAMPLES + 1) / SAMPLES
    ahead = compose(start, arc(total[:, None, :] * fraction[:, None]))
    moved = np.hypot(total[:, 0], total[:, 1]) + np.abs(total[:, 2]) * reach
    poses = np.concatenate([np.broadcast_to(first, (len(outputs), *first.shape)), ahead], axis=1)
    half_step = np.maximum(moved / SAMPLES, step0) / 2
    return Rollouts(outputs, poses, half_step, moved + travel0)


def _follow(in_flight: Array, reach: float) -> tuple[Array, Array, float, float]:
    """Pose after all commands in flight, the poses on the way (m, 3), the largest step and the whole travel, m."""
    pose = np.zeros(3)
    poses = np.zeros((len(in_flight), 3))
    largest = travel = 0.0
    for index, (vx, vy, wz, seconds) in enumerate(in_flight):
        pose = compose(pose, arc(np.array([vx, vy, wz]) * seconds))
        poses[index] = pose
        step = (float(np.hypot(vx, vy)) + abs(wz) * reach) * seconds
        largest, travel = max(largest, step), travel + step
    return pose, poses, largest, travel
