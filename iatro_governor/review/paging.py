"""Pages of a list of incidents: in which order, and from where on, by the index of the ledger."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import LedgerError
from ..ledger.reader import Reader
from .incidents import Incident, incident_of
from .index import Index
from .queries import Filter
from .wanted import clauses, unbarred

ORDERS = {
    "time": "t",
    "severity": "severity",
    "verdict": "verdict",
    "plan": "coalesce(plan_id, '')",
    "model": "model",
}
"""What incidents can be ordered by; those that are equal are in the order of the chain."""


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


def slice_of(index: Index, wanted: Filter, order: Order, cursor: Cursor | None, size: int) -> Slice:
    """Up to ``size`` ids of the incidents that pass ``wanted``, from ``cursor`` on (or up to it)."""
    where, values = clauses(wanted)
    backwards = cursor is not None and cursor.before
    if cursor is not None:
        sign = "<" if order.descending != backwards else ">"
        where += f" AND ({ORDERS[order.by]}, id) {sign} (?, ?)"
        values += (cursor.value, cursor.id)
    rows = index.rows(
        f"SELECT id, {ORDERS[order.by]} FROM incident WHERE {where} ORDER BY {order.sql(backwards)} LIMIT ?",
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


def count(index: Index, wanted: Filter) -> int:
    """How many incidents pass ``wanted``."""
    where, values = clauses(wanted)
    return int(index.rows(f"SELECT count(*) FROM incident WHERE {where}", values)[0][0])


def choices(index: Index) -> dict[str, list[str]]:
    """What there is to filter by: the robots, models, contexts and limits of the incidents."""
    found = {
        name: [
            str(value) for (value,) in index.rows(f"SELECT DISTINCT {name} FROM incident ORDER BY 1") if value
        ]
        for name in ("robot", "model", "context")
    }
    limits = {
        name for (text,) in index.rows("SELECT DISTINCT limits FROM incident") for name in unbarred(text)
    }
    return {**found, "limit": sorted(limits)}


def listed(
    reader: Reader, index: Index, wanted: Filter, order: Order, cursor: Cursor | None = None, size: int = 50
) -> tuple[list[Incident], Slice]:
    """One page of the incidents that pass ``wanted``, and where the pages beside it are."""
    found = slice_of(index, wanted, order, cursor, size)
    return [incident_of(record) for number in found.ids for record in reader.records(id=number)], found


def neighbours(index: Index, number: int, wanted: Filter, order: Order) -> tuple[int | None, int | None]:
    """The incidents before and after the one with the id ``number`` among those that pass ``wanted``."""
    here = index.rows(f"SELECT {ORDERS[order.by]} FROM incident WHERE id = ?", (number,))
    if not here:
        return None, None
    beside = (
        slice_of(index, wanted, order, Cursor(here[0][0], number, before), 1).ids for before in (True, False)
    )
    before, after = (ids[0] if ids else None for ids in beside)
    return before, after
