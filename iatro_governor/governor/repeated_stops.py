"""Protective stops that come again and again: whatever moves the robot again each time does not know why it stops."""

from __future__ import annotations

from collections import deque

from iatro_governor.governor.ladder import Ladder
from iatro_governor.profile.latching import RepeatedStops


class StopCounter:
    """Counts protective stops of a whole robot."""

    def __init__(self, config: RepeatedStops) -> None:
        self._config = config
        self._stopped: set[int] = set()
        self._began: deque[float] = deque()

    def see(self, t: float, group: int, protective: bool, ladder: Ladder) -> None:
        """Group number ``group`` is in a protective stop at ``t``, or is not; too many of them latch."""
        if not protective:
            self._stopped.discard(group)
        elif group not in self._stopped:
            self._stopped.add(group)
            self._count(t, ladder)

    def _count(self, t: float, ladder: Ladder) -> None:
        self._began.append(t)
        while t - self._began[0] > self._config.within_s:
            self._began.popleft()
        if len(self._began) >= self._config.count:
            told = f"{len(self._began)} protective stops within {self._config.within_s:g} s"
            ladder.pulse("repeated_stops", t, f"{told}, until a signed reset")

    def forget(self) -> None:
        """An operator has looked at them."""
        self._began.clear()
