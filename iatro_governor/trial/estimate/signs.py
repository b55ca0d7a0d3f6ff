"""Whether paired differences are more than chance: by flipping their signs, and corrected for many such questions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

EXACT = 12
"""Up to so many differences every flip is tried."""
FLIPS = 4000


def sign_flip(differences: np.ndarray, seed: int = 0) -> float:
    """One-sided p that ``differences`` (n) sum to more than their signs by chance would; 1 where they do not.

    Under "no effect" either twin could have had either treatment, so each sign is a coin (Fisher 1935). Exact up to
    ``EXACT`` differences that are not zero, else by ``FLIPS`` random flips, which count the one that happened.
    """
    told = differences[differences != 0]
    if told.sum() <= 0:
        return 1.0
    if len(told) <= EXACT:
        signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * len(told))).reshape(len(told), -1)
        return float(np.mean(told @ signs >= told.sum() - _slack(told)))
    drawn = flips(len(differences), seed) @ differences
    return float((np.sum(drawn >= told.sum() - _slack(told)) + 1) / (FLIPS + 1))


@lru_cache(maxsize=8)
def flips(size: int, seed: int = 0, draws: int = FLIPS) -> np.ndarray:
    """Random signs, (draws, size), the same for the same arguments; not to be written to."""
    signs = np.random.default_rng(seed).integers(0, 2, size=(draws, size)).astype(float) * 2 - 1
    signs.flags.writeable = False
    return signs


def holm(ps: Sequence[float]) -> list[float]:
    """p-values corrected for being many (Holm 1979, Scand. J. Statist. 6:65), in the given order."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    corrected, worst = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(ps) - rank) * ps[place]))
        corrected[place] = worst
    return corrected


def _slack(told: np.ndarray) -> float:
    return 1e-9 * float(np.abs(told).sum())
