"""Scores of many runs, and the same drawn again and again: what intervals are made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iatro_governor.trial.estimate.score import AT

DRAWS = 2000
FEW_FAMILIES = 10
"""With fewer of them, resampling families says next to nothing of what another family would do."""


@dataclass(frozen=True)
class Sample:
    """``scores`` (D, n, F): D treatments on the same n twins; ``families`` (n) names each twin's."""

    scores: np.ndarray
    families: tuple[str, ...]

    @property
    def twins(self) -> int:
        """How many twins there are."""
        return len(self.families)

    @property
    def by_family(self) -> bool:
        """Whether families are drawn, else twins within each family."""
        return len(set(self.families)) >= FEW_FAMILIES

    @cached_property
    def totals(self) -> np.ndarray:
        """Sums over the twins, (D, F)."""
        summed: np.ndarray = self.scores.sum(axis=1)
        return summed

    def resampled(self, seed: int = 0, draws: int = DRAWS) -> np.ndarray:
        """Sums over twins drawn anew, (draws, D, F); the same draw for all treatments.

        K - 1 of K clusters are drawn and scaled by K / (K - 1), which takes the small-sample bias out of the variance
        (Rao and Wu 1988, J. Am. Stat. Assoc. 83:231). With fewer than ``FEW_FAMILIES`` the library is taken as it
        is and twins are drawn within each family, or of all twins where some family has only one. A single cluster
        tells nothing of its spread: no draws.
        """
        groups, strata = self._clusters()
        draws = draws if len(strata) > 1 else 0
        counts = _drawn(strata, np.random.default_rng(seed), draws)
        sums = np.zeros((self.scores.shape[0], len(strata), self.scores.shape[2]))
        for place in range(self.scores.shape[0]):
            np.add.at(sums[place], groups, self.scores[place])
        drawn: np.ndarray = np.einsum("bk,dkf->bdf", counts, sums)
        return drawn

    def column(self, name: str) -> np.ndarray:
        """One field of the scores summed over each cluster, (D, K): what signs are flipped of.

        Runs of one family have much in common; that they agree is not said twice.
        """
        groups, strata = self._clusters()
        sums = np.zeros((self.scores.shape[0], len(strata)))
        for place, values in enumerate(self.scores[:, :, AT[name]]):
            np.add.at(sums[place], groups, values)
        return sums

    def _clusters(self) -> tuple[np.ndarray, np.ndarray]:
        """The cluster of each twin (n), and the stratum of each cluster (K)."""
        names = {name: place for place, name in enumerate(sorted(set(self.families)))}
        own = np.array([names[name] for name in self.families], dtype=int)
        if self.by_family:
            return own, np.zeros(len(names), dtype=int)
        alone = len(own) > 0 and bool((np.bincount(own) < 2).any())
        return np.arange(len(own)), np.zeros_like(own) if alone else own


def _drawn(strata: np.ndarray, rng: np.random.Generator, draws: int) -> np.ndarray:
    """How often each cluster is drawn, (draws, K), scaled; every stratum has two clusters or more."""
    counts = np.ones((draws, len(strata)))
    for stratum in np.unique(strata) if draws else ():
        own = np.flatnonzero(strata == stratum)
        size = len(own)
        counts[:, own] = rng.multinomial(size - 1, np.full(size, 1 / size), size=draws) * size / (size - 1)
    return counts
