"""Whether a curve that should rise with the dose falls: looked for before anything is fitted that cannot fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.trial.estimate.signs import holm, sign_flip

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Fall:
    """From dose ``low`` to dose ``high`` the curve falls by ``by``; ``p`` is corrected for all pairs of doses."""

    low: float
    high: float
    by: float
    p: float

    def to_json(self) -> dict[str, float]:
        """As ti_s.json has it."""
        return {"from": self.low, "to": self.high, "by": float(f"{self.by:.6g}"), "p": float(f"{self.p:.6g}")}


def falls(doses: Sequence[float], parts: np.ndarray, whole: float) -> list[Fall]:
    """Falls between any two of rising ``doses`` (D) that chance does not explain, the largest first.

    parts: (D, K), what each of the same K clusters of twins adds to the curve; the curve is their sum over ``whole``.
    """
    pairs = [(low, high) for high in range(len(doses)) for low in range(high)]
    if whole <= 0:
        return []
    ps = holm([sign_flip(parts[low] - parts[high]) for low, high in pairs])
    found = [
        Fall(doses[low], doses[high], float((parts[low] - parts[high]).sum() / whole), p)
        for (low, high), p in zip(pairs, ps, strict=True)
        if p < ALPHA
    ]
    return sorted(found, key=lambda fall: (-fall.by, fall.low, fall.high))
