"""A number with its interval, and what "none seen" leaves open."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
RULE_OF_THREE = 3.0
"""None in n independent runs: the rate is under 3 / n with 95% confidence (Hanley and Lippman-Hand 1983, JAMA)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """``value`` in ``[low, high]``; None: not reached, or beyond what was tried."""

    value: float | None
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, float | None]:
        """As ti_s.json has it, to six significant digits."""
        return {name: rounded(getattr(self, name)) for name in ("value", "low", "high")}


NOTHING = Estimate(None, None, None)


def rounded(value: float | None) -> float | None:
    """Six significant digits; what is not finite is None."""
    return float(f"{value:.6g}") if value is not None and math.isfinite(value) else None


def between(value: float, draws: np.ndarray, level: float = LEVEL) -> Estimate:
    """``value`` with the percentiles of ``draws`` (B); infinite draws are those that reach nothing."""
    if not len(draws) or math.isnan(value):
        return Estimate(_finite(value), None, None)
    tail = (1 - level) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], method="inverted_cdf")
    return Estimate(_finite(value), _finite(float(low)), _finite(float(high)))


def none_seen(runs: float) -> float:
    """The largest rate that ``runs`` without a single event leave open; 1 for none at all."""
    return min(1.0, RULE_OF_THREE / runs) if runs > 0 else 1.0


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
