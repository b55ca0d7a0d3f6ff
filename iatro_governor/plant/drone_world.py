"""What stands under and beside a body in the air: walls, masts, a fence and people (m, s, z up, world frame)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iatro_governor.plant.world import Point, signed_distance

Point3 = tuple[float, float, float]
PERSON_HEIGHT = 1.75
PERSON_RADIUS = 0.25


@dataclass(frozen=True, slots=True)
class Solid:
    """A prism that stands on the ground: corners (m) and height (m)."""

    name: str
    corners: tuple[Point, ...]
    height: float

    def near(self, places: np.ndarray, within: float) -> np.ndarray:
        """Which of the points (n, 3) may be nearer to it than ``within`` m; the others surely are not."""
        corners = np.asarray(self.corners)
        low, high = corners.min(axis=0) - within, corners.max(axis=0) + within
        beside = ((places[:, :2] >= low) & (places[:, :2] <= high)).all(axis=1)
        return np.asarray(beside & (places[:, 2] <= self.height + within))

    def gap(self, place: np.ndarray) -> float:
        """Distance (m) from a point to it, negative inside."""
        beside = signed_distance(np.asarray(self.corners), place[:2])
        above = float(place[2]) - self.height
        return float(np.hypot(max(beside, 0.0), max(above, 0.0))) or max(beside, above)


@dataclass(frozen=True, slots=True)
class Walking:
    """Somebody who walks along ``path`` at ``speed`` from ``starts_at`` on, and looks at nothing."""

    name: str
    path: tuple[Point, ...]
    speed: float = 1.0
    starts_at: float = 0.0
    pace_spread: float = 0.0

    def standing(self, rng: np.random.Generator) -> Standing:
        """The person, with a pace drawn."""
        share = float(np.clip(1.0 + self.pace_spread * rng.standard_normal(), 0.5, 1.5))
        return Standing(self, self.speed * share)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person with a pace."""

    person: Walking
    pace: float

    def at(self, t: float) -> np.ndarray:
        """Where they are at ``t`` (s), (2,) m."""
        path = np.asarray(self.person.path, dtype=float)
        left = max(t - self.person.starts_at, 0.0) * self.pace
        for start, end in pairwise(path):
            length = float(np.linalg.norm(end - start))
            if left < length:
                return np.asarray(start + (end - start) * left / length)
            left -= length
        return np.asarray(path[-1])

    def gap(self, t: float, place: np.ndarray) -> float:
        """Distance (m) from a point to them, negative inside."""
        return float(self.gaps(t, place[None])[0])

    def gaps(self, t: float, places: np.ndarray) -> np.ndarray:
        """Distances (n,) m from points (n, 3) to them, negative inside."""
        beside = np.linalg.norm(places[:, :2] - self.at(t), axis=1) - PERSON_RADIUS
        above = places[:, 2] - PERSON_HEIGHT
        outside = np.hypot(np.maximum(beside, 0.0), np.maximum(above, 0.0))
        return np.asarray(np.where(outside > 0.0, outside, np.maximum(beside, above)))


@dataclass(frozen=True, slots=True)
class Fence:
    """The field that it may fly in: corners (m), and heights from ``low`` to ``high`` (m)."""

    corners: tuple[Point, ...]
    low: float
    high: float

    def outside(self, place: np.ndarray) -> float:
        """How far (m) a point is outside to the sides or above; at most 0 inside."""
        return max(signed_distance(np.asarray(self.corners), place[:2]), float(place[2]) - self.high)


@dataclass(frozen=True, slots=True)
class DroneWorld:
    """Everything around it; ``lift``: its greatest thrust today, in weights, with what it carries."""

    name: str
    solids: tuple[Solid, ...] = ()
    people: tuple[Walking, ...] = ()
    fence: Fence | None = None
    lift: float = 1.5
