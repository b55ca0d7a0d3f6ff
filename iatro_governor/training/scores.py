"""Precision, recall and F1 with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RESAMPLES = 500
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """How well one label was found; ``low`` and ``high`` bound the F1 (95%, bootstrap over texts)."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    macro_f1: float
    """Mean of the F1 of the label's presence and that of its absence."""
    positives: int
    texts: int


def score(truth: np.ndarray, found: np.ndarray, seed: int = 0) -> Score:
    """Score of the boolean ``found`` (T,) against ``truth`` (T,)."""
    chance = np.random.default_rng(seed)
    drawn = chance.integers(0, len(truth), (RESAMPLES, len(truth)))
    sample = _f1(truth[drawn], found[drawn])
    low, high = np.quantile(sample, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    hits = float((truth & found).sum())
    f1 = float(_f1(truth, found))
    return Score(
        hits / max(float(found.sum()), 1.0),
        hits / max(float(truth.sum()), 1.0),
        f1,
        float(low),
        float(high),
        (f1 + float(_f1(~truth, ~found))) / 2,
        int(truth.sum()),
        len(truth),
    )


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Cohen's kappa of two boolean passes over the same texts; 1 where both are constant and equal."""
    same = float((first == second).mean())
    chance = float(first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean()))
    return 1.0 if chance == 1.0 else (same - chance) / (1 - chance)


def _f1(truth: np.ndarray, found: np.ndarray) -> np.ndarray:
    both = (truth & found).sum(axis=-1)
    return np.asarray(2 * both / np.maximum(truth.sum(axis=-1) + found.sum(axis=-1), 1))
