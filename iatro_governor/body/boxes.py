"""Signed distances of capsules from solid boxes in any pose.

Outside, a distance is exact. Where the capsule's own axis enters a box, it is that of the deepest point of the axis,
less the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.distance import Gap, between, length
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array

TOUCH = 1e-9
"""An axis this near to a surface, m, may cross it."""
SHORTEST = 1e-15
"""A segment that goes less far than this, m, goes nowhere: dividing by less ends in infinities."""
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
        local = self._local(ends)
        if cutoff == np.inf:
            every = np.broadcast_to(self.half, (*local.shape[:-2], 3))
            closely = _axis_in_box(local.reshape(-1, 2, 3), every.reshape(-1, 3))[1]
            exact: Array = closely.reshape(local.shape[:-2]) - radius[:, None]
            return exact
        signed = _box_bound(local, self.half)
        round_off = radius[:, None]
        near = (signed <= round_off + max(cutoff, 0.0)).nonzero()
        if near[0].size:
            signed[near] = _axis_in_box(local[near], self.half[near[-1]])[1]
        out: Array = signed - round_off
        return out

    def bound(self, ends: Array) -> Array:
        """Distances (..., C, Z) of segments (..., C, 2, 3) that are never too large, and soon told."""
        return _box_bound(self._local(ends), self.half)

    def each(self, segments: Array, radius: Array, number: Indices, cutoff: Array | float = np.inf) -> Array:
        """Distances (..., s), m, of capsules (..., s, 2, 3), ``radius`` (s,), each from the box of its ``number`` (s,).

        cutoff: one for all or (s,), as of ``distance``.
        """
        turn, middle, half = self.poses[number, :3, :3], self.poses[number, :3, 3], self.half[number]
        local = (segments - middle[:, None]) @ turn
        signed = _box_bound(local, half)
        near = (signed - radius <= np.maximum(cutoff, 0.0)).nonzero()
        if near[0].size:
            signed[near] = _axis_in_box(local[near], half[near[-1]])[1]
        out: Array = signed - radius
        return out

    def signed(self, points: Array) -> Array:
        """Signed distances (..., Z), m, of points (..., 3), negative inside."""
        local = (points[..., None, None, :] - self.poses[:, None, :3, 3]) @ self.poses[:, :3, :3]
        return _box_signed(local[..., 0, :], self.half)

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C, Z): distances, closest points and directions, in the base frame.

        Where an axis has its deepest point between two faces, ``normal`` is the true derivative and shorter than 1.
        """
        shape = (*ends.shape[:-2], len(self.half))
        each = np.broadcast_to(ends[..., :, None, :, :], (*shape, 2, 3)).reshape(-1, 2, 3)
        number = np.broadcast_to(np.arange(len(self.half)), shape).ravel()
        found = self.one_by_one(each, number)
        normal = found.normal.reshape(*shape, 3)
        first = found.first.reshape(*shape, 3) - radius[:, None, None] * normal
        second = found.second.reshape(*shape, 3)
        return Gap(found.distance.reshape(shape) - radius[:, None], first, second, normal)

    def one_by_one(self, segments: Array, number: Indices) -> Gap:
        """Gaps (s,) of segments (s, 2, 3), each from the box of its ``number`` (s,)."""
        turn, middle, half = self.poses[number, :3, :3], self.poses[number, :3, 3], self.half[number]
        local = (segments - middle[:, None]) @ turn
        t, signed = _axis_in_box(local, half)
        on_axis = local[:, 0] + t[:, None] * (local[:, 1] - local[:, 0])
        on_box, normal = _box_surface(local, half, on_axis, t)
        vectors = np.stack([on_axis, on_box, normal], axis=1) @ np.swapaxes(turn, 1, 2)
        return Gap(signed, vectors[:, 0] + middle, vectors[:, 1] + middle, vectors[:, 2])

    def nearest(self, segments: Array, most: Array) -> tuple[Indices, Array]:
        """Which box is nearest to each of ``segments`` (s, 2, 3), and its distance (s,).

        ``most``: (s,) that the distance is known not to exceed, m; boxes beyond it are passed over.
        """
        local = self._local(segments)
        near = _box_bound(local, self.half) <= most[:, None] + TOUCH
        near[~near.any(axis=1)] = True  # where rounding has lost the nearest one
        signed = np.full(near.shape, np.inf)
        signed[near] = _axis_in_box(local[near], np.broadcast_to(self.half, (*near.shape, 3))[near])[1]
        number = np.argmin(signed, axis=1)
        return number, signed[np.arange(len(signed)), number]

    def _local(self, ends: Array) -> Array:
        """Segments (..., C, Z, 2, 3) in the frames of the boxes."""
        # One product a box: a product for each segment takes three times as long.
        points = ends.reshape(-1, 3)
        local: Array = (points - self.poses[:, None, :3, 3]) @ self.poses[:, :3, :3]
        batch = ends.ndim - 2
        local = local.reshape(-1, *ends.shape)
        return local.transpose(*range(1, batch + 1), 0, batch + 1, batch + 2)


def _box_signed(points: Array, half: Array) -> Array:
    """Signed distance (...) of points (..., 3) from boxes about the origin."""
    beyond = np.abs(points) - half
    out: Array = length(np.maximum(beyond, 0.0)) + np.minimum(beyond.max(axis=-1), 0.0)
    return out


def _box_bound(segments: Array, half: Array) -> Array:
    """Distance (...) between the boxes along the axes around segments (..., 2, 3), and boxes ``half`` (..., 3)."""
    start, end = segments[..., 0, :], segments[..., 1, :]
    apart = np.abs(start + end)
    apart -= np.abs(end - start)
    apart /= 2
    apart -= half
    bound: Array = length(np.maximum(apart, 0.0))
    return bound


def _axis_in_box(segments: Array, half: Array) -> tuple[Array, Array]:
    """Where (s,) on segments (s, 2, 3) they are closest to, or deepest in, boxes ``half`` (s, 3); the distance (s,).

    Nearly always an end is closest, and that is told in a third of the time: by the slope of ``_closest_outside``,
    which never falls, and so has no root where it is above 0 at the start or below 0 at the end.
    """
    side = half[:, None]
    beyond = segments - _within(segments, -side, side)
    slopes = (beyond @ (segments[:, 1] - segments[:, 0])[:, :, None])[..., 0]
    first, away = slopes[:, 0] > 0, length(beyond)
    t, signed = np.where(first, 0.0, 1.0), np.where(first, away[:, 0], away[:, 1])
    at_end = (first | (slopes[:, 1] < 0)) & (signed > 0)
    rest = (~at_end).nonzero()[0]
    if rest.size:
        t[rest], signed[rest] = _along_axis(segments[rest], half[rest])
    return t, signed


def _along_axis(segments: Array, half: Array) -> tuple[Array, Array]:
    """As ``_axis_in_box``, wherever on the segments that is."""
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
    # Where it crosses no face, or none to speak of, some t more does no harm.
    safe = np.where(np.abs(along) < SHORTEST, 1.0, along)
    t = np.empty((len(start), 8))
    t[:, :3], t[:, 3:6] = (-half - start) / safe, (half - start) / safe
    t[:, 6], t[:, 7] = 0.0, 1.0
    t = _within(t, 0.0, 1.0)
    slopes = _slope(start, along, half, t)
    low = np.where(slopes <= 0, t, 0.0).max(axis=1)
    high = np.where(slopes >= 0, t, 1.0).min(axis=1)
    below, above = _slope(start, along, half, np.stack([low, high], axis=1)).T
    rise = above - below
    share = np.where(rise > 0, -below / np.where(rise > 0, rise, 1.0), 0.5)
    closest: Array = low + _within(share, 0.0, 1.0) * (high - low)
    return closest


def _slope(start: Array, along: Array, half: Array, t: Array) -> Array:
    x = start[:, :, None] + along[:, :, None] * t[:, None]
    beyond = x - _within(x, -half[:, :, None], half[:, :, None])
    slope: Array = (along[:, None] @ beyond)[:, 0]
    return slope


def _within(values: Array, low: Array | float, high: Array | float) -> Array:
    """``np.clip``, in a third of the time for few values."""
    out: Array = np.minimum(np.maximum(values, low), high)
    return out


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


def _way_out(start: Array, along: Array, half: Array, t: Array) -> tuple[Array, Indices]:
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
