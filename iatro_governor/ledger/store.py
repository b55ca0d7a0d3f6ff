"""The SQLite file: one table, its exact schema, and how it is opened for writing and for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import LedgerError
from .ranges import Ranges
from .record import LOST, Row, lost_numbers

SCHEMA = 1
APPLICATION_ID = 0x69617472  # "iatr"

TABLE = """CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    writer TEXT NOT NULL,
    number INTEGER NOT NULL,
    t REAL NOT NULL,
    plan_id TEXT,
    channel TEXT,
    context TEXT NOT NULL,
    body TEXT NOT NULL,
    mac BLOB NOT NULL
) STRICT"""
INDEXES = (
    "CREATE UNIQUE INDEX record_number ON record (kind, writer, number)",
    "CREATE INDEX record_plan ON record (plan_id, kind) WHERE plan_id IS NOT NULL",
)
COLUMNS = "id, kind, writer, number, t, plan_id, channel, context, body"


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection in WAL mode that is durable at each commit; the caller holds the writer's lock."""
    with translated(path):
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
        try:
            if not is_empty(db) and (problem := layout_problem(db)):
                raise LedgerError(f"{path}: {problem}")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        except BaseException:
            db.close()
            raise
        return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection, to a ledger that is being written too; leaves no file behind."""
    if not path.is_file():
        raise LedgerError(f"{path}: no such ledger")
    # A writer's connection always has a -wal file. Without one nothing writes, and even read-only media will
    # do.
    mode = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
    with translated(path):
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=10.0
        )


def create(db: sqlite3.Connection) -> None:
    """Lays out an empty file, inside the caller's transaction."""
    for statement in (TABLE, *INDEXES):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")


def is_empty(db: sqlite3.Connection) -> bool:
    """True for a file that holds nothing at all yet."""
    return bool(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0)


def layout_problem(db: sqlite3.Connection) -> str | None:
    """What is wrong with the file's layout, or None; anything added to it counts as wrong."""
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return "not a ledger (its application id says so)"
    if (version := db.execute("PRAGMA user_version").fetchone()[0]) != SCHEMA:
        newer = ", written by a newer version of this program" if version > SCHEMA else ""
        return f"schema version {version} (allowed: {SCHEMA}){newer}"
    found = {row[0] for row in db.execute("SELECT sql FROM sqlite_master")}
    if missing := {TABLE, *INDEXES} - found:
        return f"not a ledger's layout: {len(missing)} of its table and indexes are missing or changed"
    if extra := found - {TABLE, *INDEXES}:
        return f"it holds what no ledger holds: {min(map(str, extra))[:80]}"
    return None


def rows(db: sqlite3.Connection, first: int = -(2**63)) -> Iterator[tuple[Row, bytes]]:
    """Every (row, mac) in the order of the chain, read from the table and not from an index."""
    cursor = db.execute(f"SELECT {COLUMNS}, mac FROM record NOT INDEXED WHERE id >= ? ORDER BY id", (first,))
    for *row, mac in cursor:
        yield tuple(row), mac


def numbers(db: sqlite3.Connection) -> tuple[dict[tuple[str, str], Ranges], dict[tuple[str, str], Ranges]]:
    """Per (kind, writer): the numbers stored, and the numbers settled (stored or declared lost)."""
    stored: dict[tuple[str, str], Ranges] = {}
    whole = "SELECT kind, writer, min(number), max(number), count(*) FROM record GROUP BY kind, writer"
    for kind, writer, low, high, count in db.execute(whole).fetchall():
        found = stored.setdefault((kind, writer), Ranges())
        if count == high - low + 1:
            found.add(low, high + 1)
            continue
        for first, last in db.execute(_ISLANDS, (kind, writer)):
            found.add(first, last + 1)
    settled = {key: found.copy() for key, found in stored.items()}
    for lost_writer, body in db.execute("SELECT writer, body FROM record WHERE kind = ?", (LOST,)):
        of, writer, first, last = lost_numbers(lost_writer, body)
        settled.setdefault((of, writer), Ranges()).add(first, last + 1)
    return stored, settled


_ISLANDS = """SELECT min(number), max(number) FROM
    (SELECT number, number - row_number() OVER (ORDER BY number) AS island
     FROM record WHERE kind = ? AND writer = ?) GROUP BY island ORDER BY 1"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into a LedgerError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: {explain(error)}") from error


def explain(error: sqlite3.Error) -> str:
    """What an error of SQLite means to the operator."""
    text = str(error)
    if "not a database" in text:
        return "not a SQLite file, so not a ledger"
    if "malformed" in text:
        return f"the file is damaged ({text})"
    if "full" in text or "disk I/O" in text:
        return f"the disk is full or failing ({text}); free space, then go on: nothing acknowledged is lost"
    if "unable to open" in text or "readonly" in text:
        return f"cannot be opened ({text}); check the folder and its permissions"
    return text
