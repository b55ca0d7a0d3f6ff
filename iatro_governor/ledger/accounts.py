"""Accounting: does every statement have its verdict, every command its plan, every number its record?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import store
from .ranges import Ranges
from .reader import Reader
from .record import LOST

_VERDICTS = """SELECT body ->> 'statement_seq' IS NULL, count(*), coalesce(sum(body ->> 'commands'), 0)
    FROM record WHERE kind = 'verdict' GROUP BY 1"""
_COMMANDS = "SELECT count(*) FROM record WHERE kind = 'decision' AND body ->> 'trigger' = 'command'"


def reconcile(path: str | Path) -> dict[str, Any]:
    """The counts of a ledger and whether they add up; ``lost`` counts the numbers that never came.

    ``missing`` lists them per ``kind/writer`` as [first, last], those declared lost included. ``sound`` is true
    when both sums hold, nothing is missing and no number came with two different contents.
    """
    with Reader(path) as reader:
        counts = _counts(reader)
        missing = _missing(reader)
        lost = sum(last - first + 1 for gaps in missing.values() for first, last in gaps)
        holds = {
            "verdict_records": counts["verdict_records"]
            == counts["statements"] + counts["unattributed_groups"],
            "commands": counts["commands"] == counts["attributed"] + counts["unattributed"],
        }
        conflicts = reader.count("conflict")
        return {
            **counts,
            "lost": lost,
            "missing": missing,
            "declared_lost": reader.count(LOST),
            "duplicates": sum((session["close"] or {}).get("duplicates", 0) for session in reader.sessions()),
            "conflicts": conflicts,
            "holds": holds,
            "sound": all(holds.values()) and lost == 0 and conflicts == 0,
        }


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
