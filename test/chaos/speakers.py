"""Who publishes on an output, told apart by the numbers that the middleware gives to what each publisher sends."""

from __future__ import annotations

from collections.abc import Sequence

ROGUE, ROGUE_OFFSET = "rogue", 4711
"""How outputs that are no governor's can be told: by their frame, or where they have none, by a layout's offset."""
NEAR = 1e-6
NEXT = 3000
"""A number further on than this, or back, is another publisher's."""
NEWER = 0.02
"""Whoever takes over may have heard an output more than the judge has: one period's gain, m/s or rad/s."""
GONE_S = 5.0
"""Who was silent for so long may be gone, and a number after its last one another's."""


class Speakers:
    """Every publisher that was heard."""

    def __init__(self) -> None:
        self._last: list[tuple[int, float]] = []
        self.speaking = -1
        """The one that was heard last."""
        self.missed = 0
        """Outputs of those that were heard, which never came."""

    def hear(self, number: int, sent: float) -> int | None:
        """How many outputs of the publisher that sent ``number`` at ``sent`` s never came; None: it is its first one.

        Publishers count from 1. One that is heard late, for it was found late, has said ``number - 1`` before.
        """
        gaps = [
            (number - last, who)
            for who, (last, at) in enumerate(self._last)
            if 0 < number - last <= NEXT and sent - at <= GONE_S
        ]
        if gaps:
            gap, self.speaking = min(gaps)
            self._last[self.speaking] = number, sent
            self.missed += gap - 1
            return gap - 1
        self._last.append((number, sent))
        self.speaking = len(self._last) - 1
        return number - 1 if number > 1 else None


def begins(before: Sequence[Sequence[float]], values: Sequence[float]) -> list[str]:
    """What is wrong with a publisher's first output after these ``before``: it may stop what moves, and move nothing.

    It goes on from what it heard last itself, which may be any of them; where there are none, the robot stands.
    """
    faster = any(
        abs(now) > max((abs(was) + NEWER for was in axis if was * now > 0), default=NEAR)
        for now, *axis in zip(values, *before, strict=True)
    )
    return [f"the first output is {values} after {before[-1] if before else 'none'}"] if faster else []
