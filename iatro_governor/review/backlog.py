"""What a ledger holds that no verdict covers yet, and the verdicts made up for it.

The witness may have been slow, dead, or not there at all; statements and decisions are in the ledger all the same.
They are judged from the last quiet place before the first of them, so that whatever was open then is seen whole;
what has its record already is judged again for its bearing on the others, and gets no second record.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard, TypeVar

from ..errors import LedgerError, TestimonyError
from ..ledger.reader import Reader
from ..ledger.record import MISSHAPEN, NUMBER_LIMIT, StoredRecord
from ..testimony.records import MarkRecord, StatementRecord, VerdictRecord
from ..testimony.settled import Settled
from ..testimony.witness import ANOTHER_CLOCK_S, Witness

DISORDER_S = 3.0
"""Records may stand this long after others that happened later (one sent again, say), s."""
FEW = 200
"""Fewer new records than this, and a reader has caught up with who writes them."""
RECALLED = 10_000
"""Verdict records before the first unjudged one that the witness is reminded of."""
_KINDS = "('statement', 'mark', 'decision')"
_ID = "SELECT id FROM record WHERE kind = ? AND writer = ? AND number = ?"
_AHEAD = """EXISTS (SELECT 1 FROM json_each(verdict.body, '$.statement_seqs') AS seq
    WHERE NOT EXISTS (SELECT 1 FROM record WHERE kind = 'statement' AND id < ?1
        AND writer = verdict.body ->> 'planner_run' AND number = seq.value))"""
_NEVER = 2**62
_Event = TypeVar("_Event", StatementRecord, MarkRecord)


@dataclass(slots=True)
class Backlog:
    """A witness that has read the ledger up to the record ``through``, and the verdict records found missing."""

    new: Callable[[], Witness]
    witness: Witness
    through: int
    settled: list[Mapping[str, Any]]
    """Verdict records that are there, or on their way: they need no second one."""
    covered: Settled
    """What they and all earlier records have."""
    known: set[str] = field(init=False)
    """Their ids."""
    missing: list[VerdictRecord] = field(default_factory=list)
    _newest: float = -math.inf
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = {str(one.get("record_id")) for one in self.settled}
        for one in self.settled:
            self.covered.add(one)
        self.witness.settle(self.covered)

    def read_on(self, reader: Reader) -> int:
        """Feed the witness what has come since; returns how many statements, marks and decisions that were."""
        end, count = _end(reader), 0
        for record in _events(reader, self.through + 1, end):
            count += 1
            if self._another_clock(record):
                self._keep(self.witness.close(self._newest))
                self.witness, self._newest = _reminded(reader, self.new(), record.id), -math.inf
                self.witness.settle(self.covered)
            take(self.witness, record)
            if record.kind != "mark":
                self._newest = max(self._newest, record.t)
                self._keep(self.witness.advance(record.t - DISORDER_S))
        self.through = end
        return count

    def _another_clock(self, record: StoredRecord) -> bool:
        """Whether something new happened long before what is known already; what was sent again is not new.

        A mark says nothing of it: it is of what somebody else sent, and has its time from there.
        """
        if record.kind == "mark":
            return False
        newest = self._numbers.get((record.kind, record.writer), -1)
        self._numbers[record.kind, record.writer] = max(newest, record.number)
        return record.number > newest and record.t < self._newest - ANOTHER_CLOCK_S

    def closed(self) -> list[VerdictRecord]:
        """All that were missing, once nothing more comes."""
        self._keep(self.witness.close(self._newest))
        return self.missing

    def _keep(self, found: list[VerdictRecord]) -> None:
        self.missing += [one for one in found if one.record_id not in self.known]


def judged(reader: Reader, new: Callable[[], Witness], sending: Iterable[Mapping[str, Any]] = ()) -> Backlog:
    """What bears on statements and commands without a verdict, fed to a ``new`` witness, which is left open.

    It ends where the ledger ends; where that is written faster than it can be read here, with what is to come still.
    ``sending``: verdict records that are on their way to the ledger. Close it, or go on feeding its witness and
    drop those of the records whose ids are ``known``.
    """
    covered = Settled()
    first = quiet_place(reader, first_unjudged(reader, covered))
    settled = [*sending, *_records_ahead_of(reader, first), *_records_from(reader, first)]
    backlog = Backlog(new, _reminded(reader, new(), first), min(first - 1, _end(reader)), settled, covered)
    before, count = math.inf, backlog.read_on(reader)
    while FEW <= count < before:
        before, count = count, backlog.read_on(reader)
    return backlog


def _end(reader: Reader) -> int:
    return int(reader.scalar("SELECT coalesce(max(id), 0) FROM record"))


def _reminded(reader: Reader, witness: Witness, first: int) -> Witness:
    """A new witness that knows what the ledger says of the time before the record ``first``."""
    witness.recall(_earlier(reader, first))
    for series in _told(reader, first):
        witness.told(*series)
    for mark in _marks_before(reader, first):
        witness.mark(mark)
    return witness


def _told(reader: Reader, first: int) -> Iterator[tuple[str, str, int, int]]:
    """Of the statements and decisions before the record ``first``: kind, writer, first and last number."""
    whole = """SELECT kind, writer, min(number), max(number), count(*) FROM record
        WHERE kind IN ('statement', 'decision') AND id < ? GROUP BY kind, writer"""
    islands = """SELECT min(number), max(number) FROM
        (SELECT number, number - row_number() OVER (ORDER BY number) AS island
         FROM record WHERE kind = ? AND writer = ? AND id < ?) GROUP BY island"""
    for kind, writer, low, high, count in reader.query(whole, (first,)):
        found = [(low, high)] if count > high - low else reader.query(islands, (kind, writer, first))
        yield from ((kind, writer, *span) for span in found)


def take(witness: Witness, record: StoredRecord) -> None:
    """Give the witness one record of the ledger; one that is no statement, mark or decision changes nothing.

    Raises LedgerError for a statement or a mark that is damaged.
    """
    if record.kind == "statement":
        witness.statement(_read(statement_of, record))
    elif record.kind == "mark":
        witness.mark(_read(_mark_of, record))
    elif record.kind == "decision":
        try:
            witness.decision(record.body)
        except TestimonyError:
            return


def _read(reading: Callable[[Mapping[str, Any]], _Event], record: StoredRecord) -> _Event:
    try:
        return reading(record.body)
    except MISSHAPEN as error:
        told = f"{type(error).__name__}: {error}"
        raise LedgerError(f"the {record.kind} at record {record.id} is damaged: {told}") from error


def _mark_of(body: Mapping[str, Any]) -> MarkRecord:
    return MarkRecord(float(body["t"]), str(body["channel"]), str(body.get("plan_id") or ""))


def statement_of(body: Mapping[str, Any]) -> StatementRecord:
    """A statement's body, from the wire or from the ledger, as the witness takes it."""
    return StatementRecord(
        t=float(body["t"]),
        seq=int(body["seq"]),
        planner_run=str(body["planner_run"]),
        plan_id=str(body["plan_id"] or ""),
        channels=tuple(map(str, body["channels"])),
        instruction=str(body["instruction"]),
        text=str(body["text"]),
        reasoning=str(body["reasoning"]),
        actions=tuple(map(str, body["actions"] or ())),
        actions_known=body["actions"] is not None,
        final=bool(body["final"]),
        planner_model=str(body["planner"]["model_id"]),
    )


def first_unjudged(reader: Reader, covered: Settled) -> int:
    """Id of the first statement or command that no verdict record covers; far beyond the end if all are.

    What they cover is added to ``covered``.
    """
    statements: set[tuple[str, int]] = set()
    for one in _records_from(reader, 0):
        covered.add(one, alone=True)
        statements.update((str(one["planner_run"]), number) for number in one["statement_seqs"])
    said = "SELECT id, writer, number FROM record WHERE kind = 'statement' ORDER BY id"
    found = next((id for id, *key in reader.each(said) if (key[0], key[1]) not in statements), _NEVER)
    asked = """SELECT id, writer, channel, number FROM record
        WHERE kind = 'decision' AND id < ? AND body ->> 'trigger' = 'command' ORDER BY id"""
    uncovered = (
        id
        for id, writer, channel, number in reader.each(asked, (found,))
        if not covered.covers((writer, channel), number)
    )
    return int(next(uncovered, found))


def quiet_place(reader: Reader, first: int) -> int:
    """The last id at or before ``first`` at which nothing was open whose record came later."""
    ids = reader.query("SELECT id FROM record WHERE kind = 'verdict' AND id > 0 ORDER BY id DESC")
    for (id,) in ids if first != _NEVER else ():
        if id <= first:
            break
        first = min(first, _begin(reader, next(reader.records(id=id)).body))
    return first


def _begin(reader: Reader, body: Mapping[str, Any]) -> int:
    """Id of the first record that a verdict is about; what is no verdict, though it says so, is about none."""
    about = [("statement", body.get("planner_run"), number) for number in _listed(body.get("statement_seqs"))]
    about += [("decision", one.get("writer"), one.get("first_seq")) for one in _conducts(body).values()]
    ids = [
        int(id)
        for kind, writer, number in about
        if isinstance(writer, str) and _is_number(number)
        for (id,) in reader.query(_ID, (kind, writer, number))
    ]
    return min(ids, default=_NEVER)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_number(value: Any) -> TypeGuard[int]:
    """Whether a record can have it as its number."""
    return isinstance(value, int) and 0 <= value < NUMBER_LIMIT


def _conducts(body: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    channels = (
        (body.get("evidence") or {}).get("channels") if isinstance(body.get("evidence"), dict) else None
    )
    found = channels.items() if isinstance(channels, dict) else ()
    return {name: conduct for name, conduct in found if isinstance(conduct, dict)}


def _records_from(reader: Reader, first: int) -> Iterator[Mapping[str, Any]]:
    """What is needed of the verdict records from the record ``first`` on: their ids, and what they cover."""
    yield from _records(reader, "kind = 'verdict' AND id >= ?", min(first, _NEVER))


def _records_ahead_of(reader: Reader, first: int) -> Iterator[Mapping[str, Any]]:
    """The same, of those before the record ``first`` whose statement was not in the ledger by then.

    A recorder that was away has a witness's verdict before the statement is sent to it again.
    """
    yield from _records(reader, f"kind = 'verdict' AND id < ?1 AND {_AHEAD}", min(first, _NEVER))


def _records(reader: Reader, which: str, first: int) -> Iterator[Mapping[str, Any]]:
    sql = f"""SELECT body ->> 'record_id', body ->> 'kind', body ->> 'planner_run', body -> 'statement_seqs',
        body -> '$.evidence.channels' FROM record AS verdict WHERE {which} ORDER BY id"""
    for record_id, kind, run, numbers, channels in reader.each(sql, (first,)):
        try:
            evidence = {"channels": json.loads(channels or "{}")}
            seqs = list(filter(_is_number, _listed(json.loads(numbers or "[]"))))
        except MISSHAPEN as error:
            raise LedgerError(f"{reader.path}: the verdict {record_id} is damaged: {error}") from error
        said = {"planner_run": run, "statement_seqs": seqs}
        yield {"record_id": record_id, "kind": kind, **said, "evidence": evidence}


def _earlier(reader: Reader, first: int) -> list[Mapping[str, Any]]:
    sql = f"""SELECT id FROM record AS verdict WHERE kind = 'verdict' AND id < ?1 AND NOT {_AHEAD}
        ORDER BY id DESC LIMIT ?2"""
    ids = [id for (id,) in reader.query(sql, (first, RECALLED))]
    return [next(reader.records(id=id)).body for id in reversed(ids)]


def _marks_before(reader: Reader, first: int) -> Iterator[MarkRecord]:
    sql = "SELECT max(id) FROM record WHERE kind = 'mark' AND id < ? GROUP BY channel ORDER BY 1"
    for (id,) in reader.query(sql, (first,)):
        yield _read(_mark_of, next(reader.records(id=id)))


def _events(reader: Reader, first: int, end: int) -> Iterator[StoredRecord]:
    """Statements, marks and decisions by id, a thousand read at a time: a ledger may be larger than memory."""
    while first <= end:
        sql = f"SELECT id FROM record WHERE id >= ? AND id <= ? AND kind IN {_KINDS} ORDER BY id LIMIT 1000"
        ids = [id for (id,) in reader.query(sql, (first, end))]
        for id in ids:
            yield from reader.records(id=id)
        if not ids:
            return
        first = ids[-1] + 1
