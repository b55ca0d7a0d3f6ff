"""Distances between a footprint and an area on the ground, shared by the limits on zones and fences."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from iatro_governor.body.overlap import Overlap
from iatro_governor.body.planar import Array, placed_at_each, seen_from_each
from iatro_governor.body.shape import Circle, Shape, is_convex
from iatro_governor.profile.figures import THINNEST


class Gauge(ABC):
    """Signed distance of a moving footprint from what it must not enter, m; negative is depth of entry.

    Outside it is exact: the nearest pair of two polygons always includes a corner of one.
    """

    def __init__(self, area: Shape, footprint: Shape) -> None:
        self._area = area
        self._footprint = footprint
        self._reach = footprint.reach

    @abstractmethod
    def _clear(self, points: Array) -> Array:
        """Signed distances (...,) of ``points`` (..., 2) from what must not be entered."""

    @abstractmethod
    def _closely(self, flat: Array) -> Array:
        """Distances (n,) at ``flat`` (n, 3), each as it is."""

    def distance(self, poses: Array, enough: float = np.inf) -> Array:
        """Distances (...,) at ``poses`` (..., 3) of the base in the area's frame.

        What is further than ``enough``, 0 or more, for certain is not looked at closely: a smaller distance above it is
        given. Of what overlaps, the middle does not tell how deep it is: minus infinity asks for some distance of it.
        """
        flat = poses.reshape(-1, 3)
        if enough == np.inf:
            return self._closely(flat).reshape(poses.shape[:-1])
        least: Array = self._clear(flat[:, :2]) - self._reach
        near = least <= enough
        if near.any():
            least[near] = self._closely(flat[near])
        return least.reshape(poses.shape[:-1])

    def _from_footprint(self, poses: Array, points: Array) -> Array:
        """Least distance (n,) of ``points`` (p, 2), in the area's frame, from the footprint at ``poses`` (n, 3)."""
        least: Array = self._footprint.distance(seen_from_each(poses, points)).min(axis=1)
        return least


class ZoneGauge(Gauge):
    """Of a zone: the footprint must stay outside.

    Inside it is the least way straight out, whichever way that is. Of a disc that is told by its centre; of two
    polygons see ``body.overlap``.
    """

    def __init__(self, area: Shape, footprint: Shape) -> None:
        super().__init__(area, footprint)
        round_one = isinstance(area, Circle) or isinstance(footprint, Circle)
        self._overlap = None if round_one else Overlap(area.keys[0], footprint.keys[0])

    def _clear(self, points: Array) -> Array:
        return self._area.distance(points)

    def _closely(self, flat: Array) -> Array:
        corners, rounded = self._footprint.keys
        keys, radius = self._area.keys
        there = self._clear(placed_at_each(flat, corners)).min(axis=1) - rounded
        least: Array = np.minimum(there, self._from_footprint(flat, keys) - radius)
        if self._overlap is None:
            return least
        apart = self._overlap.apart(flat)
        return np.where(apart > 0.0, least, apart)


class FenceGauge(Gauge):
    """Of a fence: the footprint must stay inside. Outside it is how far the furthest point of its outline is.

    A signed distance from a convex set is a convex function (Boyd and Vandenberghe, "Convex Optimization", 2004,
    example 3.9), so within a convex fence the corners of the footprint tell all. Of others its outline is sampled,
    and a corner of the fence that points inwards may stand between two of these points.
    """

    def __init__(self, area: Shape, footprint: Shape) -> None:
        super().__init__(area, footprint)
        self._outline, self._radius = footprint.outline(THINNEST / 2), 0.0
        self._inwards: Array | None = area.keys[0]
        if isinstance(footprint, Circle):  # its centre is all that is needed
            self._outline, self._radius, self._inwards = np.array([footprint.centre]), footprint.radius, None
        elif is_convex(area):
            self._outline, self._inwards = footprint.keys[0], None

    def _clear(self, points: Array) -> Array:
        return -self._area.distance(points)

    def _closely(self, flat: Array) -> Array:
        least: Array = self._clear(placed_at_each(flat, self._outline)).min(axis=1) - self._radius
        if self._inwards is not None:
            least = np.where(least > 0, np.minimum(least, self._from_footprint(flat, self._inwards)), least)
        return least
