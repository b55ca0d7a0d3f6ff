"""Contraindications found: in which states a limit or a stop mode does more harm than it prevents, as short rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from iatro_governor.trial.estimate.interval import rounded
from iatro_governor.trial.estimate.signs import flips

ALPHA = 0.05
FEWEST = 5
"""Runs that a rule rests on at least."""
MOST = 3
"""Rules for one limit or stop mode."""
CUTS = (0.2, 0.4, 0.6, 0.8)
"""Quantiles at which a number is cut in two."""
WORTH = 1.15
"""A rule of two conditions has to be so much clearer than the better of one."""

Moment = Mapping[str, bool | float]


@dataclass(frozen=True, slots=True)
class Condition:
    """``name`` is so, is not so, or is at least or under ``cut``."""

    name: str
    op: Literal["is", "is not", ">=", "<"]
    cut: float = 0.0

    def holds(self, moment: Moment) -> bool:
        """Whether it holds; of what was not noted nothing does."""
        value = moment.get(self.name)
        if value is None:
            return False
        if self.op in ("is", "is not"):
            return bool(value) == (self.op == "is")
        return (value >= self.cut) == (self.op == ">=")

    def text(self) -> str:
        """For people."""
        if self.op == "is":
            return self.name
        return f"not {self.name}" if self.op == "is not" else f"{self.name} {self.op} {self.cut:.3g}"


@dataclass(frozen=True, slots=True)
class Rule:
    """``conditions``, all of them: there the treatment does more harm than it prevents."""

    conditions: tuple[Condition, ...]
    runs: int
    """How many runs it rests on."""
    harmed: int
    """In how many of them the treatment does more harm than it prevents."""
    net: float
    """Harm-equivalents caused less prevented, all runs together."""
    p: float
    """That this is chance, corrected for all rules that were looked at."""

    def text(self) -> str:
        """For people."""
        return " and ".join(condition.text() for condition in self.conditions)

    def to_json(self) -> dict[str, Any]:
        """As ti_s.json has it."""
        return {
            "when": self.text(),
            "conditions": [
                {"name": c.name, "op": c.op, "cut": c.cut if c.op in (">=", "<") else None}
                for c in self.conditions
            ],
            "runs": self.runs,
            "harmed": self.harmed,
            "net_harm": rounded(self.net),
            "p": rounded(self.p),
        }


def rules(moments: Sequence[Moment], net: np.ndarray, seed: int = 0) -> list[Rule]:
    """The clearest rules, each for runs that those before it do not hold for, up to ``MOST``.

    net: (n) harm-equivalents caused less prevented in each of the n runs. Every rule of one or two conditions is
    tried; p says how often the clearest of all of them is as clear when the signs of ``net`` are drawn by lot.
    """
    found: list[Rule] = []
    left = list(range(len(net)))
    while len(found) < MOST and len(left) >= FEWEST:
        rule = _clearest([moments[place] for place in left], net[left], seed)
        if rule is None:
            break
        found.append(rule)
        left = [place for place in left if not _holds(rule.conditions, moments[place])]
    return found


def _clearest(moments: Sequence[Moment], net: np.ndarray, seed: int) -> Rule | None:
    candidates = _candidates(moments)
    if not candidates or not net.any():
        return None
    held = np.array([rows for _, rows in candidates], dtype=float)
    scale = np.sqrt(held @ net**2)
    scale = np.where(scale > 0, scale, np.inf)
    clear = (held @ net) / scale
    by_size = clear / np.array([WORTH ** (len(conditions) - 1) for conditions, _ in candidates])
    best = max(
        range(len(candidates)), key=lambda place: (round(by_size[place], 9), held[place].sum(), -place)
    )
    chance = ((flips(len(net), seed, 1000) * net) @ held.T / scale).max(axis=1)
    p = float((np.sum(chance >= clear[best] - 1e-9) + 1) / 1001)
    if p >= ALPHA or clear[best] <= 0:
        return None
    conditions, rows = candidates[best]
    own = net[rows]
    return Rule(conditions, int(rows.sum()), int((own > 0).sum()), float(own.sum()), p)


def _candidates(moments: Sequence[Moment]) -> list[tuple[tuple[Condition, ...], np.ndarray]]:
    """Every rule that enough runs hold for, with these runs (n); of two that hold for the same, the shorter one."""
    single = [
        (condition, np.array([condition.holds(moment) for moment in moments]))
        for condition in _conditions(moments)
    ]
    found: dict[bytes, tuple[tuple[Condition, ...], np.ndarray]] = {}
    for condition, rows in single:
        found.setdefault(rows.tobytes(), ((condition,), rows))
    for (a, rows_a), (b, rows_b) in combinations(single, 2):
        both = rows_a & rows_b
        if a.name != b.name:
            found.setdefault(both.tobytes(), ((a, b), both))
    return [(conditions, rows) for conditions, rows in found.values() if rows.sum() >= FEWEST]


def _conditions(moments: Sequence[Moment]) -> list[Condition]:
    found: list[Condition] = []
    for name in sorted({name for moment in moments for name in moment}):
        values = [moment[name] for moment in moments if name in moment]
        if all(isinstance(value, bool) for value in values):
            found += [Condition(name, "is"), Condition(name, "is not")]
            continue
        for cut in sorted({float(f"{q:.3g}") for q in np.quantile([float(v) for v in values], CUTS)}):
            found += [Condition(name, ">=", cut), Condition(name, "<", cut)]
    return found


def _holds(conditions: Sequence[Condition], moment: Moment) -> bool:
    return all(condition.holds(moment) for condition in conditions)
