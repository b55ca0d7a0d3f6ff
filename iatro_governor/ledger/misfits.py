"""Records that no ledger can hold, whatever its disk does: found one by one, so that they keep no other out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from ..errors import LedgerError
from . import store
from .chain import Chain
from .record import CONFLICT, LOST, OWN_KINDS, Provenance, Record, conflict_body, lost_numbers, row_of


def misfits(records: Sequence[Record]) -> list[tuple[Record, str]]:
    """Those of ``records`` that can never be stored, each with the reason.

    Each is tried by itself in a table in memory, as what it is and as the conflict that it may turn out to be: so a
    disk that refuses, or a machine without memory, is no record's fault.
    """
    found = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        store.create(db)
        for record in records:
            try:
                _try(db, record)
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is: by itself, too, this record cannot be stored
                why = str(error) if isinstance(error, LedgerError) else f"{type(error).__name__}: {error}"
                found.append((record, why))
    return found


def _try(db: sqlite3.Connection, record: Record) -> None:
    if record.kind in OWN_KINDS:
        raise LedgerError(f"kind {record.kind!r} is the ledger's own")
    db.execute("DELETE FROM record")
    own = Record(CONFLICT, "ledger", 0, record.t, record.plan_id, record.channel, conflict_body(record))
    for row_id, one in enumerate((record, own), 1):
        row = row_of(one, row_id, Provenance(""))
        if one.kind == LOST:
            lost_numbers(row[2], row[-1])
        db.execute(store.insert(), (*row, Chain(b"", b"").link(row)))
