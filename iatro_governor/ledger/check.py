"""Checking a ledger against its key and its anchors: is every record there, unchanged and in its place?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from . import store
from .anchors import CLOSED, Anchor, anchors_path, read_anchors
from .chain import Chain, key_id
from .record import OPEN, Row


@dataclass(slots=True)
class VerifyResult:
    """What a check found; ``first_bad`` is the id of the first record that is wrong or missing, from 1."""

    path: str
    sound: bool = True
    records: int = 0
    head: str = ""
    ledger_id: str = ""
    first_bad: int | None = None
    problem: str | None = None
    anchors: int = 0
    closed: bool = False
    notes: list[str] = field(default_factory=list)

    def fail(self, first_bad: int | None, problem: str) -> VerifyResult:
        """Marks the ledger as unsound."""
        self.sound, self.closed, self.first_bad, self.problem = False, False, first_bad, problem
        return self

    def to_json(self) -> dict[str, Any]:
        """The result as JSON data."""
        return asdict(self)


def verify(path: str | Path, key: bytes, *, anchors: str | Path | None = None) -> VerifyResult:
    """Checks every record of the ledger ``path``, against its own anchors and those in the file ``anchors``.

    ``anchors`` holds anchors of this ledger that were kept elsewhere, all of them or some. Raises LedgerError for
    what is no ledger at all (missing, foreign, written by a newer version) and for anchors that are not there.
    """
    path = Path(path)
    result = VerifyResult(str(path))
    beside = anchors_path(path)
    try:
        known = list(read_anchors(beside, key)) if beside.is_file() else []
        own = known[-1] if known else None
        if anchors is not None:
            known += read_anchors(Path(anchors), key, whole=False)
    except LedgerError as error:
        if anchors is not None and not Path(anchors).is_file():
            raise
        _count_sound(path, key, result)
        return result.fail(result.first_bad, f"{error}: another key, or the anchors were changed")
    known.sort(key=lambda anchor: anchor.records)
    result.anchors = len(known)
    result.closed = own is not None and own.event == CLOSED
    db = store.connect_reader(path)
    try:
        _check(db, key, known, result)
    except sqlite3.Error as error:
        if not known:
            raise LedgerError(f"{path}: {store.explain(error)}") from error
        result.fail(result.records + 1, f"record {result.records + 1} cannot be read: {store.explain(error)}")
    finally:
        db.close()
    return result


def _count_sound(path: Path, key: bytes, result: VerifyResult) -> None:
    """With anchors of no use: which is the first record that does not fit by itself?"""
    db = store.connect_reader(path)
    try:
        _walk(db, key, [], result)
    except sqlite3.Error:
        result.first_bad = result.records + 1
    finally:
        db.close()


def _check(db: sqlite3.Connection, key: bytes, known: list[Anchor], result: VerifyResult) -> None:
    if problem := store.layout_problem(db):
        if not known:
            raise LedgerError(f"{result.path}: {problem}")
        result.fail(None, f"the file itself was changed: {problem}")
        return
    _walk(db, key, known, result)
    if not result.sound:
        return
    if not known:
        result.fail(result.records + 1, "the anchors are missing, so a cut end could not be seen")
    elif known[-1].records > result.records:
        _cut(known[-1], result)
    elif (damage := db.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
        result.fail(None, f"the file is damaged: {damage}")
    elif not result.closed or known[-1].records != result.records:
        result.closed = False
        result.notes.append("not closed: it is being written, or its writer was killed")


def _cut(last: Anchor, result: VerifyResult) -> None:
    first = result.records + 1
    result.fail(first, f"records {first} to {last.records} are gone: an anchor knows {last.records} records")


def _walk(db: sqlite3.Connection, key: bytes, known: list[Anchor], result: VerifyResult) -> None:
    """Follows the chain from its first record; stops at the first that is wrong."""
    pending = iter(known)
    anchor = next(pending, None)
    chain: Chain | None = None
    for row, mac in store.rows(db):
        if chain is None:
            result.ledger_id, problem = _opening(row, key, known)
            if problem:
                result.fail(1, problem)
                return
            chain = Chain.of(key, result.ledger_id)
            anchor = _skip(anchor, pending, 0, chain, result)
        if row[0] != result.records + 1:
            result.fail(
                result.records + 1, f"record {result.records + 1} is missing, the next one is {row[0]}"
            )
            return
        if not chain.fits(row, mac):
            result.fail(row[0], f"record {row[0]} ({row[1]} {row[3]}) was changed, or does not belong here")
            return
        result.records += 1
        anchor = _skip(anchor, pending, result.records, chain, result)
        if not result.sound:
            return
    result.head = chain.head.hex() if chain else ""


def _opening(row: Row, key: bytes, known: list[Anchor]) -> tuple[str, str | None]:
    """The ledger's id by its first record, and what is wrong with that record."""
    try:
        body = json.loads(row[-1])
        ledger_id, named_key = str(body["ledger_id"]), str(body["key_id"])
    except (ValueError, KeyError, TypeError):
        return "", "record 1 is no opening record"
    if row[1] != OPEN:
        return "", "record 1 is no opening record"
    if named_key != key_id(key):
        return (
            ledger_id,
            f"record 1 was made with the key {named_key}, not with the given one ({key_id(key)})",
        )
    if known and known[0].ledger_id != ledger_id:
        return ledger_id, f"record 1 opens ledger {ledger_id}, the anchors are of {known[0].ledger_id}"
    return ledger_id, None


def _skip(
    anchor: Anchor | None, pending: Iterator[Anchor], records: int, chain: Chain, result: VerifyResult
) -> Anchor | None:
    """Checks the anchors that speak of exactly ``records`` records and returns the next one."""
    while anchor is not None and anchor.records <= records:
        if (
            anchor.records < records
            or anchor.head != chain.head.hex()
            or anchor.ledger_id != result.ledger_id
        ):
            result.fail(max(anchor.records, 1), f"record {anchor.records} is not the one that was anchored")
            return anchor
        anchor = next(pending, None)
    return anchor
