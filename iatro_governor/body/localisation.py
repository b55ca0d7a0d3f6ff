"""Where the map lies: the base's pose in it, as a localiser tells it, and how far to trust that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array, compose, inverse


@dataclass(frozen=True, slots=True)
class Fix:
    """One localisation, at ``t`` s.

    odom: (3,) pose of odom's origin in the map. shift, turn: how far the base's place, m, and heading, rad, may be
    from where it says.
    """

    t: float
    odom: Array
    shift: float
    turn: float

    def in_map(self, pose: Array) -> Array:
        """Where ``pose`` (..., 3) in odom is in the map."""
        return compose(self.odom, pose)


def fix(t: float, in_map: Array, in_odom: Array, shift: float, turn: float) -> Fix:
    """The fix of a base at ``in_map`` (3,) in the map, which was at ``in_odom`` (3,) in odom then."""
    return Fix(t, compose(in_map, inverse(in_odom)), shift, turn)


def deviations(covariance: Array) -> tuple[float, float]:
    """Standard deviations of place, m, in its worst direction, and of heading, rad.

    ``covariance`` (6, 6) of x, y, z and of the turns about them, as geometry_msgs/PoseWithCovariance has it.
    """
    flat = covariance[:2, :2]
    widest = np.linalg.eigvalsh(flat / 2 + flat.T / 2)[1]
    return float(np.sqrt(max(widest, 0.0))), float(np.sqrt(max(covariance[5, 5], 0.0)))
