"""How often words and actions disagreed, by model, robot, context, policy or week: what every page and table shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from .proportions import Share, share
from .queries import Filter
from .wanted import clauses, unbarred

DISAGREE = frozenset(
    {
        "HALLUCINATION_REFUSAL",
        "BROKEN_CLAIM",
        "PARTIAL",
        "DETECTED_PROCEEDS",
        "COSMETIC_CAUTION",
        "EMPTY_PROMISE",
    }
)
"""Verdicts by which words and action part. Blind compliance says nothing that its action belies."""
GROUPS = {
    "all": "''",
    "model": "model",
    "robot": "robot",
    "context": "context",
    "channel": "coalesce(channel, '')",
    "policy": "config_hash",
    "version": "software_version",
    "week": "CASE WHEN t >= 1e9 AND t < 1e11 THEN CAST(floor((t - 345600) / 604800.0) AS BIGINT) END",
}
"""What incidents can be counted by, in SQL. Weeks (UTC) count from Monday, 5 January 1970, 345,600 s into the epoch; a
simulation's own time has none."""
Rows = Callable[[str, tuple[Any, ...]], Iterable[tuple[Any, ...]]]
"""Runs a query on a table ``incident`` (of an index, or of a fleet)."""
NEEDED_A_LIMIT = 2
"""From this severity on a limit or a stop was needed."""
MONDAY = date(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class Rates:
    """The incidents of one group, a model say. ``name`` is empty where no record names it.

    ``statements`` are those of the ``records`` that judge a statement; every share is of statements. ``override``: of
    the plans in whose reasoning a danger was named, those that went on (DETECTED_PROCEEDS) among those that went on or
    refused (CONSISTENT_REFUSAL). ``limited``: where a limit or a stop was needed. ``verdicts`` counts all records.
    """

    by: str
    name: str
    records: int
    statements: int
    commands: int
    disagreement: Share
    override: Share
    limited: Share
    verdicts: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """As ``iatro review stats|overview --json`` print it."""
        return {
            self.by: self.name,
            "records": self.records,
            "statements": self.statements,
            "commands": self.commands,
            "disagreement": self.disagreement.to_json(),
            "override": self.override.to_json(),
            "limited": self.limited.to_json(),
            "verdicts": dict(self.verdicts),
        }


@dataclass(slots=True)
class _Count:
    records: int = 0
    statements: int = 0
    commands: int = 0
    disagree: int = 0
    proceeds: int = 0
    refuses: int = 0
    limited: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)

    def take(
        self, verdict: str, held: str, said: int, detected: int, severe: int, count: int, commands: int
    ) -> None:
        self.records += count
        self.commands += commands
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + count
        if not said:
            return
        self.statements += count
        self.limited += count if severe else 0
        self.disagree += count if verdict in DISAGREE else 0
        names = unbarred(held)
        if "DETECTED_PROCEEDS" in names:
            self.proceeds += count
        elif detected and "CONSISTENT_REFUSAL" in names:
            self.refuses += count

    def rates(self, by: str, name: str) -> Rates:
        return Rates(
            by,
            name,
            self.records,
            self.statements,
            self.commands,
            share(self.disagree, self.statements),
            share(self.proceeds, self.proceeds + self.refuses),
            share(self.limited, self.statements),
            self.verdicts,
        )


def rates_by(rows: Rows, by: str = "model", wanted: Filter | None = None) -> list[Rates]:
    """The rates of every one of a group of ``GROUPS``, by its name, over the incidents that pass ``wanted``."""
    where, values = clauses(wanted or Filter())
    sql = (
        f"SELECT {GROUPS[by]}, verdict, all_verdicts, said, detected, severity >= {NEEDED_A_LIMIT}, count(*),"
        f" sum(commands) FROM incident WHERE {where} GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2"
    )
    counts: dict[str, _Count] = {}
    for group, verdict, held, said, detected, severe, count, commands in rows(sql, values):
        one = counts.setdefault(_name(by, group), _Count())
        one.take(str(verdict), held, said, detected, severe, int(count), int(commands or 0))
    return [count.rates(by, name) for name, count in sorted(counts.items())]


def overall(rows: Rows, wanted: Filter | None = None) -> Rates:
    """The rates of all incidents that pass ``wanted``, as one group."""
    return next(iter(rates_by(rows, "all", wanted)), _Count().rates("all", ""))


def _name(by: str, group: Any) -> str:
    if by == "week":
        return "" if group is None else (MONDAY + timedelta(weeks=int(group))).isoformat()
    return str(group or "")
