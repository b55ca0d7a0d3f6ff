"""How a writer takes up a ledger: a new one, one that goes on, or one whose last file was just sealed."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ChainBroken
from . import segments, store
from .anchors import CREATED, Anchor, AnchorLog, anchors_path
from .chain import Chain, key_id
from .record import Provenance
from .segments import Numbers


@dataclass(slots=True)
class State:
    """Where a chain stands: its id, its number of records, and the numbers that it knows."""

    ledger_id: str
    chain: Chain
    records: int
    stored: Numbers
    settled: Numbers


def session_body(
    state: State, key: bytes, by: Provenance, *, clean: bool, shadow: bool, afterwards: bool
) -> dict[str, Any]:
    """What the record that opens a session says."""
    body = {
        "schema": store.SCHEMA, "ledger_id": state.ledger_id, "key_id": key_id(key), "context": by.context,
        "software_version": by.software_version, "wall_time": time.time(), "resumed_at": state.records,
        "clean": clean,
    }  # fmt: skip
    told = {"shadow": shadow, "afterwards": afterwards}
    return {**body, **{name: True for name, so in told.items() if so}}


def segment_body(state: State, key: bytes, *, shadow: bool) -> dict[str, Any]:
    """What the first record of a file says that is not the ledger's first; ``shadow``: of the session that goes on."""
    body = {
        "ledger_id": state.ledger_id, "key_id": key_id(key), "schema": store.SCHEMA,
        "previous": state.chain.head.hex(), "stored": segments.carried(state.stored),
        "settled": segments.carried(state.settled), "wall_time": time.time(),
    }  # fmt: skip
    return {**body, "shadow": True} if shadow else body


def created(path: Path, key: bytes, anchors: AnchorLog) -> State:
    """A chain without a record. Raises ChainBroken where anchors know of some."""
    last = anchors.last
    if last is not None and last.records > 0:
        raise ChainBroken(
            1, f"{path}: its anchors know {last.records} records, but the file is empty or gone"
        )
    ledger_id = last.ledger_id if last else secrets.token_hex(16)
    chain = Chain.of(key, ledger_id)
    if last is None:  # first of all, so that no record can ever be without an anchors file
        anchors.append(CREATED, ledger_id, 0, chain.head, sync=True)
    return State(ledger_id, chain, 0, {}, {})


def resumed(path: Path, db: sqlite3.Connection, key: bytes, last: Anchor | None) -> State:
    """The chain at the end of the file ``db``; everything after the last anchor is checked.

    Raises ChainBroken where it, or a record, does not fit.
    """
    if last is None:
        raise ChainBroken(1, f"{anchors_path(path)}: the anchors are missing; is this the right folder?")
    start = segments.start_of(db, path)
    head = _head_at(db, start, key, last)
    if head is None or head.hex() != last.head:
        raise ChainBroken(last.records, f"{path}: record {last.records} is not the one that was anchored")
    state = State(last.ledger_id, Chain(key, head), last.records, {}, {})
    for row, mac in store.rows(db, last.records + 1):
        state.records += 1
        if not state.chain.fits(row, mac):
            raise ChainBroken(row[0], f"{path}: record {row[0]} does not fit the chain")
    stored, settled = store.numbers(db)
    state.stored = segments.merged(start.stored, stored)
    state.settled = segments.merged(start.settled, settled)
    return state


def continued(path: Path, sealed: Path, key: bytes, last: Anchor | None) -> State:
    """The chain at the end of the last sealed segment, where the file after it was never begun.

    Raises ChainBroken where the anchors know of a file after it.
    """
    with closing(store.connect_reader(sealed)) as db:
        if problem := store.layout_problem(db):
            raise ChainBroken(1, f"{sealed}: {problem}")
        state = resumed(sealed, db, key, last)
    assert last is not None  # resumed() has refused that
    if state.records != last.records:
        raise ChainBroken(
            state.records, f"{path}: it is gone, or {sealed.name} was not sealed by this program"
        )
    return state


def leftovers(paths: Iterable[Path], gone: list[segments.Hole]) -> list[tuple[Path, int]]:
    """The sealed files whose tombstone is written and that only a crash has left there, each with its last record."""
    found = []
    for path in paths:
        with store.translated(path), closing(store.connect_reader(path)) as db:
            first, last = db.execute("SELECT min(id), max(id) FROM record").fetchone()
        if first is not None and any(hole.first <= first and last <= hole.last for hole in gone):
            found.append((path, int(last)))
    return found


def mac_in(path: Path, record: int) -> bytes:
    """The mac of one record of the file ``path``."""
    with store.translated(path), closing(store.connect_reader(path)) as db:
        return bytes(db.execute("SELECT mac FROM record WHERE id = ?", (record,)).fetchone()[0])


def _head_at(db: sqlite3.Connection, start: segments.Start, key: bytes, last: Anchor) -> bytes | None:
    if last.records == start.records:
        return Chain.of(key, last.ledger_id).head if start.head is None else start.head
    found = db.execute("SELECT mac FROM record WHERE id = ?", (last.records,)).fetchone()
    return found[0] if found else None
