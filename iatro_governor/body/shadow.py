"""What a solid volume covers on the ground, of its part at the heights of a body: never too little."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Circle, Shape, least_width, polygon
from iatro_governor.body.volumes import Ball, BoxVolume, CapsuleVolume, PrismVolume, Volume

ROUND = 32
"""Corners of a polygon about a circle."""
EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b).bit_count() == 1]
"""Pairs of a box's corners, numbered by their signs, that an edge joins."""


def shadow(volume: Volume, low: float, high: float, thinnest: float) -> Shape | None:
    """The figure that ``volume`` covers between the heights ``low`` and ``high``, m; None where it does not reach them.

    A ball, an upright rod and a prism are exact. A slanted rod is the hull of polygons about its ends, a box the hull
    of what the heights leave of it; where that is narrower than ``thinnest`` m, it is widened to it.
    """
    match volume:
        case Ball():
            return _disc(volume.centre, volume.centre[2], volume.radius, low, high)
        case CapsuleVolume():
            return _rod(volume, low, high, thinnest)
        case BoxVolume():
            return _hull(_cut_box(volume, low, high), thinnest)
        case PrismVolume():
            apart = volume.high < low or volume.low > high
            return None if apart else polygon(volume.corners)
    raise NotImplementedError(type(volume).__name__)


def _disc(centre: Array, top: float, radius: float, low: float, high: float) -> Circle | None:
    """The widest cut of a ball whose centre may stand anywhere from ``centre`` up to the height ``top``."""
    away = max(low - top, float(centre[2]) - high, 0.0)
    if away > radius:
        return None
    return Circle((float(centre[0]), float(centre[1])), math.sqrt(radius * radius - away * away))


def _rod(rod: CapsuleVolume, low: float, high: float, thinnest: float) -> Shape | None:
    start, end = sorted(rod.ends, key=lambda point: float(point[2]))
    if (start[:2] == end[:2]).all():
        return _disc(start, float(end[2]), rod.radius, low, high)
    rise = float(end[2] - start[2])
    # Only what is within a radius of the heights can reach them.
    shares = [0.0, 1.0]
    if rise > 0:
        shares = [
            float(np.clip((h - start[2]) / rise, 0.0, 1.0)) for h in (low - rod.radius, high + rod.radius)
        ]
    if start[2] > high + rod.radius or end[2] < low - rod.radius:
        return None
    angle = np.arange(ROUND) * (2 * math.pi / ROUND)
    rim = rod.radius / math.cos(math.pi / ROUND) * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    middles = [(start + share * (end - start))[:2] for share in shares]
    return _hull(np.concatenate([middle + rim for middle in middles]), thinnest)


def _cut_box(box: BoxVolume, low: float, high: float) -> Array:
    """Points (n, 2) whose hull is what the heights leave of a box, seen from above."""
    signs = np.array([[1 if k & bit else -1 for bit in (1, 2, 4)] for k in range(8)])
    corners = (signs * box.size / 2) @ box.pose[:3, :3].T + box.pose[:3, 3]
    inside = (corners[:, 2] >= low) & (corners[:, 2] <= high)
    out = [corner[:2] for corner in corners[inside]]
    for a, b in EDGES:
        first, second = corners[a], corners[b]
        for height in (low, high):
            if min(first[2], second[2]) < height < max(first[2], second[2]):
                share = (height - first[2]) / (second[2] - first[2])
                out.append((first + share * (second - first))[:2])
    return np.array(out).reshape(-1, 2)


def _hull(points: Array, thinnest: float) -> Shape | None:
    """The convex hull of ``points`` (n, 2), widened by half of ``thinnest`` all round where it is too narrow."""
    if not len(points):
        return None
    hull = _around(points)
    if len(hull) < 3 or least_width(hull) < thinnest:
        corners = thinnest / 2 * np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
        hull = _around((points[:, None] + corners).reshape(-1, 2))
    return polygon(hull)


def _around(points: Array) -> Array:
    """Corners (m, 2) of the convex hull, counter-clockwise (Andrew's monotone chain), to ten nanometres."""
    ordered = sorted({(round(float(x), 8), round(float(y), 8)) for x, y in points})
    chains: list[list[tuple[float, float]]] = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for point in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1]).reshape(-1, 2)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
