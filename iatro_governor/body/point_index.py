"""Many points in space, sorted by cells, so that those near an arm's capsules are found quickly."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.distance import ball_distance, length
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array

CELL = 0.15
"""Side of a cell, m."""
BITS = 20
"""Bits for a cell's number along one axis."""


class PointIndex:
    """``n`` points in ``K`` cells, each point for what is within ``spread`` m of it.

    points: (n, 3) m, those of a cell together. cell: (n,) the number of each point's cell.
    """

    def __init__(self, points: Array, spread: float) -> None:
        order, starts = _by_cell(points)
        self.points: Array = points[order]
        self.spread = spread
        self._starts = starts
        self._counts = np.diff(np.append(starts, len(points)))
        self.cell: Indices = np.repeat(np.arange(len(starts)), self._counts)
        if len(starts):
            low, high = (pick.reduceat(self.points, starts) for pick in (np.minimum, np.maximum))
        else:
            low = high = np.zeros((0, 3))
        self._centres: Array = (low + high) / 2
        self._reach: Array = length(high - low) / 2

    def __len__(self) -> int:
        return len(self.points)

    def bounds(self, ends: Array, reach: Array) -> Array:
        """Distances (C, K), m, of capsules ``ends`` (C, 2, 3) from all cells that are never too large.

        ``reach``: (C,) m, radius of the ball around each capsule.
        """
        middles = (ends[:, 0] + ends[:, 1]) / 2
        away = length(middles[:, None] - self._centres)
        out: Array = away - (reach[:, None] + (self._reach + self.spread))
        return out

    def pairs(
        self, ends: Array, radius: Array, reach: Array, within: Array
    ) -> tuple[Indices, Indices, Array]:
        """Capsules (P,) and points (P,) that are no further apart than ``within`` (C,) m, and their distance (P,), m.

        In the order of capsules, and of cells for each of them; distances are those from what the points stand for.
        """
        capsule, cell = np.nonzero(self.bounds(ends, reach) <= within[:, None])
        counts = self._counts[cell]
        first = np.repeat(self._starts[cell] - (np.cumsum(counts) - counts), counts)
        point = first + np.arange(int(counts.sum()))
        capsule = np.repeat(capsule, counts)
        distance = ball_distance(ends[capsule], radius[capsule], self.points[point], self.spread)
        near = distance <= within[capsule]
        return capsule[near], point[near], distance[near]

    def without(self, points: Indices) -> PointIndex:
        """The same without some of the points."""
        if not len(points):
            return self
        kept = np.ones(len(self.points), dtype=bool)
        kept[points] = False
        return PointIndex(self.points[kept], self.spread)


def _by_cell(points: Array) -> tuple[Indices, Indices]:
    """An order (n,) in which the points of a cell stand together, and where each cell begins (K,)."""
    if not len(points):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    cell = np.floor(points / CELL).astype(np.int64)
    cell -= cell.min(axis=0)
    key = (cell[:, 0] << 2 * BITS) | (cell[:, 1] << BITS) | cell[:, 2]
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return order, starts
