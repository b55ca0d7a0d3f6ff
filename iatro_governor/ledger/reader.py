"""Reading a ledger, also while it is being written; never changes anything."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import LedgerError
from . import segments, store
from .record import CLOSE, MISSHAPEN, NUMBER_LIMIT, OPEN, SEGMENT, StoredRecord

_COLUMNS = ", ".join(store.COLUMNS[store.SCHEMA])


class Reader:
    """A read-only view of a ledger, its sealed segments included; raises LedgerError for what is no ledger.

    Use it as a context manager.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._db = store.connect_reader(self.path)
        try:
            with store.translated(self.path):
                self._join(segments.sealed(self.path))
        except BaseException:
            self._db.close()
            raise

    def _join(self, sealed: list[Path]) -> None:
        """Lets ``record`` stand for the records of every file, whatever their schema."""
        parts = [_checked(self._db, self.path, "main")]
        for number, path in enumerate(sealed):
            name = f"sealed{number}"
            self._db.execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro&immutable=1",))
            parts.insert(-1, _checked(self._db, path, name))
        if len(parts) > 1 or store.version(self._db) != store.SCHEMA:
            self._db.execute(f"CREATE TEMP VIEW record AS {' UNION ALL '.join(parts)}")

    def records(
        self,
        kind: str | None = None,
        *,
        writer: str | None = None,
        number: int | None = None,
        plan_id: str | None = None,
        id: int | None = None,
    ) -> Iterator[StoredRecord]:
        """The records that match all that is given, in the order of the chain."""
        wanted = {"kind": kind, "writer": writer, "number": number, "plan_id": plan_id, "id": id}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1"
        with store.translated(self.path):
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM record WHERE {where} ORDER BY id", tuple(given.values())
            ):
                yield _stored(self.path, row)

    def span(self, kind: str, writer: str, first: int, last: int) -> Iterator[StoredRecord]:
        """The records of one writer with the numbers ``first`` to ``last``, in their order."""
        where = "kind = ? AND writer = ? AND number BETWEEN ? AND ? ORDER BY number"
        with store.translated(self.path):
            for row in self._db.execute(
                f"SELECT {_COLUMNS} FROM record WHERE {where}", (kind, writer, first, last)
            ):
                yield _stored(self.path, row)

    def verdicts_after(self, id: int) -> Iterator[StoredRecord]:
        """The verdicts after record ``id``, in the order of the chain."""
        # Of few new records each is looked at; of a whole ledger the verdicts are found by their kind.
        hint = "+kind" if id else "kind"
        with store.translated(self.path):
            sql = f"SELECT {_COLUMNS} FROM record WHERE {hint} = 'verdict' AND id > ? ORDER BY id"
            for row in self._db.execute(sql, (id,)):
                yield _stored(self.path, row)

    def mac_of(self, id: int) -> bytes | None:
        """The mac of record ``id``, of whatever file; None where it is not there."""
        with store.translated(self.path):
            for schema in [row[1] for row in self._db.execute("PRAGMA database_list") if row[1] != "temp"]:
                found = self._db.execute(f"SELECT mac FROM {schema}.record WHERE id = ?", (id,)).fetchone()
                if found is not None:
                    return bytes(found[0])
        return None

    def ranges(self) -> list[tuple[int, int]]:
        """(first, last) record of every file that is there, in no order; files without a record are left out."""
        found = []
        with store.translated(self.path):
            for schema in [row[1] for row in self._db.execute("PRAGMA database_list") if row[1] != "temp"]:
                ends = [
                    self._db.execute(f"SELECT {end}(id) FROM {schema}.record").fetchone()[0]
                    for end in ("min", "max")
                ]
                if ends[0] is not None:
                    found.append((int(ends[0]), int(ends[1])))
        return found

    def holes(self) -> list[segments.Hole]:
        """Records that were retired or are lost, by the tombstones in the chain."""
        with store.translated(self.path):
            return segments.outermost(segments.holes(self._db))

    def count(self, kind: str | None = None) -> int:
        """How many records there are, of one kind or of all."""
        where, values = ("kind = ?", (kind,)) if kind is not None else ("1", ())
        return int(self.scalar(f"SELECT count(*) FROM record WHERE {where}", values))

    def scalar(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        """The only value that a query gives."""
        return self.query(sql, values)[0][0]

    def query(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query on the table ``record``."""
        with store.translated(self.path):
            return self._db.execute(sql, values).fetchall()

    def each(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query on the table ``record``, one by one."""
        with store.translated(self.path):
            yield from self._db.execute(sql, values)

    def connection(self) -> sqlite3.Connection:
        """The read-only connection itself, for queries of the ledger's own modules."""
        return self._db

    def sessions(self) -> list[dict[str, Any]]:
        """The opening records' bodies, oldest first; each with ``close`` (the closing body, or None)."""
        sessions: list[dict[str, Any]] = []
        for record in self._own(OPEN, CLOSE):
            if record.kind == OPEN:
                sessions.append({**record.body, "close": None})
            elif sessions:
                sessions[-1]["close"] = record.body
        return sessions

    def origin(self) -> dict[str, Any]:
        """What the oldest opening record says, or, where those were retired, the record that goes on after them.

        Its ``ledger_id``, ``wall_time``, ``context`` and ``software_version``; an unknown id alone where there is
        neither.
        """
        for kind in (OPEN, SEGMENT):
            for first in self.records(kind):
                return {"context": first.context, "software_version": first.software_version, **first.body}
        return {"ledger_id": "unknown"}

    def governed(self) -> list[bool]:
        """Of each session in which a robot was governed, whether nothing was enforced in it.

        One that only added to what had been recorded is none. One whose opening was retired counts where decisions of
        it are left; the record that goes on after it says whether it was in shadow.
        """
        opened = list(self.records(OPEN))
        sessions = [one for one in opened if one.body.get("afterwards") is not True]
        for first in islice(self.records(SEGMENT), 1):
            end = opened[0].id if opened else NUMBER_LIMIT - 1
            sql = "SELECT id FROM record WHERE id BETWEEN ? AND ? AND +kind = 'decision' LIMIT 1"
            sessions += [first] * len(self.query(sql, (first.id, end)))
        return [one.body.get("shadow") is True for one in sessions]

    def shadowed(self) -> int:
        """In how many sessions nothing was enforced."""
        return sum(self.governed())

    def _own(self, *kinds: str) -> list[StoredRecord]:
        found = [record for kind in kinds for record in self.records(kind)]
        return sorted(found, key=lambda record: record.id)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _stored(path: Path, row: tuple[Any, ...]) -> StoredRecord:
    try:
        body = json.loads(row[-1])
    except MISSHAPEN as error:
        raise LedgerError(f"{path}: record {row[0]} is damaged: {error}") from error
    if not isinstance(body, dict):
        raise LedgerError(f"{path}: record {row[0]} is damaged: its body is no object")
    return StoredRecord(**{**dict(zip(store.COLUMNS[store.SCHEMA], row, strict=True)), "body": body})


def _checked(db: sqlite3.Connection, path: Path, schema: str) -> str:
    """The query for the records of one file, once its layout is known to be a ledger's."""
    if problem := store.layout_problem(db, schema):
        raise LedgerError(f"{path}: {problem}")
    return f"SELECT {store.columns_as_now(store.version(db, schema))} FROM {schema}.record"
