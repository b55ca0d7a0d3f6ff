"""The governor without ROS: event lines in, decision lines out, the loop's ticks in between."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from iatro_governor.errors import EventError
from iatro_governor.governor.core import CLOCK_JUMP_S, Governor
from iatro_governor.governor.events import Command, Event, Malformed
from iatro_governor.governor.line_models import StatementLine, SyncLine
from iatro_governor.governor.lines import BadLine, event_of, parse, subject_of

SAME = 1e-9
"""Times closer than this are the same, s."""


class OfflineLoop:
    """Drives a governor by event lines.

    The loop ticks at ``t0 + k / rate``, after the events of the same time; ``t0`` is the first event's time. Words move
    no clock: with every statement deleted the decisions are the same, byte for byte.
    """

    def __init__(self, governor: Governor) -> None:
        self._governor = governor
        self._rate = governor.profile.data.loop.rate_hz
        self._t0: float | None = None
        self._t = 0.0
        self._ticks = 0
        self._line = 0
        self._unreadable: str | None = None
        self.malformed = 0
        """Lines that were malformed so far."""

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """Output lines for ``lines``, each as soon as it is certain; the last ticks after the last line."""
        for text in lines:
            self._line += 1
            if text.strip():
                for row in self._take(text):
                    yield dumps(row)
        for row in self._tick_to(self._t, inclusive=True):
            yield dumps(row)

    def _take(self, text: str) -> Iterator[dict[str, Any]]:
        try:
            line = parse(text)
            if self._t0 is not None and line.t < self._t - SAME:
                raise BadLine(
                    f"time goes back from {self._t} to {line.t}", line.type, line.t, subject_of(line)
                )
        except BadLine as error:
            yield from self._bad(error)
            return
        if isinstance(line, StatementLine):
            return
        yield from self._move_to(line.t)
        self._governor.good_line(line.t)
        if isinstance(line, SyncLine):
            yield {"sync": line.id}
            return
        event = event_of(line)
        if event is not None:
            yield from self._hand_over(event)

    def _hand_over(self, event: Event) -> Iterator[dict[str, Any]]:
        if isinstance(event, Command):
            if event.channel not in self._governor.channels:
                known = ", ".join(self._governor.channels)
                yield self._row(event.t, "command", f"no channel {event.channel!r}; known: {known}")
                return
            if (why := self._governor.why_garbled(event)) is not None:
                yield self._row(event.t, "command", why)
        try:
            for decision in self._governor.handle(event):
                yield decision.to_json()
        except EventError as error:
            yield self._row(event.t, error.of, str(error))

    def _bad(self, error: BadLine) -> Iterator[dict[str, Any]]:
        """Report a bad line, and let the governor know what it can no longer trust. Words it never hears of."""
        t, placed = error.t, error.t is not None and (self._t0 is None or error.t >= self._t - SAME)
        if placed and t is not None and error.subject is not None:
            yield from self._move_to(t)
            self._governor.good_line(t)
        yield self._row(t, error.of, str(error))
        kind = "line" if error.whole else error.of or ""
        if not error.whole and error.subject is None:
            return
        if self._t0 is None:
            self._unreadable = self._unreadable or str(error)
            return
        for decision in self._governor.handle(Malformed(self._t, kind, error.subject, str(error))):
            yield decision.to_json()

    def _row(self, t: float | None, of: str | None, message: str) -> dict[str, Any]:
        self.malformed += 1
        return {"t": t, "line": self._line, "type": "malformed", "of": of, "message": message}

    def _move_to(self, t: float) -> Iterator[dict[str, Any]]:
        if self._t0 is None:
            self._t0 = self._t = t
            if self._unreadable is not None:
                self._governor.handle(Malformed(t, "line", None, self._unreadable))
        elif t - self._t > CLOCK_JUMP_S:
            yield from self._tick_to(self._t, inclusive=True)
            self._ticks = math.ceil((t - self._t0) * self._rate - SAME)
        yield from self._tick_to(t, inclusive=False)
        self._t = max(self._t, t)

    def _tick_to(self, end: float, inclusive: bool) -> Iterator[dict[str, Any]]:
        if self._t0 is None:
            return
        while (due := self._t0 + self._ticks / self._rate) < end - SAME or (inclusive and due <= end + SAME):
            for decision in self._governor.tick(due):
                yield decision.to_json()
            self._ticks += 1


def dumps(row: dict[str, Any]) -> str:
    """One line of strict JSON."""
    return json.dumps(row, allow_nan=False, ensure_ascii=False, separators=(", ", ": "))
