"""Signed distances between capsules, points, balls and half-spaces, for many at once.

The distance of two capsules is that of their segments less both radii: negative where they overlap. Arrays broadcast
over leading axes. Of two parallel segments the closest points are not unique, and one pair of them is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.kinematics import Posture, cross
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array

TINY = 1e-12
"""Below this, m, a distance has no direction."""
PARALLEL = 1e-15
"""Squared sine of the angle below which segments count as parallel; the distance errs by 3e-8 of their length."""

EVERY = slice(None)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is between a first and a second thing.

    distance: (...) m, negative where they overlap. first, second: (..., 3) their closest points, m. normal: (..., 3)
    from the second to the first, unit: the distance grows by ``normal . (v_first - v_second)`` m/s with the velocities
    of those points, so ``-normal . v`` is the closing speed.
    """

    distance: Array
    first: Array
    second: Array
    normal: Array


def closest_parameters(first: Array, second: Array) -> tuple[Array, Array]:
    """Where on two segments (..., 2, 3) their closest points are, as parts s, t of the way from start to end.

    Ericson, "Real-Time Collision Detection" (2005), section 5.1.9: best s on the infinite lines, clamped; best t for
    it, clamped; best s for that. Exact also for parallel segments and for points.
    """
    starts = first[..., 0, :] - second[..., 0, :]
    vectors = np.empty((*starts.shape[:-1], 3, 3))
    vectors[..., 0, :] = first[..., 1, :] - first[..., 0, :]
    vectors[..., 1, :] = second[..., 1, :] - second[..., 0, :]
    vectors[..., 2, :] = starts
    products = vectors @ np.swapaxes(vectors, -1, -2)
    a, b, c = products[..., 0, 0], products[..., 0, 1], products[..., 0, 2]
    e, f = products[..., 1, 1], products[..., 1, 2]
    across = a * e - b * b
    parallel = across <= PARALLEL * a * e
    s = (b * f - c * e) / np.where(parallel, 1.0, across)
    s = np.minimum(np.maximum(np.where(parallel, 0.0, s), 0.0), 1.0)
    t = np.minimum(np.maximum((b * s + f) / np.where(e > 0, e, 1.0), 0.0), 1.0)
    s = np.minimum(np.maximum((b * t - c) / np.where(a > 0, a, 1.0), 0.0), 1.0)
    return s, t


def capsule_distance(first: Array, first_radius: Array, second: Array, second_radius: Array) -> Array:
    """Distances (...), m, of capsules ``first`` and ``second`` (..., 2, 3) of radii (...), one by one."""
    s, t = closest_parameters(first, second)
    return length(_on(first, s) - _on(second, t)) - (first_radius + second_radius)


def capsule_gap(first: Array, first_radius: Array, second: Array, second_radius: Array) -> Gap:
    """As ``capsule_distance`` (...), with closest points and direction, m.

    Where axes cross, the direction is across both.
    """
    s, t = closest_parameters(first, second)
    a, b = _on(first, s), _on(second, t)
    across = cross(first[..., 1, :] - first[..., 0, :], second[..., 1, :] - second[..., 0, :])
    return between(a, first_radius, b, second_radius, across)


def point_distance(ends: Array, radius: Array, points: Array, inflation: Array | float = 0.0) -> Array:
    """Distances (..., C, N), m, of capsules ``ends`` (..., C, 2, 3) from balls about ``points`` (..., N, 3).

    ``radius``: (C,) of the capsules, m. ``inflation``: radius of the balls, m, one for all or (N,).
    """
    start = ends[..., :, None, 0, :]
    along = ends[..., 1, :] - ends[..., 0, :]
    offset = points[..., None, :, :] - start
    share = _share(offset, along)
    away = offset - share[..., None] * along[..., :, None, :]
    return length(away) - (radius[:, None] + inflation)


def point_gap(ends: Array, radius: Array, points: Array, inflation: Array | float = 0.0) -> Gap:
    """As ``point_distance``, m, with closest points and direction."""
    start = ends[..., :, None, 0, :]
    along = ends[..., 1, :] - ends[..., 0, :]
    on_points = np.broadcast_to(points[..., None, :, :], (*along.shape[:-1], points.shape[-2], 3))
    share = _share(on_points - start, along)
    on_axis = start + share[..., None] * along[..., :, None, :]
    across = cross(along, np.roll(along, 1, axis=-1))[..., :, None, :]
    return between(on_axis, radius[:, None], on_points, np.asarray(inflation), across)


def ball_distance(ends: Array, radius: Array, centres: Array, inflation: Array | float) -> Array:
    """Distances (..., P), m, of capsules (..., P, 2, 3), ``radius`` (P,), each from a ball about ``centres`` (P, 3)."""
    along = ends[..., 1, :] - ends[..., 0, :]
    offset = centres - ends[..., 0, :]
    away = offset - _nearest(offset, along)[..., None] * along
    return length(away) - (radius + inflation)


def ball_gap(ends: Array, radius: Array, centres: Array, inflation: Array | float) -> Gap:
    """As ``ball_distance``, m, with closest points and direction."""
    along = ends[..., 1, :] - ends[..., 0, :]
    share = _nearest(centres - ends[..., 0, :], along)
    on_axis = ends[..., 0, :] + share[..., None] * along
    across = cross(along, np.roll(along, 1, axis=-1))
    return between(on_axis, radius, np.broadcast_to(centres, on_axis.shape), np.asarray(inflation), across)


def halfspace_gap(ends: Array, radius: Array, normals: Array, offsets: Array) -> Gap:
    """Gaps (..., C, Z) of capsules from half-spaces ``normal . x <= offset``; ``normals`` (Z, 3) are unit vectors.

    To stay in a half-space instead (a workspace, a geofence), give the one outside it.
    """
    heights = ends @ normals.T - offsets
    lowest = heights[..., 1, :] < heights[..., 0, :]
    height = np.where(lowest, heights[..., 1, :], heights[..., 0, :])
    axis = np.where(lowest[..., None], ends[..., :, None, 1, :], ends[..., :, None, 0, :])
    normal = np.broadcast_to(normals, axis.shape)
    return Gap(
        height - radius[:, None],
        axis - radius[:, None, None] * normal,
        axis - height[..., None] * normal,
        normal,
    )


def self_distance(posture: Posture, which: Indices | slice = EVERY) -> Array:
    """Distances (..., P), m, of the model's ``pairs`` of capsules, or of ``which`` of them."""
    return capsule_distance(*_pairs(posture, which))


def self_gap(posture: Posture, which: Indices | slice = EVERY) -> Gap:
    """As ``self_distance``, m, with closest points and direction."""
    return capsule_gap(*_pairs(posture, which))


def self_rows(posture: Posture, gap: Gap, which: Indices | slice = EVERY) -> Array:
    """Gradient (..., P, n) by the joint positions, m for each rad, of the distances of ``self_gap``."""
    body = posture.model.capsule_body[posture.model.pairs[which]]
    return posture.rows(body[:, 0], gap.first, gap.normal) - posture.rows(body[:, 1], gap.second, gap.normal)


def between(a: Array, first_radius: Array, b: Array, second_radius: Array, sideways: Array) -> Gap:
    """Gap of balls about ``a`` and ``b`` (..., 3); where these coincide, its direction is ``sideways`` (..., 3)."""
    offset = a - b
    away = length(offset)
    lost = away < TINY
    normal = offset / np.where(lost, 1.0, away)[..., None]
    if lost.any():
        normal[lost] = _some_direction(np.broadcast_to(sideways, normal.shape)[lost])
    first = a - np.asarray(first_radius)[..., None] * normal
    second = b + np.asarray(second_radius)[..., None] * normal
    return Gap(away - (first_radius + second_radius), first, second, normal)


def length(vectors: Array) -> Array:
    """Length (...) of vectors (..., 3)."""
    square = vectors * vectors
    out: Array = np.sqrt(square[..., 0] + square[..., 1] + square[..., 2])
    return out


def _share(offset: Array, along: Array) -> Array:
    """Which part of the way along segments (..., C, 3) is closest to points (..., C, N, 3) from their starts."""
    square = np.einsum("...i,...i->...", along, along)
    share = (offset @ along[..., :, :, None])[..., 0] / np.where(square > 0, square, 1.0)[..., None]
    return np.minimum(np.maximum(share, 0.0), 1.0)


def _nearest(offset: Array, along: Array) -> Array:
    """As ``_share``, of segments (..., P, 3) and points (..., P, 3) one by one."""
    square = np.einsum("...i,...i->...", along, along)
    share = np.einsum("...i,...i->...", offset, along) / np.where(square > 0, square, 1.0)
    inside: Array = np.minimum(np.maximum(share, 0.0), 1.0)
    return inside


def _on(segment: Array, share: Array) -> Array:
    start = segment[..., 0, :]
    on: Array = start + share[..., None] * (segment[..., 1, :] - start)
    return on


def _pairs(posture: Posture, which: Indices | slice) -> tuple[Array, Array, Array, Array]:
    ends, radius, pairs = posture.capsules(), posture.model.capsule_radius, posture.model.pairs[which]
    first, second = pairs[:, 0], pairs[:, 1]
    return ends.take(first, axis=-3), radius[first], ends.take(second, axis=-3), radius[second]


def _some_direction(vectors: Array) -> Array:
    """A unit vector (n, 3) along each of ``vectors``, or any at all where it has no length."""
    size = length(vectors)[:, None]
    fixed: Array = np.where(
        size > TINY, vectors / np.where(size > TINY, size, 1.0), np.array([0.0, 0.0, 1.0])
    )
    return fixed
