"""The SQLite file: one table, its exact schema, and how it is opened for writing and for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import LedgerError
from .ranges import Ranges
from .record import LOST, Row, lost_numbers

SCHEMA = 2
DAMAGED = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises of a damaged file; the other one where it quotes damaged text in its message."""
WAIT_S = 10.0
"""Longest wait for another connection that has the file locked, s."""
APPLICATION_ID = 0x69617472  # "iatr"

_TABLE = """CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    writer TEXT NOT NULL,
    number INTEGER NOT NULL,
    t REAL NOT NULL,
    plan_id TEXT,
    channel TEXT,
    context TEXT NOT NULL,
{more}    body TEXT NOT NULL,
    mac BLOB NOT NULL
) STRICT"""
_PROVENANCE = ("config_hash", "software_version", "clock_source")
_FIRST_COLUMNS = ("id", "kind", "writer", "number", "t", "plan_id", "channel", "context")
INDEXES = (
    "CREATE UNIQUE INDEX record_number ON record (kind, writer, number)",
    "CREATE INDEX record_plan ON record (plan_id, kind) WHERE plan_id IS NOT NULL",
)
TABLES = {
    1: _TABLE.format(more=""),
    2: _TABLE.format(more="".join(f"    {name} TEXT NOT NULL,\n" for name in _PROVENANCE)),
}
"""The only table of a ledger's file, by the schema's version. A file keeps its schema for ever."""
COLUMNS = {1: (*_FIRST_COLUMNS, "body"), 2: (*_FIRST_COLUMNS, *_PROVENANCE, "body")}
"""What the chain covers of a row, in this order."""


def version(db: sqlite3.Connection, schema: str = "main") -> int:
    """The schema's version that the file says it has."""
    return int(db.execute(f"PRAGMA {schema}.user_version").fetchone()[0])


def insert(schema: int = SCHEMA) -> str:
    """The statement that stores a row and its mac in a file of this schema."""
    names = (*COLUMNS[schema], "mac")
    return f"INSERT INTO record ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def columns_as_now(old: int) -> str:
    """The columns of a file of schema ``old`` as those of today's: what it did not keep is empty."""
    return ", ".join(name if name in COLUMNS[old] else f"'' AS {name}" for name in COLUMNS[SCHEMA])


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection in WAL mode that is durable at each commit; the caller holds the writer's lock.

    Raises LedgerError for a file that is no ledger.
    """
    with translated(path):
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=WAIT_S)
        try:
            if not is_empty(db) and (problem := layout_problem(db)):
                raise LedgerError(f"{path}: {problem}")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        except BaseException:
            db.close()
            raise
        return db


def leave_wal(db: sqlite3.Connection) -> bool:
    """Brings everything into the file itself and lets go of the -wal file; False at once where a reader needs it."""
    db.execute("PRAGMA busy_timeout = 0")
    try:
        busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            return False
        with suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = DELETE")
        return bool(db.execute("PRAGMA journal_mode").fetchone()[0] == "delete")
    finally:
        db.execute(f"PRAGMA busy_timeout = {WAIT_S * 1000:.0f}")


def connect_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection, to a ledger that is being written too; leaves no file behind.

    Raises LedgerError for a file that is not there, or is no ledger.
    """
    if not path.is_file():
        raise LedgerError(f"{path}: no such ledger")
    # A writer's connection always has a -wal file. Without one nothing writes, and even read-only media will
    # do.
    mode = "mode=ro" if Path(f"{path}-wal").exists() else "mode=ro&immutable=1"
    with translated(path):
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=WAIT_S
        )


def foreign(path: Path) -> str | None:
    """Why ``path`` cannot be a ledger's file, by its first bytes; None where it may be one."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        return f"cannot be opened ({error.strerror or error})"
    if not head:
        return "an empty file, so no ledger"
    return None if head == b"SQLite format 3\x00" else "not a SQLite file, so not a ledger"


def create(db: sqlite3.Connection, schema: int = SCHEMA) -> None:
    """Lays out an empty file, inside the caller's transaction."""
    for statement in (TABLES[schema], *INDEXES):
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {schema}")


def is_empty(db: sqlite3.Connection) -> bool:
    """True for a file that holds nothing at all yet."""
    return bool(db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0)


def layout_problem(db: sqlite3.Connection, schema: str = "main") -> str | None:
    """What is wrong with the file's layout, or None; anything added to it counts as wrong."""
    if db.execute(f"PRAGMA {schema}.application_id").fetchone()[0] != APPLICATION_ID:
        return "not a ledger (its application id says so)"
    if (found := version(db, schema)) not in TABLES:
        newer = ", written by a newer version of this program" if found > SCHEMA else ""
        return f"schema version {found} (allowed: {', '.join(map(str, TABLES))}){newer}"
    layout = {TABLES[found], *INDEXES}
    there = {row[0] for row in db.execute(f"SELECT sql FROM {schema}.sqlite_master")}
    if missing := layout - there:
        return f"not a ledger's layout: {len(missing)} of its table and indexes are missing or changed"
    if extra := there - layout:
        return f"it holds what no ledger holds: {min(map(str, extra))[:80]}"
    return None


def rows(db: sqlite3.Connection, first: int = -(2**63)) -> Iterator[tuple[Row, bytes]]:
    """Every (row, mac) in the order of the chain, read from the table and not from an index."""
    names = ", ".join(COLUMNS[version(db)])
    cursor = db.execute(f"SELECT {names}, mac FROM record NOT INDEXED WHERE id >= ? ORDER BY id", (first,))
    for *row, mac in cursor:
        yield tuple(row), mac


def numbers(db: sqlite3.Connection) -> tuple[dict[tuple[str, str], Ranges], dict[tuple[str, str], Ranges]]:
    """Per (kind, writer): the numbers stored, and the numbers settled (stored or declared lost).

    Raises sqlite3.DatabaseError for what is none in their place, as sqlite3 does for pages that are damaged.
    """
    stored: dict[tuple[str, str], Ranges] = {}
    whole = "SELECT kind, writer, min(number), max(number), count(*) FROM record GROUP BY kind, writer"
    for kind, writer, low, high, count in db.execute(whole).fetchall():
        if [type(value) for value in (kind, writer, low, high)] != [str, str, int, int]:
            raise sqlite3.DatabaseError("malformed numbers of records")
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
    except DAMAGED as error:
        raise LedgerError(f"{path}: {explain(error)}") from error


def explain(error: Exception) -> str:
    """What an error of SQLite means to the operator."""
    text = str(error) if isinstance(error, sqlite3.Error) else "malformed text"
    if "not a database" in text:
        return "not a SQLite file, so not a ledger"
    if "malformed" in text:
        return f"the file is damaged ({text}); `iatro ledger recover` writes what can be had of it to another one"
    if "full" in text or "disk I/O" in text:
        return f"the disk is full or failing ({text}); free space, then go on: nothing acknowledged is lost"
    if "unable to open" in text or "readonly" in text:
        return f"cannot be opened ({text}); check the folder and its permissions"
    return text
