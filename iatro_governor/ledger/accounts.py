"""Accounting: does every statement have its verdict, every command its plan, every number its record?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import store
from .ranges import Ranges
from .reader import Reader
from .record import CONFLICT, LOST

_VERDICTS = """SELECT body ->> 'statement_seq' IS NULL, count(*), coalesce(sum(body ->> 'commands'), 0)
    FROM record WHERE kind = 'verdict' GROUP BY 1"""
_COMMANDS = "SELECT count(*) FROM record WHERE kind = 'decision' AND body ->> 'trigger' = 'command'"


def reconcile(path: str | Path) -> dict[str, Any]:
    """The counts of a ledger and whether they add up; ``lost`` counts the numbers that never came.

    ``missing`` lists them per ``kind/writer`` as [first, last], those declared lost included. ``sound`` is
    true when both sums hold, nothing is missing and no number came with two different contents; ``problems``
    says what does not. ``duplicates`` are those of closed sessions.
    """
    with Reader(path) as reader:
        counts = _counts(reader)
        missing = _missing(reader)
        lost = sum(last - first + 1 for gaps in missing.values() for first, last in gaps)
        duplicates = sum((session["close"] or {}).get("duplicates", 0) for session in reader.sessions())
        facts = {"lost": lost, "declared_lost": reader.count(LOST), "conflicts": reader.count(CONFLICT)}
    holds = {
        "verdict_records": counts["verdict_records"] == counts["statements"] + counts["unattributed_groups"],
        "commands": counts["commands"] == counts["attributed"] + counts["unattributed"],
    }
    problems = _problems(counts, holds, missing, facts["conflicts"])
    return {
        **counts,
        **facts,
        "duplicates": duplicates,
        "missing": missing,
        "holds": holds,
        "problems": problems,
        "sound": not problems,
    }


def _problems(
    counts: dict[str, int], holds: dict[str, bool], missing: dict[str, list[list[int]]], conflicts: int
) -> list[str]:
    found = [
        f"{writer}: number {first} to {last} never came"
        for writer, gaps in missing.items()
        for first, last in gaps
    ]
    if not holds["verdict_records"]:
        found.append(
            f"{counts['verdict_records']} verdict records for {counts['statements']} statements and "
            f"{counts['unattributed_groups']} unattributed groups"
        )
    if not holds["commands"]:
        found.append(
            f"{counts['commands']} commands, but {counts['attributed']} attributed and "
            f"{counts['unattributed']} unattributed"
        )
    if conflicts:
        found.append(f"{conflicts} numbers came again with another content")
    return found


def _counts(reader: Reader) -> dict[str, int]:
    by_group = {bool(group): (count, int(commands)) for group, count, commands in reader.query(_VERDICTS)}
    spoken, silent = by_group.get(False, (0, 0)), by_group.get(True, (0, 0))
    return {
        "records": reader.count(),
        "decisions": reader.count("decision"),
        "statements": reader.count("statement"),
        "unattributed_groups": silent[0],
        "verdict_records": spoken[0] + silent[0],
        "commands": int(reader.scalar(_COMMANDS)),
        "attributed": spoken[1],
        "unattributed": silent[1],
    }


def _missing(reader: Reader) -> dict[str, list[list[int]]]:
    with store.translated(reader.path):
        stored, settled = store.numbers(reader.connection())
    found: dict[str, list[list[int]]] = {}
    for kind, writer in sorted(settled.keys() - {key for key in settled if key[0] == LOST}):
        end = settled[kind, writer].end
        if gaps := stored.get((kind, writer), Ranges()).missing(end):
            found[f"{kind}/{writer}"] = [list(gap) for gap in gaps]
    return found
