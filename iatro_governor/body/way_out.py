"""The least translation out of convex polygons that overlap, all at once.

Where the shortest way out ends, one edge at least is touched; so it ends on the line of an edge. On each of these lines
every polygon covers one interval, which its other edges bound (Cyrus and Beck, "Generalized two- and three-dimensional
clipping", Computers and Graphics 3, 1978), and what no interval covers is free. The nearest free place on any line is
the answer, and the foot of the line is the nearest that it may be: lines are taken from the nearest foot on, a few at a
time, until no further one can matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array

Indices = NDArray[np.integer[Any]]

TINY = 1e-9
"""What only touches a polygon by as much, m, is out of it."""
PARALLEL = 1e-18
"""Stands for a sine of 0: such lines meet beyond any way."""
FEW = 6
"""Lines that are taken at a time."""


def shortest_way_out(normals: Array, ahead: Array, starts: Indices) -> Array:
    """Lengths (n,), m, of the shortest ways from n origins out of all polygons around them.

    Edges have outward unit normals (n, m, 2) and lie ``ahead`` (n, m), m, of the origin along these; those of one
    polygon stand together, from each of ``starts`` (k,) on.
    """
    feet = np.abs(ahead)
    order = np.argsort(feet, axis=1)
    least = np.full(len(ahead), np.inf)
    for first in range(0, ahead.shape[1], FEW):
        todo = np.flatnonzero(feet[np.arange(len(feet)), order[:, first]] < least)
        if not len(todo):
            break
        lines = order[todo, first : first + FEW]
        low, high = _covered(normals[todo], ahead[todo], starts, lines)
        aside = _nearest_free(low, high)
        ways = np.hypot(feet[todo[:, None], lines], aside).min(axis=1)
        least[todo] = np.minimum(least[todo], ways)
    return least


def _covered(normals: Array, ahead: Array, starts: Indices, lines: Indices) -> tuple[Array, Array]:
    """From where to where (n, l, k), m from its foot to the left, each polygon covers the ``lines`` (n, l) of edges."""
    each = np.arange(len(lines))[:, None]
    line, x, y = normals[each, lines], normals[:, None, :, 0], normals[:, None, :, 1]
    cosine = line[..., :1] * x + line[..., 1:] * y
    sine = line[..., :1] * y - line[..., 1:] * x
    met = (ahead[:, None] - TINY - ahead[each, lines][..., None] * cosine) / np.where(
        sine == 0.0, PARALLEL, sine
    )
    low = np.maximum.reduceat(np.where(sine < 0.0, met, -np.inf), starts, axis=2)
    high = np.minimum.reduceat(np.where(sine < 0.0, np.inf, met), starts, axis=2)
    return low, high


def _nearest_free(low: Array, high: Array) -> Array:
    """Least distance (...,) from 0 of what no interval from ``low`` to ``high`` (..., k) covers; some cover nothing."""
    none = low >= high
    order = np.argsort(np.where(none, np.inf, low), axis=-1)
    ends = np.take_along_axis(np.where(none, np.inf, low), order, axis=-1)
    starts = np.maximum.accumulate(np.take_along_axis(np.where(none, -np.inf, high), order, axis=-1), axis=-1)
    beyond = np.full((*low.shape[:-1], 1), np.inf)
    starts, ends = np.concatenate([-beyond, starts], axis=-1), np.concatenate([ends, beyond], axis=-1)
    nearest = np.maximum(np.maximum(starts, -ends), 0.0)
    least: Array = np.where(starts < ends, nearest, np.inf).min(axis=-1)
    return least
