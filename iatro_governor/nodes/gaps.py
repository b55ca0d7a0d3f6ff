"""Which missing numbers never come: those that stay away while nothing else of their writer's comes again either."""

from __future__ import annotations

from collections.abc import Mapping

Writer = tuple[str, str]
Gap = tuple[int, int]


class Gaps:
    """Watches the numbers that are missing. Times in s of one clock that never goes back.

    After a recorder was away, a writer sends again what waits, the oldest first, and that takes its time: as long as
    the oldest missing number moves on, no gap of that writer is given up.
    """

    def __init__(self, after_s: float) -> None:
        """``after_s``: how long nothing of a writer's may move before its gaps are given up."""
        self._after_s = after_s
        self._oldest: dict[Writer, tuple[int, float]] = {}
        self._since: dict[tuple[Writer, Gap], float] = {}

    def given_up(self, missing: Mapping[Writer, list[Gap]], now: float) -> list[tuple[Writer, Gap]]:
        """The gaps that are to be declared lost, each told once."""
        oldest = {writer: self._seen(writer, gaps[0][0], now) for writer, gaps in missing.items() if gaps}
        self._oldest = oldest
        every = [(writer, gap) for writer, gaps in missing.items() for gap in gaps]
        self._since = {one: self._since.get(one, now) for one in every}
        due = [one for one in every if now - max(self._since[one], oldest[one[0]][1]) > self._after_s]
        for one in due:
            del self._since[one]
        return sorted(due)

    def _seen(self, writer: Writer, first: int, now: float) -> tuple[int, float]:
        """The oldest missing number, and since when it has been that one."""
        known = self._oldest.get(writer)
        return known if known is not None and known[0] == first else (first, now)
