"""Shares of counts, with the interval that belongs to them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole`` with its score interval ``[low, high]``; ``value`` is None where there is no whole."""

    part: int
    whole: int
    value: float | None
    low: float
    high: float

    def to_json(self) -> dict[str, float | int | None]:
        """As tables and documents print it."""
        return {
            "part": self.part,
            "whole": self.whole,
            "value": None if self.value is None else round(self.value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
        }

    def text(self) -> str:
        """For people: "0.984 [0.945, 0.996], 125 of 127"."""
        if self.value is None:
            return "none to count"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}], {self.part} of {self.whole}"


def share(part: int, whole: int, level: float = LEVEL) -> Share:
    """The share and Wilson's score interval at ``level``; nothing counted leaves everything open, [0, 1].

    Source: Wilson 1927, J. Am. Stat. Assoc. 22:209. Raises ValueError for counts that are no part of a whole.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share: the part must lie in 0..whole")
    if not whole:
        return Share(0, 0, None, 0.0, 1.0)
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, spread = part / whole, z * z / whole
    middle = (p + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(p * (1 - p) / whole + spread / (4 * whole))
    low = 0.0 if part == 0 else max(0.0, middle - half)
    high = 1.0 if part == whole else min(1.0, middle + half)
    return Share(part, whole, p, low, high)
