"""Which verdict records are wanted, in which order, and from where on: SQL for the one query layer."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import LedgerError
from ..ledger.reader import Reader

BEGUN = """coalesce(min(body ->> 'statement_t', {first}), body ->> 'statement_t', {first}, t)""".format(
    first="(SELECT min(CASE WHEN type = 'object' THEN value ->> 'first_t' END)"
    " FROM json_each(body, '$.evidence.channels'))"
)
"""When an incident began (s): with its statement or its first decision, whichever was first."""
ROBOT = "coalesce(body ->> 'robot', channel, body ->> 'channel', '')"
"""The robot of an incident; where a record names none, its channel."""
MODEL = "coalesce(body ->> 'planner_model', '')"
_LIMIT = """EXISTS (SELECT 1 FROM json_tree(body, '$.evidence.channels') AS part
    WHERE part.key = 'name' AND part.path LIKE '%.limits[%' AND part.atom = ?)"""
_WORDS = " || char(10) || ".join(f"coalesce(body ->> '{name}', '')" for name in ("text", "reasoning"))
ORDERS = {
    "time": BEGUN,
    "severity": "coalesce(body ->> 'severity', 0)",
    "verdict": "coalesce(body ->> 'verdict', '')",
    "plan": "coalesce(plan_id, '')",
    "model": MODEL,
}
"""What incidents can be ordered by; those that are equal are in the order of the chain."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents to show; what is None does not matter.

    ``severity`` is the least one, ``since`` and ``until`` bound the time (s) at which it began, the latter excluded;
    ``limit`` is the name of one that bound; ``text`` is looked for in what the planner said and thought, whatever
    the case of its ASCII letters.
    """

    verdict: str | None = None
    severity: int | None = None
    plan: str | None = None
    model: str | None = None
    text: str | None = None
    since: float | None = None
    until: float | None = None
    robot: str | None = None
    context: str | None = None
    limit: str | None = None

    def clauses(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL condition and its values."""
        wanted = {
            "body ->> 'verdict' = ?": self.verdict and self.verdict.upper(),
            "body ->> 'severity' >= ?": self.severity,
            "plan_id = ?": self.plan,
            "body ->> 'planner_model' = ?": self.model,
            f"instr(lower({_WORDS}), lower(?)) > 0": self.text,
            f"{BEGUN} >= ?": self.since,
            f"{BEGUN} < ?": self.until,
            f"{ROBOT} = ?": self.robot,
            "context = ?": self.context,
            _LIMIT: self.limit,
        }
        given = {clause: value for clause, value in wanted.items() if value is not None}
        return " AND ".join(("kind = 'verdict'", *given)), tuple(given.values())


@dataclass(frozen=True, slots=True)
class Order:
    """By which of ``ORDERS``, and whether the largest comes first."""

    by: str = "time"
    descending: bool = False

    def sql(self, backwards: bool = False) -> str:
        """The terms of ORDER BY."""
        way = "DESC" if self.descending != backwards else "ASC"
        return f"{ORDERS[self.by]} {way}, id {way}"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two incidents: after the one with this value of the order and this id, or before it."""

    value: Any
    id: int
    before: bool = False

    def text(self) -> str:
        """The cursor for an address."""
        packed = json.dumps([self.value, self.id, int(self.before)], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """The cursor that ``text()`` wrote; raises LedgerError for anything else."""
        try:
            value, number, before = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (ValueError, TypeError, binascii.Error) as error:
            raise LedgerError("this is no cursor of a list of incidents; begin at its first page") from error
        plain = isinstance(value, (int, float, str)) and isinstance(number, int) and before in (0, 1)
        if not plain or not -(2**63) <= number < 2**63:
            raise LedgerError("this is no cursor of a list of incidents; begin at its first page")
        return cls(value, number, bool(before))


@dataclass(frozen=True, slots=True)
class Slice:
    """Some ids in their order, and the cursors of the slices beside it, where there are any."""

    ids: tuple[int, ...]
    before: Cursor | None
    after: Cursor | None


def slice_of(reader: Reader, wanted: Filter, order: Order, cursor: Cursor | None, size: int) -> Slice:
    """Up to ``size`` ids of the incidents that pass ``wanted``, from ``cursor`` on (or up to it)."""
    where, values = wanted.clauses()
    backwards = cursor is not None and cursor.before
    if cursor is not None:
        sign = "<" if order.descending != backwards else ">"
        where += f" AND ({ORDERS[order.by]}, id) {sign} (?, ?)"
        values += (cursor.value, cursor.id)
    rows = reader.query(
        f"SELECT id, {ORDERS[order.by]} FROM record WHERE {where} ORDER BY {order.sql(backwards)} LIMIT ?",
        (*values, size + 1),
    )
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return _slice(rows, more, cursor)


def _slice(rows: Sequence[tuple[Any, ...]], more: bool, cursor: Cursor | None) -> Slice:
    if not rows:
        beside = replace(cursor, before=not cursor.before) if cursor else None
        return Slice((), beside if cursor and not cursor.before else None, beside)
    backwards = cursor is not None and cursor.before
    first = Cursor(rows[0][1], rows[0][0], before=True) if (more if backwards else cursor) else None
    last = Cursor(rows[-1][1], rows[-1][0]) if backwards or more else None
    return Slice(tuple(row[0] for row in rows), first, last)


def count(reader: Reader, wanted: Filter) -> int:
    """How many incidents pass ``wanted``."""
    where, values = wanted.clauses()
    return int(reader.scalar(f"SELECT count(*) FROM record WHERE {where}", values))


def choices(reader: Reader) -> dict[str, list[str]]:
    """What there is to filter by: the robots, models, contexts and limits of the incidents."""
    limits = """SELECT DISTINCT part.atom FROM record, json_tree(body, '$.evidence.channels') AS part
        WHERE kind = 'verdict' AND part.key = 'name' AND part.path LIKE '%.limits[%' ORDER BY 1 LIMIT 200"""
    found = {
        name: f"SELECT DISTINCT {what} FROM record WHERE kind = 'verdict' ORDER BY 1 LIMIT 200"
        for name, what in (("robot", ROBOT), ("model", MODEL), ("context", "context"))
    }
    return {
        name: [str(value) for (value,) in reader.query(sql) if value not in (None, "")]
        for name, sql in {**found, "limit": limits}.items()
    }
