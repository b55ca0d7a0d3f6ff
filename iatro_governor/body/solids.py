"""Signed distances of capsules from solid volumes: boxes in any pose, and upright prisms over any simple polygon.

Outside, a distance is exact. Where the capsule's own axis enters a volume, it is that of the deepest point of the axis
(less the radius): exact in a box, and the deepest of ``SAMPLES`` points in a prism.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.distance import Gap, between, length
from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Polygon

SAMPLES = 17
"""Points on an axis, both ends among them, whose depth in a prism is taken."""
FARTHEST = 1e4
"""Stands for an infinite height of a prism, m."""
TOUCH = 1e-9
"""An axis this near to a wall, m, may cross it."""
UPPER, LOWER = np.triu_indices(6, 1)
"""All pairs of a box's six faces."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """``Z`` solid boxes. poses: (Z, 4, 4) of their middles in the base frame; half: (Z, 3) half their sides, m."""

    poses: Array
    half: Array

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C, Z), m, of capsules ``ends`` (..., C, 2, 3) with ``radius`` (C,).

        What is further than ``cutoff`` for certain is not looked at closely: a smaller distance above it is given.
        """
        local, half = self._local(ends), np.broadcast_to(self.half, (*ends.shape[:-2], *self.half.shape))
        signed = _box_bound(local, half)
        near = signed - radius[:, None] <= max(cutoff, 0.0)
        if near.any():
            signed[near] = _axis_in_box(local[near], half[near])[1]
        out: Array = signed - radius[:, None]
        return out

    def bound(self, ends: Array) -> Array:
        """Distances (..., C, Z) of segments (..., C, 2, 3) that are never too large, and soon told."""
        return _box_bound(self._local(ends), self.half)

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C, Z): distances, closest points and directions, in the base frame.

        Where an axis has its deepest point between two faces, ``normal`` is the true derivative and shorter than 1.
        """
        local = self._local(ends).reshape(-1, 2, 3)
        half = np.broadcast_to(self.half, (*ends.shape[:-2], *self.half.shape)).reshape(-1, 3)
        t, signed = _axis_in_box(local, half)
        on_axis = local[:, 0] + t[:, None] * (local[:, 1] - local[:, 0])
        on_box, normal = _box_surface(local, half, on_axis, t)
        shape = (*ends.shape[:-2], len(self.half))
        turn, middle = self.poses[:, :3, :3], self.poses[:, :3, 3]
        normal = (turn @ normal.reshape(*shape, 3, 1))[..., 0]
        second = (turn @ on_box.reshape(*shape, 3, 1))[..., 0] + middle
        first = (turn @ on_axis.reshape(*shape, 3, 1))[..., 0] + middle - radius[:, None, None] * normal
        return Gap(signed.reshape(shape) - radius[:, None], first, second, normal)

    def _local(self, ends: Array) -> Array:
        """Segments (..., C, Z, 2, 3) in the frames of the boxes."""
        shifted = ends[..., :, None, :, :] - self.poses[:, None, :3, 3]
        local: Array = shifted @ self.poses[:, :3, :3]
        return local


@dataclass(frozen=True, slots=True)
class Prism:
    """A simple polygon ``corners`` (e, 2), m, between the heights ``low`` and ``high``, m, which may be infinite."""

    corners: Array
    low: float = -np.inf
    high: float = np.inf
    _outline: Polygon = field(init=False, repr=False)
    _walls: Boxes = field(init=False, repr=False)
    _bounds: Boxes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        low, high = max(self.low, -FARTHEST), min(self.high, FARTHEST)
        if not low < high:
            raise ValueError(
                f"the lower end of a prism, {self.low} m, must be below its upper end, {self.high} m"
            )
        object.__setattr__(self, "_outline", Polygon(self.corners))
        object.__setattr__(self, "_walls", _walls(self.corners, low, high))
        object.__setattr__(self, "_bounds", _bounding_box(self.corners, low, high))

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules ``ends`` (..., C, 2, 3) with ``radius`` (C,).

        What is further than ``cutoff`` for certain is not looked at closely: a smaller distance above it is given.
        """
        signed = self._bounds.bound(ends)[..., 0]
        near = signed - radius <= max(cutoff, 0.0)
        if near.any():
            signed[near] = self._gap(ends[near])[0]
        out: Array = signed - radius
        return out

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C): distances, closest points and directions."""
        signed, on_axis, on_prism, normal = self._gap(ends.reshape(-1, 2, 3))
        shape = ends.shape[:-2]
        normal = normal.reshape(*shape, 3)
        first = on_axis.reshape(*shape, 3) - radius[:, None] * normal
        return Gap(signed.reshape(shape) - radius, first, on_prism.reshape(*shape, 3), normal)

    def _gap(self, ends: Array) -> tuple[Array, Array, Array, Array]:
        """Of segments (s, 2, 3): signed distance (s,), and (s, 3) each the point of it, of the prism, the direction."""
        walls = self._walls.gap(ends, np.zeros(len(ends)))
        rows, nearest = np.arange(len(ends)), np.argmin(walls.distance, axis=1)
        signed, on_axis = np.maximum(walls.distance[rows, nearest], 0.0), walls.first[rows, nearest]
        on_prism, normal = walls.second[rows, nearest], walls.normal[rows, nearest]
        for end in (0, 1):
            tip = ends[:, end]
            height = np.maximum(tip[:, 2] - self.high, self.low - tip[:, 2])
            over = (self._outline.distance(tip[:, :2]) <= 0) & (height >= 0) & (height < signed)
            signed[over], on_axis[over] = height[over], tip[over]
            on_prism[over] = tip[over]
            on_prism[over, 2] = np.clip(tip[over, 2], self.low, self.high)
            normal[over] = np.where(tip[over, 2:] > self.high, 1.0, -1.0) * np.array([0.0, 0.0, 1.0])
        enters = self._enters(ends) | (signed <= TOUCH)
        if enters.any():
            signed[enters], on_axis[enters], on_prism[enters], normal[enters] = self._depth(ends[enters])
        return signed, on_axis, on_prism, normal

    def _enters(self, ends: Array) -> NDArray[np.bool_]:
        """Which segments (s,) reach into the prism through an end of it, or begin inside; walls are seen elsewhere."""
        start, along = ends[:, 0], ends[:, 1] - ends[:, 0]
        inside = self.signed(start) <= 0
        for height in (self.low, self.high):
            rise = np.where(along[:, 2] == 0, np.inf, along[:, 2])
            t = (height - start[:, 2]) / rise if np.isfinite(height) else np.full(len(start), -1.0)
            at = start + t[:, None] * along
            inside |= (t >= 0) & (t <= 1) & (along[:, 2] != 0) & (self._outline.distance(at[:, :2]) <= 0)
        return inside

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m, negative inside."""
        flat = self._outline.distance(points[..., :2])
        high = np.maximum(points[..., 2] - self.high, self.low - points[..., 2])
        outside = np.hypot(np.maximum(flat, 0.0), np.maximum(high, 0.0))
        out: Array = outside + np.minimum(np.maximum(flat, high), 0.0)
        return out

    def _depth(self, ends: Array) -> tuple[Array, Array, Array, Array]:
        """As ``_gap`` for segments that reach in: their deepest sampled point, and the shortest way out from there."""
        share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
        points = ends[:, None, 0] + share * (ends[:, None, 1] - ends[:, None, 0])
        depths = self.signed(points)
        rows, deepest = np.arange(len(ends)), np.argmin(depths, axis=1)
        at = points[rows, deepest]
        caps = np.stack([self.low - at[:, 2], at[:, 2] - self.high], axis=1)
        wall = self._walls.gap(np.stack([at, at], axis=1), np.zeros(len(at)))
        nearest = np.argmin(wall.distance, axis=1)
        normal = -wall.normal[rows, nearest]
        out = wall.second[rows, nearest]
        by_cap = caps.max(axis=1) > -wall.distance[rows, nearest]
        upward = caps[:, 1] > caps[:, 0]
        normal[by_cap] = np.where(upward[by_cap, None], 1.0, -1.0) * np.array([0.0, 0.0, 1.0])
        out[by_cap] = at[by_cap]
        out[by_cap, 2] = np.where(upward, self.high, self.low)[by_cap]
        return np.minimum(depths[rows, deepest], 0.0), at, out, normal


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


def _bounding_box(corners: Array, low: float, high: float) -> Boxes:
    first, last = np.append(corners.min(axis=0), low), np.append(corners.max(axis=0), high)
    pose = np.eye(4)
    pose[:3, 3] = (first + last) / 2
    return Boxes(pose[None], (last - first)[None] / 2)


def _box_signed(points: Array, half: Array) -> Array:
    """Signed distance (...) of points (..., 3) from boxes about the origin."""
    beyond = np.abs(points) - half
    out: Array = length(np.maximum(beyond, 0.0)) + np.minimum(beyond.max(axis=-1), 0.0)
    return out


def _box_bound(segments: Array, half: Array) -> Array:
    """Distance (...) between the boxes along the axes around segments (..., 2, 3), and boxes ``half`` (..., 3)."""
    start, end = segments[..., 0, :], segments[..., 1, :]
    apart = (np.abs(start + end) - np.abs(end - start)) / 2 - half
    return length(np.maximum(apart, 0.0))


def _axis_in_box(segments: Array, half: Array) -> tuple[Array, Array]:
    """Where (s,) on segments (s, 2, 3) they are closest to, or deepest in, boxes ``half`` (s, 3); the distance (s,)."""
    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    t = _closest_outside(start, along, half)
    signed = _box_signed(start + t[:, None] * along, half)
    inside = signed <= 0
    if inside.any():
        t[inside] = _deepest(start[inside], along[inside], half[inside])
        signed[inside] = _box_signed(start[inside] + t[inside, None] * along[inside], half[inside])
    return t, signed


def _closest_outside(start: Array, along: Array, half: Array) -> Array:
    """Parameter (s,) of the point of each segment that is closest to its box.

    Half the derivative of the squared distance, ``along . (x - nearest point of the box)``, never falls with t and is
    linear between the crossings of the six face planes: its root lies between the two around its change of sign.
    """
    still = along == 0
    safe = np.where(still, 1.0, along)
    crossings = [np.where(still, 0.0, (face - start) / safe) for face in (-half, half)]
    edges = np.zeros((len(start), 1))
    t = np.clip(np.concatenate([*crossings, edges, edges + 1.0], axis=1), 0.0, 1.0)
    slopes = _slope(start, along, half, t)
    low = np.where(slopes <= 0, t, 0.0).max(axis=1)
    high = np.where(slopes >= 0, t, 1.0).min(axis=1)
    below, above = _slope(start, along, half, np.stack([low, high], axis=1)).T
    rise = above - below
    share = np.where(rise > 0, -below / np.where(rise > 0, rise, 1.0), 0.5)
    closest: Array = low + np.clip(share, 0.0, 1.0) * (high - low)
    return closest


def _slope(start: Array, along: Array, half: Array, t: Array) -> Array:
    x = start[:, None] + t[..., None] * along[:, None]
    beyond = x - np.clip(x, -half[:, None], half[:, None])
    slope: Array = np.einsum("sti,si->st", beyond, along)
    return slope


def _faces(start: Array, along: Array, half: Array) -> tuple[Array, Array]:
    """Signed height over the six face planes, ``height + t * rise``, (s, 6) each."""
    return np.concatenate([start - half, -start - half], axis=1), np.concatenate([along, -along], axis=1)


def _deepest(start: Array, along: Array, half: Array) -> Array:
    """Parameter (s,) of the deepest point of each segment that enters its box.

    The depth is the least of six linear functions: it is greatest at an end or where two of them cross.
    """
    height, rise = _faces(start, along, half)
    across = rise[:, UPPER] - rise[:, LOWER]
    crossing = (height[:, LOWER] - height[:, UPPER]) / np.where(across == 0, np.inf, across)
    edges = np.zeros((len(start), 1))
    t = np.clip(np.concatenate([edges, edges + 1.0, crossing], axis=1), 0.0, 1.0)
    over = (height[:, None] + t[..., None] * rise[:, None]).max(axis=-1)
    deepest: Array = t[np.arange(len(t)), np.argmin(over, axis=1)]
    return deepest


def _box_surface(segments: Array, half: Array, points: Array, t: Array) -> tuple[Array, Array]:
    """Nearest point (s, 3) of each box's surface to ``points`` (s, 3), and the derivative (s, 3) of the distance."""
    nearest = np.clip(points, -half, half)
    gap = between(points, np.zeros(len(points)), nearest, np.zeros(len(points)), np.zeros(3))
    inside = gap.distance <= 0
    normal = gap.normal
    if inside.any():
        segment, size = segments[inside], half[inside]
        normal[inside], face = _way_out(segment[:, 0], segment[:, 1] - segment[:, 0], size, t[inside])
        rows = np.flatnonzero(inside)
        nearest[rows, face % 3] = np.where(face < 3, 1.0, -1.0) * half[rows, face % 3]
    return nearest, normal


def _way_out(start: Array, along: Array, half: Array, t: Array) -> tuple[Array, NDArray[np.int64]]:
    """Derivative (s, 3) of the depth by a motion of the segment, and the nearest face (s,).

    Between two faces whose heights rise and fall along the segment, it is their mean that does neither (the segment's
    own direction then counts for nothing); else it is the nearest face's direction.
    """
    height, rise = _faces(start, along, half)
    over = height + t[:, None] * rise
    top = over.max(axis=1, keepdims=True)
    active = over >= top - 1e-9
    up = np.argmax(np.where(active, rise, -np.inf), axis=1)
    down = np.argmin(np.where(active, rise, np.inf), axis=1)
    rows = np.arange(len(t))
    climb, fall = rise[rows, up], rise[rows, down]
    middle = (t > 0) & (t < 1) & (climb > 0) & (fall < 0)
    share = np.where(middle, -fall / np.where(middle, climb - fall, 1.0), 1.0)[:, None]
    faces = np.concatenate([np.eye(3), -np.eye(3)])
    best = np.argmax(over, axis=1)
    mixed = share * faces[up] + (1 - share) * faces[down]
    return np.where(middle[:, None], mixed, faces[best]), best
