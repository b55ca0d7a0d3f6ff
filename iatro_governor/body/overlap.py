"""How far two polygons are in each other: the least translation that takes them apart.

For convex figures that is found among the normals of their edges (Gottschalk, Lin and Manocha, "OBBTree", SIGGRAPH
1996). It is a concave function of where one of them is moved to, for what must be left is their Minkowski difference,
which is convex: on a straight way it falls until they are apart, once it falls, and one of the two senses of every
straight way starts with no rise. Of figures that are not convex what must be left are the differences of all pairs of
their convex parts (Lozano-Perez, "Spatial Planning: A Configuration Space Approach", IEEE Trans. Computers C-32, 1983).
That takes time by the square of their number: of more than ``FEW`` pairs it is that of the two parts which are the
furthest in each other, and less than what parts the whole.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.convex_parts import convex_parts, half_planes
from iatro_governor.body.planar import Array, placed_at_each, seen_from_each
from iatro_governor.body.way_out import shortest_way_out

FEW = 9
"""Pairs of convex parts, up to which the way out of all of them is found: of 50 it takes ten ticks of a governor."""


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
        pair = []  # which one each edge is of, in the order of gaps
        for k, (part, _, _) in enumerate(self._moving):
            pairs = np.arange(len(parts)) + len(parts) * k
            pair += [np.repeat(pairs, [len(each) for each in parts]), np.repeat(pairs, len(part))]
        self._by_pair = np.argsort(np.concatenate(pair), kind="stable")
        self._pairs = np.flatnonzero(np.diff(np.concatenate(pair)[self._by_pair], prepend=-1))

    def apart(self, poses: Array) -> Array:
        """Minus the least translation (n,), m, that parts them at ``poses`` (n, 3); more than 0 where they are apart.

        That is then a lower bound of their distance.
        """
        gaps = [self._gaps(poses, *part) for part in self._moving]
        least: Array = np.minimum.reduce([self._deepest(*gap) for gap in gaps])
        inside = np.flatnonzero(least < 0.0)
        if 1 < len(self._pairs) <= FEW and len(inside):
            least[inside] = -self._out_of_all(
                poses[inside, 2], [each[inside].reshape(len(inside), -1) for gap in gaps for each in gap]
            )
        return least

    def _out_of_all(self, yaw: Array, gaps: list[Array]) -> Array:
        """Least translation (n,), m, out of the differences of all pairs."""
        ahead = -np.concatenate(gaps, axis=1)[:, self._by_pair]
        normals = np.concatenate([self._directions(yaw, normals) for _, normals, _ in self._moving], axis=1)
        return shortest_way_out(normals[:, self._by_pair], ahead, self._pairs)

    def _gaps(self, poses: Array, corners: Array, normals: Array, offsets: Array) -> tuple[Array, Array]:
        """How far a part of the moving one is off each edge (n, e) of the standing one, m, and back (n, parts, f)."""
        there = placed_at_each(poses, corners) @ self._normals.T
        back = seen_from_each(poses, self._corners) @ normals.T
        return there.min(axis=1) - self._offsets, np.minimum.reduceat(back, self._starts, axis=1) - offsets

    def _deepest(self, beyond: Array, back: Array) -> Array:
        each = np.maximum(np.maximum.reduceat(beyond, self._starts, axis=1), back.max(axis=2))
        least: Array = each.min(axis=1)
        return least

    def _directions(self, yaw: Array, normals: Array) -> Array:
        """Which way (n, e + parts * f, 2) each of the gaps of a part of the moving one is measured."""
        c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
        turned = -np.stack(
            [c * normals[:, 0] - s * normals[:, 1], s * normals[:, 0] + c * normals[:, 1]], axis=-1
        )
        fixed = np.broadcast_to(self._normals, (len(yaw), *self._normals.shape))
        return np.concatenate([fixed, np.tile(turned, (1, len(self._starts), 1))], axis=1)
