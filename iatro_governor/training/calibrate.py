"""From the model's logits and the rules' scores to probabilities, by how long the text is: a logistic curve a label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from iatro_governor.testimony.labels import NAMES, PRESENT_AT
from iatro_governor.training.corpus import Corpus

BINS = 10
TERMS = ("logit", "score", "flag", "one", "logit_extent", "flag_extent")
"""What the curves add up: the model's logit, the rules' score, whether they say that the label is present, a constant;
then logit and flag times how long the text is. Length by itself is no evidence, it only tells where a text is from."""
_HOLD = 1e-4
LIFT = 1.5
"""What holds counts so many times what does not: calling a label present from 0.5 on then gives the best F1. Scores run
high by it, so they are no probabilities; 1 would make them such."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """``score = sigmoid(sum of weights * terms)``; ``weights`` (terms, L)."""

    weights: np.ndarray

    def scores(self, logits: np.ndarray, texts: Corpus) -> np.ndarray:
        """Scores (T, L)."""
        return np.asarray(expit((_terms(logits, texts) * self.weights[:, None, :]).sum(axis=0)))


def calibration(logits: np.ndarray, texts: Corpus, lift: float = LIFT) -> Calibration:
    """The curve that fits logits of texts which the model did not see; each label by itself."""
    terms = _terms(logits, texts)
    counted = (texts.weights > 0) * np.where(texts.truth > 0, lift, 1.0)
    found = np.zeros((len(TERMS), len(NAMES)))
    for at in range(len(NAMES)):
        known = counted[:, at] > 0
        found[:, at] = _curve(terms[:, known, at].T, texts.truth[known, at], counted[known, at])
    return Calibration(found)


def _terms(logits: np.ndarray, texts: Corpus) -> np.ndarray:
    """The terms (terms, T, L)."""
    flags = (texts.rules >= PRESENT_AT).astype(float)
    extents = np.broadcast_to(texts.extents[:, None], logits.shape)
    ones = np.ones_like(logits)
    return np.stack([logits, texts.rules, flags, ones, logits * extents, flags * extents])


def _curve(terms: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> np.ndarray:
    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        z = terms @ x
        value = float((weights * (np.logaddexp(0, z) - truth * z)).sum()) / weights.sum()
        slope = terms.T @ (weights * (expit(z) - truth)) / weights.sum()
        return value + 0.5 * _HOLD * float(x @ x), slope + _HOLD * x

    solved = minimize(loss, np.zeros(terms.shape[1]), jac=True, method="L-BFGS-B")
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
