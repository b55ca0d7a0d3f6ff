"""The ledger's only writer: one durable, idempotent group commit at a time."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import LedgerError
from . import aside, opening, segments, store
from .anchors import CLOSED, HEAD, OPENED, Anchor, AnchorLog, anchors_path
from .batch import Batch
from .chain import Chain
from .lock import sync_folder, take
from .opening import State
from .ranges import Ranges
from .record import (
    CLOSE,
    LOST,
    OPEN,
    OWN_KINDS,
    SEGMENT,
    TOMBSTONE,
    Provenance,
    Record,
    lost_numbers,
)

SYNC_ANCHORS_EVERY = 32
"""Commits between two anchors that are forced to the disk; the others survive a crash, not a power cut."""


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What one group commit did; ``fault`` tells why no anchor could be written (the records are durable)."""

    stored: int
    duplicates: int
    conflicts: int
    records: int
    head: str
    fault: str | None = None


class Ledger:
    """A ledger open for writing. Not for use by two threads at once; a second process is refused."""

    def __init__(
        self, path: Path, db: sqlite3.Connection, lock: int, key: bytes, anchors: AnchorLog, by: Provenance
    ) -> None:
        """For :meth:`open` only."""
        self.path = path
        self.duplicates = 0
        self.conflicts = 0
        self._provenance = by
        self._db, self._key, self._anchors = db, key, anchors
        self._lock: int | None = lock
        self._state = State("", Chain(key, b""), 0, {}, {})
        self._conflicting: set[bytes] = set()
        self._commits = 0
        self._shadow = False
        self._begun = False
        """Whether the file that is written has its first record."""

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        key: bytes,
        context: str,
        software_version: str,
        shadow: bool = False,
        afterwards: bool = False,
        config_hash: str = "",
        clock_source: str = "system",
        state: State | None = None,
    ) -> Ledger:
        """Creates the ledger ``path`` or continues it.

        ``context`` (field, simulation, evaluation), ``config_hash``, ``software_version`` and ``clock_source`` go into
        every record of this session that does not name its own; ``shadow``, that nothing was enforced in it, and
        ``afterwards``, that nothing was governed in it but something added to what had been recorded, into the record
        that opens it. ``state`` is where a new file takes up the chain, for a recovery. A ledger of an older
        schema is sealed as it is and goes on in a new file. Raises LedgerError when another writer has it, the file is
        no ledger or newer than this program, or the disk refuses; ChainBroken when its end does not fit the key and
        its anchors.
        """
        path = Path(path).absolute()
        by = Provenance(context, config_hash, software_version, clock_source)
        with ExitStack() as undo:
            lock = take(path, "ledger")
            undo.callback(os.close, lock)
            db = store.connect_writer(path)
            undo.callback(db.close)
            anchors = AnchorLog(anchors_path(path), key)
            undo.callback(anchors.close)
            ledger = cls(path, db, lock, key, anchors, by)
            undo.callback(lambda: ledger._db.close())  # it may be another one by then
            with store.translated(path):
                ledger._start(shadow, afterwards, state)
            undo.pop_all()
        return ledger

    def _start(self, shadow: bool, afterwards: bool, state: State | None) -> None:
        before, last = segments.sealed(self.path), self._anchors.last
        new = store.is_empty(self._db)
        if state is not None:
            self._state = state
            self._begin_segment()
        elif new and before:
            self._state = opening.continued(self.path, before[-1], self._key, last)
            self._begin_segment()
        elif new:
            self._state = opening.created(self.path, self._key, self._anchors)
        else:
            self._state = opening.resumed(self.path, self._db, self._key, last)
            self._begun = True
            self._migrate()
        ended = last.event if last else None
        clean = self._state.records == 0 or ended == CLOSED
        body = opening.session_body(
            self._state, self._key, self._provenance, clean=clean, shadow=shadow, afterwards=afterwards
        )
        self._commit(self._batch_of([self._own(OPEN, body)]), OPENED)
        self._shadow = shadow
        self._remove_leftovers(before)

    def _migrate(self) -> None:
        """A file of an older schema is never rewritten: it is sealed, and the chain goes on in a new one."""
        if store.version(self._db) != store.SCHEMA and not self.seal():
            raise LedgerError(
                f"{self.path}: it was begun by an older version and has to be sealed, but somebody reads it, or there "
                f"are {segments.MOST} sealed files already; close the readers, or retire a file"
            )

    def _remove_leftovers(self, before: list[Path]) -> None:
        """A retirement that a crash interrupted is brought to its end."""
        if before:
            gone = segments.holes(self._db)
            for path, last in opening.leftovers(before, gone):
                path.unlink()
                aside.forget(self.path, last)

    @property
    def ledger_id(self) -> str:
        """Id of the chain; it outlives every file."""
        return self._state.ledger_id

    @property
    def context(self) -> str:
        """What this session's records are records of."""
        return self._provenance.context

    def under_policy(self, config_hash: str) -> None:
        """From now on records that name no policy of their own were made under ``config_hash``."""
        self._provenance = replace(self._provenance, config_hash=config_hash)

    def append(self, records: Sequence[Record]) -> AppendResult:
        """Stores ``records`` in this order, in one commit that is on the disk when this returns.

        A (kind, writer, number) that is already here is counted and not stored again; if it comes with
        another content, that content is kept as a record of kind ``conflict``. Raises LedgerError, with
        nothing stored, when a record cannot be written down or the disk refuses; the same call may then be
        made again.
        """
        for record in records:
            if isinstance(record.kind, str) and record.kind in OWN_KINDS:
                raise LedgerError(f"kind {record.kind!r} is the ledger's own")
        self._begin_segment()
        batch = self._batch_of(records)
        fault = self._commit(batch, HEAD) if batch.rows else None
        self.duplicates += batch.duplicates
        self.conflicts += batch.conflicts
        return AppendResult(
            batch.stored, batch.duplicates, batch.conflicts, self._state.records, self.head()[1], fault
        )

    def next_expected(self, kind: str, writer: str) -> int:
        """Every number of (``kind``, ``writer``) below this one is durable, or was declared lost."""
        settled = self._state.settled.get((kind, writer))
        return settled.next_expected if settled else 0

    def missing(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Per (kind, writer) the numbers (first, last) that have neither come nor been declared lost."""
        return {
            key: gaps
            for key, settled in self._state.settled.items()
            if key[0] != LOST and (gaps := settled.missing())
        }

    def head(self) -> tuple[int, str]:
        """(number of records, mac of the last one as hex)."""
        return self._state.records, self._state.chain.head.hex()

    @property
    def anchor(self) -> Anchor | None:
        """The last anchor that was written."""
        return self._anchors.last

    def size(self) -> int:
        """Bytes of the file that is written now."""
        with store.translated(self.path):
            pages, each = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
        return int(pages * each)

    def seal(self) -> bool:
        """Seals the file that is written and goes on in a new one; False where that must wait for a reader.

        The chain does not notice. Whatever interrupts it, the next opening goes on. Raises LedgerError where the disk
        refuses; a new file that could not be begun is begun by the next commit.
        """
        if not self._begun or len(segments.sealed(self.path)) >= segments.MOST:
            return False
        with store.translated(self.path):
            if not store.leave_wal(self._db):
                return False
        try:
            self._anchor(HEAD, sync=True)
        except LedgerError:
            self._db.execute("PRAGMA journal_mode = WAL")
            raise
        self._move_on()
        return True

    def _move_on(self) -> None:
        """The file becomes a sealed one; a new one takes its place."""
        self._db.close()
        try:
            self.path.rename(segments.next_name(self.path))
            sync_folder(self.path)
        except OSError as error:
            raise LedgerError(f"{self.path}: cannot be sealed: {error.strerror or error}") from error
        finally:
            self._db = store.connect_writer(self.path)
            self._begun = not store.is_empty(self._db)
        self._begin_segment()

    def _begin_segment(self) -> None:
        """Writes the first record of a file that is not the first, where it has none yet."""
        if self._begun:
            return
        body = opening.segment_body(self._state, self._key, shadow=self._shadow)
        self._commit(self._batch_of([self._own(SEGMENT, body)]), HEAD)

    def tombstone(self, body: dict[str, Any]) -> None:
        """Writes down that records are gone: ``first``, ``last``, the last one's mac ``head``, ``cause``, ``facts``."""
        self._begin_segment()
        self._commit(self._batch_of([self._own(TOMBSTONE, body)]), HEAD)
        self._anchor(HEAD, sync=True)

    def close(self) -> None:
        """Writes the closing record and anchor and lets go of the ledger; a second call does nothing."""
        if self._lock is None:
            return
        try:
            self._begin_segment()
            body = {"duplicates": self.duplicates, "conflicts": self.conflicts, "wall_time": time.time()}
            self._commit(self._batch_of([self._own(CLOSE, body)]), CLOSED)
        finally:
            self._db.close()
            self._anchors.close()
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _own(self, kind: str, body: dict[str, Any]) -> Record:
        known = self._state.stored.get((kind, self.ledger_id))
        return Record(kind, self.ledger_id, known.end if known else 0, time.time(), None, None, body)

    def _batch_of(self, records: Sequence[Record]) -> Batch:
        batch = Batch(self._state, self._provenance, self._body_of, self._conflicting)
        with store.translated(self.path):
            return batch.take_all(records)

    def _body_of(self, key: tuple[str, str, int]) -> str | None:
        sql = "SELECT body FROM record WHERE kind = ? AND writer = ? AND number = ?"
        if (found := self._db.execute(sql, key).fetchone()) is not None:
            return str(found[0])
        return segments.body_in(segments.sealed(self.path), key)

    def _commit(self, batch: Batch, event: str) -> str | None:
        """Makes ``batch`` durable, counts it, anchors it; returns why no anchor could be written."""
        try:
            with store.translated(self.path):
                self._db.execute("BEGIN IMMEDIATE")
                if not self._begun:
                    store.create(self._db)
                self._db.executemany(store.insert(), batch.rows)
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.rollback()
            batch.give_up()
            raise
        self._begun = True
        self._conflicting |= batch.fresh
        for row in batch.rows:
            self._count(row)
        self._state.records += len(batch.rows)
        self._commits += 1
        try:
            self._anchor(event, sync=event != HEAD or self._commits % SYNC_ANCHORS_EVERY == 0)
        except LedgerError as error:
            if event != HEAD:
                raise
            return str(error)
        return None

    def _count(self, row: tuple[Any, ...]) -> None:
        _, kind, writer, number = row[:4]
        for known in (self._state.stored, self._state.settled):
            known.setdefault((kind, writer), Ranges()).add(number, number + 1)
        if kind == LOST:
            of, lost_writer, first, last = lost_numbers(writer, row[-2])
            self._state.settled.setdefault((of, lost_writer), Ranges()).add(first, last + 1)

    def _anchor(self, event: str, *, sync: bool) -> None:
        self._anchors.append(event, self.ledger_id, self._state.records, self._state.chain.head, sync=sync)
