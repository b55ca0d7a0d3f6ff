"""The faults that the node itself tells the core of; some are in force only from one turn of the loop to the next."""

from __future__ import annotations

import time

from iatro_governor.governor.events import Fault
from iatro_governor.governor.told import NotingGovernor
from iatro_governor.nodes.breakdown import FAULT, Breakdown, short
from iatro_governor.nodes.timeline import Timeline


class ShellFaults:
    """Raises and clears them, at the last look at the clock: a turn under way would else go back behind a newer one."""

    def __init__(self, core: NotingGovernor, timeline: Timeline, breakdown: Breakdown) -> None:
        self._core, self._timeline, self._breakdown = core, timeline, breakdown
        self._pulsed: set[str] = set()
        self._untold = ""

    def set(self, name: str, active: bool, detail: str) -> None:
        """A fault is in force, or is not."""
        self._core.handle(Fault(self._timeline.now, name, active, detail))

    def pulse(self, name: str, detail: str) -> None:
        """A fault is in force until the next turn."""
        self.set(name, True, detail)
        self._pulsed.add(name)

    def turn(self) -> None:
        """The next turn begins: what lasts only a moment is over."""
        for name in self._pulsed:
            self.set(name, False, "")
        self._pulsed.clear()

    def broke(self, error: Exception) -> None:
        """Our own code failed: a fault until :meth:`told`. One record gets the traceback, and is owed until then."""
        if self._untold != short(error):
            self.set(FAULT, True, self._breakdown.detail(error, time.monotonic()))
            self._pulsed.discard(FAULT)
            self._untold = short(error)

    def told(self) -> None:
        """The loop went round, and a record has the traceback; for the next turn the fault is a line, and then over."""
        if self._untold:
            self.pulse(FAULT, self._untold)
            self._untold = ""
