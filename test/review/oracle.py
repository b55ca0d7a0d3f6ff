"""Incidents found the slow way, record by record in plain Python: what the query layer has to find, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from iatro_governor.ledger import Reader, StoredRecord
from iatro_governor.review.incidents import Incident, conducts_of, incident_of
from iatro_governor.review.queries import Filter

SORTS: dict[str, Callable[[Incident], Any]] = {
    "time": lambda one: one.t,
    "severity": lambda one: -one.severity,
    "verdict": lambda one: one.verdict,
    "plan": lambda one: one.plan_id or "",
    "model": lambda one: one.model,
}


def incidents(reader: Reader, wanted: Filter | None = None, sort: str = "time") -> list[Incident]:
    """The incidents that pass ``wanted``, in this order."""
    found = [
        incident_of(record) for record in reader.records("verdict") if _passes(record, wanted or Filter())
    ]
    return sorted(sorted(found, key=lambda one: (one.t, one.id)), key=SORTS[sort])


def _folded(text: str) -> str:
    return normalize("NFC", text.casefold())


def _passes(record: StoredRecord, wanted: Filter) -> bool:
    one, body = incident_of(record), record.body
    conducts = conducts_of(body).values()
    limits = {str(limit["name"]) for conduct in conducts for limit in conduct.get("limits") or ()}
    words = f"{one.text}\n{body.get('reasoning') or ''}"
    robot = str(body.get("robot") or record.channel or body.get("channel") or "")
    return all(
        (
            wanted.verdict is None or one.verdict == wanted.verdict.upper(),
            wanted.severity is None or one.severity >= wanted.severity,
            wanted.plan is None or one.plan_id == wanted.plan,
            wanted.model is None or one.model == wanted.model,
            wanted.text is None or _folded(wanted.text) in _folded(words),
            wanted.since is None or one.t >= wanted.since,
            wanted.until is None or one.t < wanted.until,
            wanted.robot is None or robot == wanted.robot,
            wanted.context is None or one.context == wanted.context,
            wanted.limit is None or wanted.limit in limits,
            wanted.policy is None or record.config_hash == wanted.policy,
            wanted.version is None or record.software_version == wanted.version,
        )
    )
