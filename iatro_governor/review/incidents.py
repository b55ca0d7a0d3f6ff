"""The one place that asks a ledger for incidents; tables, reports and pages all show what these functions return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import LedgerError
from ..ledger.reader import Reader
from ..ledger.record import StoredRecord
from .action import Action, action_of
from .text import Span

SEVERITIES = (
    "information",
    "words only",
    "a limit was needed",
    "a stop was needed, or a claim broken by over 20%",
    "a measured bound exceeded, or a person touched",
)
SORTS = {
    "time": "t, id",
    "severity": "body ->> 'severity' DESC, t, id",
    "verdict": "body ->> 'verdict', t, id",
    "plan": "plan_id, t, id",
    "model": "body ->> '$.planner.model_id', t, id",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents to show; what is None does not matter. ``severity`` is the least one."""

    verdict: str | None = None
    severity: int | None = None
    plan: str | None = None
    model: str | None = None
    text: str | None = None

    def clauses(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL condition and its values."""
        wanted = {
            "body ->> 'verdict' = ?": self.verdict and self.verdict.upper(),
            "body ->> 'severity' >= ?": self.severity,
            "plan_id = ?": self.plan,
            "body ->> '$.planner.model_id' = ?": self.model,
            "instr(lower(body ->> 'text'), lower(?)) > 0": self.text,
        }
        given = {clause: value for clause, value in wanted.items() if value is not None}
        return " AND ".join(("kind = 'verdict'", *given)), tuple(given.values())


@dataclass(frozen=True, slots=True)
class Incident:
    """One verdict: words against action, in a line. ``id`` is its record in the ledger, ``t`` in s."""

    id: int
    t: float
    plan_id: str | None
    channel: str | None
    model: str
    verdict: str
    all_verdicts: tuple[str, ...]
    severity: int
    commands: int
    text: str
    context: str

    def to_json(self) -> dict[str, Any]:
        """The incident as JSON data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Words:
    """What the planner said: each text with its label spans, and the claims found in it."""

    instruction: str
    text: str
    reasoning: str
    actions: tuple[str, ...] | None
    labels: Mapping[str, float]
    spans: Mapping[str, tuple[Span, ...]]
    reasoning_spans: Mapping[str, tuple[Span, ...]]
    claims: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One incident with everything that belongs to it."""

    incident: Incident
    words: Words
    action: Action
    evidence: Any
    planner: Mapping[str, Any] = field(default_factory=dict)
    decision_ids: tuple[int, int] | None = None
    body: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The detail as JSON data, the curves included."""
        return {
            **self.incident.to_json(),
            "words": asdict(self.words),
            "action": self.action.to_json(),
            "evidence": self.evidence,
            "planner": dict(self.planner),
            "decision_ids": self.decision_ids,
        }


def incidents(reader: Reader, wanted: Filter | None = None, sort: str = "time") -> list[Incident]:
    """The incidents that pass ``wanted``, sorted by a key of ``SORTS``."""
    where, values = (wanted or Filter()).clauses()
    ids = reader.query(f"SELECT id FROM record WHERE {where} ORDER BY {SORTS[sort]}", values)
    return [_incident(record) for (found,) in ids for record in reader.records(id=found)]


def detail(reader: Reader, name: str) -> Detail:
    """The incident called ``name``: a record's number, or a plan id that has one incident only.

    Raises LedgerError where there is none, or where a plan has several (it names them).
    """
    return _detail(reader, _find(reader, name))


def details(reader: Reader) -> list[Detail]:
    """Every incident with everything that belongs to it, in the order of time."""
    return [_detail(reader, record) for record in sorted(reader.records("verdict"), key=lambda one: one.t)]


def start_time(reader: Reader) -> float:
    """The run's first time (s): of the first decision or statement; 0 without any."""
    first = reader.scalar("SELECT min(t) FROM record WHERE kind IN ('decision', 'statement')")
    return float(first) if first is not None else 0.0


def severity_text(severity: int) -> str:
    """What a severity means."""
    return SEVERITIES[severity] if 0 <= severity < len(SEVERITIES) else "unknown"


def _find(reader: Reader, name: str) -> StoredRecord:
    found = list(reader.records("verdict", id=int(name))) if name.isdecimal() and len(name) < 19 else []
    found = found or list(reader.records("verdict", plan_id=name))
    if len(found) == 1:
        return found[0]
    if not found:
        count = reader.count("verdict")
        raise LedgerError(
            f"{reader.path}: no incident {name[:80]!r} among its {count}; see iatro review list"
        )
    numbers = ", ".join(str(record.id) for record in found[:10])
    raise LedgerError(f"plan {name[:80]!r} has {len(found)} incidents: {numbers}; give one of these numbers")


def _incident(record: StoredRecord) -> Incident:
    body = record.body
    planner = body.get("planner") or {}
    verdict = str(body.get("verdict") or "UNKNOWN")
    return Incident(
        id=record.id,
        t=record.t,
        plan_id=record.plan_id or body.get("plan_id"),
        channel=record.channel or body.get("channel"),
        model=str(planner.get("model_id") or ""),
        verdict=verdict,
        all_verdicts=tuple(map(str, body.get("all_verdicts") or (verdict,))),
        severity=int(body.get("severity") or 0),
        commands=int(body.get("commands") or 0),
        text=str(body.get("text") or ""),
        context=record.context,
    )


def _detail(reader: Reader, record: StoredRecord) -> Detail:
    decisions = _decisions(reader, record)
    return Detail(
        incident=_incident(record),
        words=_words(_statement(reader, record), record.body),
        action=action_of(decisions),
        evidence=record.body.get("evidence"),
        planner=record.body.get("planner") or {},
        decision_ids=(decisions[0].id, decisions[-1].id) if decisions else None,
        body=record.body,
    )


def _statement(reader: Reader, record: StoredRecord) -> dict[str, Any]:
    """The statement that the verdict is about, where the ledger has it."""
    run, number = record.body.get("planner_run"), record.body.get("statement_seq")
    if run is None or number is None:
        return {}
    return next((found.body for found in reader.records("statement", writer=run, number=number)), {})


def _decisions(reader: Reader, record: StoredRecord) -> list[StoredRecord]:
    """The decisions of the verdict's plan and time; without a plan id, those that name no plan."""
    body = record.body
    first, last = body.get("t_first"), body.get("t_last")
    if record.plan_id:
        found = list(reader.records("decision", plan_id=record.plan_id))
    elif first is not None and last is not None:
        between = "kind = 'decision' AND plan_id IS NULL AND t BETWEEN ? AND ?"
        ids = reader.query(f"SELECT id FROM record WHERE {between}", (first, last))
        found = [one for (number,) in ids for one in reader.records(id=number)]
    else:
        found = []
    inside = [one for one in found if (first is None or one.t >= first) and (last is None or one.t <= last)]
    here = [one for one in inside if record.channel in (None, "", one.channel)]
    return sorted(here, key=lambda one: (one.t, one.number))


def _words(statement: Mapping[str, Any], body: Mapping[str, Any]) -> Words:
    said = {**statement, **{key: value for key, value in body.items() if value is not None}}
    labels, spans = _labels(body.get("labels"))
    actions = said.get("actions")
    return Words(
        instruction=str(said.get("instruction") or ""),
        text=str(said.get("text") or ""),
        reasoning=str(said.get("reasoning") or ""),
        actions=tuple(map(str, actions)) if isinstance(actions, list) else None,
        labels=labels,
        spans=spans,
        reasoning_spans=_labels(body.get("reasoning_labels"))[1],
        claims=tuple(body.get("claims") or ()),
    )


def _labels(labels: Any) -> tuple[dict[str, float], dict[str, tuple[Span, ...]]]:
    """Scores of the labels that are present, and their spans."""
    if not isinstance(labels, dict):
        return {}, {}
    scores, present = labels.get("scores") or {}, labels.get("present") or []
    spans = {
        name: tuple((int(first), int(end)) for first, end in found)
        for name, found in (labels.get("spans") or {}).items()
        if name in present
    }
    return {name: float(scores.get(name, 1.0)) for name in present}, spans
