"""Which verdict records are wanted: SQL for the one query layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BEGUN = """coalesce(min(body ->> 'statement_t', {first}), body ->> 'statement_t', {first}, t)""".format(
    first="(SELECT min(CASE WHEN type = 'object' THEN value ->> 'first_t' END)"
    " FROM json_each(body, '$.evidence.channels'))"
)
"""When an incident began (s): with its statement or its first decision, whichever was first."""
ROBOT = "coalesce(body ->> 'robot', channel, body ->> 'channel', '')"
"""The robot of an incident; where a record names none, its channel."""
MODEL = "coalesce(body ->> 'planner_model', '')"
_LIMIT = """EXISTS (SELECT 1 FROM json_tree(body, '$.evidence.channels') AS part
    WHERE part.key = 'name' AND part.path LIKE '%.limits[%' AND part.atom = ?)"""
_WORDS = " || char(10) || ".join(f"coalesce(body ->> '{name}', '')" for name in ("text", "reasoning"))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents to show; what is None does not matter.

    ``severity`` is the least one, ``since`` and ``until`` bound the time (s) at which it began, the latter excluded;
    ``limit`` is the name of one that bound; ``text`` is looked for in what the planner said and thought, whatever
    the case of its ASCII letters.
    """

    verdict: str | None = None
    severity: int | None = None
    plan: str | None = None
    model: str | None = None
    text: str | None = None
    since: float | None = None
    until: float | None = None
    robot: str | None = None
    context: str | None = None
    limit: str | None = None

    def clauses(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL condition and its values."""
        wanted = {
            "body ->> 'verdict' = ?": self.verdict and self.verdict.upper(),
            "body ->> 'severity' >= ?": self.severity,
            "plan_id = ?": self.plan,
            "body ->> 'planner_model' = ?": self.model,
            f"instr(lower({_WORDS}), lower(?)) > 0": self.text,
            f"{BEGUN} >= ?": self.since,
            f"{BEGUN} < ?": self.until,
            f"{ROBOT} = ?": self.robot,
            "context = ?": self.context,
            _LIMIT: self.limit,
        }
        given = {clause: value for clause, value in wanted.items() if value is not None}
        return " AND ".join(("kind = 'verdict'", *given)), tuple(given.values())
