"""Fits the model: logistic regression on the strongest passages of each text, by L-BFGS.

A text's logit is the mean of its passages' logits, weighted by their softmax: one sentence that refuses is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from iatro_governor.testimony.labels import NAMES
from iatro_governor.training.corpus import Corpus

SHARPNESS = 2.0
"""Of the softmax over a text's passages: 0 is their mean, infinity their maximum."""

_FEWEST = 2
"""Passages that a feature must be in to have a weight."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The table (D, L) and the bias (L,)."""

    table: np.ndarray
    bias: np.ndarray

    def logits(self, texts: Corpus) -> np.ndarray:
        """Logits (T, L) of the texts."""
        return np.asarray(_pool(texts.features @ self.table + self.bias, texts.firsts)[0])

    def rounded(self) -> Weights:
        """As they are stored, in half precision: what is evaluated is what is shipped."""
        return Weights(self.table.astype(np.float16).astype(np.float64), self.bias)


def fit(texts: Corpus, strength: float, rounds: int = 120, *, counted: bool = True) -> Weights:
    """The weights of least mean cross-entropy over what is known, plus ``strength`` / 2 times their scaled squares.

    A weight is held the less to nought the rarer its feature is, and is nought where only one passage has it; not so
    where features are no counts (``counted``).
    """
    frequencies = np.bincount(texts.features.indices, minlength=texts.features.shape[1])
    used = np.flatnonzero(frequencies >= (_FEWEST if counted else 1))
    matrix = texts.features[:, used]
    transposed = matrix.T.tocsr()
    size = len(used) * len(NAMES)
    balance = _balance(texts)
    total = texts.weights.sum() / len(NAMES)
    rarity = _rarity(frequencies[used], matrix.shape[0]) if counted else np.ones((len(used), 1))

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        table, bias = flat[:size].reshape(-1, len(NAMES)), flat[size:]
        pooled, back = _pool(matrix @ (rarity * table).astype(np.float32) + bias, texts.firsts)
        value = float((balance * (np.logaddexp(0, pooled) - texts.truth * pooled)).sum()) / total
        slope = back(balance * (expit(pooled) - texts.truth) / total)
        gradient = rarity * (transposed @ slope.astype(np.float32)) + strength * table
        return value + 0.5 * strength * float((table**2).sum()), np.append(
            gradient.ravel(), slope.sum(axis=0)
        )

    begin = np.zeros(size + len(NAMES))
    solved = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 10})
    whole = np.zeros((texts.features.shape[1], len(NAMES)))
    whole[used] = rarity * solved.x[:size].reshape(-1, len(NAMES))
    return Weights(whole, solved.x[size:])


def _balance(texts: Corpus) -> np.ndarray:
    """Weights (T, L) in which the rarer side of a label counts more, by the root of the ratio."""
    known = texts.weights
    positive = (known * texts.truth).sum(axis=0)
    negative = known.sum(axis=0) - positive
    lift = np.sqrt(np.maximum(negative, 1) / np.maximum(positive, 1))
    return np.asarray(known * np.where(texts.truth > 0, lift, 1.0))


def _rarity(frequencies: np.ndarray, passages: int) -> np.ndarray:
    """The inverse document frequency of features (D, 1), its root mean square 1."""
    found = np.log1p(passages / frequencies)
    return np.asarray(found / np.sqrt((found**2).mean()))[:, None]


def _pool(passages: np.ndarray, firsts: np.ndarray):  # type: ignore[no-untyped-def]
    """Logits of texts from those of their passages, and the way back for the slope."""
    counts = np.diff(np.append(firsts, len(passages)))
    owners = np.repeat(np.arange(len(firsts)), counts)
    top = np.maximum.reduceat(passages, firsts, axis=0)
    share = np.exp(SHARPNESS * (passages - top[owners]))
    share /= np.add.reduceat(share, firsts, axis=0)[owners]
    pooled = np.add.reduceat(share * passages, firsts, axis=0)

    def back(slope: np.ndarray) -> np.ndarray:
        return np.asarray(slope[owners] * share * (1 + SHARPNESS * (passages - pooled[owners])))

    return pooled, back
