"""Who publishes on an output, told apart by the numbers that the middleware gives to what each publisher sends."""

from __future__ import annotations

from collections.abc import Sequence

NEAR = 1e-6
NEXT = 3000
"""A number further on than this, or back, is another publisher's."""


class Speakers:
    """Every publisher that was heard."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self.speaking = -1
        """The one that was heard last."""

    def hear(self, number: int) -> int | None:
        """How many outputs of the publisher that sent ``number`` never came; None: it is its first one."""
        gaps = [(number - last, who) for who, last in enumerate(self._numbers) if 0 < number - last <= NEXT]
        if not gaps:
            self._numbers.append(number)
            self.speaking = len(self._numbers) - 1
            return None
        gap, self.speaking = min(gaps)
        self._numbers[self.speaking] = number
        return gap - 1


def begins(before: Sequence[float] | None, values: Sequence[float]) -> list[str]:
    """What is wrong with a publisher's first output after ``before``: it may stop what moves, and move nothing."""
    before = (0.0,) * len(values) if before is None else before
    faster = any(
        abs(now) > (abs(was) if was * now > 0 else 0.0) + NEAR
        for was, now in zip(before, values, strict=True)
    )
    return [f"the first output is {values} after {before}"] if faster else []
