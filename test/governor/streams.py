"""A stream of commands by itself: a channel that takes one number, and a ladder of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import CommandStream, Verdict
from iatro_governor.governor.ladder import Ladder

PERIOD, TIMEOUT, AHEAD, REARM = 0.0625, 0.5, 0.25, 0.75
ROUNDED = 1e-9


class Stream:
    """One channel; ``send`` what it takes, 13 for what is garbled and 7 for what only brakes."""

    def __init__(self, hz: float = 1000.0, rate: Any = None, rearm_s: float = REARM) -> None:
        config = SimpleNamespace(
            command_timeout_s=TIMEOUT, max_future_s=AHEAD, rearm_s=rearm_s, max_command_hz=hz
        )
        chart: Any = SimpleNamespace(
            config=config,
            asks=lambda command: command.values[0] not in (0.0, 13.0),
            why_garbled=lambda command: "thirteen" if command.values[0] == 13.0 else None,
            brakes=lambda command: command.values[0] == 7.0,
            executed=None,
        )
        self.chart = chart
        self.ladder = Ladder()
        self.stream = CommandStream(chart, self.ladder, PERIOD, rate)

    def send(
        self,
        t: float,
        value: float = 1.0,
        stamp: float | None = None,
        plan: str | None = None,
        stopped: bool = False,
        taken: str | None = None,
    ) -> Verdict:
        command = Command(t, "it", (value,), t if stamp is None else stamp, plan)
        return self.stream.accept(command, t, stopped, taken)

    def owing(self, recovery: Any, cleared: float = 0.0) -> Stream:
        """After a stop that asks for ``recovery`` and has cleared."""
        self.stream.stopped(recovery)
        self.stream.cleared(cleared)
        return self

    @property
    def faults(self) -> dict[str, str]:
        """What stands, and why."""
        return {report.name: report.detail for report in self.ladder.reports}

    def values(self, t: float) -> tuple[float, ...] | None:
        """Of the command in force."""
        command = self.stream.live(t)
        return None if command is None else command.values

    @property
    def owed(self) -> str | None:
        """What is waited for."""
        return None if self.stream.owed is None else self.stream.owed.name
