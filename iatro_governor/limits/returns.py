"""Distances between a moving figure of the body and the returns of the sensors, shared by the limits that keep them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array, seen_from_each
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Circle, Shape
from iatro_governor.body.surroundings import NOTHING, Obstacles

DENT = 0.005
"""How much nearer than the returns the surface between them may be, m."""


def by_obstacle(distance: Array, obstacles: Obstacles) -> Array:
    """Least of ``distance`` (..., n) over the returns of each obstacle, (..., g)."""
    cluster = obstacles.cluster
    if cluster[0] == cluster[-1]:  # they are sorted, so there is one
        only: Array = distance.min(axis=-1, keepdims=True)
        return only
    starts = np.flatnonzero(cluster[1:] != cluster[:-1]) + 1
    starts = np.concatenate([[0], starts])
    least: Array = np.minimum.reduceat(distance, starts, axis=-1)
    return least


def gaps(obstacles: Obstacles, figure: Shape) -> Array:
    """Distance (n,) of ``figure`` from what each return stands for, m."""
    distance: Array = figure.distance(obstacles.points) - obstacles.grain
    return distance


class Returns:
    """What is seen around one figure of the body at one moment; several limits ask, and it is worked out once."""

    def __init__(self, obstacles: Obstacles, figure: Shape) -> None:
        self._obstacles, self._figure = obstacles, figure
        self._distance = gaps(obstacles, figure) if len(obstacles.points) else np.zeros(0)
        self.nearest = float(self._distance.min(initial=math.inf))
        """Distance of the nearest return, m; infinite where there is none."""
        self._looked = -math.inf
        self._kept: tuple[Obstacles, Array, Array] = (NOTHING, np.zeros(0), np.zeros(0))

    @property
    def least(self) -> float:
        """No surface is nearer than this, m; infinite where there is nothing."""
        return self.nearest - DENT

    def points(self, within: float) -> Obstacles:
        """The returns closer than ``within`` m."""
        if self.nearest > within:
            return NOTHING
        close = self._distance <= within
        return self._obstacles if np.count_nonzero(close) == len(close) else self._obstacles.only(close)

    def surfaces(self, within: float) -> Array:
        """The distance (g,) now of the surface of each obstacle that has returns closer than ``within`` m."""
        return self.near(within)[1]

    def near(self, within: float) -> tuple[Obstacles, Array]:
        """The returns closer than ``within`` m, and the distance (g,) of each obstacle's surface now."""
        if self.nearest > within:
            return NOTHING, np.zeros(0)
        if within > self._looked:
            self._looked, self._kept = within, self._look(within)
        kept, distance, surface = self._kept
        close = distance <= within
        if not close.all():
            kept, surface = kept.only(close), surface[close]
        return kept, by_obstacle(surface, kept)

    def _look(self, within: float) -> tuple[Obstacles, Array, Array]:
        close = self._distance <= within
        kept, distance = self._obstacles.only(close), self._distance[close]
        between = _between(self._obstacles, self._figure, close)[close] - kept.grain
        # What two returns have between them is no more than a dent in the sampling; a larger one is no surface.
        return kept, distance, np.minimum(np.maximum(between, distance - DENT), distance)


def _between(obstacles: Obstacles, figure: Shape, wanted: NDArray[np.bool_]) -> Array:
    """Distance (n,) of ``figure`` from the surface between each wanted return and the next, +inf where none runs.

    A wall seen as points seems to draw nearer and further as it is passed; its surface does not.
    """
    out = np.full(len(obstacles.points), np.inf)
    at = np.flatnonzero(obstacles.joined[:-1] & wanted[:-1])
    # Coordinates apart: a third of the time that pairs of them take.
    x, y = obstacles.points.T
    start_x, start_y = x[at], y[at]
    edge_x, edge_y = x[at + 1] - start_x, y[at + 1] - start_y
    keys, radius = figure.keys
    off_x, off_y = keys[:, :1] - start_x, keys[:, 1:] - start_y
    share = (off_x * edge_x + off_y * edge_y) / np.maximum(edge_x * edge_x + edge_y * edge_y, 1e-12)
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    out[at] = np.hypot(off_x - share * edge_x, off_y - share * edge_y).min(axis=0) - radius
    return out


def distances_ahead(obstacles: Obstacles, figure: Shape, rollouts: Rollouts) -> Array:
    """Least distance (c, k, g) of each obstacle from ``figure`` carried along each rollout, m."""
    if isinstance(figure, Circle) and figure.centre == (0.0, 0.0):
        dx = obstacles.points[:, 0] - rollouts.poses[..., 0, None]
        dy = obstacles.points[:, 1] - rollouts.poses[..., 1, None]
        if isinstance(obstacles.grain, float):  # the nearest by its square: there are fewer roots to draw
            dx *= dx
            dy *= dy
            dx += dy
            least: Array = np.sqrt(by_obstacle(dx, obstacles)) - (figure.radius + obstacles.grain)
            return least
        distance = np.hypot(dx, dy) - figure.radius
    else:
        distance = figure.distance(seen_from_each(rollouts.poses, obstacles.points))
    return by_obstacle(distance - obstacles.grain, obstacles)
