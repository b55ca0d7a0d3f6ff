"""Checking a ledger against its key and its anchors: is every record there, unchanged and in its place?"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from . import segments, store
from .anchors import CLOSED
from .chain import Chain, key_id
from .known import Known
from .record import MISSHAPEN, OPEN, SEGMENT, Row
from .segments import Hole


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

    ``anchors`` holds anchors of this ledger that were kept elsewhere, all of them or some. These are held in memory,
    its own are not: a ledger may have millions. Raises LedgerError for what is no ledger at all (missing, foreign,
    written by a newer version) and for anchors that are not there.
    """
    path = Path(path)
    if anchors is not None and not Path(anchors).is_file():
        raise LedgerError(f"{anchors}: the anchors cannot be read: no such file")
    known, result = Known(path, key, anchors), VerifyResult(str(path))
    if known.problem is None:
        _check(path, key, known, result)
        known.finish()
    if known.problem is not None:
        result = VerifyResult(str(path))
        _count_sound(path, key, result)
        return result.fail(result.first_bad, f"{known.problem}: another key, or the anchors were changed")
    result.anchors = known.count
    return result


def _count_sound(path: Path, key: bytes, result: VerifyResult) -> None:
    """With anchors of no use: which is the first record that does not fit by itself?"""
    try:
        walk(path, key, None, result)
    except (LedgerError, *store.DAMAGED):
        result.first_bad = result.records + 1


def _check(path: Path, key: bytes, known: Known, result: VerifyResult) -> None:
    try:
        if problem := layouts_problem(path):
            if known.first is None:
                raise LedgerError(problem)
            result.fail(None, f"the file itself was changed: {problem}")
            return
        walk(path, key, known, result)
        known.finish()
        if result.sound:
            _check_end(path, known, result)
    except store.DAMAGED as error:
        if known.first is None:
            raise LedgerError(f"{path}: {store.explain(error)}") from error
        result.fail(result.records + 1, f"record {result.records + 1} cannot be read: {store.explain(error)}")


def _check_end(path: Path, known: Known, result: VerifyResult) -> None:
    """The chain holds as far as it goes: does it go far enough, and are its files whole?"""
    last, own = known.last, known.own
    if last is None:
        result.fail(result.records + 1, "the anchors are missing, so a cut end could not be seen")
    elif last.records > result.records:
        first, end = result.records + 1, last.records
        result.fail(first, f"records {first} to {end} are gone: an anchor knows {end} records")
    elif damage := damage_in(path):
        result.fail(None, f"the file is damaged: {damage}")
    elif own is not None and own.event == CLOSED and last.records == result.records:
        result.closed = True
    else:
        result.notes.append("not closed: it is being written, or its writer was killed")


def layouts_problem(path: Path) -> str | None:
    """What is wrong with the layout of one of the ledger's files, or None."""
    for file in segments.files(path):
        with closing(store.connect_reader(file)) as db:
            if problem := store.layout_problem(db):
                return f"{file}: {problem}"
    return None


def damage_in(path: Path) -> str | None:
    """What SQLite finds damaged in the ledger's files, or None."""
    for file in segments.files(path):
        with closing(store.connect_reader(file)) as db:
            if (found := db.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                return f"{file.name}: {found}"
    return None


def walk(path: Path, key: bytes, known: Known | None, result: VerifyResult) -> None:
    """Follows the chain through every file, from its first record; stops at the first that is wrong."""
    steps = _Steps(key, known, _holes_of(path), result)
    for file in segments.files(path):
        with closing(store.connect_reader(file)) as db:
            for row, mac in store.rows(db):
                if not steps.take(row, mac):
                    return
    steps.end()


def _holes_of(path: Path) -> dict[int, list[Hole]]:
    found: dict[int, list[Hole]] = {}
    for file in segments.files(path):
        with closing(store.connect_reader(file)) as db:
            for hole in segments.holes(db):
                found.setdefault(hole.first, []).append(hole)
    return found


class _Steps:
    """One walk along the chain.

    A hole that a tombstone explains is stepped over with the mac that it gives. The tombstone is a record like any
    other, so only who has the key can have written it.
    """

    def __init__(
        self, key: bytes, known: Known | None, holes: dict[int, list[Hole]], result: VerifyResult
    ) -> None:
        self._key, self._holes, self._result = key, holes, result
        self._named = known.first.ledger_id if known is not None and known.first is not None else None
        self._pending = iter(known or ())
        self._anchor = next(self._pending, None)
        self._chain: Chain | None = None
        self._crossed: list[Hole] = []

    def take(self, row: Row, mac: bytes) -> bool:
        """The next record; False ends the walk."""
        result = self._result
        if self._chain is None and not self._begin(row):
            return False
        assert self._chain is not None
        if row[0] != result.records + 1 and not self._cross(row[0]):
            first = result.records + 1
            if result.sound:  # or it is said already which anchor is against the tombstone
                result.fail(first, f"record {first} is missing, the next one is {row[0]}")
            return False
        if not self._chain.fits(row, mac):
            result.fail(row[0], f"record {row[0]} ({row[1]} {row[3]}) was changed, or does not belong here")
            return False
        result.records += 1
        return self._skip()

    def end(self) -> None:
        """After the last record."""
        result = self._result
        result.head = self._chain.head.hex() if self._chain else ""
        for hole in self._crossed:
            result.notes.append(f"records {hole.first} to {hole.last} are gone: {hole.cause}")

    def _begin(self, row: Row) -> bool:
        result = self._result
        result.ledger_id, problem = _opening(row, self._key, self._named)
        if problem:
            result.fail(1, problem)
            return False
        self._chain = Chain.of(self._key, result.ledger_id)
        return self._skip()

    def _cross(self, target: Any) -> bool:
        """Step over tombstoned records up to ``target``; False where one of them is not explained."""
        assert self._chain is not None
        while (hole := self._hole_before(target)) is not None:
            self._chain.head = bytes.fromhex(hole.head)
            self._result.records = hole.last
            self._crossed.append(hole)
            while self._anchor is not None and self._anchor.records < hole.last:
                self._anchor = next(self._pending, None)
            if not self._skip():
                return False
            if hole.last + 1 == target:
                return True
        return False

    def _hole_before(self, target: Any) -> Hole | None:
        """The largest hole that begins with the next record and ends before ``target``."""
        known = self._holes.get(self._result.records + 1, [])
        fits = [one for one in known if isinstance(target, int) and one.first <= one.last < target]
        return max(fits, key=lambda one: one.last, default=None)

    def _skip(self) -> bool:
        """Checks the anchors that speak of exactly as many records as there were; False where one disagrees."""
        result, chain, anchor = self._result, self._chain, self._anchor
        assert chain is not None
        while anchor is not None and anchor.records <= result.records:
            if anchor.head != chain.head.hex() or anchor.ledger_id != result.ledger_id:
                result.fail(
                    max(anchor.records, 1), f"record {anchor.records} is not the one that was anchored"
                )
                return False
            anchor = self._anchor = next(self._pending, None)
        return True


def _opening(row: Row, key: bytes, named: str | None) -> tuple[str, str | None]:
    """The id by the first record that there is, and what is wrong with that; ``named``: the id in the anchors."""
    number = row[0]
    try:
        body = json.loads(row[-1])
        ledger_id, named_key = str(body["ledger_id"]), str(body["key_id"])
    except MISSHAPEN:
        if named is not None and number != 1:
            return named, None
        return "", f"record {number} is no opening record"
    if row[1] not in (OPEN, SEGMENT):
        return "", f"record {number} is no opening record"
    if named_key != key_id(key):
        return (
            ledger_id,
            f"record {number} was made with the key {named_key}, not with the given one ({key_id(key)})",
        )
    if named is not None and named != ledger_id:
        return ledger_id, f"record {number} opens ledger {ledger_id}, the anchors are of {named}"
    return ledger_id, None
