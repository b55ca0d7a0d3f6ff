"""Speed: a bound on one component of the twist, in one direction or both, or on its translational norm."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import ROUNDING, Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.rows import Rows, box, norm
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.limits.trip import Challenge, Trip
from iatro_governor.profile.base import Positive

AXES = {"vx": 0, "vy": 1, "vz": 2, "wz": -1}
"""Components of [vx, vy, wz] and of [vx, vy, vz, wz]."""


class SpeedConfig(LimitConfig):
    """``bound``: m/s for vx, vy, vz, planar (norm of the first two) and travel (norm of all three), rad/s for wz."""

    example: ClassVar[Example] = {"axis": "planar", "bound": 0.5}
    doses: ClassVar[Doses] = {"bound": divided}

    kind: Literal["speed"]
    axis: Literal["vx", "vy", "vz", "wz", "planar", "travel"]
    direction: Literal["both", "positive", "negative"] = "both"
    bound: Positive


class SpeedLimit(Limit[SpeedConfig]):
    """``|u_axis| <= bound``; a level limit, closed form ``s = bound / |u_axis|``."""

    model = SpeedConfig
    unit = "m/s"
    view = "own"

    def __init__(self, config: SpeedConfig) -> None:
        super().__init__(config)
        self._sure = config.bound * (1.0 - ROUNDING)

    @property
    def bound(self) -> float:
        """m/s or rad/s."""
        return self.config.bound

    @property
    def row_unit(self) -> str:
        """rad/s for turning."""
        return "rad/s" if self.config.axis == "wz" else "m/s"

    def _value(self, twist: Array) -> float:
        if self.config.axis == "planar":
            return math.hypot(*twist[:2].tolist())
        if self.config.axis == "travel":
            return float(np.linalg.norm(twist[:-1]))
        value = float(twist[AXES[self.config.axis]])
        match self.config.direction:
            case "positive":
                return max(value, 0.0)
            case "negative":
                return max(-value, 0.0)
        return abs(value)

    def idle(self, situation: Any, reach: Span) -> bool:
        """Nothing is that fast."""
        axis, most = self.config.axis, reach.most
        if axis == "planar":
            fastest = math.hypot(most[0], most[1])
        elif axis == "travel":
            fastest = math.hypot(*most[:-1])
        else:
            fastest = most[AXES[axis]]
        return fastest <= self._sure

    def rows(self, situation: Situation) -> Rows:
        """The bound itself; of a norm, the planes that touch it."""
        size, axis, bound = len(situation.anchor), self.config.axis, self.config.bound
        if axis in ("planar", "travel"):
            return norm(2 if axis == "planar" else size - 1, size, bound)
        low, high = np.full(size, -np.inf), np.full(size, np.inf)
        if self.config.direction != "negative":
            high[AXES[axis]] = bound
        if self.config.direction != "positive":
            low[AXES[axis]] = -bound
        return box(low, high)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Twice the bound, each way that is bounded."""
        config, size = self.config, len(scenes[0].anchor)
        norms = {"planar": range(2), "travel": range(size - 1)}
        for component in norms.get(config.axis) or (AXES[config.axis],):
            for way, other in ((2.0, "negative"), (-2.0, "positive")):
                if config.direction != other:
                    command = np.zeros(size)
                    command[component] = way * config.bound
                    yield Challenge("cap", [Trip(scenes[0].standing(np.zeros(size)), command)])

    def cap(self, command: Array, situation: Situation) -> Cap:
        """Scale down to the bound."""
        value, bound = self._value(command), self.config.bound
        scale = 1.0 if value <= bound else bound / value
        return Cap(scale, value, bound, excess(self._value(situation.anchor), bound))
