"""The files of one ledger: sealed segments, oldest first, and the file that is written now, as one chain.

A ledger that has grown too large, or was begun by an older version, is sealed: ``ledger.db`` becomes
``ledger.000001.db``, and a new ``ledger.db`` goes on where it ended. Its first record carries what the writer must know
of the files before it, so that those can be retired.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from . import store
from .ranges import Ranges
from .record import MISSHAPEN, SEGMENT, TOMBSTONE

MOST = 8
"""Files of one ledger that may be sealed: with the one that is written, and one more after a recovery, as many as
SQLite reads at once. Beyond that the file that is written just grows."""

Numbers = dict[tuple[str, str], Ranges]


def sealed(path: Path) -> list[Path]:
    """The sealed segments of the ledger ``path``, oldest first."""
    pattern = re.compile(re.escape(path.stem) + r"\.(\d{6})" + re.escape(path.suffix))
    try:
        found = [one for one in path.parent.iterdir() if pattern.fullmatch(one.name)]
    except OSError:
        return []
    return sorted(found)


def files(path: Path) -> list[Path]:
    """Every file of the ledger ``path``, oldest first; the last one is the one that is written."""
    return [*sealed(path), path]


def next_name(path: Path) -> Path:
    """What the file that is written is called once it is sealed."""
    before = sealed(path)
    number = int(before[-1].name[: -len(path.suffix) or None].rpartition(".")[2]) if before else 0
    return name(path, number + 1)


def name(path: Path, number: int) -> Path:
    """The ``number``-th sealed segment of the ledger ``path``."""
    return path.with_name(f"{path.stem}.{number:06d}{path.suffix}")


@dataclass(frozen=True, slots=True)
class Hole:
    """Records ``first..last`` that are not there any more, on purpose; ``head`` (hex) is the mac of the last one."""

    first: int
    last: int
    head: str
    cause: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The body of its tombstone."""
        return {**asdict(self), "facts": dict(self.facts)}


def holes(db: sqlite3.Connection) -> list[Hole]:
    """What the tombstones say is gone, each once; only a walk along the chain shows that they are genuine.

    Records that were retired are not lost, whatever a later tombstone says of just the same ones.
    """
    found: dict[tuple[int, int], Hole] = {}
    for (text,) in db.execute("SELECT body FROM record WHERE kind = ? ORDER BY id", (TOMBSTONE,)):
        hole = hole_of(text)
        if hole is not None and (hole.facts or (hole.first, hole.last) not in found):
            found[hole.first, hole.last] = hole
    return list(found.values())


def hole_of(text: Any) -> Hole | None:
    """What the body of one tombstone says; None where it is not as the writer makes them: it explains nothing."""
    try:
        body = json.loads(text)
        return Hole(*(of(body[name]) for name, of in _HOLE.items()))
    except MISSHAPEN:
        return None


def _hex(text: str) -> str:
    return bytes.fromhex(text).hex()


_HOLE: dict[str, Any] = {"first": int, "last": int, "head": _hex, "cause": str, "facts": dict}


def outermost(found: list[Hole]) -> list[Hole]:
    """``found`` without those that a later one includes."""
    return [
        one
        for one in found
        if not any(other != one and other.first <= one.first and one.last <= other.last for other in found)
    ]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a file takes up the chain: after ``records`` records, the last with the mac ``head`` (None: at none)."""

    records: int
    head: bytes | None
    stored: Numbers
    settled: Numbers


def start_of(db: sqlite3.Connection, path: Path) -> Start:
    """Where the file ``db`` takes up the chain. Raises LedgerError where its first record does not say."""
    first = db.execute("SELECT id, kind, body FROM record ORDER BY id LIMIT 1").fetchone()
    if first is None or first[1] != SEGMENT:
        return Start(0, None, {}, {})
    try:
        body = json.loads(first[2])
        head = bytes.fromhex(body["previous"])
        return Start(int(first[0]) - 1, head, *(_numbers(body[name]) for name in ("stored", "settled")))
    except MISSHAPEN as error:
        raise LedgerError(
            f"{path}: its first record does not say where the chain goes on: {error!r}"
        ) from error


def carried(numbers: Numbers) -> list[list[Any]]:
    """``numbers`` as the first record of a segment holds them."""
    return [[kind, writer, known.spans()] for (kind, writer), known in sorted(numbers.items())]


def _numbers(rows: list[list[Any]]) -> Numbers:
    found: Numbers = {}
    for kind, writer, spans in rows:
        known = found.setdefault((str(kind), str(writer)), Ranges())
        for first, end in spans:
            known.add(int(first), int(end))
    return found


def merged(one: Numbers, other: Numbers) -> Numbers:
    """The numbers of both."""
    both = {key: known.copy() for key, known in one.items()}
    for key, known in other.items():
        mine = both.setdefault(key, Ranges())
        for first, end in known.spans():
            mine.add(first, end)
    return both


def body_in(paths: list[Path], key: tuple[str, str, int]) -> str | None:
    """The body's text of one record of the files ``paths``, newest first; None where none has it."""
    for path in reversed(paths):
        with store.translated(path), closing(store.connect_reader(path)) as db:
            found = db.execute(
                "SELECT body FROM record WHERE kind = ? AND writer = ? AND number = ?", key
            ).fetchone()
        if found is not None:
            return str(found[0])
    return None
