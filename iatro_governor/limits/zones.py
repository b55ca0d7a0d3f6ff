"""Distances between a footprint and a zone, shared by the zone limits."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array, compose
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
        self._outline, self._radius = footprint.outline(THINNEST / 2), 0.0
        self._keys: tuple[Array, float] | None = zone.keys
        if isinstance(footprint, Circle):  # its centre is all that is needed
            self._outline, self._radius, self._keys = np.array([footprint.centre]), footprint.radius, None

    def distance(self, poses: Array) -> Array:
        """Distances (...,) at ``poses`` (..., 3) of the base in the zone's frame."""
        flat = poses.reshape(-1, 3)
        c, s = np.cos(flat[:, 2, None]), np.sin(flat[:, 2, None])
        x = flat[:, 0, None] + c * self._outline[:, 0] - s * self._outline[:, 1]
        y = flat[:, 1, None] + s * self._outline[:, 0] + c * self._outline[:, 1]
        least: Array = self._zone.distance(np.stack([x, y], axis=-1)).min(axis=1) - self._radius
        if self._keys is not None:
            points, radius = self._keys
            keys = self._footprint_distance(flat, points) - radius
            least = np.where(least > 0, np.minimum(least, keys), least)
        return least.reshape(poses.shape[:-1])

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
