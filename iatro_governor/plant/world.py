"""What stands, walks and is forbidden in a world: plain geometry in the world frame (m, rad, z up).

The odometry frame starts as the world frame, so zones drawn here can be copied into a robot's configuration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from iatro_governor.errors import ScenarioError

Point = tuple[float, float]
Manners = Literal["oblivious", "stops", "avoids"]


@dataclass(frozen=True, slots=True)
class Box:
    """A wall or shelf that never moves: centre (m), full size (m) along its own axes, yaw (rad)."""

    name: str
    centre: Point
    size: Point
    yaw: float = 0.0
    height: float = 1.8

    def corners(self) -> np.ndarray:
        """The footprint, counter-clockwise, shape (4, 2)."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.asarray(self.size) / 2
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        return np.asarray(half @ np.array([[c, s], [-s, c]]) + np.asarray(self.centre))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on foot: waypoints (m) walked at ``speed`` (m/s) from ``starts_at`` (s); one waypoint is a stand.

    ``manners``: oblivious walks on whatever the robot does, stops waits while the robot is close ahead,
    avoids steps around it. ``pace_spread`` is the seeded relative spread (one sigma) of the walking speed.
    """

    name: str
    path: tuple[Point, ...]
    speed: float = 1.0
    starts_at: float = 0.0
    loop: bool = True
    manners: Manners = "stops"
    pace_spread: float = 0.0
    radius: float = 0.2
    mass: float = 75.0


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon on the floor: ``keep_out``, or ``slow`` with the largest allowed speed ``limit`` (m/s)."""

    name: str
    kind: Literal["keep_out", "slow"]
    polygon: tuple[Point, ...]
    limit: float | None = None

    def overlap(self, centre: np.ndarray, radius: float) -> float:
        """How deep (m) a disc reaches into the polygon; negative is the gap that is left."""
        return radius - signed_distance(np.asarray(self.polygon), centre)


@dataclass(frozen=True, slots=True)
class Start:
    """Where the robot's base origin is at t = 0."""

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """Everything around the robot. Names differ over walls, shelves, people and zones: harms are keyed by them.

    Raises ScenarioError where two things have the same name.
    """

    name: str
    walls: tuple[Box, ...] = ()
    shelves: tuple[Box, ...] = ()
    people: tuple[Person, ...] = ()
    zones: tuple[Zone, ...] = ()

    def __post_init__(self) -> None:
        boxes = [box.name for box in (*self.walls, *self.shelves)]
        names = boxes + [person.name for person in self.people] + [zone.name for zone in self.zones]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ScenarioError(
                f"world {self.name!r}: names must differ, given more than once: {', '.join(twice)}"
            )


def signed_distance(polygon: np.ndarray, point: np.ndarray) -> float:
    """Distance (m) from a point to a simple polygon's edge, negative inside; ``polygon`` (n, 2), any turn."""
    start, end = polygon, np.roll(polygon, -1, axis=0)
    edge, to_point = end - start, point - start
    along = np.clip(np.einsum("ij,ij->i", to_point, edge) / np.einsum("ij,ij->i", edge, edge), 0.0, 1.0)
    gap = float(np.min(np.linalg.norm(to_point - along[:, None] * edge, axis=1)))
    crosses = (start[:, 1] > point[1]) != (end[:, 1] > point[1])
    rise = np.where(crosses, end[:, 1] - start[:, 1], 1.0)
    left_of = point[0] < start[:, 0] + to_point[:, 1] / rise * edge[:, 0]
    return -gap if np.count_nonzero(crosses & left_of) % 2 else gap
