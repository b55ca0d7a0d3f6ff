"""Two sets of counts side by side: the difference of their shares with its interval, exact tests, an effect size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .proportions import Share


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two shares ``a`` and ``b``: ``value`` is b minus a, in ``[low, high]``; None where one of them counts nothing.

    ``p`` is that of Fisher's exact test, two-sided; ``effect`` is Cohen's h, 0.2 small, 0.5 medium, 0.8 large.
    """

    name: str
    a: Share
    b: Share
    value: float | None
    low: float
    high: float
    p: float | None
    effect: float | None
    adjusted: float | None = None
    """``p`` after Holm's correction for the number of tests made together."""

    def to_json(self) -> dict[str, Any]:
        """As documents print it."""
        rounded = {name: _rounded(getattr(self, name)) for name in ("value", "low", "high", "effect")}
        tests = {"p": self.p, "p_holm": self.adjusted}
        return {"name": self.name, "a": self.a.to_json(), "b": self.b.to_json(), **rounded, **tests}


@dataclass(frozen=True, slots=True)
class Paired:
    """The same plans on both sides: how many are on both, and how many are counted on one side only.

    ``p`` is that of McNemar's exact test; None where no plan differs.
    """

    pairs: int
    only_a: int
    only_b: int
    p: float | None

    def to_json(self) -> dict[str, Any]:
        """As documents print it."""
        return {"pairs": self.pairs, "only_a": self.only_a, "only_b": self.only_b, "p": self.p}


def difference(name: str, a: Share, b: Share) -> Difference:
    """Of two independent shares, with the interval of their own level.

    Sources: Newcombe 1998, Statistics in Medicine 17:873, method 10 (the interval); Cohen 1988, chapter 6 (h).
    """
    from scipy.stats import fisher_exact

    if a.value is None or b.value is None:
        return Difference(name, a, b, None, -1.0, 1.0, None, None)
    value = b.value - a.value
    below = math.hypot(b.value - b.low, a.high - a.value)
    above = math.hypot(b.high - b.value, a.value - a.low)
    p = float(fisher_exact([[a.part, a.whole - a.part], [b.part, b.whole - b.part]])[1])
    effect = 2 * math.asin(math.sqrt(b.value)) - 2 * math.asin(math.sqrt(a.value))
    return Difference(name, a, b, value, max(value - below, -1.0), min(value + above, 1.0), p, effect)


def paired(outcomes: Sequence[tuple[bool, bool]]) -> Paired:
    """Of the same plans on both sides, by whether each counts on side a and on side b.

    Source: McNemar 1947, Psychometrika 12:153, with the binomial distribution in place of the normal one.
    """
    from scipy.stats import binomtest

    only_a = sum(a and not b for a, b in outcomes)
    only_b = sum(b and not a for a, b in outcomes)
    differing = only_a + only_b
    p = float(binomtest(only_a, differing).pvalue) if differing else None
    return Paired(len(outcomes), only_a, only_b, p)


def holm(values: Sequence[float | None]) -> list[float | None]:
    """The p values after Holm's correction for all that are there (Holm 1979, Scand. J. Statist. 6:65)."""
    tested = sorted((p, place) for place, p in enumerate(values) if p is not None)
    found: list[float | None] = [None] * len(values)
    worst = 0.0
    for rank, (p, place) in enumerate(tested):
        worst = max(worst, min(p * (len(tested) - rank), 1.0))
        found[place] = worst
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
