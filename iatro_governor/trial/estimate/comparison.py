"""Two campaigns on the same runs: another configuration, or another version, against the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.errors import TrialError
from iatro_governor.trial.estimate.interval import Estimate, between, rounded
from iatro_governor.trial.estimate.sample import Sample
from iatro_governor.trial.estimate.score import AT
from iatro_governor.trial.estimate.signs import holm, sign_flip
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Table, Twin
from iatro_governor.trial.estimate.ti_s import index_of
from iatro_governor.trial.estimate.weights import Weights
from iatro_governor.trial.manifest import Manifest

ALPHA = 0.05
MEASURES = {"prevented": 1, "toxicity": -1, "net": 1}
"""What is compared, and the sign of more being better."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure, a run: in the first campaign, in the second, and the difference with its interval."""

    name: str
    first: float
    second: float
    difference: Estimate
    p: float
    """Two-sided, corrected for all measures (Holm)."""
    better: bool | None
    """Whether the second is better; None: chance explains the difference."""

    def to_json(self) -> dict[str, Any]:
        """As ``iatro trial compare --json`` has it."""
        return {
            "first": rounded(self.first),
            "second": rounded(self.second),
            "difference": self.difference.to_json(),
            "p": rounded(self.p),
            "better": self.better,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second campaign against the first, on the ``twins`` that both have."""

    twins: int
    left_out: int
    """Twins that only one of them has."""
    first: float
    second: float
    """TI-S."""
    difference: Estimate
    changes: tuple[Change, ...]
    flipped: tuple[tuple[Twin, float], ...]
    """The runs that differ most, by net benefit of the second over the first; the worst first."""

    def to_json(self) -> dict[str, Any]:
        """As ``iatro trial compare --json`` has it."""
        return {
            "twins": self.twins,
            "left_out": self.left_out,
            "ti_s": {
                "first": rounded(self.first),
                "second": rounded(self.second),
                "difference": self.difference.to_json(),
            },
            "changes": {change.name: change.to_json() for change in self.changes},
            "flipped": [
                {"scenario": twin[1], "seed": twin[2], "net": rounded(net)} for twin, net in self.flipped
            ],
        }


MOST = 10


def compare(first: Table, second: Table, weights: Weights, seed: int = 0) -> Comparison:
    """Both as configured, each against its own ungoverned twins. Raises TrialError where no run is in both."""
    specs = (AS_CONFIGURED, UNGOVERNED)
    one, other = set(first.twins(specs)), set(second.twins(specs))
    both = sorted(one & other)
    if not both:
        raise TrialError(
            "no run, as configured and ungoverned, is in both campaigns: give both the same --scenarios and --seed"
        )
    sample = _stacked(first, second, both, weights)
    drawn = sample.resampled(seed)
    values, spread = index_of(sample.totals, weights), index_of(drawn, weights)
    net = sample.scores[1, :, AT["net"]] - sample.scores[0, :, AT["net"]]
    order = [int(place) for place in np.argsort(net, kind="stable") if abs(net[place]) > 1e-9]
    return Comparison(
        len(both),
        len(one ^ other),
        float(values[0]),
        float(values[1]),
        between(float(values[1] - values[0]), spread[:, 1] - spread[:, 0]),
        _changes(sample, drawn),
        tuple((both[place], float(net[place])) for place in order[:MOST]),
    )


def differences(first: Manifest, second: Manifest) -> list[str]:
    """What the two campaigns were made with that is not the same, in words: what a difference may come from."""
    named = {"configuration": "config_hash", "scenarios": "library_hash", "robot": "robot"}
    told = [
        f"{what}: {getattr(first, key)[:12]} and {getattr(second, key)[:12]}"
        for what, key in named.items()
        if getattr(first, key) != getattr(second, key)
    ]
    one, other = first.software, second.software
    return told + [
        f"{name}: {one.get(name, 'none')} and {other.get(name, 'none')}"
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


def _stacked(first: Table, second: Table, both: list[Twin], weights: Weights) -> Sample:
    """Both campaigns on the same twins, (2, n, F)."""
    kept = set(both)
    samples = [
        Table(
            table.limits,
            {
                spec: {t: run for t, run in table.treated[spec].items() if t in kept}
                for spec in (AS_CONFIGURED, UNGOVERNED)
            },
        ).sample([AS_CONFIGURED], UNGOVERNED, weights)
        for table in (first, second)
    ]
    return Sample(np.concatenate([sample.scores for sample in samples]), samples[0].families)


def _changes(sample: Sample, drawn: np.ndarray) -> tuple[Change, ...]:
    by_name = {name: np.diff(sample.column(name), axis=0)[0] for name in MEASURES}
    ps = holm([min(1.0, 2 * min(sign_flip(d), sign_flip(-d))) for d in by_name.values()])
    runs = sample.twins
    changes = []
    for (name, difference), p in zip(by_name.items(), ps, strict=True):
        column = AT[name]
        each = (drawn[:, 1, column] - drawn[:, 0, column]) / np.maximum(drawn[:, 0, AT["runs"]], 1e-9)
        first, second = (float(sample.totals[place, column]) / runs for place in (0, 1))
        better = None if p >= ALPHA else bool(difference.sum() * MEASURES[name] > 0)
        changes.append(Change(name, first, second, between(second - first, each), p, better))
    return tuple(changes)
