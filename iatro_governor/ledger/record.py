"""What a ledger holds: records, their canonical text, and the text that the chain covers."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from typing import Any

from ..errors import LedgerError

# Kinds that the ledger writes about itself; a caller may append LOST, the others are refused.
OPEN, CLOSE, CONFLICT, LOST = "open", "close", "conflict", "lost"
SEGMENT, TOMBSTONE = "segment", "tombstone"
OWN_KINDS = frozenset({OPEN, CLOSE, CONFLICT, SEGMENT, TOMBSTONE})
NUMBER_LIMIT = 2**63
"""Numbers are stored as SQLite integers, so this is the first that does not fit."""
DEEPEST = 100
"""Objects and lists that a body may have within each other. The functions with which SQLite looks into a body read
1,000, and refuse the whole query for a deeper one; how many Python reads and writes depends on its version."""
MISSHAPEN = (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError, RecursionError)
"""What reading raises on stored text that is not as this program writes it: no JSON, another shape, no number that
there is, or nested deeper than Python goes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing to remember: the ``number``-th of its ``kind`` from this ``writer`` (numbers start at 0, no
    gaps).

    ``t`` is in seconds of the run's clock, ``body`` anything that JSON can hold, DEEPEST levels deep at most (NaN and
    infinities are kept as the strings "NaN", "Infinity", "-Infinity"). ``policy``: hash of the one in force, where its
    writer knows it.
    """

    kind: str
    writer: str
    number: int
    t: float
    plan_id: str | None
    channel: str | None
    body: dict[str, Any]
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What every record says of how it came to be: the policy in force, by which program, on which clock.

    ``config_hash`` is empty while no policy is known; ``clock_source`` names the clock of ``t``. A record whose body
    names its own (a decision does) keeps those.
    """

    context: str
    config_hash: str = ""
    software_version: str = ""
    clock_source: str = ""

    def of(self, record: Record) -> tuple[str, str, str, str]:
        """The four columns of ``record``."""
        body = record.body
        own = (body.get(name) for name in ("config_hash", "software_version", "clock_source"))
        usual = (record.policy or self.config_hash, self.software_version, self.clock_source)
        named = (
            mine if isinstance(mine, str) and mine else other for mine, other in zip(own, usual, strict=True)
        )
        return (self.context, *map(plain, named))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it was read back; ``id`` is its place in the chain, from 1.

    What a ledger of an older version did not keep is empty.
    """

    id: int
    kind: str
    writer: str
    number: int
    t: float
    plan_id: str | None
    channel: str | None
    context: str
    body: dict[str, Any]
    config_hash: str = ""
    software_version: str = ""
    clock_source: str = ""


_COLUMNS = json.JSONEncoder(separators=(",", ":")).encode
_BODY = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode
Row = tuple[Any, ...]
"""A stored row without its mac: the columns of its file's schema in their order, the body's text last."""


def lost(of: str, writer: str, first: int, last: int, cause: str, t: float) -> Record:
    """A record that settles ``first..last`` of (``of``, ``writer``): they will never come, and why.

    Raises LedgerError for numbers that are none.
    """
    if not 0 <= first <= last:
        raise LedgerError(f"lost numbers {first}..{last}: the first must be >= 0 and not after the last")
    body = {"of": of, "first": first, "last": last, "cause": cause}
    return Record(LOST, f"{of}/{writer}", first, t, None, None, body)


def lost_numbers(writer: str, body: str) -> tuple[str, str, int, int]:
    """(kind, writer, first, last) of the numbers that a stored record of kind ``lost`` settles.

    Raises LedgerError for one that ``lost`` did not make.
    """
    try:
        content = json.loads(body)
        of, first, last = str(content["of"]), int(content["first"]), int(content["last"])
    except MISSHAPEN as error:
        raise LedgerError(f"a lost record needs of, first and last: {body[:200]}") from error
    if not writer.startswith(f"{of}/") or not 0 <= first <= last < NUMBER_LIMIT:
        raise LedgerError(f"a lost record of {writer} must be made by lost(), this one says {body[:200]}")
    return of, writer[len(of) + 1 :], first, last


def conflict_body(record: Record) -> dict[str, Any]:
    """What is kept of a record whose number is taken by another content."""
    return {"kind": record.kind, "writer": record.writer, "number": record.number, "body": record.body}


def row_of(record: Record, row_id: int, provenance: Provenance) -> Row:
    """The row that stores ``record`` at place ``row_id``; raises LedgerError for what cannot be stored."""
    _check_texts(record)
    number, t = record.number, record.t
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < NUMBER_LIMIT:
        raise LedgerError(f"{record.kind} of {record.writer}: number {_shown(number)} is not in 0..2^63-1")
    if isinstance(t, bool) or not isinstance(t, (int, float)) or not abs(t) <= sys.float_info.max:
        raise LedgerError(f"{record.kind} {number} of {record.writer}: time {_shown(t)} is not finite")
    # A conflict is the ledger's own, and holds a body that may be as deep as one may be.
    body = canonical(record.body) if record.kind == CONFLICT else body_text(record.body)
    return (row_id, plain(record.kind), plain(record.writer), number, float(t), _plain_or_none(record.plan_id),
            _plain_or_none(record.channel), *provenance.of(record), body)  # fmt: skip


def _check_texts(record: Record) -> None:
    """Raises LedgerError unless each text is one, and the body an object: what comes over a wire may be anything."""
    for name in ("kind", "writer", "policy"):
        if not isinstance(text := getattr(record, name), str):
            raise LedgerError(f"a record's {name} must be a text (given: {_shown(text)})")
    for name in ("plan_id", "channel"):
        if not isinstance(text := getattr(record, name), str | None):
            raise LedgerError(f"a record's {name} must be a text or None (given: {_shown(text)})")
    if not isinstance(record.body, dict):
        raise LedgerError(f"a record's body must be an object (given: {_shown(record.body)})")
    if not record.kind or not record.writer:
        raise LedgerError(f"record {_shown(record.number)}: kind and writer must not be empty")


def body_text(body: dict[str, Any]) -> str:
    """``body`` as it is stored. Raises LedgerError for what JSON does not have, and for what is too deep to be read."""
    text = canonical(body)
    if text.count("[") + text.count("{") > DEEPEST and _depth(body) > DEEPEST:
        raise LedgerError(f"a record's body must not be deeper than {DEEPEST} objects and lists")
    return text


def canonical(body: dict[str, Any]) -> str:
    """``body`` as one line of strict ASCII JSON, keys sorted: the same content gives the same text.

    Raises LedgerError for what JSON does not have.
    """
    try:
        try:
            return _BODY(body)
        except ValueError:
            return _BODY(_strict(body))
    except RecursionError as error:
        raise LedgerError(
            "a record's body cannot be written as JSON: it is too deep, or holds itself"
        ) from error
    except (TypeError, ValueError) as error:
        raise LedgerError(f"a record's body cannot be written as JSON: {error}") from error


def plain(text: str) -> str:
    """``text`` without what a text column cannot hold: NUL and lone surrogates are spelled out."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def sealed_text(row: Row) -> bytes:
    """The bytes of ``row`` that the chain covers; no two different rows share them."""
    body: str = row[-1]
    return _COLUMNS(row[:-1]).encode() + b"\n" + body.encode()


def _plain_or_none(text: str | None) -> str | None:
    return None if text is None else plain(text)


def _strict(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    if isinstance(value, dict):
        return {key: _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    return value


def _depth(value: Any) -> int:
    """How many objects and lists are within each other; 0 for what is neither."""
    found, level = 0, [value]
    while level := [one for one in level if isinstance(one, (dict, list, tuple))]:
        found += 1
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
    return found


def _shown(value: Any) -> str:
    """``value`` for a message, whatever it is: not each number or list can be written out."""
    try:
        return repr(value)[:80]
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} that cannot be written out"
