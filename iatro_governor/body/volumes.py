"""Solid volumes that an arm's capsules keep out of, or stay within: ball, round rod, box, upright prism.

All of them measure alike: distances are signed, negative where a capsule reaches in, and everything is in one frame.
Capsules are given by the ``ends`` (..., C, 2, 3) of their segments, m, and their ``radius`` (C,), m.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from iatro_governor.body.boxes import Boxes
from iatro_governor.body.distance import (
    Gap,
    capsule_distance,
    capsule_gap,
    length,
    point_distance,
    point_gap,
)
from iatro_governor.body.planar import Array
from iatro_governor.body.prism import Prism


class Volume(Protocol):
    """One solid volume."""

    @property
    def convex(self) -> bool:
        """Whether every segment between two of its points lies within it."""

    @property
    def bounding_ball(self) -> tuple[Array, float]:
        """Centre (3,) and radius, m, of a ball that holds all of it; the radius may be infinite."""

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3) from the surface, m, negative inside."""

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules.

        What is further than ``cutoff`` for certain need not be looked at closely: a smaller distance above it is given.
        """

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C) of capsules, each the first thing, from the volume, the second."""


@dataclass(frozen=True, slots=True)
class Ball:
    """All within ``radius`` m of ``centre`` (3,) m."""

    centre: Array
    radius: float

    @property
    def convex(self) -> bool:
        """It is."""
        return True

    @property
    def bounding_ball(self) -> tuple[Array, float]:
        """Itself."""
        return self.centre, self.radius

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m."""
        out: Array = length(points - self.centre) - self.radius
        return out

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules; exact whatever the ``cutoff``."""
        return point_distance(ends, radius, self.centre[None], self.radius)[..., 0]

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C) of capsules."""
        return _only(point_gap(ends, radius, self.centre[None], self.radius))


@dataclass(frozen=True, slots=True)
class CapsuleVolume:
    """A round rod: all within ``radius`` m of the segment ``ends`` (2, 3) m."""

    ends: Array
    radius: float

    @property
    def convex(self) -> bool:
        """It is."""
        return True

    @property
    def bounding_ball(self) -> tuple[Array, float]:
        """The ball about the middle of the segment."""
        start, end = self.ends
        return (start + end) / 2, float(np.linalg.norm(end - start)) / 2 + self.radius

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m."""
        flat = point_distance(self.ends[None], np.array([self.radius]), points.reshape(-1, 3))
        return flat.reshape(points.shape[:-1])

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules; exact whatever the ``cutoff``."""
        return capsule_distance(ends, radius, self.ends, np.asarray(self.radius))

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C) of capsules."""
        return capsule_gap(ends, radius, self.ends, np.asarray(self.radius))


@dataclass(frozen=True, slots=True)
class BoxVolume:
    """A box with sides ``size`` (3,) m; ``pose`` (4, 4) of its middle."""

    pose: Array
    size: Array
    boxes: Boxes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", Boxes(self.pose[None], self.size[None] / 2))

    @property
    def convex(self) -> bool:
        """It is."""
        return True

    @property
    def bounding_ball(self) -> tuple[Array, float]:
        """The ball through the corners."""
        return self.pose[:3, 3], float(np.linalg.norm(self.size)) / 2

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m."""
        return self.boxes.signed(points)[..., 0]

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules."""
        return self.boxes.distance(ends, radius, cutoff)[..., 0]

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C) of capsules, inside as of ``Boxes.gap``."""
        return _only(self.boxes.gap(ends, radius))


@dataclass(frozen=True, slots=True)
class PrismVolume:
    """A simple polygon ``corners`` (e, 2) m between the heights ``low`` and ``high``, m, which may be infinite."""

    corners: Array
    low: float = -np.inf
    high: float = np.inf
    prism: Prism = field(init=False, repr=False)
    convex: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prism", Prism(self.corners, self.low, self.high))
        object.__setattr__(self, "convex", _is_convex(self.corners))

    @property
    def bounding_ball(self) -> tuple[Array, float]:
        """The ball about the middle of the corners' bounds; of infinite radius where a height is infinite."""
        flat = (self.corners.min(axis=0) + self.corners.max(axis=0)) / 2
        reach = float(np.linalg.norm(self.corners - flat, axis=1).max())
        tall = self.high - self.low
        middle = (self.low + self.high) / 2 if np.isfinite(tall) else 0.0
        return np.array([*flat, middle]), float(np.hypot(reach, tall / 2))

    def signed(self, points: Array) -> Array:
        """Signed distance (...) of points (..., 3), m."""
        return self.prism.signed(points)

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C), m, of capsules, as of ``Prism.distance``."""
        return self.prism.distance(ends, radius, cutoff)

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C) of capsules, as of ``Prism.gap``."""
        return self.prism.gap(ends, radius)


def _only(gap: Gap) -> Gap:
    """Gaps (...) of gaps (..., 1)."""
    return Gap(gap.distance[..., 0], gap.first[..., 0, :], gap.second[..., 0, :], gap.normal[..., 0, :])


def _is_convex(corners: Array) -> bool:
    """Whether a simple polygon turns one way at all its corners."""
    ahead = np.roll(corners, -1, axis=0) - corners
    after = np.roll(ahead, -1, axis=0)
    turns = ahead[:, 0] * after[:, 1] - ahead[:, 1] * after[:, 0]
    return bool((turns >= 0).all() or (turns <= 0).all())
