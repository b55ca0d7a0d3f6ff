"""Gripper speed: how fast fingers may close, and open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.span import Span
from iatro_governor.limits.trip import Challenge, Trip
from iatro_governor.profile.base import Positive


class GripperSpeedConfig(LimitConfig):
    """``closing``, ``opening``: m/s of the width between the fingers."""

    example: ClassVar[Example] = {"closing": 0.05, "opening": 0.1}
    doses: ClassVar[Doses] = {"closing": divided, "opening": divided}

    kind: Literal["gripper_speed"]
    closing: Positive
    opening: Positive


class GripperSpeedLimit(Limit[GripperSpeedConfig]):
    """``-closing <= u <= opening``; a level limit, closed form.

    Width and effort are kept within the channel's own ``width``, ``hold_effort`` and ``max_effort``; a finger that
    meets something presses with the effort, and hits it at this speed.
    """

    model = GripperSpeedConfig
    unit = "m/s"
    fits = frozenset({"gripper"})
    view = "own"

    @property
    def bound(self) -> float:
        """m/s, of closing."""
        return self.config.closing

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Twice the bound of closing, and of opening."""
        rest = np.zeros(len(scenes[0].anchor))
        for speed in (-2.0 * self.config.closing, 2.0 * self.config.opening):
            command = rest.copy()
            command[0] = speed
            yield Challenge("cap", [Trip(scenes[0].standing(rest), command)])

    def _allowed(self, speed: float) -> float:
        return self.config.opening if speed > 0 else self.config.closing

    def idle(self, situation: Any, reach: Span) -> bool:
        """No finger is that fast, either way."""
        return reach.most[0] <= min(self.config.opening, self.config.closing)

    def cap(self, command: Array, situation: Any) -> Cap:
        """Scale down to the bound of the direction."""
        speed, standing = float(command[0]), float(situation.anchor[0])
        allowed = self._allowed(speed)
        scale = 1.0 if abs(speed) <= allowed else allowed / abs(speed)
        return Cap(scale, abs(speed), allowed, excess(abs(standing), self._allowed(standing)))
