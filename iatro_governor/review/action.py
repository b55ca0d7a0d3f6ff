"""What was done under one plan: requested, allowed and measured motion over time, and what limited it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from ..ledger.record import StoredRecord
from ..testimony.conduct import RATE_SHAPING
from .curves import SIDES, Curve, extend


@dataclass(slots=True)
class Bound:
    """One limit that bound: how often, when, and the decision in which it left the least.

    ``track`` holds the time (s) of each decision in which it bound, and what it allowed then.
    """

    name: str
    kind: str
    unit: str
    source: str
    requested: float | None
    allowed: float | None
    margin: float | None
    count: int = 0
    intervals: list[list[float]] = field(default_factory=list)
    track: list[tuple[float, float | None]] = field(default_factory=list)

    @property
    def shapes_rate(self) -> bool:
        """True for limits that only soften how fast the motion changes."""
        return self.kind.endswith(RATE_SHAPING)


@dataclass(slots=True)
class Action:
    """The governor's decisions under one plan, summed up."""

    decisions: int = 0
    commands: int = 0
    states: dict[str, int] = field(default_factory=dict)
    actions: dict[str, int] = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    limits: list[Bound] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    config_hash: str = ""

    @property
    def peaks(self) -> list[dict[str, Any]]:
        """Per curve the largest magnitude requested, allowed and measured."""
        return [
            {"name": curve.name, "unit": curve.unit, **{side: curve.peak(side) for side in SIDES}}
            for curve in self.curves
        ]

    def to_json(self) -> dict[str, Any]:
        """Everything as JSON data."""
        return {**asdict(self), "peaks": self.peaks}


def action_of(decisions: Iterable[StoredRecord]) -> Action:
    """Sums up ``decisions``, which are in the order of time."""
    found = Action()
    bounds: dict[tuple[str, str, str], Bound] = {}
    for record in decisions:
        body = record.body
        found.decisions += 1
        found.commands += body.get("trigger") == "command"
        found.config_hash = str(body.get("config_hash") or found.config_hash)
        for counts, name in ((found.states, body.get("state")), (found.actions, body.get("action"))):
            counts[str(name)] = counts.get(str(name), 0) + 1
        for fault in body.get("faults") or ():
            found.faults.setdefault(str(fault.get("name")), str(fault.get("detail", "")))
        extend(found.curves, record.t, body)
        _extend_bounds(bounds, record.t, body.get("limits") or ())
    found.limits = sorted(bounds.values(), key=lambda bound: (bound.shapes_rate, -bound.count, bound.name))
    return found


def _extend_bounds(
    bounds: dict[tuple[str, str, str], Bound], t: float, limits: Iterable[dict[str, Any]]
) -> None:
    for limit in limits:
        key = (str(limit.get("name")), str(limit.get("kind")), str(limit.get("unit", "")))
        numbers = {name: _number(limit.get(name)) for name in ("requested", "allowed", "margin")}
        bound = bounds.get(key)
        if bound is None:
            bound = bounds[key] = Bound(
                *key,
                str(limit.get("source", "")),
                numbers["requested"],
                numbers["allowed"],
                numbers["margin"],
            )
        elif _cut(numbers) > _cut({"requested": bound.requested, "allowed": bound.allowed}):
            bound.requested, bound.allowed, bound.margin = numbers.values()
        bound.count += 1
        bound.track.append((t, numbers["allowed"]))
        _extend_intervals(bound.intervals, t)


def _extend_intervals(intervals: list[list[float]], t: float, gap: float = 0.15) -> None:
    """Adds ``t`` (s) to the last interval, or begins a new one after a pause of more than ``gap``."""
    if intervals and t - intervals[-1][1] <= gap:
        intervals[-1][1] = t
    else:
        intervals.append([t, t])


def _cut(numbers: dict[str, float | None]) -> float:
    requested, allowed = numbers["requested"], numbers["allowed"]
    return -math.inf if requested is None or allowed is None else abs(requested) - abs(allowed)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
