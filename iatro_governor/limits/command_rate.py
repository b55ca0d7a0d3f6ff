"""Command rate: how many commands a second may come on a channel; more are a planner that has lost its pace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from iatro_governor.limits.doses import Doses
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.limit import Example, Limit, LimitConfig
from iatro_governor.limits.trip import Challenge, Face, Trip


class CommandRateConfig(LimitConfig):
    """``bound``: Hz, counted over each second; it takes the place of the channel's ``max_command_hz``."""

    example: ClassVar[Example] = {"bound": 100.0}
    doses: ClassVar[Doses] = "it bounds how often somebody speaks, and no motion"

    kind: Literal["command_rate"]
    bound: Annotated[float, Field(strict=True, ge=1, le=10_000, allow_inf_nan=False)]


class CommandRateLimit(Limit[CommandRateConfig]):
    """More commands than that are the fault `command_rate`: the channel stops, and has to be re-armed."""

    model = CommandRateConfig
    unit = "Hz"
    fits = BODY_MOTION | {"wrench", "gripper"}
    view = "own"

    @property
    def bound(self) -> float:
        """Hz."""
        return self.config.bound

    @property
    def faces(self) -> tuple[Face, ...]:
        """It counts."""
        return ("stream",)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """More commands in a second than the bound."""
        rest = scenes[0]
        yield Challenge("stream", [Trip(rest, np.zeros(len(rest.anchor)))])


def tightest(limits: Iterable[Limit[Any]], channel: str) -> CommandRateConfig | None:
    """The least of the bounds on ``channel``, None where there is none."""
    own = [limit.config for limit in limits if isinstance(limit.config, CommandRateConfig)]
    return min((c for c in own if c.channel == channel), key=lambda c: c.bound, default=None)
