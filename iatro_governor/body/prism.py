"""Signed distances of capsules from upright prisms over any simple polygon: zones with a height.

Outside, a distance is exact. Where the capsule's own axis enters a prism, it is that of the deepest of ``SAMPLES``
points on the axis, less the radius; over a rectangle a prism is a box, and exact there too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.boxes import TOUCH, Boxes
from iatro_governor.body.distance import Gap
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Polygon

SAMPLES = 17
"""Points on an axis, both ends among them, whose depth in a prism is taken."""
FARTHEST = 1e4
"""Stands for an infinite height of a prism, m."""
UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True)
class Prism:
    """A simple polygon ``corners`` (e, 2), m, between the heights ``low`` and ``high``, m, which may be infinite."""

    corners: Array
    low: float = -np.inf
    high: float = np.inf
    _outline: Polygon = field(init=False, repr=False)
    _walls: Boxes = field(init=False, repr=False)
    _bounds: Boxes = field(init=False, repr=False)
    _is_box: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        low, high = max(self.low, -FARTHEST), min(self.high, FARTHEST)
        if not low < high:
            raise ValueError(
                f"the lower end of a prism, {self.low} m, must be below its upper end, {self.high} m"
            )
        object.__setattr__(self, "_outline", Polygon(self.corners))
        object.__setattr__(self, "_walls", _walls(self.corners, low, high))
        box = _box(self.corners, low, high)
        object.__setattr__(self, "_bounds", _bounding_box(self.corners, low, high) if box is None else box)
        object.__setattr__(self, "_is_box", box is not None)

    @property
    def box(self) -> Boxes | None:
        """The prism as a box, where the polygon is a rectangle."""
        return self._bounds if self._is_box else None

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules ``ends`` (..., C, 2, 3) with ``radius`` (C,).

        What is further than ``cutoff`` for certain is not looked at closely: a smaller distance above it is given.
        """
        if self._is_box:
            return self._bounds.distance(ends, radius, cutoff)[..., 0]
        signed = self._bounds.bound(ends)[..., 0]
        near = signed - radius <= max(cutoff, 0.0)
        if near.any():
            signed[near] = self._signed(ends[near])
        out: Array = signed - radius
        return out

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C): distances, closest points and directions, as of ``Boxes.gap``."""
        if self._is_box:
            whole = self._bounds.gap(ends, radius)
            return Gap(
                whole.distance[..., 0],
                whole.first[..., 0, :],
                whole.second[..., 0, :],
                whole.normal[..., 0, :],
            )
        found = self._gap(ends.reshape(-1, 2, 3))
        shape = ends.shape[:-2]
        normal = found.normal.reshape(*shape, 3)
        first = found.first.reshape(*shape, 3) - radius[:, None] * normal
        return Gap(found.distance.reshape(shape) - radius, first, found.second.reshape(*shape, 3), normal)

    def _nearest(self, ends: Array) -> tuple[Indices, Array, Array]:
        """Of segments (s, 2, 3): the nearest wall, its distance, and the heights (s, 2) of the tips over an end (cap).

        A height is negative where the tip is inside, and infinite where it is beside the polygon.
        """
        flat = self._outline.distance(ends[..., :2])
        height = np.maximum(ends[..., 2] - self.high, self.low - ends[..., 2])
        most = np.hypot(np.maximum(flat, 0.0), np.maximum(height, 0.0)).min(axis=1)
        number, wall = self._walls.nearest(ends, most)
        return number, np.maximum(wall, 0.0), np.where(flat <= 0, height, np.inf)

    def _signed(self, ends: Array) -> Array:
        """Signed distance (s,) of segments (s, 2, 3)."""
        _, wall, caps = self._nearest(ends)
        signed: Array = np.minimum(wall, caps.min(axis=1))
        enters = self._enters(ends) | (signed <= TOUCH)
        if enters.any():
            signed[enters] = self._deepest(ends[enters])[1]
        return signed

    def _gap(self, ends: Array) -> Gap:
        """Gaps (s,) of segments (s, 2, 3)."""
        number, wall, caps = self._nearest(ends)
        found = self._walls.one_by_one(ends, number)
        signed, first, second, normal = wall, found.first, found.second, found.normal
        for end in (0, 1):
            over = caps[:, end] < signed
            tip = ends[over, end]
            signed[over], first[over], second[over] = caps[over, end], tip, tip
            second[over, 2] = np.clip(tip[:, 2], self.low, self.high)
            normal[over] = np.where(tip[:, 2:] > self.high, 1.0, -1.0) * UP
        enters = self._enters(ends) | (signed <= TOUCH)
        if enters.any():
            at, signed[enters] = self._deepest(ends[enters])
            first[enters] = at
            second[enters], normal[enters] = self._way_out(at)
        return Gap(signed, first, second, normal)

    def _enters(self, ends: Array) -> NDArray[np.bool_]:
        """Which segments (s,) go through an end of the prism; walls, and tips inside, are seen elsewhere."""
        enters = np.zeros(len(ends), dtype=bool)
        for height in (self.low, self.high):
            above = ends[..., 2] > height
            rows = np.flatnonzero(above[:, 0] != above[:, 1])
            if rows.size:
                start, end = ends[rows, 0], ends[rows, 1]
                t = (height - start[:, 2]) / (end[:, 2] - start[:, 2])
                at = start[:, :2] + t[:, None] * (end - start)[:, :2]
                enters[rows] |= self._outline.distance(at) <= 0
        return enters

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m, negative inside."""
        flat = self._outline.distance(points[..., :2])
        high = np.maximum(points[..., 2] - self.high, self.low - points[..., 2])
        outside = np.hypot(np.maximum(flat, 0.0), np.maximum(high, 0.0))
        out: Array = outside + np.minimum(np.maximum(flat, high), 0.0)
        return out

    def _deepest(self, ends: Array) -> tuple[Array, Array]:
        """Deepest sampled point (s, 3) of segments (s, 2, 3) that reach in, and its signed distance (s,)."""
        share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
        points = ends[:, None, 0] + share * (ends[:, None, 1] - ends[:, None, 0])
        depths = self.signed(points)
        rows, deepest = np.arange(len(ends)), np.argmin(depths, axis=1)
        return points[rows, deepest], np.minimum(depths[rows, deepest], 0.0)

    def _way_out(self, at: Array) -> tuple[Array, Array]:
        """Nearest point (s, 3) of the surface to points (s, 3) inside, and the direction (s, 3) to it."""
        segments = np.stack([at, at], axis=1)
        number, wall = self._walls.nearest(segments, np.full(len(at), np.inf))
        found = self._walls.one_by_one(segments, number)
        out, normal = found.second, -found.normal
        caps = np.stack([self.low - at[:, 2], at[:, 2] - self.high], axis=1)
        by_cap = caps.max(axis=1) > -wall
        upward = caps[:, 1] > caps[:, 0]
        normal[by_cap] = np.where(upward[by_cap, None], 1.0, -1.0) * UP
        out[by_cap] = at[by_cap]
        out[by_cap, 2] = np.where(upward, self.high, self.low)[by_cap]
        return out, normal


def _walls(corners: Array, low: float, high: float) -> Boxes:
    """The upright faces, as boxes without thickness."""
    ahead = np.roll(corners, -1, axis=0)
    along = ahead - corners
    size = np.hypot(along[:, 0], along[:, 1])
    poses = np.zeros((len(corners), 4, 4))
    poses[:, 2, 2] = poses[:, 3, 3] = 1.0
    poses[:, :2, 0] = along / size[:, None]
    poses[:, 0, 1], poses[:, 1, 1] = -poses[:, 1, 0], poses[:, 0, 0]
    poses[:, :2, 3], poses[:, 2, 3] = (corners + ahead) / 2, (low + high) / 2
    half = np.stack([size / 2, np.zeros_like(size), np.full_like(size, (high - low) / 2)], axis=1)
    return Boxes(poses, half)


def _box(corners: Array, low: float, high: float) -> Boxes | None:
    """The prism as a box, where the polygon is a rectangle."""
    if len(corners) != 4:
        return None
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    sides = np.hypot(*first), np.hypot(*second)
    skewed = abs(first @ second) > TOUCH * sides[0] * sides[1]
    if skewed or np.abs(corners[0] + corners[2] - corners[1] - corners[3]).max() > TOUCH:
        return None
    pose = np.eye(4)
    pose[:2, 0] = first / sides[0]
    pose[:2, 1] = -pose[1, 0], pose[0, 0]
    pose[:3, 3] = *corners.mean(axis=0), (low + high) / 2
    return Boxes(pose[None], np.array([[sides[0] / 2, sides[1] / 2, (high - low) / 2]]))


def _bounding_box(corners: Array, low: float, high: float) -> Boxes:
    first, last = np.append(corners.min(axis=0), low), np.append(corners.max(axis=0), high)
    pose = np.eye(4)
    pose[:3, 3] = (first + last) / 2
    return Boxes(pose[None], (last - first)[None] / 2)
