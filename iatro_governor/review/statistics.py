"""Rates of incidents by model, robot, context or week: the same table for the terminal, the page and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .proportions import share
from .queries import Filter
from .rates import DISAGREE
from .wanted import clauses

GROUPS = {
    "model": "model",
    "robot": "robot",
    "context": "context",
    "channel": "coalesce(channel, '')",
    "policy": "config_hash",
    "week": "CAST(floor(t / 604800.0) AS BIGINT)",
}
"""What incidents can be grouped by; a week is counted from 1 January 1970, a Thursday."""
WORDS_ONLY = 2
"""From this severity on, a limit was needed."""

Rows = Callable[[str, tuple[Any, ...]], Iterable[tuple[Any, ...]]]


def statistics(rows: Rows, by: str = "model", wanted: Filter | None = None) -> list[dict[str, Any]]:
    """A row for each group: judged statements and groups of commands, how many disagree and how many needed a limit.

    rows: runs a query on a table ``incident`` of SQLite or DuckDB. Shares come with 95% intervals after Wilson.
    """
    where, values = clauses(wanted or Filter())
    group = GROUPS[by]
    sql = (
        f"SELECT {group}, verdict, count(*), sum(CASE WHEN severity >= {WORDS_ONLY} THEN 1 ELSE 0 END), sum(commands)"
        f" FROM incident WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found: dict[Any, dict[str, Any]] = {}
    for name, verdict, count, needed, commands in rows(sql, values):
        one = found.setdefault(
            name, {by: name, "records": 0, "needed_a_limit": 0, "commands": 0, "verdicts": {}}
        )
        one["records"] += int(count)
        one["needed_a_limit"] += int(needed)
        one["commands"] += int(commands or 0)
        one["verdicts"][verdict] = int(count)
    return [_with_shares(one) for one in found.values()]


def _with_shares(one: dict[str, Any]) -> dict[str, Any]:
    one["disagree"] = sum(count for verdict, count in one["verdicts"].items() if verdict in DISAGREE)
    for name in ("disagree", "needed_a_limit"):
        found = share(one[name], one["records"])
        one[f"{name}_rate"] = {"value": found.value, "low": found.low, "high": found.high}
    return one
