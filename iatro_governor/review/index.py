"""The index of a ledger's incidents: ``ledger.index.db``, made from the ledger at will and never believed against it.

Whenever it is opened, what is new in the ledger is added, and what is not there any more goes. An index that is
damaged, of another ledger or of another make is made anew; where none can be written, one is made in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from ..errors import LedgerError
from ..ledger.aside import index_path
from ..ledger.reader import Reader
from ..ledger.record import MISSHAPEN, NUMBER_LIMIT, plain
from ..ledger.store import DAMAGED
from .incidents import conducts_of, incident_of, start_time
from .wanted import COLUMNS, barred, folded

T = TypeVar("T")
MAKE = 5
"""Changes whenever the index holds anything else."""
_OPTIONAL = ("plan_id", "channel")
_COLUMNS = (f"{name} {kind}{'' if name in _OPTIONAL else ' NOT NULL'}" for name, kind in COLUMNS.items())
_TABLE = f"CREATE TABLE incident ({', '.join(_COLUMNS)}, PRIMARY KEY (id)) STRICT"
_INDEXES = (
    "CREATE INDEX by_time ON incident (t, id)",
    "CREATE INDEX by_model ON incident (model, verdict, severity, t)",
    "CREATE INDEX by_verdict ON incident (verdict, severity, t)",
    "CREATE INDEX by_severity ON incident (severity DESC, t, id)",
    "CREATE INDEX by_plan ON incident (plan_id)",
    "CREATE INDEX by_context ON incident (context, model, verdict)",
    "CREATE INDEX by_digest ON incident (digest, parent, model) WHERE digest <> ''",
)
_STATE = "CREATE TABLE state (make INTEGER NOT NULL, last INTEGER NOT NULL, mac BLOB NOT NULL) STRICT"
_INSERT = f"INSERT INTO incident VALUES ({', '.join('?' * len(COLUMNS))})"


class Index:
    """The incidents of one ledger, up to date when it is opened. Use it as a context manager."""

    def __init__(self, reader: Reader) -> None:
        """Raises LedgerError where the ledger cannot be read."""
        self._reader = reader
        self.db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        path = index_path(self._reader.path)
        for place in (path, path, ":memory:"):
            db: sqlite3.Connection | None = None
            try:
                db = sqlite3.connect(place, isolation_level=None, timeout=30.0)
                db.create_function("chr", 1, chr, deterministic=True)
                db.create_function("folded", 1, _folded, deterministic=True)
                self._bring_up_to_date(db)
                return db
            except DAMAGED:
                if db is not None:
                    db.close()
                with suppress(OSError):  # damaged, or nothing of ours: it can be made again
                    Path(place).unlink(missing_ok=True)
            except BaseException:  # the ledger is damaged: who looks next is not to wait for this one
                if db is not None:
                    db.close()
                raise
        raise LedgerError(f"{self._reader.path}: no index of its incidents can be made, not even in memory")

    def _bring_up_to_date(self, db: sqlite3.Connection) -> None:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA secure_delete = ON")  # what is retired is to be gone from the file's bytes, too
        db.execute("BEGIN IMMEDIATE")
        last = self._known(db)
        if last is None:
            for kind, name in db.execute(
                "SELECT type, name FROM sqlite_master WHERE type = 'table'"
            ).fetchall():
                db.execute(f'DROP {kind} "{name}"')
            for statement in (_TABLE, _STATE):
                db.execute(statement)
            last = 0
        end = int(self._reader.scalar("SELECT coalesce(max(id), 0) FROM record"))
        if self._forgotten(db) or end > last:
            start = start_time(self._reader)
            db.executemany(_INSERT, self._rows(last, start))
            db.execute("UPDATE incident SET begins = ? WHERE begins <> ?", (start, start))
            db.execute("DELETE FROM state")
            db.execute("INSERT INTO state VALUES (?, ?, ?)", (MAKE, end, self._mac(end)))
        if last == 0:
            for statement in _INDEXES:
                db.execute(statement)
        db.execute("COMMIT")

    def _known(self, db: sqlite3.Connection) -> int | None:
        """Up to which record the index goes; None where it is none of this ledger."""
        layout = {row[0] for row in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        if layout != {_TABLE, _STATE, *_INDEXES}:
            return None
        found = db.execute("SELECT make, last, mac FROM state").fetchall()
        if len(found) != 1 or found[0][0] != MAKE or self._mac(found[0][1]) != found[0][2]:
            return None
        return int(found[0][1])

    def _mac(self, last: int) -> bytes | None:
        """Of the ledger's record ``last``; nothing of an empty one's, and None where there is no such record."""
        return self._reader.mac_of(last) if last else b""

    def _forgotten(self, db: sqlite3.Connection) -> int:
        """Takes out the incidents whose file is gone, and says how many."""
        gone, after = 0, 0
        for first, last in sorted(self._reader.ranges()):
            gone += db.execute("DELETE FROM incident WHERE id > ? AND id < ?", (after, first)).rowcount
            after = last
        return gone

    def _rows(self, after: int, start: float) -> Iterator[tuple[Any, ...]]:
        for record in self._reader.verdicts_after(after):
            one, body = incident_of(record), record.body
            robot = body.get("robot") or record.channel or body.get("channel") or ""
            row = (
                one.id, one.t, one.plan_id, one.channel, str(robot), one.model, one.verdict, barred(one.all_verdicts),
                one.severity, one.commands, one.context, record.config_hash, barred(_limits(body)), one.text,
                str(body.get("reasoning") or ""), int(body.get("kind") == "statement"), int(_detected(body)),
                record.software_version, *self._lineage(body), start,
            )  # fmt: skip
            yield tuple(_held(value) for value in row)

    def _lineage(self, body: dict[str, Any]) -> tuple[str, str]:
        """Digest of the model that spoke, and of the one it was made from, as its statement names them."""
        run, numbers = body.get("planner_run"), body.get("statement_seqs")
        if not isinstance(run, str) or not isinstance(numbers, list) or not numbers:
            return "", ""
        sql = "SELECT body -> 'planner' FROM record WHERE kind = 'statement' AND writer = ? AND number = ?"
        known = isinstance(numbers[0], int) and 0 <= numbers[0] < NUMBER_LIMIT
        found = self._reader.query(sql, (run, numbers[0])) if known else []
        return _named(found[0][0] if found else None)

    @property
    def gone(self) -> bool:
        """Whether records of the ledger are gone, retired or lost, and incidents with them."""
        ends = sorted(self._reader.ranges())
        followed = all(last + 1 == first for (_, last), (first, _) in pairwise([(0, 0), *ends]))
        return not followed or bool(self._reader.holes())

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query on the table ``incident``."""
        return self.read(lambda db: db.execute(sql, values).fetchall())

    def read(self, take: Callable[[sqlite3.Connection], T]) -> T:
        """What ``take`` makes of it; where it turns out to be damaged, it is made anew, and ``take`` begins again.

        Raises LedgerError where the ledger cannot be read.
        """
        try:
            return take(self.db)
        except DAMAGED:
            self._renew()
            return take(self.db)

    def _renew(self) -> None:
        self.db.close()
        with suppress(OSError):  # where nobody may write, it is made in memory
            index_path(self._reader.path).unlink(missing_ok=True)
        self.db = self._opened()

    def close(self) -> None:
        """Closes the index."""
        self.db.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _held(value: Any) -> Any:
    """What a column can hold of a value: SQLite knows no half of a character, and whole numbers of 64 bits alone."""
    if isinstance(value, str):
        return plain(value)
    return min(max(value, -NUMBER_LIMIT), NUMBER_LIMIT - 1) if isinstance(value, int) else value


def _folded(text: str | None) -> str | None:
    return None if text is None else folded(text)


def _named(planner: str | None) -> tuple[str, str]:
    """Digest and parent's digest in what a statement says of its planner; what is no such thing names none."""
    try:
        named = json.loads(planner or "{}")
        return str(named.get("digest") or ""), str(named.get("parent_digest") or "")
    except MISSHAPEN:
        return "", ""


def _detected(body: dict[str, Any]) -> bool:
    """Whether the planner's reasoning names a hazard."""
    labels = body.get("reasoning_labels")
    present = labels.get("present") if isinstance(labels, dict) else None
    return isinstance(present, list) and "hazard" in present


def _limits(body: dict[str, Any]) -> list[str]:
    """Names of the limits that bound, of whatever channel; what is no verdict of ours has none."""
    try:
        found = [limit for one in conducts_of(body).values() for limit in one.get("limits") or ()]
        return sorted({str(limit["name"]) for limit in found})
    except MISSHAPEN:
        return []
