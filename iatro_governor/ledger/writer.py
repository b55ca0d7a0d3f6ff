"""The ledger's only writer: one durable, idempotent group commit at a time."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import ChainBroken, LedgerError
from . import store
from .anchors import CLOSED, CREATED, HEAD, OPENED, AnchorLog, anchors_path
from .chain import Chain, key_id
from .lock import take
from .ranges import Ranges
from .record import CLOSE, CONFLICT, LOST, OPEN, OWN_KINDS, Record, Row, canonical, lost_numbers, row_of

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


@dataclass(slots=True)
class _Batch:
    """One commit in the making, thrown away as a whole if it fails; ``head`` is the chain's before it."""

    head: bytes
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    seen: dict[tuple[str, str, int], str] = field(default_factory=dict)
    stored: int = 0
    duplicates: int = 0
    conflicts: int = 0


class Ledger:
    """A ledger open for writing. Not for use by two threads at once; a second process is refused."""

    def __init__(
        self, path: Path, db: sqlite3.Connection, lock: int, chain: Chain, anchors: AnchorLog
    ) -> None:
        """For :meth:`open` only."""
        self.path = path
        self.ledger_id = ""
        self.context = ""
        self.duplicates = 0
        self.conflicts = 0
        self._db, self._lock, self._chain, self._anchors = db, lock, chain, anchors
        self._conflicting: set[bytes] = set()
        self._records = 0
        self._commits = 0
        self._stored: dict[tuple[str, str], Ranges] = {}
        self._settled: dict[tuple[str, str], Ranges] = {}

    @classmethod
    def open(
        cls, path: str | Path, *, key: bytes, context: str, software_version: str, shadow: bool = False
    ) -> Ledger:
        """Creates the ledger ``path`` or continues it.

        ``context`` (field, simulation, evaluation) goes into every record of this session; ``shadow``, that
        nothing was enforced in it, into the record that opens it. Raises LedgerError
        when another writer has it, the file is no ledger or newer than this program, or the disk refuses;
        ChainBroken when its end does not fit the key and its anchors.
        """
        path = Path(path).absolute()
        with ExitStack() as undo:
            lock = take(path, "ledger")
            undo.callback(os.close, lock)
            db = store.connect_writer(path)
            undo.callback(db.close)
            anchors = AnchorLog(anchors_path(path), key)
            undo.callback(anchors.close)
            ledger = cls(path, db, lock, Chain(key, b""), anchors)
            with store.translated(path):
                ledger._start(key, context, software_version, shadow)
            undo.pop_all()
        return ledger

    def _start(self, key: bytes, context: str, software_version: str, shadow: bool) -> None:
        new = store.is_empty(self._db)
        if new:
            self._create(key)
        else:
            self._resume(key)
        last = self._anchors.last
        opening = {
            "schema": store.SCHEMA, "ledger_id": self.ledger_id, "key_id": key_id(key), "context": context,
            "software_version": software_version, "wall_time": time.time(), "resumed_at": self._records,
            "clean": new or (last is not None and last.event == CLOSED),
        }  # fmt: skip
        if shadow:
            opening["shadow"] = True
        self.context = context
        self._commit(self._batch_of([self._own(OPEN, opening)]), OPENED, create=new)

    def _create(self, key: bytes) -> None:
        last = self._anchors.last
        if last is not None and last.records > 0:
            raise ChainBroken(
                1, f"{self.path}: its anchors know {last.records} records, but the file is empty or gone"
            )
        self.ledger_id = last.ledger_id if last else secrets.token_hex(16)
        self._chain = Chain.of(key, self.ledger_id)
        if last is None:  # first of all, so that no record can ever be without an anchors file
            self._anchors.append(CREATED, self.ledger_id, 0, self._chain.head, sync=True)

    def _resume(self, key: bytes) -> None:
        """Takes up the chain where it ended and checks everything after the last anchor."""
        anchor = self._anchors.last
        if anchor is None:
            raise ChainBroken(
                1, f"{anchors_path(self.path)}: the anchors are missing; is this the right folder?"
            )
        self.ledger_id = anchor.ledger_id
        start = Chain.of(key, self.ledger_id).head if anchor.records == 0 else self._mac_of(anchor.records)
        if start is None or start.hex() != anchor.head:
            raise ChainBroken(
                anchor.records, f"{self.path}: record {anchor.records} is not the one that was anchored"
            )
        self._chain, self._records = Chain(key, start), anchor.records
        for row, mac in store.rows(self._db, anchor.records + 1):
            self._records += 1
            if row[0] != self._records or not self._chain.fits(row, mac):
                raise ChainBroken(row[0], f"{self.path}: record {row[0]} does not fit the chain")
        self._stored, self._settled = store.numbers(self._db)

    def _mac_of(self, record: int) -> bytes | None:
        found = self._db.execute("SELECT mac FROM record WHERE id = ?", (record,)).fetchone()
        return found[0] if found else None

    def append(self, records: Sequence[Record]) -> AppendResult:
        """Stores ``records`` in this order, in one commit that is on the disk when this returns.

        A (kind, writer, number) that is already here is counted and not stored again; if it comes with
        another content, that content is kept as a record of kind ``conflict``. Raises LedgerError, with
        nothing stored, when a record cannot be written down or the disk refuses; the same call may then be
        made again.
        """
        for record in records:
            if record.kind in OWN_KINDS:
                raise LedgerError(f"kind {record.kind!r} is the ledger's own")
        batch = self._batch_of(records)
        fault = self._commit(batch, HEAD) if batch.rows else None
        self.duplicates += batch.duplicates
        self.conflicts += batch.conflicts
        return AppendResult(
            batch.stored, batch.duplicates, batch.conflicts, self._records, self._chain.head.hex(), fault
        )

    def next_expected(self, kind: str, writer: str) -> int:
        """Every number of (``kind``, ``writer``) below this one is durable, or was declared lost."""
        settled = self._settled.get((kind, writer))
        return settled.next_expected if settled else 0

    def missing(self) -> dict[tuple[str, str], list[tuple[int, int]]]:
        """Per (kind, writer) the numbers (first, last) that have neither come nor been declared lost."""
        return {
            key: gaps
            for key, settled in self._settled.items()
            if key[0] != LOST and (gaps := settled.missing())
        }

    def head(self) -> tuple[int, str]:
        """(number of records, mac of the last one as hex)."""
        return self._records, self._chain.head.hex()

    def close(self) -> None:
        """Writes the closing record and anchor and lets go of the ledger; a second call does nothing."""
        if self._lock < 0:
            return
        try:
            body = {"duplicates": self.duplicates, "conflicts": self.conflicts, "wall_time": time.time()}
            self._commit(self._batch_of([self._own(CLOSE, body)]), CLOSED)
        finally:
            self._db.close()
            self._anchors.close()
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _own(self, kind: str, body: dict[str, Any]) -> Record:
        number = len(self._stored.get((kind, self.ledger_id), ()))
        return Record(kind, self.ledger_id, number, time.time(), None, None, body)

    def _batch_of(self, records: Sequence[Record]) -> _Batch:
        batch = _Batch(self._chain.head)
        try:
            with store.translated(self.path):
                for record in records:
                    self._take(batch, record)
        except BaseException:
            self._chain.head = batch.head
            raise
        return batch

    def _take(self, batch: _Batch, record: Record) -> None:
        row = row_of(record, self._records + len(batch.rows) + 1, self.context)
        if record.kind == LOST:
            lost_numbers(row[2], row[-1])
        key = row[1:4]
        known = batch.seen.get(key) or self._body_of(key)
        if known is None:
            batch.seen[key] = row[-1]
            batch.stored += 1
            self._link(batch, row)
        elif known == row[-1]:
            batch.duplicates += 1
        else:
            self._keep_conflict(batch, record)

    def _keep_conflict(self, batch: _Batch, record: Record) -> None:
        """The number is taken by another content: evidence, so it is kept once, under a number of ours."""
        count = len(self._stored.get((CONFLICT, self.ledger_id), ())) + batch.conflicts
        body = {"kind": record.kind, "writer": record.writer, "number": record.number, "body": record.body}
        digest = hashlib.sha256(canonical(body).encode()).digest()
        if digest in self._conflicting:
            batch.duplicates += 1
            return
        self._conflicting.add(digest)
        own = Record(CONFLICT, self.ledger_id, count, record.t, record.plan_id, record.channel, body)
        batch.conflicts += 1
        self._link(batch, row_of(own, self._records + len(batch.rows) + 1, self.context))

    def _body_of(self, key: tuple[str, str, int]) -> str | None:
        stored = self._stored.get(key[:2])
        if stored is None or key[2] not in stored:
            return None
        found = self._db.execute("SELECT body FROM record WHERE kind = ? AND writer = ? AND number = ?", key)
        return str(found.fetchone()[0])

    def _link(self, batch: _Batch, row: Row) -> None:
        batch.rows.append((*row, self._chain.link(row)))

    def _commit(self, batch: _Batch, event: str, *, create: bool = False) -> str | None:
        """Makes ``batch`` durable, counts it, anchors it; returns why no anchor could be written."""
        try:
            with store.translated(self.path):
                self._db.execute("BEGIN IMMEDIATE")
                if create:
                    store.create(self._db)
                self._db.executemany(
                    f"INSERT INTO record ({store.COLUMNS}, mac) VALUES ({'?, ' * 9}?)", batch.rows
                )
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.rollback()
            self._chain.head = batch.head
            raise
        for row in batch.rows:
            self._count(row)
        self._records += len(batch.rows)
        self._commits += 1
        return self._anchor(event)

    def _count(self, row: tuple[Any, ...]) -> None:
        _, kind, writer, number = row[:4]
        for known in (self._stored, self._settled):
            known.setdefault((kind, writer), Ranges()).add(number, number + 1)
        if kind == LOST:
            of, lost_writer, first, last = lost_numbers(writer, row[8])
            self._settled.setdefault((of, lost_writer), Ranges()).add(first, last + 1)

    def _anchor(self, event: str) -> str | None:
        sync = event != HEAD or self._commits % SYNC_ANCHORS_EVERY == 0
        try:
            self._anchors.append(event, self.ledger_id, self._records, self._chain.head, sync=sync)
        except LedgerError as error:
            if event != HEAD:
                raise
            return str(error)
        return None
