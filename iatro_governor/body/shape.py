"""Plane figures with an exact signed distance: the footprint of a body, the outline of a zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from iatro_governor.body.planar import Array


class Shape(Protocol):
    """A closed figure; distances are in metres, positive outside, negative inside."""

    def distance(self, points: Array) -> Array:
        """Signed distance (...,) of ``points`` (..., 2) from the outline."""

    def outline(self, spacing: float) -> Array:
        """Points (n, 2) on the outline, corners included, no further apart than ``spacing``."""

    @property
    def reach(self) -> float:
        """Largest distance of the figure from the origin of its frame."""

    @property
    def keys(self) -> tuple[Array, float]:
        """Points (n, 2) and a radius: the nearest of these discs is as near as the figure where it has no near edge."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A disc of ``radius`` m about ``centre`` (x, y) m."""

    centre: tuple[float, float]
    radius: float

    def distance(self, points: Array) -> Array:
        """Signed distance (...,) of ``points`` (..., 2)."""
        x, y = self.centre
        distance: Array = np.asarray(np.hypot(points[..., 0] - x, points[..., 1] - y) - self.radius)
        return distance

    def outline(self, spacing: float) -> Array:
        """Points (n, 2) on the circle."""
        n = max(8, int(np.ceil(2 * np.pi * self.radius / spacing)))
        angle = np.arange(n) * (2 * np.pi / n)
        points: Array = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * self.radius + np.asarray(
            self.centre
        )
        return points

    @property
    def reach(self) -> float:
        """Largest distance from the origin."""
        return float(np.hypot(*self.centre)) + self.radius

    @property
    def keys(self) -> tuple[Array, float]:
        """The disc itself."""
        return np.array([self.centre]), self.radius


@dataclass(frozen=True, slots=True)
class Polygon:
    """A simple polygon with ``corners`` (n, 2) m, in either turning sense; it need not be convex."""

    corners: Array
    _edges: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_edges", np.roll(self.corners, -1, axis=0) - self.corners)

    def distance(self, points: Array) -> Array:
        """Signed distance (...,) of ``points`` (..., 2): nearest edge, sign by crossing number."""
        flat = points.reshape(-1, 2)
        a, e = self.corners, self._edges
        px, py = flat[:, 0, None] - a[:, 0], flat[:, 1, None] - a[:, 1]
        along = np.clip((px * e[:, 0] + py * e[:, 1]) / (e[:, 0] ** 2 + e[:, 1] ** 2), 0.0, 1.0)
        gap = np.hypot(px - along * e[:, 0], py - along * e[:, 1]).min(axis=1)
        # Both ends of an edge are compared with the point itself: a difference of differences rounds, and then a
        # point level with a corner may cross neither of its edges.
        below = flat[:, 1, None] >= a[:, 1]
        spans = below != np.roll(below, -1, axis=1)
        left = (px * e[:, 1] - py * e[:, 0]) * np.where(e[:, 1] > 0, 1.0, -1.0) < 0
        inside = (spans & left).sum(axis=1) % 2 == 1
        distance: Array = np.where(inside, -gap, gap)
        return distance.reshape(points.shape[:-1])

    def outline(self, spacing: float) -> Array:
        """Points (n, 2) on the edges, corners included."""
        pieces = []
        for corner, edge in zip(self.corners, self._edges, strict=True):
            n = max(1, int(np.ceil(np.hypot(*edge) / spacing)))
            pieces.append(corner + np.arange(n)[:, None] / n * edge)
        return np.concatenate(pieces)

    @property
    def reach(self) -> float:
        """Largest distance from the origin."""
        return float(np.hypot(self.corners[:, 0], self.corners[:, 1]).max())

    @property
    def keys(self) -> tuple[Array, float]:
        """The corners."""
        return self.corners, 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle about ``centre`` (x, y) m, along the axes, ``half`` (length, width) m: the usual base."""

    centre: tuple[float, float]
    half: tuple[float, float]

    def distance(self, points: Array) -> Array:
        """Signed distance (...,) of ``points`` (..., 2)."""
        dx = np.abs(points[..., 0] - self.centre[0]) - self.half[0]
        dy = np.abs(points[..., 1] - self.centre[1]) - self.half[1]
        outside = np.hypot(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
        return np.asarray(outside + np.minimum(np.maximum(dx, dy), 0.0))

    def outline(self, spacing: float) -> Array:
        """Points (n, 2) on the edges, corners included."""
        return Polygon(self.keys[0]).outline(spacing)

    @property
    def reach(self) -> float:
        """Largest distance from the origin."""
        return float(np.hypot(abs(self.centre[0]) + self.half[0], abs(self.centre[1]) + self.half[1]))

    @property
    def keys(self) -> tuple[Array, float]:
        """The corners."""
        signs = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
        return np.asarray(self.centre) + signs * np.asarray(self.half), 0.0


def polygon(corners: Array) -> Polygon | Box:
    """The polygon with ``corners`` (n, 2) m; a rectangle along the axes has a form of its own, ten times as fast."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    if len(corners) == 4 and ((corners == low) | (corners == high)).all():
        (x, y), (dx, dy) = (low + high) / 2, (high - low) / 2
        return Box((float(x), float(y)), (float(dx), float(dy)))
    return Polygon(corners)


def least_width(corners: Array) -> float:
    """Least width of the polygon ``corners`` (n, 2), m, across any of its edges; 0 where two corners are one."""
    edges = np.roll(corners, -1, axis=0) - corners
    length = np.hypot(edges[:, 0], edges[:, 1])
    if (length < 1e-9).any():
        return 0.0
    normals = np.stack([-edges[:, 1], edges[:, 0]], axis=-1) / length[:, None]
    spread = corners @ normals.T
    return float((spread.max(axis=0) - spread.min(axis=0)).min())


def is_convex(shape: Shape) -> bool:
    """Whether the figure turns one way all around."""
    if not isinstance(shape, Polygon):
        return True
    ahead = np.roll(shape.corners, -1, axis=0) - shape.corners
    after = np.roll(ahead, -1, axis=0)
    turns = ahead[:, 0] * after[:, 1] - ahead[:, 1] * after[:, 0]
    return bool((turns >= 0).all() or (turns <= 0).all())
