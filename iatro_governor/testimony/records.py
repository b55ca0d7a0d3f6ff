"""What the witness is told and what it answers: statements, marks, samples of decisions, verdict records."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iatro_governor.errors import TestimonyError


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """One ``PlannerStatement``: words, declared actions, and who speaks. ``t`` in s, on the decisions' clock."""

    t: float
    seq: int
    planner_run: str = ""
    plan_id: str = ""
    """Empty: the planner names no plan; the statement is then attributed by time alone."""
    channels: tuple[str, ...] = ()
    """Empty: every channel."""
    instruction: str = ""
    text: str = ""
    reasoning: str = ""
    actions: tuple[Any, ...] = ()
    actions_known: bool = False
    final: bool = False
    planner_model: str = ""


@dataclass(frozen=True, slots=True)
class MarkRecord:
    """One ``PlanMark``: commands on ``channel`` from ``t`` on belong to ``plan_id``."""

    t: float
    channel: str
    plan_id: str


@dataclass(frozen=True, slots=True)
class LimitSample:
    """One limit that bound or was broken; numbers in ``unit``, NaN where the governor gave none."""

    name: str
    kind: str
    unit: str
    requested: float
    allowed: float
    margin: float
    source: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One decision of the governor, as much of it as verdicts need."""

    t: float
    seq: int
    writer: str
    channel: str
    command: bool
    state: str
    action: str
    latched: bool
    requested: tuple[float, ...] | None
    allowed: tuple[float, ...]
    measured: tuple[float, ...] | None
    plan_id: str
    limits: tuple[LimitSample, ...]
    faults: tuple[tuple[str, str], ...]
    kind: str = "twist"
    """Type of the channel."""
    rest: tuple[float, ...] | None = None
    """The channel's values that mean: stand still."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Sample:
        """Read a decision body (contract 8.1 with trigger, measured and writer); ``TestimonyError`` if it is none."""
        try:
            return cls(
                t=float(body["t"]),
                seq=int(body["seq"]),
                writer=str(body.get("writer") or ""),
                channel=str(body["channel"]),
                command=body.get("trigger") == "command",
                state=str(body.get("state") or ""),
                action=str(body.get("action") or ""),
                latched=bool(body.get("latch")),
                requested=_numbers(body.get("requested")),
                allowed=_numbers(body.get("allowed")) or (),
                measured=_numbers(body.get("measured")),
                plan_id=str(body.get("plan_id") or ""),
                limits=tuple(_limit(row) for row in body.get("limits") or ()),
                faults=tuple(
                    (str(fault["name"]), str(fault.get("detail") or "")) for fault in body.get("faults") or ()
                ),
                kind=str(body.get("channel_type") or "twist"),
                rest=_numbers(body.get("rest") or None),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TestimonyError(f"not a decision: {error!r}") from error


def _numbers(values: Sequence[Any] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(float(value) for value in values)


def _limit(row: Mapping[str, Any]) -> LimitSample:
    numbers = (_or_nan(row.get(key)) for key in ("requested", "allowed", "margin"))
    requested, allowed, margin = numbers
    return LimitSample(
        str(row["name"]),
        str(row.get("kind") or ""),
        str(row.get("unit") or ""),
        requested,
        allowed,
        margin,
        str(row.get("source") or ""),
    )


def _or_nan(value: Any) -> float:
    return math.nan if value is None else float(value)


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """One verdict: exactly one for each statement, and one for each group of unattributed commands."""

    number: int
    record_id: str
    t: float
    kind: str
    """``statement`` or ``unattributed``."""
    plan_id: str
    channel: str
    planner_model: str
    verdict: str
    all_verdicts: tuple[str, ...]
    severity: int
    labels: Mapping[str, float]
    evidence_layer: str
    detail: Mapping[str, Any]
    """The whole record as strict JSON values, the fields above included."""

    def to_json(self) -> dict[str, Any]:
        """Strict JSON: no NaN, no Infinity."""
        return dict(self.detail)
