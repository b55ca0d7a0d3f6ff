"""Numbers that should come once each, without gaps: what was seen, what came twice, what is missing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class Series:
    """Numbers of one writer, kept as disjoint ascending ranges: normally a single one."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    repeats: int = 0

    def add(self, number: int) -> bool:
        """Take a number; false, and counted as a repeat, if it had been taken before."""
        if number in self:
            self.repeats += 1
            return False
        at = bisect_right(self.starts, number) - 1
        joins_left = at >= 0 and self.ends[at] == number
        joins_right = at + 1 < len(self.starts) and self.starts[at + 1] == number + 1
        if joins_left and joins_right:
            self.ends[at] = self.ends.pop(at + 1)
            self.starts.pop(at + 1)
        elif joins_left:
            self.ends[at] += 1
        elif joins_right:
            self.starts[at + 1] = number
        else:
            self.starts.insert(at + 1, number)
            self.ends.insert(at + 1, number + 1)
        return True

    def fill(self, first: int, last: int) -> None:
        """Take the numbers from ``first`` to ``last``; those that had been taken before are no repeats."""
        low = bisect_left(self.ends, first)
        high = bisect_right(self.starts, last + 1)
        end = last + 1
        if low < high:
            first, end = min(first, self.starts[low]), max(end, self.ends[high - 1])
        self.starts[low:high] = [first]
        self.ends[low:high] = [end]

    def whole(self, first: int, last: int) -> bool:
        """Whether every number from ``first`` to ``last`` was taken."""
        at = bisect_right(self.starts, first) - 1
        return at >= 0 and last < self.ends[at]

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self.starts, number) - 1
        return at >= 0 and number < self.ends[at]

    def gaps(self) -> list[tuple[int, int]]:
        """First and last number of each hole between what was seen; before the first nothing is missed."""
        return [(end, start - 1) for end, start in zip(self.ends, self.starts[1:], strict=False)]
