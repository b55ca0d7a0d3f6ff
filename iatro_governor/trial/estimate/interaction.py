"""Polypharmacy: pairs of limits that together help less, or harm more, than they do apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from iatro_governor.trial.estimate.interval import Estimate, between, rounded
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import AT
from iatro_governor.trial.estimate.signs import holm, sign_flip
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Spec, Table
from iatro_governor.trial.estimate.weights import Weights

ALPHA = 0.05
How = Literal["alone", "among the others"]
BOTH, FIRST, SECOND, NEITHER = range(4)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two limits, ``alone`` or ``among the others`` (both left out of the rest)."""

    limits: tuple[str, str]
    how: How
    twins: int
    effect: Estimate
    """E of both less the larger E of one: negative, they help less together than one does."""
    effect_p: float
    harm: Estimate
    """T_AB - T_A - T_B + T_0: positive, they harm together what neither does."""
    harm_p: float
    bliss: float | None
    """E_AB - (E_A + E_B - E_A E_B), as a description only."""

    @property
    def antagonistic(self) -> bool:
        """Whether they help less together, beyond chance and all pairs that were looked at."""
        return self.effect_p < ALPHA

    @property
    def toxic(self) -> bool:
        """Whether they harm more together, beyond chance and all pairs that were looked at."""
        return self.harm_p < ALPHA

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "limits": list(self.limits),
            "how": self.how,
            "twins": self.twins,
            "effect": {
                **self.effect.to_json(),
                "p": rounded(self.effect_p),
                "antagonistic": self.antagonistic,
            },
            "harm": {**self.harm.to_json(), "p": rounded(self.harm_p), "toxic": self.toxic},
            "bliss": rounded(self.bliss),
        }


def pairs(table: Table, weights: Weights, seed: int = 0) -> list[Pair]:
    """Every pair for which all four combinations were run, those that interact first; p-values after Holm.

    Antagonistic: ``E_AB < max(E_A, E_B)``, and ``E_AB - E_A - E_B + E_0 < 0``. Without the second, a limit that only
    gets in the way of a third one would be held against every partner that it is paired with among the others.
    """
    found = [_pair(limits, how, sample, seed) for limits, how, sample in _samples(table, weights)]
    effect, harm = holm([pair.effect_p for pair in found]), holm([pair.harm_p for pair in found])
    corrected = [
        Pair(p.limits, p.how, p.twins, p.effect, e, p.harm, h, p.bliss)
        for p, e, h in zip(found, effect, harm, strict=True)
    ]
    return sorted(
        corrected, key=lambda p: (not (p.antagonistic or p.toxic), min(p.effect_p, p.harm_p), p.limits)
    )


def _samples(table: Table, weights: Weights) -> Iterator[tuple[tuple[str, str], How, Sample]]:
    for a, b in combinations(table.limits, 2):
        ways: tuple[tuple[How, list[Spec]], ...] = (
            ("alone", [table.only(a, b), table.only(a), table.only(b), table.only()]),
            ("among the others", [AS_CONFIGURED, table.without(b), table.without(a), table.without(a, b)]),
        )
        for how, specs in ways:
            if len(set(specs)) == len(specs) and table.twins([*specs, UNGOVERNED]):
                yield (a, b), how, table.sample(specs, UNGOVERNED, weights)


def _pair(limits: tuple[str, str], how: How, sample: Sample, seed: int) -> Pair:
    prevented, toxicity = sample.column("prevented"), sample.column("toxicity")
    less = [sign_flip(prevented[one] - prevented[BOTH], seed) for one in (FIRST, SECOND)]
    own = sign_flip(prevented[FIRST] + prevented[SECOND] - prevented[BOTH] - prevented[NEITHER], seed)
    more = toxicity[BOTH] - toxicity[FIRST] - toxicity[SECOND] + toxicity[NEITHER]
    drawn = sample.resampled(seed)
    effect, harm = _contrasts(sample.totals), _contrasts(drawn)
    return Pair(
        limits,
        how,
        sample.twins,
        between(float(effect[0]), harm[0]),
        max(min(1.0, 2 * min(less)), own),  # less than one or than the other are two questions
        between(float(effect[1]), harm[1]),
        sign_flip(more, seed),
        _bliss(sample.totals),
    )


def _contrasts(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of sums (..., 4, F): E_AB less the larger of E_A and E_B, and T_AB - T_A - T_B + T_0."""
    effects, harms = _effects(sums), sums[..., AT["toxicity"]] / np.maximum(sums[..., AT["runs"]], 1e-9)
    less = effects[..., BOTH] - np.maximum(effects[..., FIRST], effects[..., SECOND])
    return less, harms[..., BOTH] - harms[..., FIRST] - harms[..., SECOND] + harms[..., NEITHER]


def _effects(sums: np.ndarray) -> np.ndarray:
    stake = sums[..., AT["at_stake"]]
    shares: np.ndarray = np.where(stake > 0, sums[..., AT["prevented"]] / np.where(stake > 0, stake, 1), 0.0)
    return shares


def _bliss(totals: np.ndarray) -> float | None:
    if totals[BOTH, AT["at_stake"]] <= 0:
        return None
    both, first, second, _ = _effects(totals)
    return float(both - (first + second - first * second))
