"""The shelf as the page shows it: a row for each ledger, and what they hold together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...errors import IatroError
from ...ledger.reader import Reader
from ...ledger.record import MISSHAPEN
from ..incidents import SEVERITIES, shadow_text, start_time
from ..index import Index
from ..text import one_line, visible
from ..times import date
from ..wanted import folded
from .chain import ChainStatus, statuses
from .desk import Desk
from .shelf import Shelf
from .wanted import Wanted

LONGEST = 200
"""Characters of what is looked for."""
FEW = 10
"""So many ledgers are looked through by eye; among more there is a field to look for one."""
ROBOTS = 4
"""Names of robots in a row; of more their number is said."""
LEAST = tuple(range(1, len(SEVERITIES)))
"""Severities that incidents are counted from."""
_COUNTS = (
    f"SELECT count(*), {', '.join(f'coalesce(sum(severity >= {one}), 0)' for one in LEAST)}, min(t), max(t)"
    " FROM incident"
)
_ROBOTS = "SELECT DISTINCT robot FROM incident WHERE robot <> '' ORDER BY 1"


def shelved(shelf: Shelf, looked_for: str) -> dict[str, Any]:
    """What the template of the shelf needs; ``looked_for`` is a part of a ledger's name or of a robot's."""
    desks = list(shelf.desks.values())
    checks = statuses(desk.chain for desk in desks)
    rows = [_row(desk, check) for desk, check in zip(desks, checks, strict=True)]
    wanted = folded(looked_for.strip())
    found = [row for row in rows if wanted in row["sought"]]
    return {
        "rows": found,
        "every": len(rows),
        "readable": sum(not row["problem"] for row in rows),
        "robots": len({robot for row in rows for robot in row["robots"]}),
        "total": [sum(row["counts"][place] for row in rows) for place in range(len(LEAST) + 1)],
        "least": [(one, SEVERITIES[one]) for one in LEAST],
        "q": looked_for,
        "search": len(rows) > FEW or bool(wanted),
        "left_out": [visible(text) for text in shelf.problems],
        "shadow": shadow_among(row["shadow"] for row in rows),
    }


def shadow_among(shadows: Iterable[str]) -> str:
    """What readers of several ledgers must know first; ``shadows`` is what they must know of each."""
    found = list(shadows)
    some = sum(map(bool, found))
    return (
        f"UNSAFE SHADOW MODE: {some} of {len(found)} ledgers have sessions in which nothing was enforced"
        if some
        else ""
    )


def _row(desk: Desk, check: ChainStatus) -> dict[str, Any]:
    """One line of the shelf; of a ledger that cannot be read it says why."""
    name, root = desk.place.name, desk.place.root
    row = {"name": one_line(name, 120), "path": visible(str(desk.db)), "href": f"{root}/", "chain": check}
    try:
        with desk.reader() as reader, Index(reader) as index:
            found = _contents(reader, index, root)
    except (IatroError, OSError, sqlite3.Error, *MISSHAPEN) as error:  # also what another build wrote
        found = {**_NOTHING, "problem": visible(str(error))}
    return {**row, **found, "sought": folded("\n".join([name, *found["robots"]]))}


_NOTHING: Mapping[str, Any] = {
    "problem": "", "robots": (), "shown_robots": (), "more_robots": 0, "counts": [0] * (len(LEAST) + 1),
    "cells": (), "first": "", "last": "", "shadow": "",
}  # fmt: skip


def _contents(reader: Reader, index: Index, root: str) -> dict[str, Any]:
    ((*counts, first, last),) = index.rows(_COUNTS)
    robots = [str(name) for (name,) in index.rows(_ROBOTS)]
    start = start_time(reader)
    return {
        **_NOTHING,
        "robots": robots,
        "shown_robots": [one_line(name, 40) for name in robots[:ROBOTS]],
        "more_robots": max(len(robots) - ROBOTS, 0),
        "counts": counts,
        "cells": _cells(counts, root),
        "first": "" if first is None else date(first) or f"{first - start:.1f} s",
        "last": "" if last is None else date(last) or f"{last - start:.1f} s",
        "shadow": shadow_text(reader),
    }


def _cells(counts: Sequence[int], root: str) -> list[tuple[int, str]]:
    """How many incidents there are of each least severity, and the list of just those."""
    filters: list[dict[str, str]] = [{}, *({"severity": str(one)} for one in LEAST)]
    return [
        (count, Wanted.model_validate(one).under(root).address())
        for count, one in zip(counts, filters, strict=True)
    ]
