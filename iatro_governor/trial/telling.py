"""A governor that hears, besides what the rig tells it, the flags that a robot's own sources tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iatro_governor.governor import events
from iatro_governor.trial.loop import Decision, Governor

EVERY_S = 0.1


class Told:
    """``governor``, told ``flags`` by ``source`` ten times a second."""

    def __init__(self, governor: Governor, source: str, flags: Mapping[str, bool]) -> None:
        self._governor, self._source, self._flags = governor, source, dict(flags)
        self._due = -1.0

    def handle(self, event: events.Event, /) -> Sequence[Decision]:
        """As the governor does."""
        return self._governor.handle(event)

    def tick(self, t: float, /) -> Sequence[Decision]:
        """As the governor does, after the flags where they are due."""
        if t < self._due:
            return self._governor.tick(t)
        self._due = t + EVERY_S - 1e-6
        first = self._governor.handle(events.Flags(t, self._source, self._flags, t))
        return [*first, *self._governor.tick(t)]
