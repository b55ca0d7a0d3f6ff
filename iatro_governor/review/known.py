"""Whether what a filter names exists at all, so that a name mistyped is not taken for a clean record."""

from __future__ import annotations

from dataclasses import replace

from ..errors import LedgerError
from ..testimony.verdicts import VERDICTS
from .incidents import NO_VERDICT, UNREADABLE
from .queries import Filter
from .rates import Rows
from .text import one_line
from .wanted import clauses, unbarred

VERDICT_NAMES = (*VERDICTS, NO_VERDICT, UNREADABLE)
CONTEXTS = ("field", "simulation", "evaluation", "recovery")
OPEN = {
    "model": "model", "robot": "robot", "limit": "limits", "policy": "config_hash", "version": "software_version",
    "plan": "",
}  # fmt: skip
"""Filters by names that only a ledger knows, and their column; of plans there are too many to list."""
MOST = 12


def check(wanted: Filter) -> None:
    """Raises LedgerError for a verdict or a context that there cannot be."""
    for name, value, allowed in (
        ("verdict", wanted.verdict and wanted.verdict.upper(), VERDICT_NAMES),
        ("context", wanted.context, CONTEXTS),
    ):
        if value is not None and value not in allowed:
            raise LedgerError(f"{name} {one_line(value, 60)!r}: allowed is one of {', '.join(allowed)}")


def absent(rows: Rows, wanted: Filter) -> list[str]:
    """A sentence for each name in ``wanted`` that no incident has, with those that there are."""
    found = []
    for name, column in OPEN.items():
        if (value := getattr(wanted, name)) is None:
            continue
        where, values = clauses(replace(Filter(), **{name: value}))
        if not list(rows(f"SELECT 1 FROM incident WHERE {where} LIMIT 1", values)):
            found.append(f"no {name} {one_line(value, 60)!r} here; {_there(rows, column)}")
    return found


def _there(rows: Rows, column: str) -> str:
    if not column:
        return "see iatro review list"
    kept = rows(f"SELECT DISTINCT {column} FROM incident", ())
    names = sorted({name for (value,) in kept for name in unbarred(str(value or ""))})
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return (
        f"there are: {', '.join(one_line(name, 60) for name in names[:MOST])}{more}"
        if names
        else "there is none"
    )
