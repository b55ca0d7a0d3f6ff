"""Distances between a footprint and a zone, shared by the zone limits."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array, compose, inverse, transform
from iatro_governor.body.shape import Circle, Shape
from iatro_governor.profile.figures import THINNEST


class ZoneGauge:
    """Signed distance of a moving footprint from a fixed zone, m; negative is depth of entry.

    Outside it is exact: the nearest pair of two polygons always includes a corner of one. Inside it is how deep the
    deepest outline point of the footprint stands in the zone. Outline points are at most half the least width of a zone
    apart, so that no zone passes between them.
    """

    def __init__(self, zone: Shape, footprint: Shape) -> None:
        self._zone = zone
        self._footprint = footprint
        self._disc = footprint if isinstance(footprint, Circle) else None
        self._outline = np.array([self._disc.centre]) if self._disc else footprint.outline(THINNEST / 2)
        self._corners = zone.corners if not isinstance(zone, Circle) else None  # type: ignore[attr-defined]

    def distance(self, poses: Array) -> Array:
        """Distances (...,) at ``poses`` (..., 3) of the base in the zone's frame."""
        flat = poses.reshape(-1, 3)
        c, s = np.cos(flat[:, 2, None]), np.sin(flat[:, 2, None])
        x = flat[:, 0, None] + c * self._outline[:, 0] - s * self._outline[:, 1]
        y = flat[:, 1, None] + s * self._outline[:, 0] + c * self._outline[:, 1]
        deepest = self._zone.distance(np.stack([x, y], axis=-1)).min(axis=1)
        if self._disc is not None:
            deepest = deepest - self._disc.radius
        elif isinstance(self._zone, Circle):
            centre = self._footprint_distance(flat, np.array([self._zone.centre]))
            deepest = np.where(deepest > 0, centre - self._zone.radius, deepest)
        else:
            corners = self._footprint_distance(flat, self._corners)  # type: ignore[arg-type]
            deepest = np.where(deepest > 0, np.minimum(deepest, corners), deepest)
        return deepest.reshape(poses.shape[:-1])

    def _footprint_distance(self, poses: Array, points: Array) -> Array:
        """Least distance (n,) of ``points`` (p, 2), in the zone's frame, from the footprint at ``poses`` (n, 3)."""
        c, s = np.cos(poses[:, 2, None]), np.sin(poses[:, 2, None])
        dx, dy = points[:, 0] - poses[:, 0, None], points[:, 1] - poses[:, 1, None]
        local = np.stack([c * dx + s * dy, -s * dx + c * dy], axis=-1)
        least: Array = self._footprint.distance(local).min(axis=1)
        return least


def in_odom(pose: Array, poses: Array) -> Array:
    """``poses`` (..., 3) given in the base frame at ``pose``, expressed in odom."""
    return compose(pose, poses)


def in_base(pose: Array, points: Array) -> Array:
    """``points`` (n, 2) given in odom, expressed in the base frame at ``pose``."""
    return transform(inverse(pose), points)
