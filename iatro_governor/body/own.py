"""Which points that a sensor sees are the robot itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape


@dataclass(frozen=True, slots=True)
class OwnBody:
    """The part of space that the body fills: its footprint, between the heights ``low`` and ``high``, m."""

    footprint: Shape | None = None
    low: float = -np.inf
    high: float = np.inf

    @property
    def height(self) -> tuple[float, float]:
        """Lowest and highest point, m."""
        return self.low, self.high

    def holds(self, points: Array, inset: float) -> NDArray[np.bool_]:
        """Which of ``points`` (3, n), base frame, lie in the body, deeper than ``inset`` m inside the footprint."""
        out = np.zeros(points.shape[1], dtype=bool)
        if self.footprint is None:
            return out
        x, y, z = points
        reach = self.footprint.reach
        close = (
            (x >= -reach) & (x <= reach) & (y >= -reach) & (y <= reach) & (z >= self.low) & (z <= self.high)
        )
        near = np.flatnonzero(close)
        out[near] = self.footprint.distance(points[:2, near].T) < -inset
        return out


NO_BODY = OwnBody()


def in_box(points: Array, low: tuple[float, ...], high: tuple[float, ...]) -> NDArray[np.bool_]:
    """Which of ``points`` (3, n) lie between the corners ``low`` and ``high``, m."""
    out: NDArray[np.bool_] = np.ones(points.shape[1], dtype=bool)
    for along, least, most in zip(points, low, high, strict=True):
        out &= (along >= least) & (along <= most)
    return out
