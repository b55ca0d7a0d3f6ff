"""What an incident is: read from its record, in a line or with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ..errors import LedgerError, NoIncident
from ..ledger.reader import Reader
from ..ledger.record import MISSHAPEN, NUMBER_LIMIT, StoredRecord
from .action import Action, action_of
from .text import Span

UNREADABLE = "UNREADABLE"
"""Shown in place of a verdict where a record is not as the witness writes them."""
NO_VERDICT = "UNKNOWN"
"""Shown where a record names no verdict."""
SEVERITIES = (
    "information",
    "words only",
    "a limit was needed",
    "a stop was needed, or a claim broken by over 20%",
    "a measured bound exceeded, or a person touched",
)


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
    """What the planner said: its texts with label spans, its claims, and those that its requests or the robot broke."""

    instruction: str
    text: str
    reasoning: str
    actions: tuple[str, ...] | None
    labels: Mapping[str, float]
    spans: Mapping[str, tuple[Span, ...]]
    reasoning_spans: Mapping[str, tuple[Span, ...]]
    claims: tuple[dict[str, Any], ...]
    broken: tuple[dict[str, Any], ...]
    disobeyed: tuple[dict[str, Any], ...]


NO_WORDS = Words("", "", "", None, {}, {}, {}, (), (), ())


@dataclass(frozen=True, slots=True)
class Detail:
    """One incident with everything that belongs to it."""

    incident: Incident
    words: Words
    action: Action
    evidence: Mapping[str, Any]
    planner: Mapping[str, Any] = field(default_factory=dict)
    decision_ids: tuple[int, int] | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    policy: str = ""
    """Hash of the configuration of its decisions; without any, of the one that its record was made under."""
    limits: tuple[str, ...] | None = None
    """Of an export, which holds no decision: the names of the limits that bound."""

    def to_json(self) -> dict[str, Any]:
        """The detail as JSON data, the curves included."""
        return {
            **self.incident.to_json(),
            "words": asdict(self.words),
            "action": self.action.to_json(),
            "evidence": dict(self.evidence),
            "planner": dict(self.planner),
            "decision_ids": self.decision_ids,
        }


def detail(reader: Reader, name: str) -> Detail:
    """The incident called ``name``: a record's number, or a plan id that has one incident only.

    Raises NoIncident where there is none, and LedgerError where a plan has several (it names them).
    """
    return _detail(reader, find(reader, name))


def numbered(reader: Reader, number: int) -> Detail:
    """The incident whose record has this ``number``; raises NoIncident where there is none."""
    if 0 < number < NUMBER_LIMIT:
        for record in reader.records("verdict", id=number):
            return _detail(reader, record)
    raise NoIncident(f"{reader.path}: no incident {number}")


def details(reader: Reader) -> list[Detail]:
    """Every incident with everything that belongs to it, in the order of time."""
    every = [_detail(reader, record) for record in reader.records("verdict")]
    return sorted(every, key=lambda one: (one.incident.t, one.incident.id))


def shadow_text(reader: Reader) -> str:
    """What whoever reads this ledger must know first: that nothing was enforced; empty where everything was."""
    sessions = reader.governed()
    shadowed = sum(sessions)
    if not shadowed:
        return ""
    which = "it" if len(sessions) == 1 else f"{shadowed} of its {len(sessions)} sessions"
    return f"UNSAFE SHADOW MODE: in {which}, nothing was enforced; every command went out as it came"


def start_time(reader: Reader) -> float:
    """The run's first time (s): of the first decisions and statements the earliest; 0 without any."""
    # Without the plus, SQLite would sort all of them by an index of their kind.
    first = reader.scalar(
        "SELECT min(t) FROM (SELECT t FROM record WHERE +kind IN ('decision', 'statement') ORDER BY id LIMIT 1000)"
    )
    return float(first) if first is not None else 0.0


def severity_text(severity: int) -> str:
    """What a severity means."""
    return SEVERITIES[severity] if 0 <= severity < len(SEVERITIES) else "unknown"


def find(reader: Reader, name: str) -> StoredRecord:
    """The record of the incident ``name``, as :func:`detail` takes it."""
    found = list(reader.records("verdict", id=int(name))) if name.isdecimal() and len(name) < 19 else []
    found = found or list(reader.records("verdict", plan_id=name))
    if len(found) == 1:
        return found[0]
    if not found:
        count = reader.count("verdict")
        raise NoIncident(f"{reader.path}: no incident {name[:80]!r} among its {count}; see iatro review list")
    numbers = ", ".join(str(record.id) for record in found[:10])
    raise LedgerError(f"plan {name[:80]!r} has {len(found)} incidents: {numbers}; give one of these numbers")


def incident_of(record: StoredRecord) -> Incident:
    """The record as an incident; one that no witness wrote is shown as such, and hides no other."""
    try:
        return _read(record)
    except MISSHAPEN:
        return Incident(
            id=record.id,
            t=record.t,
            plan_id=record.plan_id,
            channel=record.channel,
            model="",
            verdict=UNREADABLE,
            all_verdicts=(UNREADABLE,),
            severity=0,
            commands=0,
            text=text[:1000] if isinstance(text := record.body.get("text"), str) else "",
            context=record.context,
        )


def _read(record: StoredRecord) -> Incident:
    body = record.body
    verdict = str(body.get("verdict") or NO_VERDICT)
    conducts = conducts_of(body).values()
    begun = [body.get("statement_t"), *(conduct.get("first_t") for conduct in conducts)]
    return Incident(
        id=record.id,
        t=min((float(t) for t in begun if t is not None), default=record.t),
        plan_id=record.plan_id or _name(body.get("plan_id")),
        channel=record.channel or _name(body.get("channel")),
        model=str(body.get("planner_model") or ""),
        verdict=verdict,
        all_verdicts=tuple(map(str, body.get("all_verdicts") or (verdict,))),
        severity=int(body.get("severity") or 0),
        commands=sum(int(conduct.get("commands") or 0) for conduct in conducts),
        text=str(body.get("text") or ""),
        context=record.context,
    )


def _name(value: Any) -> str | None:
    """A name in a body; None for what is none."""
    return value if isinstance(value, str) and value else None


def conducts_of(body: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """What was done under a verdict's plan, by channel, as the witness summed it up."""
    evidence = body.get("evidence")
    return (evidence.get("channels") or {}) if isinstance(evidence, dict) else {}


def _detail(reader: Reader, record: StoredRecord) -> Detail:
    incident = incident_of(record)
    try:
        decisions = _decisions(reader, record)
        words, action = _words(record.body), action_of(decisions)
        planner = dict(_statement(reader, record).get("planner") or {"model_id": incident.model})
        evidence = dict(record.body.get("evidence") or {})
    except MISSHAPEN:
        decisions, words, action, planner, evidence = [], NO_WORDS, Action(), {}, {}
    span = (decisions[0].id, decisions[-1].id) if decisions else None
    policy = action.config_hash or record.config_hash
    return Detail(incident, words, action, evidence, planner, span, record.body, policy)


def _statement(reader: Reader, record: StoredRecord) -> dict[str, Any]:
    """The statement that the verdict is about, where the ledger has it."""
    run = str(record.body.get("planner_run") or "")
    for number in record.body.get("statement_seqs") or ():
        for found in reader.records("statement", writer=run, number=int(number)):
            return found.body
    return {}


def _decisions(reader: Reader, record: StoredRecord) -> list[StoredRecord]:
    """The decisions on the verdict's channel from its first to its last, those of other plans left out."""
    conduct = conducts_of(record.body).get(str(record.body.get("channel")), {})
    first, last = conduct.get("first_seq"), conduct.get("last_seq")
    if first is None or last is None:
        return []
    plan = record.body.get("plan_id") or None
    found = reader.span("decision", str(conduct.get("writer")), int(first), int(last))
    return [one for one in found if one.channel == record.body.get("channel") and one.plan_id in (None, plan)]


def _words(body: Mapping[str, Any]) -> Words:
    labels, spans = _labels(body.get("labels"))
    actions = body.get("actions") if body.get("actions_known") else None
    return Words(
        instruction=str(body.get("instruction") or ""),
        text=str(body.get("text") or ""),
        reasoning=str(body.get("reasoning") or ""),
        actions=tuple(map(str, actions)) if isinstance(actions, list) else None,
        labels=labels,
        spans=spans,
        reasoning_spans=_labels(body.get("reasoning_labels"))[1],
        claims=tuple(dict(claim) for claim in body.get("claims") or ()),
        broken=tuple(dict(claim) for claim in body.get("broken_claims") or ()),
        disobeyed=tuple(dict(claim) for claim in body.get("disobeys") or ()),
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
