"""From logits to probabilities: a logistic curve a label over the model's logit and the rules' score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.corpus import Corpus

BINS = 10
_HOLD = 1e-2


@dataclass(frozen=True, slots=True)
class Calibration:
    """``score = sigmoid(of_model * logit + of_rules * rule score + offset)``, each (L,)."""

    of_model: np.ndarray
    of_rules: np.ndarray
    offset: np.ndarray

    def scores(self, logits: np.ndarray, rules: np.ndarray) -> np.ndarray:
        """Scores (T, L)."""
        return np.asarray(expit(self.of_model * logits + self.of_rules * rules + self.offset))


def calibration(logits: np.ndarray, texts: Corpus, *, with_rules: bool = True) -> Calibration:
    """The curve that fits logits of texts which the model did not see; each label by itself."""
    found = np.zeros((3, len(NAMES)))
    for at in range(len(NAMES)):
        known = texts.weights[:, at] > 0
        columns = np.column_stack(
            [logits[known, at], texts.rules[known, at] * with_rules, np.ones(known.sum())]
        )
        found[:, at] = _curve(columns, texts.truth[known, at], texts.weights[known, at])
    return Calibration(*found)


def _curve(columns: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        z = columns @ x
        value = float((weights * (np.logaddexp(0, z) - truth * z)).sum()) / weights.sum()
        slope = columns.T @ (weights * (expit(z) - truth)) / weights.sum()
        return value + 0.5 * _HOLD * float(x[:2] @ x[:2]), slope + _HOLD * np.append(x[:2], 0.0)

    solved = minimize(
        loss, np.array([1.0, 0.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0, None)] * 2 + [(None, None)]
    )
    return np.asarray(solved.x)


def reliability(scores: np.ndarray, truth: np.ndarray) -> list[tuple[float, float, int]]:
    """Mean score, share of the true, and count in each of ten equal bins that is not empty."""
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        (float(scores[bins == at].mean()), float(truth[bins == at].mean()), int((bins == at).sum()))
        for at in range(BINS)
        if (bins == at).any()
    ]


def expected_error(scores: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error: the bins' gaps between score and share, weighted by their counts."""
    rows = reliability(scores, truth)
    return sum(count * abs(score - share) for score, share, count in rows) / len(scores)
