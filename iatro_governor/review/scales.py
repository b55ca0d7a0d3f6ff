"""Axes of a drawing: round steps between two numbers, and where on the paper a number is."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers from ``low`` to ``high`` on the paper from ``first`` to ``last``."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """The place of ``value``; what is beyond an end is drawn at this end."""
        inside = min(max(value, self.low), self.high)
        share = (inside - self.low) / (self.high - self.low)
        return round(self.first + share * (self.last - self.first), 2)

    def ticks(self, most: int) -> list[float]:
        """Up to about ``most`` round numbers of the axis."""
        step = round_step((self.high - self.low) / max(most, 1))
        first = math.ceil(self.low / step - 1e-9)
        return [round(place * step, 10) for place in range(first, math.floor(self.high / step + 1e-9) + 1)]


def round_step(least: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is not under ``least``."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def around(values: list[float], share: float = 0.08) -> tuple[float, float]:
    """(low, high) with all ``values`` and zero between them, and ``share`` of room beyond the extremes."""
    low, high = min(0.0, *values), max(0.0, *values)
    if high - low < 1e-9:
        return -0.5 if low < 0 else 0.0, 1.0
    room = share * (high - low)
    return low - room * (low < 0), high + room * (high > 0)
