"""A path cut into intervals that hold no knot, and how it moves at both ends of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.path import JointPath
from iatro_governor.body.path_sampling import cut
from iatro_governor.body.planar import Array

TINY = 1e-9
"""A joint slower than this, rad/s, is at rest."""


@dataclass(frozen=True, slots=True)
class Grid:
    """times: (i + 1,) s. segments: (i,) the segment of each interval, and between which of its parts it lies."""

    times: Array
    segments: NDArray[np.intp]
    starts: Array
    ends: Array

    @classmethod
    def of(cls, path: JointPath, counts: NDArray[np.intp]) -> Grid:
        """Each segment of ``path`` cut into ``counts`` (m,) equal intervals."""
        segments, starts = cut(counts)
        times = np.append(path.starts[segments] + starts * path.spans[segments], path.duration)
        return cls(times, segments, starts, starts + 1.0 / counts[segments])

    def until(self, node: int) -> Grid:
        """Its beginning, up to ``times[node]``."""
        return Grid(self.times[: node + 1], self.segments[:node], self.starts[:node], self.ends[:node])


@dataclass(frozen=True, slots=True)
class Slopes:
    """A path by its own time, at one end of i intervals. velocity: (i, n) of its joints, rad/s.

    bend: (i, n) acceleration in the direction of the motion, rad/s2; at the edge of rest that of the motion within.
    """

    velocity: Array
    bend: Array

    @classmethod
    def at(cls, path: JointPath, grid: Grid, end: bool) -> Slopes:
        """At the end or at the start of each interval of ``grid``."""
        parts = grid.ends if end else grid.starts
        velocity, acceleration = (path.within(grid.segments, parts, order) for order in (1, 2))
        leaving = np.sign(acceleration) * (-1.0 if end else 1.0)
        return cls(velocity, acceleration * np.where(np.abs(velocity) > TINY, np.sign(velocity), leaving))

    @property
    def speed(self) -> Array:
        """(i, n) rad/s."""
        return np.abs(self.velocity)

    @property
    def at_rest(self) -> NDArray[np.bool_]:
        """(i,) where no joint moves."""
        resting: NDArray[np.bool_] = np.all(self.speed <= TINY, axis=1)
        return resting
