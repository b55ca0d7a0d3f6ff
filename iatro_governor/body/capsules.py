"""Capsules around surfaces: few, small, and holding every point of what they stand for.

A capsule is a ball swept along a segment. A ball of radius ``s`` lies in a capsule of radius ``r`` exactly when its
centre lies within ``r - s`` of the capsule's segment, so surfaces are given as triangles between balls: meshes as
triangles between balls of radius 0, a sphere as one ball. A capsule is convex: it holds a triangle when it holds its
corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.description import Geometry
from iatro_governor.body.planar import Array

ROUNDING = 1e-9
"""Added to every radius, m, so that rounding leaves nothing outside."""
SIDES = 24
"""A cylinder is taken as a prism of so many sides around it: 0.9% wider at most."""
WIDENINGS = np.array([1.0, 1.04, 1.1, 1.2, 1.35, 1.6])
"""A wider capsule needs a shorter segment; these multiples of the least radius are tried."""
CUTS = (0.2, 0.35, 0.5, 0.65, 0.8)
"""Where along a principal axis a surface may be cut in two."""
WORTH = 0.8
"""Two capsules replace one where they have less than this part of its volume."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Triangles (t, 3), as indices, between balls about ``points`` (n, 3) of radius ``inflation`` (n,), m."""

    points: Array
    inflation: Array
    triangles: NDArray[np.int64]

    def moved(self, placement: Array) -> Surface:
        """The same in another frame; ``placement`` (4, 4) of this one's frame there."""
        return Surface(self.points @ placement[:3, :3].T + placement[:3, 3], self.inflation, self.triangles)

    def part(self, which: NDArray[np.bool_]) -> Surface:
        """The triangles of ``which`` (t,) alone."""
        used, renumbered = np.unique(self.triangles[which], return_inverse=True)
        return Surface(self.points[used], self.inflation[used], renumbered.reshape(-1, 3))

    def cut(self, normal: Array, offset: float) -> tuple[Surface, Surface]:
        """What is below and what is above the plane ``normal . x = offset``; triangles across it are cut in two.

        Triangles between balls are not cut: they go where their middle is.
        """
        height = (self.points @ normal - offset)[self.triangles]
        round_ones = self.inflation[self.triangles].max(axis=1) > 0
        height[round_ones] = height[round_ones].mean(axis=1, keepdims=True)
        above = height > 0
        count = above.sum(axis=1)
        across = (count == 1) | (count == 2)
        alone = np.argmax(above[across] == (count[across] == 1)[:, None], axis=1)
        order = (alone[:, None] + np.arange(3)) % 3
        a, b, c = np.take_along_axis(self.triangles[across], order, axis=1).T
        lone, second, third = np.take_along_axis(height[across], order, axis=1).T[..., None]
        on_ab = self.points[a] + lone / (lone - second) * (self.points[b] - self.points[a])
        on_ac = self.points[a] + lone / (lone - third) * (self.points[c] - self.points[a])
        n, new = len(self.points), len(a)
        p, q = n + np.arange(new), n + new + np.arange(new)
        triangles = [self.triangles, *(np.stack(row, axis=1) for row in ((a, p, q), (p, b, c), (p, c, q)))]
        whole = Surface(
            np.concatenate([self.points, on_ab, on_ac]),
            np.concatenate([self.inflation, np.zeros(2 * new)]),
            np.concatenate(triangles),
        )
        tip_above = count[across] == 1
        upper = np.concatenate([count == 3, tip_above, ~tip_above, ~tip_above])
        lower = np.concatenate([count == 0, ~tip_above, tip_above, tip_above])
        return whole.part(lower), whole.part(upper)


@dataclass(frozen=True, slots=True)
class Capsule:
    """A segment between ``start`` and ``end`` (3,), m, and a radius, m."""

    start: Array
    end: Array
    radius: float

    @property
    def volume(self) -> float:
        """In m3."""
        length = float(np.linalg.norm(self.end - self.start))
        return math.pi * self.radius**2 * (length + self.radius * 4 / 3)

    def depth(self, surface: Surface) -> Array:
        """How deep each ball (n,) of a surface lies inside, m; negative where it sticks out."""
        along = self.end - self.start
        square = float(along @ along)
        from_start = surface.points - self.start
        share = np.clip(from_start @ along / square, 0.0, 1.0) if square > 0 else np.zeros(len(from_start))
        away = np.linalg.norm(from_start - share[:, None] * along, axis=1)
        depth: Array = self.radius - surface.inflation - away
        return depth


def join(surfaces: list[Surface]) -> Surface:
    """Several surfaces as one."""
    offsets = np.cumsum([0] + [len(surface.points) for surface in surfaces[:-1]])
    return Surface(
        np.concatenate([surface.points for surface in surfaces]),
        np.concatenate([surface.inflation for surface in surfaces]),
        np.concatenate([s.triangles + offset for s, offset in zip(surfaces, offsets, strict=True)]),
    )


def primitive(shape: Geometry) -> Surface:
    """Surface of a box, cylinder, capsule or sphere in the link's frame; a cylinder's is that of a prism around it."""
    if shape.kind == "box":
        half = np.array(shape.size) / 2
        square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * half[:2]
        return _upright(square, 2 * half[2]).moved(shape.placement)
    if shape.kind == "cylinder":
        radius, length = shape.size
        angle = np.arange(SIDES) * (2 * math.pi / SIDES)
        rim = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (radius / math.cos(math.pi / SIDES))
        return _upright(rim, length).moved(shape.placement)
    radius, length = shape.size if shape.kind == "capsule" else (shape.size[0], 0.0)
    ends = np.array([[0.0, 0.0, -length / 2], [0.0, 0.0, length / 2]])
    return Surface(ends, np.full(2, radius), np.array([[0, 1, 1]])).moved(shape.placement)


def cover(surface: Surface, most: int) -> list[Capsule]:
    """One to ``most`` capsules that together hold every triangle of ``surface``.

    The surface is cut in two, by a plane across one of its principal axes, as long as that saves volume.
    """
    whole = fit(surface)
    if most < 2 or len(surface.triangles) < 2:
        return [whole]
    halves = _best_cut(surface)
    if halves is None:
        return [whole]
    fitted = [fit(half) for half in halves]
    if fitted[0].volume + fitted[1].volume > WORTH * whole.volume:
        return [whole]
    larger = int(fitted[1].volume > fitted[0].volume)
    return [fitted[1 - larger], *cover(halves[larger], most - 1)]


def fit(surface: Surface, directions: int = 160, rounds: int = 4) -> Capsule:
    """A capsule of nearly the least volume that holds every triangle.

    Its direction is searched among the principal axes and on a half-sphere, then ever closer around the best. For a
    direction, the axis is the centre of the smallest circle around the projection, and the segment as short as the
    radius allows.
    """
    few = _outermost(surface, 300)
    turned = np.concatenate([_principal(surface.points), _directions(directions)])
    spread = 2.5 / math.sqrt(directions)
    best = turned[0]
    for _ in range(rounds):
        volumes = _volumes(few, turned)
        best = turned[int(np.argmin(volumes))]
        turned = np.concatenate([best[None], _around(best, spread)])
        spread /= 3
    return _along(surface, best)


def _upright(corners: Array, length: float) -> Surface:
    """Surface of a prism over a convex polygon ``corners`` (n, 2), about the origin."""
    n = len(corners)
    points = np.concatenate([np.column_stack([corners, np.full(n, z)]) for z in (-length / 2, length / 2)])
    here = np.arange(n)
    ahead = np.roll(here, -1)
    fan = np.stack([np.zeros(n - 2, dtype=np.int64), here[1:-1], here[2:]], axis=1)
    sides = [np.stack([here, ahead, ahead + n], axis=1), np.stack([here, ahead + n, here + n], axis=1)]
    return Surface(points, np.zeros(2 * n), np.concatenate([fan, fan + n, *sides]))


def _principal(points: Array) -> Array:
    """Principal axes (3, 3) of points, one a row."""
    away = points - points.mean(axis=0)
    axes: Array = np.linalg.eigh(away.T @ away)[1].T
    return axes


def _directions(n: int) -> Array:
    """Even unit vectors (n, 3) on a half-sphere, by the golden angle, and the three axes."""
    z = (np.arange(n) + 0.5) / n
    turn = np.arange(n) * (math.pi * (3 - math.sqrt(5)))
    flat = np.sqrt(1 - z**2)
    even = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    return np.concatenate([np.eye(3), even])


def _around(direction: Array, spread: float) -> Array:
    """Unit vectors (24, 3) within ``spread`` rad of one."""
    u, v = _across(direction[None])
    angle = np.arange(24) * (2 * math.pi / 8)
    size = spread * np.repeat([0.3, 0.65, 1.0], 8)
    tilted = direction + (size * np.cos(angle))[:, None] * u + (size * np.sin(angle))[:, None] * v
    around: Array = tilted / np.linalg.norm(tilted, axis=1, keepdims=True)
    return around


def _across(directions: Array) -> tuple[Array, Array]:
    """For each of (d, 3), two unit vectors that make a right-handed frame with it."""
    helper = np.eye(3)[np.argmin(np.abs(directions), axis=1)]
    u = np.cross(directions, helper)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    return u, np.cross(directions, u)


def _outermost(surface: Surface, n: int) -> Surface:
    """The balls that reach furthest in some of 2n directions: what a fit depends on, nearly."""
    if len(surface.points) <= n:
        return surface
    half = _directions(n)
    some = np.array_split(np.concatenate([half, -half]), 1 + len(surface.points) // 500)  # a few MB at a time
    furthest = [np.argmax(surface.points @ d.T + surface.inflation[:, None], axis=0) for d in some]
    kept = np.unique(np.concatenate(furthest))
    return Surface(surface.points[kept], surface.inflation[kept], np.zeros((0, 3), dtype=np.int64))


def _circle(flat: Array, inflation: Array, steps: int = 60) -> tuple[Array, Array]:
    """Nearly the smallest circles around discs ``flat`` (d, n, 2): centres (d, 2) and radii (d,), which hold them all.

    Badoiu and Clarkson (2003): step towards the furthest disc, by 1/2, 1/3, 1/4, ...
    """
    centre = (flat.min(axis=1) + flat.max(axis=1)) / 2
    rows = np.arange(len(flat))
    best, least = centre, np.full(len(flat), np.inf)
    for step in range(steps):
        offset = flat - centre[:, None]
        reach = np.hypot(offset[..., 0], offset[..., 1]) + inflation
        furthest = np.argmax(reach, axis=1)
        better = reach[rows, furthest] < least
        best = np.where(better[:, None], centre, best)
        least = np.where(better, reach[rows, furthest], least)
        centre = centre + offset[rows, furthest] / (step + 3)
    return best, least


def _ends(along: Array, away: Array, inflation: Array, radius: Array) -> tuple[Array, Array]:
    """Shortest segment [low, high] (..., f) of capsules of ``radius`` (..., f) that hold balls at ``along``, ``away``.

    Ball i is held when the segment meets [along - h, along + h] with h^2 = (radius - inflation)^2 - away^2. Where all
    of these share a point, one ball is enough, and low = high.
    """
    room = radius[..., None] - inflation
    half = np.sqrt(np.maximum(room**2 - away[..., None, :] ** 2, 0.0))
    low = (along[..., None, :] + half).min(axis=-1)
    high = (along[..., None, :] - half).max(axis=-1)
    middle = (low + high) / 2
    return np.where(low < high, low, middle), np.where(low < high, high, middle)


def _volumes(surface: Surface, directions: Array) -> Array:
    """Volume (d,) of the best capsule along each of ``directions`` (d, 3)."""
    u, v = _across(directions)
    flat = np.stack([u @ surface.points.T, v @ surface.points.T], axis=-1)
    centre, least = _circle(flat, surface.inflation, 24)
    away = np.linalg.norm(flat - centre[:, None], axis=-1)
    radius = (least[:, None] + ROUNDING) * WIDENINGS
    low, high = _ends(directions @ surface.points.T, away, surface.inflation, radius)
    volume: Array = (math.pi * radius**2 * (high - low + radius * 4 / 3)).min(axis=1)
    return volume


def _along(surface: Surface, direction: Array) -> Capsule:
    """The best capsule along one direction, made of every ball."""
    u, v = (vector[0] for vector in _across(direction[None]))
    flat = np.stack([surface.points @ u, surface.points @ v], axis=-1)
    centre = _circle(flat[None], surface.inflation)[0][0]
    away = np.linalg.norm(flat - centre, axis=-1)
    radius = (float((away + surface.inflation).max()) + ROUNDING) * WIDENINGS
    low, high = _ends(surface.points @ direction, away, surface.inflation, radius)
    best = int(np.argmin(radius**2 * (high - low + radius * 4 / 3)))
    axis = centre[0] * u + centre[1] * v
    return Capsule(
        axis + low[best] * direction, axis + high[best] * direction, float(radius[best]) + ROUNDING
    )


def _best_cut(surface: Surface) -> tuple[Surface, Surface] | None:
    """The cut into two that leaves least volume, by quick fits; None where nothing can be cut."""
    best, least = None, np.inf
    for axis in _principal(surface.points):
        along = surface.points @ axis
        low, high = float(along.min()), float(along.max())
        for share in CUTS:
            halves = surface.cut(axis, low + share * (high - low))
            if not all(len(half.triangles) for half in halves):
                continue
            volume = sum(float(_volumes(_outermost(half, 60), _directions(40)).min()) for half in halves)
            if volume < least:
                best, least = halves, volume
    return best
