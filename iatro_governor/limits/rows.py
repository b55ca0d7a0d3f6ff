"""Limits as rows of linear inequalities, for the resolution that looks for the nearest command.

A limit on levels gives rows that hold wherever it does. A limit that keeps a distance ``d`` from something gives the
rate at which each near thing may be closed in on, as if it were approached head on: ``n . v <= v_max(d - margin)``, the
speed from which it is braked for in time. That is neither necessary nor enough on a way that turns: the way to rest
decides afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.returns import gaps
from iatro_governor.limits.situation import Situation

SECTORS = 24
"""Bearings of which the nearest return counts."""
SPARE = 0.01
"""Kept beyond a margin at least, m: who is right at it could not slide along without coming nearer between samples."""
NUDGE = 1e-4
"""Step of a difference quotient, m and rad."""


def _circle() -> Array:
    angle = np.arange(16) * (math.pi / 8)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def _sphere() -> Array:
    cells = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    cells = cells[(cells != 0).any(axis=1)]
    return np.asarray(cells / np.linalg.norm(cells, axis=1, keepdims=True))


CIRCLE, SPHERE = _circle(), _sphere()
"""Unit vectors (16, 2) all around, and (26, 3) towards the faces, edges and corners of a cube."""


class Rows(NamedTuple):
    """``matrix @ u <= bounds``: matrix (r, n), bounds (r,), none of them negative."""

    matrix: Array
    bounds: Array


def box(low: Array, high: Array) -> Rows:
    """``low <= u <= high`` (n,); what cannot be bounded is left out."""
    identity = np.eye(len(low))
    matrix, bounds = np.concatenate([identity, -identity]), np.concatenate([high, -low])
    finite = np.isfinite(bounds)
    return Rows(matrix[finite], np.maximum(bounds[finite], 0.0))


def norm(components: int, size: int, bound: float) -> Rows:
    """The norm of the first two or three ``components`` of ``size`` is at most ``bound``, by planes that touch it."""
    directions = CIRCLE if components == 2 else SPHERE
    matrix = np.zeros((len(directions), size))
    matrix[:, :components] = directions
    return Rows(matrix, np.full(len(directions), bound))


def braked_for(room: Array, situation: Situation) -> Array:
    """Speeds (r,), m/s, from which a base comes to rest within ``room`` (r,) m, less what its samples leave open."""
    deceleration = situation.braking.linear
    room = room - max(float(situation.roll_out(situation.anchor[None]).half_step[0]), SPARE)
    reaction = situation.reaction_s + situation.period + situation.build_up_s(deceleration)
    return np.array([approach_speed(float(each), 0.0, deceleration, reaction) for each in room])


def off_returns(sources: tuple[str, ...], figure: Shape, margin: float, situation: Situation) -> Rows | None:
    """The nearest return of each bearing may be closed in on as fast as it can be braked for."""
    obstacles = situation.obstacles(sources)
    if not len(obstacles.points):
        return None
    distance = gaps(obstacles, figure)
    bearing = np.arctan2(obstacles.points[:, 1], obstacles.points[:, 0])
    sector = ((bearing + math.pi) * (SECTORS / (2 * math.pi))).astype(np.int64) % SECTORS
    order = np.lexsort((distance, sector))
    nearest = order[np.unique(sector[order], return_index=True)[1]]
    points = obstacles.points[nearest]
    return gradient_rows(figure, points, braked_for(distance[nearest] - margin, situation))


def gradient_rows(figure: Shape, points: Array, bounds: Array) -> Rows:
    """Each of ``points`` (r, 2), base frame, is closed in on by ``figure`` at most as fast as ``bounds`` (r,), m/s."""
    steps = NUDGE * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    around = figure.distance(points[:, None] + steps)
    gx, gy = (around[:, 0] - around[:, 1]) / (2 * NUDGE), (around[:, 2] - around[:, 3]) / (2 * NUDGE)
    # The point moves past the body by -(v + w x p), so the distance falls at grad . (v + w x p).
    matrix = np.stack([gx, gy, gy * points[:, 0] - gx * points[:, 1]], axis=-1)
    return Rows(matrix, bounds)


def off_area(distance: Callable[[Array], Array], now: float, margin: float, situation: Situation) -> Rows:
    """An area may be closed in on as fast as it can be braked for; ``distance``: (k,) at poses (k, 3) from here."""
    nudges = NUDGE * np.concatenate([np.eye(3), -np.eye(3)])
    around = distance(nudges)
    gradient = (around[:3] - around[3:]) / (2 * NUDGE)
    return Rows(-gradient[None], braked_for(np.array([now - margin]), situation))
