"""One incident as the page shows it: words beside action, what bound, and where all of it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import IatroError
from ...ledger.reader import Reader
from ...ledger.record import MISSHAPEN
from ..action import Bound
from ..chart import chart
from ..incidents import Detail, numbered, shadow_text, start_time
from ..index import Index
from ..notes import Note, notes
from ..paging import neighbours
from ..plan_view import plan_view, shown_moment
from ..replay import folders_beside
from ..scene import scene
from ..shown import shown
from ..text import quantity, visible
from ..times import date
from ..times import shown as time_shown
from .clips import clips
from .desk import Desk, Policy
from .wanted import Wanted


def incident(reader: Reader, desk: Desk, number: int, wanted: Wanted) -> dict[str, Any]:
    """What the template of one incident needs; raises NoIncident where there is no such incident."""
    found = numbered(reader, number)
    start = start_time(reader)
    policy = desk.policies.get(found.action.config_hash)
    with Index(reader) as index:
        before, after = neighbours(index, found.incident.id, wanted.filter(start), wanted.order())
    return {
        **shown(found, start),
        "wanted": wanted,
        "before": before and wanted.address(f"/incidents/{before}"),
        "after": after and wanted.address(f"/incidents/{after}"),
        "chart": chart(found, start),
        "moment": time_shown(found.incident.t, start),
        "channel": visible(found.incident.channel or ""),
        "bounds": [_bound(bound, start) for bound in found.action.limits],
        "sheets": _sheets(found, policy),
        "policy": policy,
        "others": [] if policy else _others(desk, found),
        "chain": desk.chain.status(),
        "view": _view(found, desk, policy, start),
        "moved": found.action.decisions > 0,
        "origin": _origin(reader, found),
        "clips": clips(reader, found),
        "notes": [_note(note) for note in notes(reader, number)],
        "can_annotate": desk.key is not None,
        "shadow": shadow_text(reader),
    }


def _others(desk: Desk, found: Detail) -> list[str]:
    """The configurations that were given, none of which was in force: each by its file and its hash."""
    given = [
        f"{visible(Path(policy.profile.file).name)} has {hash_[:12]}"
        for hash_, policy in desk.policies.items()
    ]
    return [*given, f"in force was {visible(found.action.config_hash[:12]) or 'none'}"] if given else []


def _view(found: Detail, desk: Desk, policy: Policy | None, start: float) -> dict[str, Any] | None:
    """The plan view and its times; None where the inputs of the incident's time are not there."""
    try:
        seen = scene(found, folders_beside(desk.db), policy.profile if policy else None)
    except (IatroError, *MISSHAPEN):  # also what another build wrote
        return None
    if seen is None:
        return None
    bound = [limit.intervals[0][0] for limit in found.action.limits if not limit.shapes_rate]
    first = shown_moment(seen, min(bound, default=None))
    return {
        "svg": plan_view(seen, first, start),
        "first": first,
        "last": len(seen.moments) - 1,
        "time": f"{seen.moments[first].t - start:.1f}",
        "people": any(len(moment.people) for moment in seen.moments),
        "returns": any(len(moment.returns) for moment in seen.moments),
        "places": bool(seen.places),
    }


def _note(note: Note) -> dict[str, Any]:
    when = date(note.t)
    return {"id": note.id, "by": visible(note.by), "text": visible(note.text), "when": when}


def _bound(bound: Bound, start: float) -> dict[str, Any]:
    spans = [f"{first - start:.1f}–{last - start:.1f}" for first, last in bound.intervals[:3]]
    more = len(bound.intervals) - len(spans)
    return {
        "name": visible(bound.name),
        "kind": visible(bound.kind).replace("_", " "),
        "source": visible(bound.source),
        "requested": quantity(bound.requested, bound.unit),
        "allowed": quantity(bound.allowed, bound.unit),
        "margin": quantity(bound.margin, bound.unit),
        "count": bound.count,
        "when": [*spans, f"and {more} more"] if more > 0 else spans,
        "shapes": bound.shapes_rate,
    }


def _sheets(found: Detail, policy: Policy | None) -> list[dict[str, Any]]:
    """The label sheets of the limits that bound, by the configuration that was in force."""
    if policy is None:
        return []
    sheets = {sheet.name: sheet.to_json() for sheet in policy.sheets if sheet.of == "limit"}
    return [
        sheets[limit.name] for limit in found.action.limits if not limit.shapes_rate and limit.name in sheets
    ]


def _origin(reader: Reader, found: Detail) -> list[tuple[str, str]]:
    """Where the record comes from, as names and values."""
    one = found.incident
    (record,) = reader.records("verdict", id=one.id)
    decision = next(reader.records(id=found.decision_ids[1]), None) if found.decision_ids else None
    facts = decision.body if decision else {}
    rows = [
        ("record", f"{one.id} of {reader.count():,}"),
        ("written by", f"{record.writer}, number {record.number}"),
        ("decisions", "records {} to {}".format(*found.decision_ids) if found.decision_ids else "none"),
        ("governor", f"{decision.writer}, number {decision.number}" if decision else "none"),
        ("policy", found.policy or "none"),
        ("version", str(facts.get("software_version") or record.software_version or "unknown")),
        ("clock", str(facts.get("clock_source") or record.clock_source or "unknown")),
        ("context", one.context),
        ("ledger", str(reader.origin()["ledger_id"])),
        *(
            (f"planner {name}".replace("_", " "), str(value))
            for name, value in found.planner.items()
            if value
        ),
    ]
    return [(name, visible(value)) for name, value in rows]
