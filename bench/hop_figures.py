"""What the waits of a hop come to: turn by turn, so that a busy minute hits a relay and the governor after it alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.hop_driver import Passage
from bench.timing import summary as distribution

BUDGET_RATIO = 1.15
"""Times a relay's median that the design gives a governed hop at 100 Hz."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many turns, and how many messages of each rate (Hz) in a turn; the first executor is the nodes' own."""

    turns: int
    messages: dict[int, int]
    executors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One process at one rate: how it answered, its share of a core, and its resident memory, MB."""

    passage: Passage
    cpu: float
    memory_mb: float


Turns = dict[tuple[str, str, int], list[Turn]]
"""By (what, executor, Hz)."""


def summary(turns: Turns, size: Size) -> dict[str, Any]:
    """What the figures are: see the keys."""
    return {
        "turns": size.turns,
        "zones": 4,
        "budget_ratio": BUDGET_RATIO,
        "kept": size.executors[0],
        "executors": [
            {"executor": name, **row(turns, name, hz)} for name in size.executors for hz in size.messages
        ],
    }


def row(turns: Turns, executor: str, hz: int) -> dict[str, Any]:
    """One rate. Ratios are taken turn by turn; ``relay_runs_p99_ratio`` is what a relay differs by from the next.

    ``over_us``: by how much the governed median is above what the budget allows beside that of the same turn.
    """
    relays, ours = turns["relay", executor, hz], turns["governor", executor, hz]
    out: dict[str, Any] = {"hz": hz, "messages": len(relays[0].passage.waits), "turns": len(relays)}
    tails = {}
    for name, found in (("relay", relays), ("governed", ours)):
        for quantile in (50, 99):
            tails[name, quantile] = [tail(one.passage, quantile) for one in found]
            out |= spread(f"{name}_p{quantile}_us", tails[name, quantile])
        out |= {f"{name}_{key}": value for key, value in together(found).items()}
    for quantile in (50, 99):
        pairs = zip(tails["governed", quantile], tails["relay", quantile], strict=True)
        out |= spread(f"p{quantile}_ratio", [one / other for one, other in pairs], digits=3)
    pairs = zip(tails["governed", 50], tails["relay", 50], strict=True)
    out |= spread("over_us", [one - BUDGET_RATIO * other for one, other in pairs])
    again = [max(a, b) / min(a, b) for a, b in zip(tails["relay", 99], tails["relay", 99][1:], strict=False)]
    return out | spread("relay_runs_p99_ratio", again, digits=3)


def together(turns: list[Turn]) -> dict[str, Any]:
    """One of the two, all its turns: ``all`` is the distribution of every wait that ended."""
    waits = np.concatenate([one.passage.waits for one in turns])
    answered = waits[np.isfinite(waits)]
    return {
        "all": distribution(answered * 1e6),
        "unanswered": len(waits) - len(answered),
        "in_time": round(float(np.mean([in_time(one.passage) for one in turns])), 5),
        "cpu": round(float(np.median([one.cpu for one in turns])), 3),
        "memory_mb": round(float(np.median([one.memory_mb for one in turns])), 1),
    }


def tail(passage: Passage, quantile: float) -> float:
    """us, of those that were answered at all."""
    answered = passage.waits[np.isfinite(passage.waits)]
    return float(np.percentile(answered, quantile)) * 1e6 if len(answered) else float("nan")


def in_time(passage: Passage) -> float:
    """Share of commands that were answered before the next but one was due."""
    return float(np.mean(passage.waits <= 2.0 / passage.hz))


def spread(name: str, values: list[float], digits: int = 1) -> dict[str, Any]:
    """The median under ``name``, and the lowest and highest beside it; None where there are no numbers."""
    values = [value for value in values if math.isfinite(value)]
    if not values:
        return {name: None, f"{name}_range": None}
    low, high = round(min(values), digits), round(max(values), digits)
    return {name: round(float(np.median(values)), digits), f"{name}_range": [low, high]}
