"""Convex polygons that a simple polygon consists of."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array

TINY = 1e-9
"""Lengths, m, and sines of angles below this are rounding."""


def convex_parts(corners: Array) -> list[Array]:
    """Convex polygons (n, 2), counter-clockwise, whose union is the simple polygon ``corners`` (m, 2).

    At each corner that points inwards it is cut along the edge before it; there is at most one part more than there are
    such corners.
    """
    ahead = np.roll(corners, -1, axis=0)
    if (corners[:, 0] * ahead[:, 1] - corners[:, 1] * ahead[:, 0]).sum() < 0:
        corners = corners[::-1]
    return _cut(corners)


def half_planes(corners: Array) -> tuple[Array, Array]:
    """Outward unit normals (n, 2) and offsets (n,), m, of the edges of a convex polygon that is counter-clockwise."""
    edges = np.roll(corners, -1, axis=0) - corners
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=-1) / np.hypot(edges[:, 0], edges[:, 1])[:, None]
    return normals, (corners @ normals.T).max(axis=0)


def _cut(corners: Array) -> list[Array]:
    inwards = np.flatnonzero(_inwards(corners))
    if not len(inwards):
        return [corners]
    corners = np.roll(corners, -inwards[0], axis=0)
    return [part for piece in _split(corners) for part in _cut(piece)]


def _split(corners: Array) -> list[Array]:
    """Both sides of the cut from the first of ``corners`` along the edge before it to the edge that it meets first."""
    along = corners[0] - corners[-1]
    start, ends = corners[1:-1] - corners[0], corners[2:] - corners[1:-1]
    cross = along[0] * ends[:, 1] - along[1] * ends[:, 0]
    safe = np.where(cross == 0.0, 1.0, cross)
    share = (start[:, 0] * ends[:, 1] - start[:, 1] * ends[:, 0]) / safe
    place = (start[:, 0] * along[1] - start[:, 1] * along[0]) / safe
    met = (cross != 0.0) & (share > TINY) & (place >= -TINY) & (place <= 1.0 + TINY)
    edge = int(np.argmin(np.where(met, share, np.inf)))
    end = corners[0] + share[edge] * along
    sides = np.vstack([corners[: edge + 2], end]), np.vstack([end, corners[edge + 2 :], corners[0]])
    return [side for side in map(_distinct, sides) if len(side) > 2]


def _distinct(corners: Array) -> Array:
    step = corners - np.roll(corners, 1, axis=0)
    return corners[np.hypot(step[:, 0], step[:, 1]) > TINY]


def _inwards(corners: Array) -> Array:
    """Which corners (n,) of a polygon that is counter-clockwise turn the other way."""
    before, after = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    found: Array = turn < -TINY * np.hypot(*before.T) * np.hypot(*after.T)
    return found
