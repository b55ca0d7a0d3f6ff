"""Accounting: does every statement have its verdict, every command its plan, every number its record?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LedgerError
from . import segments, store
from .ranges import Ranges
from .reader import Reader
from .record import CONFLICT, LOST, MISSHAPEN

_VERDICTS = """SELECT body ->> 'kind' = 'unattributed', body ->> 'planner_run', body -> 'statement_seqs',
    body -> '$.evidence.channels' FROM record WHERE kind = 'verdict' ORDER BY id"""
_COMMANDS = """SELECT writer, channel, number FROM record
    WHERE kind = 'decision' AND body ->> 'trigger' = 'command'"""
_STATEMENTS = "SELECT writer, number FROM record WHERE kind = 'statement'"
Missing = dict[str, list[list[int]]]
"""By kind/writer the numbers that never came, as [first, last]."""
SHARED = 20
"""Conducts of a retired segment that are remembered one by one."""
SUMMED = tuple(
    """records decisions statements unattributed_groups verdict_records commands attributed unattributed rejudged
    unreadable declared_lost conflicts duplicates""".split()
)
"""Counts that a retired segment adds to those of the records that are left."""


@dataclass(slots=True)
class _Verdicts:
    """What the verdict records claim: statements judged, groups, and commands under each conduct.

    A conduct is named by its channel and first command, so that one that two records share (a plan and the final
    statement that ended it) counts once.
    """

    groups: int = 0
    unreadable: int = 0
    judged: Counter[tuple[str, int]] = field(default_factory=Counter)
    attributed: dict[tuple[Any, ...], int] = field(default_factory=dict)
    unattributed: dict[tuple[Any, ...], int] = field(default_factory=dict)
    covered: dict[tuple[str, str], Ranges] = field(default_factory=dict)
    """By writer and channel the commands under a record."""

    def add_retired(self, facts: Mapping[str, Any]) -> None:
        """Adds the conducts of a retired segment that later records may share with it."""
        for under, name in ((self.attributed, "attributed"), (self.unattributed, "unattributed")):
            for key, commands in facts["shared"][name]:
                under[tuple(key)] = max(under.get(tuple(key), 0), int(commands))

    def shared(self) -> dict[str, list[Any]]:
        """The last conducts, which the first records of the next segment may share."""
        under = {"attributed": self.attributed, "unattributed": self.unattributed}
        return {
            name: [[list(key), n] for key, n in list(found.items())[-SHARED:]]
            for name, found in under.items()
        }

    def take(self, group: int | None, run: Any, statements: str | None, channels: str | None) -> None:
        """Adds one record; one that is not as the witness writes them is only counted."""
        try:
            judged = [(str(run or ""), int(number)) for number in json.loads(statements or "[]")]
            conducts = json.loads(channels or "{}").items()
            counted = [
                ((name, conduct.get("writer"), _first(conduct)), int(conduct.get("commands") or 0))
                for name, conduct in conducts
            ]
            spans = [(str(name), *span) for name, conduct in conducts for span in _spans(conduct)]
            under = self.unattributed if group else self.attributed
            for key, commands in counted:
                under[key] = max(under.get(key, 0), commands)
            for name, writer, first, last in spans:
                self.covered.setdefault((writer, name), Ranges()).add(first, last + 1)
        except MISSHAPEN:
            self.unreadable += 1
            return
        self.judged.update(judged)
        self.groups += bool(group)

    def count(self, commands: Iterable[tuple[str, str, int]]) -> tuple[int, int]:
        """How many ``commands`` (writer, channel, number) there are, and how many of them are under no record."""
        total = uncovered = 0
        for writer, channel, number in commands:
            total += 1
            uncovered += number not in self.covered.get((writer, channel), ())
        return total, uncovered


def _first(conduct: Mapping[str, Any]) -> Any:
    """The least number that names a conduct: of its commands, or of its decisions where it has none."""
    return min((first for _, first, _ in _spans(conduct)), default=conduct.get("first_seq"))


def _spans(conduct: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """The commands of a conduct: writer, first and last number. ValueError for what are no numbers.

    One that does not say which has all from its first decision to its last.
    """
    ends = conduct.get("first_seq"), conduct.get("last_seq")
    whole = {} if None in ends else {conduct.get("writer"): [ends]}
    for writer, runs in conduct.get("numbers", whole).items():
        for first, last in runs:
            if not 0 <= int(first) <= int(last):
                raise ValueError(f"commands {first} to {last}")
            yield str(writer), int(first), int(last)


def reconcile(path: str | Path) -> dict[str, Any]:
    """The counts of a ledger and whether they add up; ``lost`` counts the numbers that never came.

    ``missing`` lists them per ``kind/writer`` as [first, last], those declared lost included; ``unjudged`` and
    ``rejudged`` count statements without a verdict record or with several, ``uncovered`` commands that no record has,
    which sums can hide. ``sound`` is true when both sums hold, each statement has its one record and each command is
    under one, nothing is missing and no number came with two different contents; ``problems`` says what does not.
    ``replaced`` lists the numbers of verdicts that died with their witness: where every statement and every command is
    judged and another witness spoke afterwards, its verdicts stand in their place, and they are neither lost nor
    missing. ``duplicates`` are those of closed sessions. Retired records count as they did; ``retired`` tells how many
    they are, ``gone`` how many were lost with a damaged file.
    """
    with Reader(path) as reader:
        holes = reader.holes()
        kept = [_kept(reader.path, hole) for hole in holes if hole.facts]
        missing = _missing(reader, [hole for hole in holes if not hole.facts])
        facts, _, _ = _facts(reader, kept)
        replaced = _replaced(reader, facts, missing)
    missing = {
        writer: left
        for writer, gaps in missing.items()
        if (left := [gap for gap in gaps if gap not in replaced.get(writer, ())])
    }
    gone = [hole.last - hole.first + 1 for hole in holes if not hole.facts]
    facts |= {"retired": sum(int(one["records"]) for one in kept), "gone": sum(gone)}
    facts["lost"] = sum(last - first + 1 for gaps in missing.values() for first, last in gaps)
    holds = _holds(facts)
    problems = _problems(facts, holds, missing)
    lists = {"missing": missing, "replaced": replaced}
    return {**facts, **lists, "holds": holds, "problems": problems, "sound": not problems}


def _holds(facts: Mapping[str, Any]) -> dict[str, bool]:
    return {
        "verdict_records": facts["verdict_records"] == facts["statements"] + facts["unattributed_groups"],
        "commands": facts["commands"] == facts["attributed"] + facts["unattributed"],
    }


def _replaced(reader: Reader, facts: Mapping[str, Any], missing: Missing) -> Missing:
    """Verdict numbers that never came and need not: what they were about, a later witness judged."""
    if not all(_holds(facts).values()) or any(facts[name] for name in ("unjudged", "rejudged", "uncovered")):
        return {}
    found = {
        key: [gap for gap in gaps if _followed(reader, key.removeprefix("verdict/"), gap[0])]
        for key, gaps in missing.items()
        if key.startswith("verdict/")
    }
    return {key: gaps for key, gaps in found.items() if gaps}


def _followed(reader: Reader, witness: str, number: int) -> bool:
    """Whether another witness spoke after the last verdict of ``witness`` before the ``number``-th."""
    last = "SELECT coalesce(max(id), 0) FROM record WHERE kind = 'verdict' AND writer = ? AND number < ?"
    after = "SELECT count(*) FROM record WHERE kind = 'verdict' AND writer != ? AND id > ?"
    return bool(reader.scalar(after, (witness, reader.scalar(last, (witness, number)))))


def facts_of(path: str | Path) -> dict[str, Any]:
    """What the records of one file came to, as its tombstone keeps it."""
    with Reader(path) as reader:
        facts, verdicts, unjudged = _facts(reader, [])
        statements = set(reader.query(_STATEMENTS))
    shared = verdicts.shared()
    for name, conducts in shared.items():  # these are counted with what comes after them
        facts[name] -= sum(commands for _, commands in conducts)
    judged = verdicts.judged.keys() - statements
    del facts["uncovered"]  # what comes after may cover them
    return {**facts, "unjudged": sorted(unjudged), "judged": sorted(judged), "shared": shared}


def merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of two retired pieces that follow each other, as those of one."""
    found = {name: int(earlier[name]) + int(later[name]) for name in SUMMED}
    unjudged, judged = (
        {(str(writer), int(number)) for facts in (earlier, later) for writer, number in facts[name]}
        for name in ("unjudged", "judged")
    )
    shared = {}
    for name in ("attributed", "unattributed"):
        known = {tuple(key): int(commands) for key, commands in later["shared"][name]}
        for key, commands in earlier["shared"][name]:
            if tuple(key) in known:
                known[tuple(key)] = max(known[tuple(key)], int(commands))
            else:
                found[name] += int(commands)
        shared[name] = [[list(key), commands] for key, commands in known.items()]
    return {
        **found, "unjudged": sorted(unjudged - judged), "judged": sorted(judged - unjudged), "shared": shared,
    }  # fmt: skip


def _facts(
    reader: Reader, retired: list[Mapping[str, Any]]
) -> tuple[dict[str, Any], _Verdicts, set[tuple[str, int]]]:
    verdicts = _Verdicts()
    for facts in retired:
        verdicts.add_retired(facts)
    for row in reader.query(_VERDICTS):
        verdicts.take(*row)
    statements = {(writer, number) for writer, number in reader.query(_STATEMENTS)}
    before, since = (
        {(str(writer), int(number)) for facts in retired for writer, number in facts[name]}
        for name in ("unjudged", "judged")
    )
    unjudged = (statements | before) - verdicts.judged.keys() - since
    commands, uncovered = verdicts.count(reader.each(_COMMANDS))
    found = {
        "records": reader.count(),
        "decisions": reader.count("decision"),
        "statements": len(statements),
        "unattributed_groups": verdicts.groups,
        "verdict_records": reader.count("verdict"),
        "commands": commands,
        "uncovered": uncovered,
        "attributed": sum(verdicts.attributed.values()),
        "unattributed": sum(verdicts.unattributed.values()),
        "unjudged": len(unjudged),
        "rejudged": sum(count > 1 for count in verdicts.judged.values()),
        "unreadable": verdicts.unreadable,
        "declared_lost": reader.count(LOST),
        "conflicts": reader.count(CONFLICT),
        "duplicates": sum(
            told
            for session in reader.sessions()
            if isinstance(told := (session["close"] or {}).get("duplicates"), int)
        ),
    }
    for facts in retired:
        for name in SUMMED:
            found[name] += int(facts[name])
    return found, verdicts, unjudged


def _kept(path: Path, hole: segments.Hole) -> Mapping[str, Any]:
    """What a tombstone keeps of its records. Raises LedgerError where it is not as ``facts_of`` makes it."""
    try:
        merged(hole.facts, hole.facts)
    except MISSHAPEN as error:
        where = f"records {hole.first} to {hole.last}"
        raise LedgerError(
            f"{path}: the tombstone of {where} does not say what was in them: {error!r}"
        ) from error
    return hole.facts


def _problems(facts: dict[str, int], holds: dict[str, bool], missing: Missing) -> list[str]:
    found = [
        f"{writer}: number {first} to {last} never came"
        for writer, gaps in missing.items()
        for first, last in gaps
    ]
    if not facts["records"]:
        found.append("there is no record at all, not even the one that opens every ledger")
    if not holds["verdict_records"]:
        found.append(
            f"{facts['verdict_records']} verdict records for {facts['statements']} statements and "
            f"{facts['unattributed_groups']} unattributed groups"
        )
    if not holds["commands"]:
        found.append(
            f"{facts['commands']} commands, but {facts['attributed']} attributed and "
            f"{facts['unattributed']} unattributed"
        )
    if facts["uncovered"] and holds["commands"] and not facts["retired"]:
        found.append(f"{facts['uncovered']} commands are under no verdict record, and others under two")
    for name, text in (
        ("unjudged", "statements have no verdict record"),
        ("rejudged", "statements have more than one verdict record"),
        ("unreadable", "verdict records are not as the witness writes them"),
        ("conflicts", "numbers came again with another content"),
    ):
        if facts[name]:
            found.append(f"{facts[name]} {text}")
    return found


def _missing(reader: Reader, gone: list[segments.Hole]) -> Missing:
    with store.translated(reader.path):
        stored, settled = store.numbers(reader.connection())
        retired = segments.start_of(reader.connection(), reader.path)
    stored, settled = segments.merged(retired.stored, stored), segments.merged(retired.settled, settled)
    found: Missing = {}
    for kind, writer in sorted(settled.keys() - {key for key in settled if key[0] == LOST}):
        end = settled[kind, writer].end
        if gaps := stored.get((kind, writer), Ranges()).missing(end):
            found[f"{kind}/{writer}"] = [list(gap) for gap in gaps]
    for hole in gone:
        found.setdefault("record/id", []).append([hole.first, hole.last])
    return found
