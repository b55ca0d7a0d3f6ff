"""Distances between a moving figure of the body and the returns of the scans, shared by the limits that keep them."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Circle, Shape
from iatro_governor.body.surroundings import Obstacles


def by_obstacle(distance: Array, obstacles: Obstacles) -> Array:
    """Least of ``distance`` (..., n) over the returns of each obstacle, (..., g)."""
    starts = np.flatnonzero(np.diff(obstacles.cluster, prepend=-1))
    least: Array = np.minimum.reduceat(distance, starts, axis=-1)
    return least


def near(obstacles: Obstacles, figure: Shape, within: float) -> tuple[Obstacles, Array]:
    """The obstacles of which any return is closer than ``within`` m to ``figure``, and their distance (g,) now."""
    if not len(obstacles.points):
        return obstacles, np.zeros(0)
    distance = figure.distance(obstacles.points)
    close = distance <= within
    if not close.any():
        return Obstacles(np.zeros((0, 2)), np.zeros(0, dtype=np.int64)), np.zeros(0)
    kept = Obstacles(obstacles.points[close], obstacles.cluster[close])
    return kept, by_obstacle(distance[close], kept)


def distances_ahead(obstacles: Obstacles, figure: Shape, rollouts: Rollouts) -> Array:
    """Least distance (c, k, g) of each obstacle from ``figure`` carried along each rollout, m."""
    x, y, yaw = rollouts.poses[..., 0, None], rollouts.poses[..., 1, None], rollouts.poses[..., 2, None]
    dx, dy = obstacles.points[:, 0] - x, obstacles.points[:, 1] - y
    if isinstance(figure, Circle) and figure.centre == (0.0, 0.0):
        distance = np.hypot(dx, dy) - figure.radius
    else:
        c, s = np.cos(yaw), np.sin(yaw)
        distance = figure.distance(np.stack([c * dx + s * dy, c * dy - s * dx], axis=-1))
    return by_obstacle(distance, obstacles)
