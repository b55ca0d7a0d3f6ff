"""What can still be had of a damaged ledger: every record that its chain vouches for, and what is lost by name.

The damaged files are not touched. A new ledger is written in which a tombstone stands for each gap, so that it verifies
and can be continued, and says for ever that something is missing. What was retired, or was lost to an earlier recovery,
has its tombstone already: it is not lost anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ..errors import LedgerError
from . import padding, segments, store
from .anchors import anchors_path
from .chain import Chain
from .gaps import unexplained
from .heads import Heads
from .known import Known
from .opening import State
from .ranges import Ranges
from .record import TOMBSTONE, Row
from .segments import Hole
from .writer import Ledger

CAUSE = "lost with a damaged file"
_CHUNK = 500
_LEAST = 64
"""Bytes that a record takes at least: half of them are its mac."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found: records copied, what is lost (first, last), good anchors, and what files lack at their end.

    What tombstones tell of already, because it was retired or lost before, is not among what is lost.
    """

    out: str
    records: int
    lost: list[list[int]]
    anchors: int
    missing_bytes: int = 0

    def to_json(self) -> dict[str, Any]:
        """The result as JSON data."""
        return {
            "out": self.out, "records": self.records, "lost": self.lost, "anchors": self.anchors,
            "lost_records": sum(last - first + 1 for first, last in self.lost), "missing_bytes": self.missing_bytes,
        }  # fmt: skip


def recover(path: Path, out: Path, key: bytes, *, software_version: str) -> Recovered:
    """Writes all of the ledger ``path`` that its chain vouches for to the new ledger ``out``.

    Raises LedgerError where nothing can be read, the key is another one, ``out`` or a sealed file of it is there
    already, or the disk refuses.
    """
    for there in (out, anchors_path(out), Path(f"{out}-wal"), *segments.sealed(out)):
        if there.exists():
            raise LedgerError(f"{there}: exists already; nothing is overwritten")
    _check_writable(out)
    known = Known(path, key)
    copy = _Copy(path, key, known)
    copy.expect(_told(path, out, copy))
    missing = _copied(path, out, copy)
    lost = copy.end()
    with anchors_path(out).open("wb") as file:
        file.writelines(anchor.line() for anchor in islice(Known(path, key), known.count))
    _go_on(out, key, copy, lost, software_version)
    return Recovered(str(out), copy.records, [[hole.first, hole.last] for hole in lost], known.count, missing)


def _told(path: Path, out: Path, copy: _Copy) -> list[Hole]:
    """What the tombstones of every file tell of: they come after the records in whose place they stand."""
    found: list[Hole] = []
    for file in segments.files(path):
        with padding.padded(file, out.absolute().parent) as (readable, _), _opened(readable) as source:
            if source is not None:
                found.extend(copy.genuine(*source))
    return found


def _copied(path: Path, out: Path, copy: _Copy) -> int:
    """Copies every file; says how many bytes they lack at their ends. Of what fails nothing is left behind."""
    missing, made = 0, []
    try:
        for number, file in enumerate(segments.files(path), 1):
            made.append(segments.name(out, number))
            with padding.padded(file, out.absolute().parent) as (readable, lacking):
                copy.take(readable, made[-1])
            missing += lacking
        if not copy.records:
            raise LedgerError(f"{path}: no record of it can be read that fits this key and its anchors")
    except LedgerError:
        for one in made:
            one.unlink(missing_ok=True)
        raise
    return missing


def _check_writable(out: Path) -> None:
    """Told at once: later on it could not be told from a file that cannot be read."""
    try:
        TemporaryFile(dir=out.absolute().parent).close()
    except OSError as error:
        raise LedgerError(f"{out}: cannot be written: {error.strerror or error}") from error


class _Copy:
    """Copies what fits the chain, file by file, and notes each gap."""

    def __init__(self, path: Path, key: bytes, known: Known) -> None:
        """``known``: the anchors up to the first that is damaged; LedgerError where there is none."""
        self._heads = Heads(known)
        if known.last is None:
            raise LedgerError(
                f"{anchors_path(path)}: no anchor made with this key; without one nothing vouches for what is found"
            )
        self._last, self._key, self.ledger_id = known.last, key, known.last.ledger_id
        self._chain = Chain.of(key, self.ledger_id)
        self._ends: dict[int, bytes] = {}
        self._retired = Ranges()
        self._gaps: list[Hole] = []
        self._tombstones: list[Hole] = []
        self.records, self.expected, self.head = 0, 1, self._chain.head

    def genuine(self, source: sqlite3.Connection, schema: int) -> Iterator[Hole]:
        """What the tombstones of one file tell of that follow the record before them: only the key makes such a one."""
        for row, mac in _readable(source, schema, 1, self._last.records, TOMBSTONE):
            before = self.mac_of(row[0] - 1) or _mac_in(source, row[0] - 1)
            hole = segments.hole_of(row[-1])
            if hole and Chain(self._key, before).fits(row, mac):
                yield hole

    def expect(self, told: list[Hole]) -> None:
        """``told``: by what follows them, the last records of these are known, and what was retired is to be gone.

        A crash between a tombstone and the end of its file leaves that file there; the next writer would remove it.
        """
        for hole in told:
            self._ends[hole.last] = bytes.fromhex(hole.head)
            if hole.facts:
                self._retired.add(hole.first, hole.last + 1)

    def mac_of(self, number: int) -> bytes | None:
        """The mac of one record, whether it is there or not, where an anchor or a tombstone has it."""
        return self._heads.get(number) or self._ends.get(number)

    def take(self, file: Path, out: Path) -> None:
        """Copies one file, where anything of it can be read; the copy has the same schema.

        Raises LedgerError where the copy cannot be written: what was read is not had then.
        """
        before = self.records
        with _opened(file) as source:
            if source is not None:
                self._write(*source, out)
        if self.records == before:
            out.unlink(missing_ok=True)

    def _write(self, source: sqlite3.Connection, schema: int, out: Path) -> None:
        try:
            with closing(sqlite3.connect(out, isolation_level=None)) as db:
                db.execute("BEGIN")
                store.create(db, schema)
                for row, mac in self._fitting(source, schema):
                    db.execute(store.insert(schema), (*row, mac))
                db.execute("COMMIT")
        except sqlite3.Error as error:  # not the source's: around what cannot be read of it _readable goes
            raise LedgerError(f"{out}: the copy cannot be written: {store.explain(error)}") from error

    def end(self) -> list[Hole]:
        """After the last file, what is lost; what the last anchor knows beyond it is gone, too."""
        if self._last.records >= self.expected:
            self._gap(self._last.records, bytes.fromhex(self._last.head))
            self.expected, self.head = self._last.records + 1, bytes.fromhex(self._last.head)
        return [part for gap in self._gaps for part in unexplained(gap, self._tombstones, self.mac_of)]

    def _fitting(self, source: sqlite3.Connection, schema: int) -> Iterator[tuple[Row, bytes]]:
        """The rows that follow what is known; without the mac before it, a row cannot be told from a forged one."""
        previous: dict[int, Any] = {}
        for row, mac in _readable(source, schema, self.expected, self._last.records):
            number = row[0]
            known = (
                self.head if number == self.expected else self.mac_of(number - 1) or previous.get(number - 1)
            )
            previous = {number: mac}
            if not isinstance(known, bytes) or not isinstance(mac, bytes):
                continue
            self._chain.head = known
            if number in self._retired or not self._chain.fits(row, mac):
                continue
            if number > self.expected:
                self._gap(number - 1, known)
            self.records, self.expected, self.head = self.records + 1, number + 1, mac
            if row[1] == TOMBSTONE and (hole := segments.hole_of(row[-1])):
                self._tombstones.append(hole)
            yield row, mac

    def _gap(self, last: int, head: bytes) -> None:
        self._gaps.append(Hole(self.expected, last, head.hex(), CAUSE))


@contextmanager
def _opened(file: Path) -> Iterator[tuple[sqlite3.Connection, int] | None]:
    """One file and its layout; None for what is not there, does not say, or has a layout that is not known."""
    try:
        db = store.connect_reader(file)
    except LedgerError:
        yield None
        return
    with closing(db):
        schema = _schema(db)
        yield None if schema is None else (db, schema)


def _schema(db: sqlite3.Connection) -> int | None:
    with suppress(*store.DAMAGED):
        schema = store.version(db)
        return schema if schema in store.TABLES else None
    return None


def _mac_in(db: sqlite3.Connection, number: int) -> Any:
    """What stands in the row of one record as its mac, be it the right one or not; None where nothing can be read."""
    with suppress(*store.DAMAGED):
        found = db.execute("SELECT mac FROM record WHERE id = ?", (number,)).fetchone()
        return found[0] if found else None
    return None


def _readable(
    db: sqlite3.Connection, schema: int, first: int, known: int, kind: str | None = None
) -> Iterator[tuple[Row, bytes]]:
    """Every row from ``first`` on that can be read, of one ``kind`` or all, around whatever cannot.

    ``known``: records that there must be.
    """
    only = "id" if kind is None else f"kind = '{kind}' AND id"
    sql = f"SELECT {', '.join(store.COLUMNS[schema])}, mac FROM record NOT INDEXED WHERE {only}"
    end = known
    with suppress(*store.DAMAGED):
        first = max(first, db.execute("SELECT min(id) FROM record").fetchone()[0] or first)
        most = max(first - 1, known) + _room(db)
        end = max(known, min(db.execute("SELECT max(id) FROM record").fetchone()[0] or 0, most))
    for start in range(first, end + 1, _CHUNK):
        try:
            last = min(start + _CHUNK - 1, end)
            found = db.execute(f"{sql} BETWEEN ? AND ? ORDER BY id", (start, last)).fetchall()
        except store.DAMAGED:
            found = []
            for number in range(start, min(start + _CHUNK, end + 1)):
                with suppress(*store.DAMAGED):  # by its number alone: no step to a next page that is damaged
                    found += db.execute(f"{sql} = ?", (number,)).fetchall()
        for *row, mac in found:
            yield tuple(row), mac


def _room(db: sqlite3.Connection) -> int:
    """How many records a file has room for: more of them than that a forged number alone speaks of."""
    pages, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    return pages * size // _LEAST


def _go_on(out: Path, key: bytes, copy: _Copy, lost: list[Hole], software_version: str) -> None:
    """Begins the file in which the chain goes on, with a tombstone for all that is lost."""
    state = State(copy.ledger_id, Chain(key, copy.head), copy.expected - 1, {}, {})
    for file in segments.sealed(out):
        with store.translated(file), closing(store.connect_reader(file)) as db:
            start, (stored, settled) = segments.start_of(db, file), store.numbers(db)
        state.stored = segments.merged(segments.merged(state.stored, start.stored), stored)
        state.settled = segments.merged(segments.merged(state.settled, start.settled), settled)
    with Ledger.open(
        out, key=key, context="recovery", software_version=software_version, state=state, afterwards=True
    ) as ledger:
        for hole in lost:
            ledger.tombstone(hole.to_json())
