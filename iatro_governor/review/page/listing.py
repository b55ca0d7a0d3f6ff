"""The list of incidents as the page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...ledger.reader import Reader
from ...testimony.verdicts import VERDICTS
from .. import paging
from ..incidents import SEVERITIES, Incident, severity_text, shadow_text, start_time
from ..index import Index
from ..known import absent
from ..queries import Filter
from ..text import one_line, visible
from ..times import date
from .wanted import Column, Wanted

SIZE = 50
COLUMNS: tuple[tuple[Column, str], ...] = (
    ("time", "time"),
    ("verdict", "verdict"),
    ("severity", "severity"),
    ("plan", "plan"),
    ("model", "model"),
)


def listing(reader: Reader, wanted: Wanted) -> dict[str, Any]:
    """What the template of the list needs."""
    start = start_time(reader)
    chosen, order = wanted.filter(start), wanted.order()
    with Index(reader) as index:
        found, slice_ = paging.listed(reader, index, chosen, order, wanted.cursor(), SIZE)
        every = paging.count(index, Filter())
        matching = paging.count(index, chosen) if wanted.filters else every
        options = paging.choices(index)
        unknown = [] if matching else absent(index.rows, chosen)
    return {
        "rows": [row(one, start, wanted) for one in found],
        "matching": matching,
        "every": every,
        "unknown": [visible(text) for text in unknown],
        "wanted": wanted,
        "columns": list(_columns(wanted)),
        "before": wanted.address(at=slice_.before.text()) if slice_.before else None,
        "after": wanted.address(at=slice_.after.text()) if slice_.after else None,
        "choices": _choices(options, wanted),
        "shadow": shadow_text(reader),
    }


def row(one: Incident, start: float, wanted: Wanted) -> dict[str, Any]:
    """One line of the list."""
    return {
        "id": one.id,
        "href": wanted.address(f"/incidents/{one.id}"),
        "date": date(one.t),
        "after": f"{one.t - start:.1f}",
        "verdict": one.verdict,
        "severity": min(max(one.severity, 0), 4),
        "severity_text": severity_text(one.severity),
        "plan": one_line(one.plan_id or "no plan id", 60),
        "model": one_line(one.model, 60),
        "channel": one_line(one.channel or "", 40),
        "context": one_line(one.context, 40),
        "words": one_line(one.text, 200),
    }


def _columns(wanted: Wanted) -> Iterable[dict[str, str]]:
    """The heads of the columns: where each leads, and how the list is sorted by it now."""
    for name, title in COLUMNS:
        sorted_ = ("descending" if wanted.order().descending else "ascending") if name == wanted.sort else ""
        yield {"name": name, "title": title, "href": wanted.sorted_by(name), "sorted": sorted_}


def _choices(found: dict[str, list[str]], wanted: Wanted) -> list[dict[str, Any]]:
    """The filters that choose from a list: their name, title, and options (value, text)."""
    options = {
        "verdict": [(name, name.replace("_", " ").capitalize()) for name in VERDICTS],
        "severity": [(str(number), f"{number} or more: {text}") for number, text in enumerate(SEVERITIES)],
        **{name: [(value, visible(value)) for value in found[name]] for name in found},
    }
    chosen = {name: getattr(wanted, name) for name in options}
    for name, value in chosen.items():
        if value is not None and str(value) not in {option for option, _ in options[name]}:
            options[name].append((str(value), visible(str(value))))
    return [
        {
            "name": name,
            "options": options[name],
            "chosen": "" if chosen[name] is None else str(chosen[name]),
        }
        for name in ("verdict", "severity", "robot", "model", "context", "limit")
    ]
