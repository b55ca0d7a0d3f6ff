"""The one place that makes SQL of a filter of incidents, as SQLite (an index) and DuckDB (a fleet) both read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from .queries import Filter

COLUMNS = {
    "id": "INTEGER", "t": "REAL", "plan_id": "TEXT", "channel": "TEXT", "robot": "TEXT", "model": "TEXT",
    "verdict": "TEXT", "all_verdicts": "TEXT", "severity": "INTEGER", "commands": "INTEGER", "context": "TEXT",
    "config_hash": "TEXT", "limits": "TEXT", "text": "TEXT", "reasoning": "TEXT", "said": "INTEGER",
    "detected": "INTEGER", "software_version": "TEXT", "digest": "TEXT", "parent": "TEXT",
    "begins": "REAL",
}  # fmt: skip
"""One incident in a line, t in s; ``all_verdicts`` and ``limits`` are names with bars before, between and after.

``said`` is 1 where a statement is judged and 0 for commands without a word, ``detected`` 1 where its reasoning names a
hazard; ``digest`` and ``parent`` are those of the planner's model, as it declared them; ``begins`` (s) is the first
time in its ledger, from which readers count.
"""
SORTS = {
    "time": "t, id",
    "severity": "severity DESC, t, id",
    "verdict": "verdict, t, id",
    "plan": "coalesce(plan_id, ''), t, id",
    "model": "model, t, id",
}
"""How incidents can be ordered; those that are equal stay in the order of time."""


def folded(text: str) -> str:
    """``text`` without its case, letters with marks in one character each: what is looked for, and where.

    Both databases get it as a function of this name; their own ones know different letters.
    """
    return text.lower() if text.isascii() else normalize("NFC", text.casefold())


def clauses(wanted: Filter) -> tuple[str, tuple[Any, ...]]:
    """The SQL condition and its values."""
    conditions = {
        "verdict = ?": wanted.verdict and wanted.verdict.upper(),
        "severity >= ?": wanted.severity,
        "plan_id = ?": wanted.plan,
        "model = ?": wanted.model,
        "robot = ?": wanted.robot,
        "context = ?": wanted.context,
        "t >= ?": wanted.since,
        "t < ?": wanted.until,
        "t >= begins + ?": wanted.since_s,
        "t < begins + ?": wanted.until_s,
        "config_hash = ?": wanted.policy,
        "software_version = ?": wanted.version,
        "instr(limits, ?) > 0": wanted.limit and barred([wanted.limit]),
        "instr(folded(text || chr(10) || reasoning), ?) > 0": wanted.text and folded(wanted.text),
    }
    given = {clause: value for clause, value in conditions.items() if value is not None}
    return " AND ".join(given) or "1 = 1", tuple(given.values())


def query(
    wanted: Filter, columns: str, sort: str = "time", most: int | None = None, skip: int = 0
) -> tuple[str, tuple[Any, ...]]:
    """The statement for ``columns`` of a table ``incident``, by a key of ``SORTS``, and its values."""
    where, values = clauses(wanted)
    sql = f"SELECT {columns} FROM incident WHERE {where} ORDER BY {SORTS[sort]}"
    return (sql, values) if most is None else (f"{sql} LIMIT {int(most)} OFFSET {int(skip)}", values)


def as_json(row: Sequence[Any]) -> dict[str, Any]:
    """A row with every column as JSON data."""
    given = dict(zip(COLUMNS, row, strict=True))
    return {**given, **{name: unbarred(given[name]) for name in ("all_verdicts", "limits")}}


def barred(names: Sequence[str]) -> str:
    """Names as ``limits`` and ``all_verdicts`` hold them; the empty text for none."""
    return "".join(f"|{name.replace('|', '/')}" for name in names) + "|" if names else ""


def unbarred(text: str) -> list[str]:
    """The names in such a text."""
    return [name for name in text.split("|") if name]
