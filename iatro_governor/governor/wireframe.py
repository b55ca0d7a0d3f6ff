"""Figures and volumes as lines: what an operator's screen shows of a zone, a body, a link."""

from __future__ import annotations

from itertools import product

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape
from iatro_governor.body.urdf import transform
from iatro_governor.profile.areas import Area
from iatro_governor.profile.volumes import BoxFigure, CapsuleFigure, PrismFigure, SphereFigure, Volume3

SPACING = 0.1
"""Of points on an outline, m."""
ROUND = 24
"""Points on a circle."""
ENDLESS = 2.0
"""Height that a prism without one is shown with, m."""


def ring(points: Array) -> Array:
    """Segments (n, 2, 3) around ``points`` (n, 3)."""
    return np.stack([points, np.roll(points, -1, axis=0)], axis=1)


def raised(points: Array, z: float) -> Array:
    """``points`` (n, 2) at the height ``z``, m."""
    return np.column_stack([points, np.full(len(points), z)])


def flat(shape: Shape, z: float = 0.0) -> Array:
    """Segments (n, 2, 3) of a plane figure's outline at the height ``z``, m."""
    return ring(raised(shape.outline(SPACING), z))


def circle(centre: Array, radius: float, normal: Array, count: int = ROUND) -> Array:
    """Segments (count, 2, 3) of a circle about ``normal`` (3,)."""
    first = np.cross(normal, np.eye(3)[int(np.argmin(np.abs(normal)))])
    first /= np.linalg.norm(first)
    second = np.cross(normal / np.linalg.norm(normal), first)
    angle = np.arange(count) * (2 * np.pi / count)
    return ring(centre + radius * (np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second))


def box(figure: BoxFigure) -> Array:
    """Its twelve edges (12, 2, 3)."""
    corners = np.array(list(product((-0.5, 0.5), repeat=3)))
    pairs = [
        (a, b) for a, b in product(range(8), repeat=2) if a < b and (corners[a] != corners[b]).sum() == 1
    ]
    pose = np.asarray(figure.pose, dtype=float)
    frame = transform(pose[:3], pose[3:])
    placed: Array = corners * np.asarray(figure.size) @ frame[:3, :3].T + frame[:3, 3]
    edges: Array = placed[np.array(pairs)]
    return edges


def ball(centre: Array, radius: float, count: int = ROUND) -> Array:
    """Segments (n, 2, 3) of three circles of ``count`` points, m."""
    return np.concatenate([circle(centre, radius, normal, count) for normal in np.eye(3)])


def capsule(start: Array, end: Array, radius: float, count: int = ROUND) -> Array:
    """A circle of ``count`` points at each end, and four lines between them, as segments (n, 2, 3), m.

    A ball where the ends are one.
    """
    axis = end - start
    if not np.linalg.norm(axis) > 1e-9:
        return ball(start, radius, count)
    rims = [circle(at, radius, axis, count) for at in (start, end)]
    sides = np.stack([rims[0][:: count // 4, 0], rims[1][:: count // 4, 0]], axis=1)
    return np.concatenate([*rims, sides])


def rods(ends: Array, radius: Array, count: int) -> Array:
    """Segments (n, 2, 3) of capsules with ``ends`` (C, 2, 3) and ``radius`` (C,), m: as of ``capsule``, all at once.

    Where the ends are one, the rod is drawn as if it stood upright.
    """
    axis = ends[:, 1] - ends[:, 0]
    size = np.linalg.norm(axis, axis=1, keepdims=True)
    axis = np.where(size > 1e-9, axis / np.maximum(size, 1e-9), np.array([0.0, 0.0, 1.0]))
    other = np.eye(3)[np.argmin(np.abs(axis), axis=1)]
    first = np.cross(axis, other)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    angle = (np.arange(count) * (2 * np.pi / count))[:, None]
    around = np.cos(angle) * first[:, None] + np.sin(angle) * np.cross(axis, first)[:, None]
    rims = ends[:, :, None] + radius[:, None, None, None] * around[:, None]
    circles = np.stack([rims, np.roll(rims, -1, axis=2)], axis=3).reshape(-1, 2, 3)
    sides = rims[:, :, :: count // 4].swapaxes(1, 2).reshape(-1, 2, 3)
    return np.concatenate([circles, sides])


def prism(figure: PrismFigure) -> Array:
    """Its lower and its upper outline, and an upright at each corner, as segments (n, 2, 3), m."""
    low = 0.0 if figure.low is None else figure.low
    high = low + ENDLESS if figure.high is None else figure.high
    low = high - ENDLESS if figure.low is None and high <= low else low
    corners = np.asarray(figure.corners, dtype=float)
    bottom, top = raised(corners, low), raised(corners, high)
    return np.concatenate([ring(bottom), ring(top), np.stack([bottom, top], axis=1)])


def figure_lines(figure: Area | Volume3) -> Array:
    """Segments (n, 2, 3) of an area on the ground, or of a volume, m, in its own frame.

    Raises ValueError for one that has no figure.
    """
    if isinstance(figure, Area) and (plane := figure.circle or figure.polygon) is not None:
        return flat(plane.shape())
    match figure.box or figure.sphere or figure.capsule or figure.prism:
        case BoxFigure() as given:
            return box(given)
        case SphereFigure() as given:
            return ball(np.asarray(given.centre, dtype=float), given.radius)
        case CapsuleFigure() as given:
            return capsule(np.asarray(given.start, float), np.asarray(given.end, float), given.radius)
        case PrismFigure() as given:
            return prism(given)
    raise ValueError(f"{figure!r} has no figure")
