"""Precision, recall and F1 with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

RESAMPLES = 500
LEVEL = 0.95
_BOUNDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Score:
    """How well one label was found; each pair of bounds is at 95 %, by bootstrap over texts."""

    precision: float
    recall: float
    recall_low: float
    recall_high: float
    f1: float
    low: float
    high: float
    macro_f1: float
    """Mean of the F1 of the label's presence and that of its absence."""
    macro_low: float
    macro_high: float
    positives: int
    texts: int

    def bounds(self, measure: str) -> tuple[float, float]:
        """Of a key of ``MEASURES``."""
        return {
            "f1": (self.low, self.high),
            "macro_f1": (self.macro_low, self.macro_high),
            "recall": (self.recall_low, self.recall_high),
        }[measure]


def score(truth: np.ndarray, found: np.ndarray, seed: int = 0) -> Score:
    """Score of the boolean ``found`` (T,) against ``truth`` (T,)."""
    drawn = _drawn(len(truth), seed)
    between = {name: _interval(of(truth[drawn], found[drawn])) for name, of in MEASURES.items()}
    hits = float((truth & found).sum())
    return Score(
        hits / max(float(found.sum()), 1.0),
        float(_recall(truth, found)),
        *between["recall"],
        float(_f1(truth, found)),
        *between["f1"],
        float(_macro_f1(truth, found)),
        *between["macro_f1"],
        int(truth.sum()),
        len(truth),
    )


def margin(
    truth: np.ndarray, found: np.ndarray, other: np.ndarray, measure: str, seed: int = 0
) -> tuple[float, float, float]:
    """By how much ``found`` is better than ``other`` in a key of ``MEASURES``, and the bounds of that.

    Paired: both are judged on the same texts of each resample.
    """
    of, drawn = MEASURES[measure], _drawn(len(truth), seed)
    gap = of(truth[drawn], found[drawn]) - of(truth[drawn], other[drawn])
    return (float(of(truth, found) - of(truth, other)), *_interval(gap))


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Cohen's kappa of two boolean passes over the same texts; 1 where both are constant and equal."""
    same = float((first == second).mean())
    chance = float(first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean()))
    return 1.0 if chance == 1.0 else (same - chance) / (1 - chance)


def _drawn(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))


def _interval(sample: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(sample, _BOUNDS)
    return float(low), float(high)


def _f1(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    both = (truth & found).sum(axis=-1)
    return np.asarray(2 * both / np.maximum(truth.sum(axis=-1) + found.sum(axis=-1), 1))


def _macro_f1(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    return np.asarray((_f1(truth, found) + _f1(~truth, ~found)) / 2)


def _recall(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    return np.asarray((truth & found).sum(axis=-1) / np.maximum(truth.sum(axis=-1), 1))


MEASURES: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "f1": _f1,
    "macro_f1": _macro_f1,
    "recall": _recall,
}
"""What a label is judged by, over the last axis of two boolean arrays."""
