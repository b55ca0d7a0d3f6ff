"""How far two polygons are in each other: the least translation that takes them apart.

For convex figures that is found among the normals of their edges (Gottschalk, Lin and Manocha, "OBBTree", SIGGRAPH
1996). It is a concave function of where one of them is moved to, for what must be left is their Minkowski difference,
which is convex: on a straight way it falls until they are apart, once it falls, and one of the two senses of every
straight way starts with no rise. Of figures that are not convex it is that of the two convex parts which are the
furthest in each other.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.convex_parts import convex_parts, half_planes
from iatro_governor.body.planar import Array


class Overlap:
    """Of polygons with corners ``standing`` (n, 2), m, and ``moving`` (m, 2), m, in a frame that moves."""

    def __init__(self, standing: Array, moving: Array) -> None:
        parts = convex_parts(standing)
        self._starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        self._corners = np.concatenate(parts)
        planes = [half_planes(part) for part in parts]
        self._normals = np.concatenate([normals for normals, _ in planes])
        self._offsets = np.concatenate([offsets for _, offsets in planes])
        self._moving = [(part, *half_planes(part)) for part in convex_parts(moving)]

    def apart(self, poses: Array) -> Array:
        """Minus the least translation (n,), m, that parts them at ``poses`` (n, 3); more than 0 where they are apart.

        That is then a lower bound of their distance.
        """
        local = seen_from_each(poses, self._corners)
        least = np.full(len(poses), np.inf)
        for corners, normals, offsets in self._moving:
            there = placed_at_each(poses, corners) @ self._normals.T
            beyond = np.maximum.reduceat(there.min(axis=1) - self._offsets, self._starts, axis=1)
            back = np.minimum.reduceat(local @ normals.T, self._starts, axis=1) - offsets
            least = np.minimum(least, np.maximum(beyond, back.max(axis=2)).min(axis=1))
        return least


def placed_at_each(poses: Array, points: Array) -> Array:
    """``points`` (p, 2), given in the frame of each of ``poses`` (n, 3), in the poses' parent: (n, p, 2)."""
    c, s = np.cos(poses[:, 2, None]), np.sin(poses[:, 2, None])
    x = poses[:, 0, None] + c * points[:, 0] - s * points[:, 1]
    y = poses[:, 1, None] + s * points[:, 0] + c * points[:, 1]
    return np.stack([x, y], axis=-1)


def seen_from_each(poses: Array, points: Array) -> Array:
    """``points`` (p, 2), given in the parent of ``poses`` (n, 3), in the frame of each of these: (n, p, 2)."""
    c, s = np.cos(poses[:, 2, None]), np.sin(poses[:, 2, None])
    dx, dy = points[:, 0] - poses[:, 0, None], points[:, 1] - poses[:, 1, None]
    return np.stack([c * dx + s * dy, -s * dx + c * dy], axis=-1)
