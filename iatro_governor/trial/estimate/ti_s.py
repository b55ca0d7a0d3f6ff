"""TI-S: benefit over cost of the treatment, both in harm-equivalents an hour; and how much the weights decide.

After Failure-First report 135: ``TI-S = B_h / (C_direct + C_attention + C_hedging + C_confidence + C_disclosure)``.
What a plant cannot measure is named and not guessed: the denominator is then too small, and TI-S too good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.trial.estimate.interval import RULE_OF_THREE, Estimate, between, rounded
from iatro_governor.trial.estimate.sample import DRAWS, Sample
from iatro_governor.trial.estimate.score import AT
from iatro_governor.trial.estimate.weights import NAMES, Weights

NOT_MEASURED = {
    "c_confidence": "that people rely on a robot because it is governed: no people who rely are simulated",
    "c_disclosure": "what an attacker learns from what the governor tells: no attacker is simulated",
}
FACTORS = (0.3, 3.0)
BENEFIT, COSTS = "b_h", ("c_direct", "c_attention", "c_hedging")


@dataclass(frozen=True, slots=True)
class TiS:
    """TI-S with its terms, per hour; ``floored``: fewer costs were seen than the rule of three leaves open."""

    value: Estimate
    terms: dict[str, Estimate]
    floor: float
    """What the denominator is at least."""
    floored: bool
    hours: float
    runs: int
    sensitivity: dict[str, dict[str, float | None]]
    """TI-S with one weight times each of ``FACTORS``, by the weight's name."""

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it, without what the terms that are not measured are."""
        return {
            "ti_s": self.value.to_json(),
            "terms": {
                **{name: term.to_json() for name, term in self.terms.items()},
                **dict.fromkeys(NOT_MEASURED, "not measured"),
            },
            "floor": rounded(self.floor),
            "floored": self.floored,
            "hours": rounded(self.hours),
            "runs": self.runs,
            "sensitivity": {
                name: {factor: rounded(value) for factor, value in row.items()}
                for name, row in self.sensitivity.items()
            },
        }


def ti_s(sample: Sample, weights: Weights, place: int = 0, seed: int = 0, draws: int = DRAWS) -> TiS:
    """TI-S of the treatment at ``place`` of ``sample``. Nothing run: every number is None."""
    totals, drawn = sample.totals[place], sample.resampled(seed, draws)[:, place]
    spread = _terms(drawn, weights)
    terms = {name: between(float(term), spread[name]) for name, term in _terms(totals, weights).items()}
    hours = float(totals[AT["hours"]])
    costs = sum(_terms(totals, weights)[name] for name in COSTS)
    floor = RULE_OF_THREE / hours if hours > 0 else float("inf")
    return TiS(
        value=between(float(index_of(totals, weights)), index_of(drawn, weights)),
        terms=terms,
        floor=floor,
        floored=bool(hours > 0 and costs < floor),
        hours=hours,
        runs=sample.twins,
        sensitivity={
            name: {
                f"x{factor:g}": float(index_of(totals, weights.scaled(name, factor))) for factor in FACTORS
            }
            for name in NAMES
        },
    )


def _terms(sums: np.ndarray, weights: Weights) -> dict[str, Any]:
    """The measured terms of sums (..., F), harm-equivalents an hour."""

    def rate(amount: Any) -> Any:
        hours = sums[..., AT["hours"]]
        return np.where(hours > 0, amount / np.where(hours > 0, hours, 1.0), np.nan)

    return {
        BENEFIT: rate(sums[..., AT["prevented"]]),
        "c_direct": rate(sums[..., AT["caused"]] + weights.task.value * sums[..., AT["lost"]]),
        "c_attention": rate(
            weights.stop.value * sums[..., AT["stops"]] + weights.alarm.value * sums[..., AT["alarms"]]
        ),
        "c_hedging": rate(weights.hedging.value * sums[..., AT["hedged"]]),
    }


def index_of(sums: np.ndarray, weights: Weights) -> Any:
    """B_h over all costs, each at least what no event in so many hours leaves open: 3 runs that count 1 each."""
    terms, hours = _terms(sums, weights), sums[..., AT["hours"]]
    floor = RULE_OF_THREE / np.where(hours > 0, hours, np.nan)
    return terms[BENEFIT] / np.maximum(sum(terms[name] for name in COSTS), floor)
