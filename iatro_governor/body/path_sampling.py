"""Places along a joint path that lie so close together that what is between them is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.path import JointPath
from iatro_governor.body.planar import Array
from iatro_governor.body.polynomial import variation

LEAST = 4
"""Intervals of each segment, at least: between two corners there is room to speed up and to slow down."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A path cut into i intervals, none of which holds a knot. times: (i + 1,) s. segments: (i,) the segment of each.

    starts, ends: (i,) the parts of its segment between which each interval lies.
    """

    times: Array
    segments: NDArray[np.intp]
    starts: Array
    ends: Array

    def until(self, node: int) -> Grid:
        """Its beginning, up to ``times[node]``."""
        return Grid(self.times[: node + 1], self.segments[:node], self.starts[:node], self.ends[:node])


@dataclass(frozen=True, slots=True)
class Samples:
    """Places of the joints on a path. times: (s,) s. positions, velocities: (s, n) rad, rad/s.

    reach: (s, n) rad. Every place of the path is on the way of one of the samples, and with weights ``w >= 0`` for the
    joints, as far from the nearest of them as ``reach @ w`` at most. largest: (n,) rad, the longest way between two.
    """

    times: Array
    positions: Array
    velocities: Array
    reach: Array
    largest: Array


def intervals(path: JointPath, step: Array | float, period: float) -> NDArray[np.intp]:
    """Into how many intervals (m,) each segment has to be cut.

    In none of them may a joint move further than ``step`` (n,) rad, nor may it last longer than ``period`` s.
    """
    low, high = path.extremes(1)
    ways = np.maximum(np.abs(low), np.abs(high)) * path.spans[:, None]
    counts = np.maximum((ways / step).max(axis=1), path.spans / period)
    # Far too many are told by the caller; here they only have to fit an integer.
    whole: NDArray[np.intp] = np.maximum(np.ceil(np.minimum(counts, 1e9)), LEAST).astype(np.intp)
    return whole


def grid(path: JointPath, counts: NDArray[np.intp]) -> Grid:
    """Each segment of ``path`` cut into ``counts`` (m,) equal intervals."""
    segments = np.repeat(np.arange(len(counts)), counts)
    index = np.arange(len(segments)) - np.repeat(np.cumsum(counts) - counts, counts)
    of = counts[segments]
    starts, ends = index / of, (index + 1) / of
    times = np.append(path.starts[segments] + starts * path.spans[segments], path.duration)
    return Grid(times, segments, starts, ends)


def sample(path: JointPath, at: Grid) -> Samples:
    """The places of ``at``; at a corner the velocity is the faster one of both sides."""
    before, after = (_ends(path.within(at.segments, part, 1)) for part in (at.ends, at.starts))
    came, goes = before[:-1], after[1:]
    faster = np.abs(came).max(axis=1) > np.abs(goes).max(axis=1)
    ways = _ways(path, at)
    half = np.maximum(_ends(ways)[1:], _ends(ways)[:-1]) / 2
    half[0] += np.abs(path.gap)
    return Samples(
        at.times,
        path.positions(at.times),
        np.where(faster[:, None], came, goes),
        half,
        ways.max(axis=0),
    )


def _ends(values: Array) -> Array:
    """With nothing before the first interval and after the last."""
    nothing = np.zeros_like(values[:1])
    return np.concatenate([nothing, values, nothing])


def _ways(path: JointPath, at: Grid) -> Array:
    """How far (i, n) each joint goes, to and fro, in each interval, rad."""
    coefficients, edges = path.coefficients[at.segments], path.edges(0)[at.segments]
    ones = np.ones_like(coefficients[..., 0])
    ends, starts = (variation(coefficients, edges, ones * part[:, None]) for part in (at.ends, at.starts))
    return ends - starts
