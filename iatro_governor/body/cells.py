"""Many points as few: one for each cell of a grid, and the groups that they form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array

Indices = NDArray[np.int64]
BITS = 20
"""Bits for a cell's number along one axis."""


def thinned(points: Array, size: float, rank: Array) -> tuple[Indices, Indices]:
    """One point for each cell of side ``size`` m that holds any of ``points`` (d, n), d at most 3.

    Returns their indices (m,), of the lowest ``rank`` (n,) in each cell, and how many points each stands for (m,).
    """
    if not points.shape[1]:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    key = np.zeros(points.shape[1], dtype=np.int64)
    for along in points:
        cell = np.floor(along / size).astype(np.int64)
        key = (key << BITS) | (cell - cell.min())
    order = np.argsort(key)
    key, rank = key[order], rank[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    count = np.diff(np.append(first, len(key)))
    least = rank == np.repeat(np.minimum.reduceat(rank, first), count)
    # Of several points with the lowest rank, the one that came first: the sort may have turned their order.
    chosen = np.minimum.reduceat(np.where(least, order, len(key)), first)
    return chosen, count


def grouped(points: Array, gap: float) -> Indices:
    """The number (n,) of the group that each of ``points`` (2, n) belongs to, counted from 0.

    Points further apart than ``gap`` m belong together only by others between them; those within ``gap / sqrt(8)``
    always do.
    """
    size = gap / math.sqrt(8)  # the far corners of two cells that touch are twice a cell's diagonal apart
    cell = np.floor(points / size).astype(np.int64)
    cell -= cell.min(axis=1, keepdims=True, initial=0)
    width = int(cell[1].max(initial=0)) + 2
    cells, index = np.unique(cell[0] * width + cell[1], return_inverse=True)
    first, second = [], []
    for offset in (1, width - 1, width, width + 1):
        at = np.minimum(np.searchsorted(cells, cells + offset), len(cells) - 1)
        hit = np.flatnonzero(cells[at] == cells + offset)
        first.append(hit)
        second.append(at[hit])
    label = _joined(len(cells), np.concatenate(first), np.concatenate(second))
    out: Indices = np.unique(label, return_inverse=True)[1][index]
    return out


def _joined(n: int, first: Indices, second: Indices) -> Indices:
    """The least member (n,) of everything that ``first`` (e,) and ``second`` (e,) join each of ``n`` things to."""
    label = np.arange(n)
    while True:
        low = np.minimum(label[first], label[second])
        if (low == label[first]).all() and (low == label[second]).all():
            return label
        np.minimum.at(label, label[first], low)
        np.minimum.at(label, label[second], low)
        while (label != label[label]).any():
            label = label[label]
