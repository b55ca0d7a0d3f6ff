"""Convex polygons that a simple polygon consists of."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array

TINY = 1e-9
"""Lengths, m, and sines of angles below this are rounding."""
FEW = 4
"""Corners that point inwards, up to which a polygon is cut at each of them both ways."""


def convex_parts(corners: Array) -> list[Array]:
    """Convex polygons (n, 2), counter-clockwise, whose union is the simple polygon ``corners`` (m, 2).

    A corner that points inwards is cut off along the edge before it, and once more along the edge after it: parts that
    reach as far as they can overlap, so that what stands across a cut is as deep in one of them as in the whole. Each
    such corner doubles the number of cuts; beyond ``FEW`` each is cut one way only.
    """
    ahead = np.roll(corners, -1, axis=0)
    if (corners[:, 0] * ahead[:, 1] - corners[:, 1] * ahead[:, 0]).sum() < 0:
        corners = corners[::-1]
    both = int(_inwards(corners).sum()) <= FEW
    parts: list[Array] = []
    for part in sorted(_cut(corners, both), key=_area, reverse=True):
        if not any(_within(part, larger) for larger in parts):
            parts.append(part)
    return parts


def half_planes(corners: Array) -> tuple[Array, Array]:
    """Outward unit normals (n, 2) and offsets (n,), m, of the edges of a convex polygon that is counter-clockwise."""
    edges = np.roll(corners, -1, axis=0) - corners
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=-1) / np.hypot(edges[:, 0], edges[:, 1])[:, None]
    return normals, (corners @ normals.T).max(axis=0)


def _cut(corners: Array, both: bool) -> list[Array]:
    inwards = np.flatnonzero(_inwards(corners))
    if not len(inwards):
        return [corners]
    corners = np.roll(corners, -inwards[0], axis=0)
    pieces = _split(corners, corners[0] - corners[-1])
    if both:
        pieces += _split(corners, corners[0] - corners[1])
    return [part for piece in pieces for part in _cut(piece, both)]


def _split(corners: Array, along: Array) -> list[Array]:
    """Both sides of the cut from the first of ``corners`` along ``along`` (2,) to the edge that it meets first."""
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


def _area(corners: Array) -> float:
    ahead = np.roll(corners, -1, axis=0)
    return float((corners[:, 0] * ahead[:, 1] - corners[:, 1] * ahead[:, 0]).sum() / 2)


def _within(part: Array, larger: Array) -> bool:
    normals, offsets = half_planes(larger)
    return bool((part @ normals.T <= offsets + TINY).all())
