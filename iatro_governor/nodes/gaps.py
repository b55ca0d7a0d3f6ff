"""Which missing numbers never come: those that stay away while their writer is heard and nothing else comes again."""

from __future__ import annotations

from collections.abc import Mapping

Writer = tuple[str, str]
Gap = tuple[int, int]

HEARD_S = 3.0
"""A writer with something to send again is heard at least so often, s: it does so every second."""
STEP_S = 1.0
"""Most time that passes between two looks, s: whoever stood still in between could hear nobody."""
SILENT = 1 / 60
"""A second in which a writer is silent counts so much: one that is away may come back and still have everything."""


class Gaps:
    """Watches the numbers that are missing. Times in s of one clock that never goes back.

    After a recorder was away, a writer sends again what waits, the oldest first, and that takes its time; and one that
    cannot keep up hears a part of it alone. So as long as any missing number comes, no gap of that writer is given up.
    What is given up is acknowledged, and its writer forgets it: so only time in which it could have come counts.
    """

    def __init__(self, after_s: float) -> None:
        """``after_s``: how long nothing of a writer's may move before its gaps are given up."""
        self._after_s = after_s
        self._now, self._at = 0.0, float("inf")
        self._heard: dict[Writer, float] = {}
        self._ages: dict[Writer, float] = {}
        self._moved: dict[Writer, float] = {}
        self._told: set[tuple[Writer, Gap]] = set()
        self._since: dict[tuple[Writer, Gap], float] = {}

    def hear(self, writer: Writer) -> None:
        """Something of this writer's has come, new or again."""
        self._heard[writer] = self._now

    def given_up(self, missing: Mapping[Writer, list[Gap]], now: float) -> list[tuple[Writer, Gap]]:
        """The gaps that are to be declared lost, each told once."""
        self._pass(missing, now)
        there = {(writer, gap) for writer, gaps in missing.items() for gap in gaps}
        self._told &= there
        every = there - self._told
        for writer, _ in (
            self._since.keys() - every
        ):  # a gap that is another now has lost a number: one has come
            self._moved[writer] = self._ages.get(writer, 0.0)
        self._since = {one: self._since.get(one, self._ages[one[0]]) for one in every}
        due = [one for one in every if self._unmoved(one) > self._after_s]
        self._told.update(due)
        for one in due:
            del self._since[one]
        return sorted(due)

    def _pass(self, missing: Mapping[Writer, list[Gap]], now: float) -> None:
        """Let the time since the last look pass for each writer, as far as it could be heard."""
        step = min(max(now - self._at, 0.0), STEP_S)
        self._at = now
        self._now += step
        for writer in missing:
            speaks = self._now - self._heard.get(writer, float("-inf")) <= HEARD_S
            self._ages[writer] = self._ages.get(writer, 0.0) + step * (1.0 if speaks else SILENT)

    def _unmoved(self, one: tuple[Writer, Gap]) -> float:
        writer = one[0]
        return self._ages[writer] - max(self._since[one], self._moved.get(writer, float("-inf")))
