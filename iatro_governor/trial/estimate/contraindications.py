"""What was found against each limit and stop mode, beside what the configuration's labels say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from iatro_governor.trial.estimate.rules import Rule, rules
from iatro_governor.trial.estimate.score import AT
from iatro_governor.trial.estimate.table import AS_CONFIGURED, UNGOVERNED, Table, Twin
from iatro_governor.trial.estimate.weights import Weights

Of = Literal["limit", "stop"]
Against = Literal["the governor without it", "no governor"]
"""What the runs are held against; what many limits do together is seen against no governor, for each of them."""
Shown = Literal["shows", "never shows", "replaced", "not tried"]

PROVED = 3
"""Runs in the state without a sign of it, from which on a documented contraindication is said never to show."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A limit or stop mode with the states that its label warns of."""

    of: Of
    name: str
    warns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule against one limit or stop mode; ``documented``: its label warns of a state that the rule names."""

    of: Of
    name: str
    rule: Rule
    against: Against
    documented: bool

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "of": self.of,
            "name": self.name,
            "against": self.against,
            "documented": self.documented,
            **self.rule.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Documented:
    """A state that a label warns of, and whether the trial shows it.

    "replaced": the robot was in that state, and stopped by another mode, as the label wants it.
    """

    of: Of
    name: str
    when: str
    shown: Shown
    runs: int

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {"of": self.of, "name": self.name, "when": self.when, "shown": self.shown, "runs": self.runs}


@dataclass(frozen=True, slots=True)
class Contraindications:
    """All that was found, the worst first, and all that is documented."""

    found: tuple[Found, ...]
    documented: tuple[Documented, ...]

    @property
    def undocumented(self) -> tuple[Found, ...]:
        """Those that no label warns of."""
        return tuple(one for one in self.found if not one.documented)

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "found": [one.to_json() for one in self.found],
            "documented": [one.to_json() for one in self.documented],
        }


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs in which one treatment was at work: the state of each, and what it did in harm-equivalents (n)."""

    moments: Sequence[Mapping[str, bool | float]]
    net: np.ndarray
    against: Against


def contraindications(
    table: Table, weights: Weights, labels: Sequence[Labelled], seed: int = 0
) -> Contraindications:
    """Search the runs as configured for every limit that bound and every stop mode that was used.

    A limit is judged against the governor without it where that was run, else against no governor.
    """
    found: list[Found] = []
    documented: list[Documented] = []
    for label in labels:
        runs = _runs(table, weights, label)
        own = [
            Found(label.of, label.name, rule, runs.against, bool(_states(rule) & set(label.warns)))
            for rule in rules(runs.moments, runs.net, seed)
        ]
        found += own
        if label.of == "stop":  # a limit's label has those of the stop that it calls for: told once is enough
            documented += [_documented(table, label, when, runs, own) for when in label.warns]
    return Contraindications(
        tuple(sorted(found, key=lambda one: (-one.rule.net, one.name))), tuple(documented)
    )


def _states(rule: Rule) -> set[str]:
    return {condition.name for condition in rule.conditions if condition.op == "is"}


def _runs(table: Table, weights: Weights, label: Labelled) -> _Runs:
    without = table.without(label.name)
    apart = label.of == "limit" and label.name in table.limits and bool(table.twins([AS_CONFIGURED, without]))
    reference = without if apart else UNGOVERNED
    against: Against = "the governor without it" if apart else "no governor"
    twins = table.twins([AS_CONFIGURED, reference])
    at_work = np.array([_at_work(table, twin, label) for twin in twins], dtype=bool)
    if not at_work.any():
        return _Runs((), np.zeros(0), against)
    sample = table.sample([AS_CONFIGURED], reference, weights)
    scores = sample.scores[0, at_work]
    net = scores[:, AT["caused"]] + weights.task.value * scores[:, AT["lost"]] - scores[:, AT["prevented"]]
    own = table.treated[AS_CONFIGURED]
    return _Runs(
        [own[twin].moment for twin, works in zip(twins, at_work, strict=True) if works], net, against
    )


def _at_work(table: Table, twin: Twin, label: Labelled) -> bool:
    run = table.treated[AS_CONFIGURED][twin]
    return label.name in run.binding if label.of == "limit" else run.stop_mode == label.name


def _documented(table: Table, label: Labelled, when: str, runs: _Runs, found: Sequence[Found]) -> Documented:
    in_it = [place for place, moment in enumerate(runs.moments) if moment.get(when) is True]
    by_rule = any(when in _states(one.rule) for one in found)
    if by_rule or (in_it and float(runs.net[in_it].sum()) > 0):
        return Documented(label.of, label.name, when, "shows", len(in_it))
    if len(in_it) >= PROVED:
        return Documented(label.of, label.name, when, "never shows", len(in_it))
    others = [
        run
        for run in table.treated.get(AS_CONFIGURED, {}).values()
        if label.of == "stop" and run.moment.get(when) is True and run.stop_mode not in (None, label.name)
    ]
    return Documented(
        label.of, label.name, when, "replaced" if others else "not tried", len(others) or len(in_it)
    )
