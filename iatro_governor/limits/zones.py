"""Distances between a footprint and an area on the ground, shared by the limits on zones and fences."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Circle, Shape, is_convex
from iatro_governor.profile.figures import THINNEST


class Gauge(ABC):
    """Signed distance of a moving footprint from what it must not enter, m; negative is depth of entry.

    Outside it is exact: the nearest pair of two polygons always includes a corner of one. Inside it is how deep the
    deepest outline point of the footprint has come. Outline points are at most half the least width of an area apart,
    so that no area passes between them.
    """

    def __init__(self, area: Shape, footprint: Shape) -> None:
        self._area = area
        self._footprint = footprint
        self._reach = footprint.reach
        self._outline, self._radius = footprint.outline(THINNEST / 2), 0.0
        self._keys = self._key_points()
        if isinstance(footprint, Circle):  # its centre is all that is needed
            self._outline, self._radius, self._keys = np.array([footprint.centre]), footprint.radius, None

    @abstractmethod
    def _clear(self, points: Array) -> Array:
        """Signed distances (...,) of ``points`` (..., 2) from what must not be entered."""

    @abstractmethod
    def _key_points(self) -> tuple[Array, float] | None:
        """Points and a radius of what must not be entered, as of ``Shape.keys``; None: the outline tells all."""

    def distance(self, poses: Array, enough: float = np.inf) -> Array:
        """Distances (...,) at ``poses`` (..., 3) of the base in the area's frame.

        What is further than ``enough`` for certain is not looked at closely: a smaller distance above it is given.
        """
        flat = poses.reshape(-1, 3)
        if enough == np.inf:
            return self._closely(flat).reshape(poses.shape[:-1])
        least: Array = self._clear(flat[:, :2]) - self._reach
        near = least <= enough
        if near.any():
            least[near] = self._closely(flat[near])
        return least.reshape(poses.shape[:-1])

    def _closely(self, flat: Array) -> Array:
        """Distances (n,) at ``flat`` (n, 3), each as it is."""
        c, s = np.cos(flat[:, 2, None]), np.sin(flat[:, 2, None])
        x = flat[:, 0, None] + c * self._outline[:, 0] - s * self._outline[:, 1]
        y = flat[:, 1, None] + s * self._outline[:, 0] + c * self._outline[:, 1]
        least: Array = self._clear(np.stack([x, y], axis=-1)).min(axis=1) - self._radius
        if self._keys is not None:
            points, radius = self._keys
            keys = self._footprint_distance(flat, points) - radius
            least = np.where(least > 0, np.minimum(least, keys), least)
        return least

    def _footprint_distance(self, poses: Array, points: Array) -> Array:
        """Least distance (n,) of ``points`` (p, 2), in the area's frame, from the footprint at ``poses`` (n, 3)."""
        c, s = np.cos(poses[:, 2, None]), np.sin(poses[:, 2, None])
        dx, dy = points[:, 0] - poses[:, 0, None], points[:, 1] - poses[:, 1, None]
        local = np.stack([c * dx + s * dy, -s * dx + c * dy], axis=-1)
        least: Array = self._footprint.distance(local).min(axis=1)
        return least


class ZoneGauge(Gauge):
    """Of a zone: the footprint must stay outside."""

    def _clear(self, points: Array) -> Array:
        return self._area.distance(points)

    def _key_points(self) -> tuple[Array, float] | None:
        return self._area.keys


class FenceGauge(Gauge):
    """Of a fence: the footprint must stay inside.

    A signed distance from a convex set is a convex function (Boyd and Vandenberghe, "Convex Optimization", 2004,
    example 3.9), so within a convex fence the corners of the footprint tell all.
    """

    def __init__(self, area: Shape, footprint: Shape) -> None:
        super().__init__(area, footprint)
        if is_convex(area) and not isinstance(footprint, Circle):
            self._outline, self._keys = footprint.keys[0], None

    def _clear(self, points: Array) -> Array:
        return -self._area.distance(points)

    def _key_points(self) -> tuple[Array, float] | None:
        # A corner that points inwards may stand between two outline points; a circle has none.
        return None if isinstance(self._area, Circle) else self._area.keys
