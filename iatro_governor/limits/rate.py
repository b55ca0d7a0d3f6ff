"""Acceleration and deceleration: how fast the output may change in ordinary driving."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import Example, Limit, LimitConfig
from iatro_governor.limits.trip import Challenge, Face, Trip
from iatro_governor.profile.base import Positive

POSE = 6
"""Components of the twist that a pose is followed by."""


class RateConfig(LimitConfig):
    """``bound`` in m/s2 for linear (vx and vy each), in rad/s2 for angular (wz)."""

    kind: Literal["acceleration", "deceleration", "jerk"]
    axis: Literal["linear", "angular"]
    bound: Positive


class AccelerationConfig(RateConfig):
    """Away from rest."""

    example: ClassVar[Example] = {"axis": "linear", "bound": 0.8}
    doses: ClassVar[Doses] = {"bound": divided}

    kind: Literal["acceleration"]


class DecelerationConfig(RateConfig):
    """Towards rest, where no stop is needed."""

    example: ClassVar[Example] = {"axis": "angular", "bound": 2.0}
    doses: ClassVar[Doses] = "how hard the body can come to rest is no choice"

    kind: Literal["deceleration"]


AnyRate = TypeVar("AnyRate", bound=LimitConfig)


class RateLimit(Limit[AnyRate]):
    """Shapes the step from the output that stands to the next one; it bounds neither speed nor place."""

    unit = "m/s2"
    way: ClassVar[Literal["acceleration", "deceleration", "jerk"]]

    def idle(self, situation: Any, reach: Any) -> bool:
        """Always: it shapes steps, and caps and refuses nothing."""
        return True

    @property
    @abstractmethod
    def axis(self) -> str:
        """The axis of the channel that is bounded."""

    @abstractmethod
    def bounds(self, count: int) -> Array:
        """(count,) one for each component of the axis."""

    def components(self, count: int) -> range:
        """Which of the ``count`` components of its channel the axis has."""
        return range(count)

    @property
    def faces(self) -> tuple[Face, ...]:
        """It shapes steps."""
        return ("rate",)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """A second's worth of change at once, both ways, of each component."""
        scene, size = scenes[0], len(scenes[0].anchor)
        own = range(size)[scene.place(self.config.channel)]
        at = self.components(len(own))
        for component, bound in zip(at, self.bounds(len(at)), strict=True):
            for change in (float(bound), -float(bound)):
                moving = np.zeros(size)
                moving[own[component]] = change
                ends = (moving, np.zeros(size))
                start, end = ends if self.way == "deceleration" else ends[::-1]
                yield Challenge("rate", [Trip(scene.standing(start), end)])


class TwistRateLimit(RateLimit[RateConfig]):
    """Of a twist, its linear or its angular part."""

    fits = frozenset({"twist", "pose"})
    view = "own"

    @property
    def axis(self) -> str:
        """linear or angular."""
        return self.config.axis

    def components(self, count: int) -> range:
        """The ways come first, then the turns: of a pose three each, of a base one turn."""
        turns = count - (3 if count == POSE else 1)
        return range(turns) if self.config.axis == "linear" else range(turns, count)

    def bounds(self, count: int) -> Array:
        """(count,) the same for each component."""
        return np.full(count, self.config.bound)

    @property
    def bound(self) -> float:
        """m/s2 or rad/s2."""
        return self.config.bound

    @property
    def row_unit(self) -> str:
        """rad/s2 for turning."""
        return "rad/s2" if self.config.axis == "angular" else "m/s2"


class AccelerationLimit(TwistRateLimit):
    """Bound on the growth of each component's magnitude."""

    model = AccelerationConfig
    way = "acceleration"


class DecelerationLimit(TwistRateLimit):
    """Bound on the decrease of each component's magnitude; a stop that is needed brakes by its stop mode instead."""

    model = DecelerationConfig
    way = "deceleration"
