"""Which numbers of one writer have come: sorted, disjoint, half-open ranges."""

from __future__ import annotations

from bisect import bisect_right


class Ranges:
    """A set of whole numbers >= 0 that is nearly contiguous; one range as long as nothing is missing."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._starts, number) - 1
        return place >= 0 and number < self._ends[place]

    def add(self, first: int, end: int) -> None:
        """Adds the numbers ``first <= n < end``."""
        if self._ends and first == self._ends[-1]:
            self._ends[-1] = max(end, first)  # the usual case: the next number in order
            return
        low = bisect_right(self._ends, first - 1)
        high = bisect_right(self._starts, end)
        if low < high:
            first, end = min(first, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high] = [first]
        self._ends[low:high] = [end]

    @property
    def next_expected(self) -> int:
        """Every number below this one is here."""
        return self._ends[0] if self._starts and self._starts[0] == 0 else 0

    @property
    def end(self) -> int:
        """The largest number plus one; 0 for the empty set."""
        return self._ends[-1] if self._ends else 0

    def missing(self, end: int = 0) -> list[tuple[int, int]]:
        """The gaps below the largest number, or below ``end`` where that is larger, as (first, last)."""
        gaps, expected = [], 0
        starts, ends = [*self._starts, max(end, self.end)], [*self._ends, end]
        for start, stop in zip(starts, ends, strict=True):
            if start > expected:
                gaps.append((expected, start - 1))
            expected = stop
        return gaps

    def spans(self) -> list[list[int]]:
        """The ranges as [first, end]."""
        return [list(span) for span in zip(self._starts, self._ends, strict=True)]

    def copy(self) -> Ranges:
        """An independent copy."""
        other = Ranges()
        other._starts, other._ends = self._starts.copy(), self._ends.copy()
        return other

    def __len__(self) -> int:
        return sum(self._ends) - sum(self._starts)
