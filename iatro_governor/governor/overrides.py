"""The fault ladder of one robot: the table, and what its profile makes stronger, or weaker and calls unsafe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iatro_governor.errors import Problem, ProfileError
from iatro_governor.governor.ladder import DERIVED, TABLE, Level, Row
from iatro_governor.profile.faults import FaultOverride
from iatro_governor.profile.load import Profile

ORDERS: dict[str, tuple[Any, ...]] = {
    "state": ("NOTE", "CONTROLLED_STOP", "PROTECTIVE_STOP"),
    "brakes": ("controlled", "protective"),
    "recovery": ("none", "fresh", "rearm"),
    "latches": (False, True),
}
"""What may be said of a row, the weakest first; of times, the longer is the stronger."""
LOUD = "UNSAFE"
"""How a warning begins that nobody may miss."""
FIELDS = {"state": "level", "brakes": "mode"}
"""Columns of the table that have another name there."""


def table_of(profile: Profile) -> dict[str, Row]:
    """The rows by name as ``profile`` has them.

    Raises:
        ProfileError: it changes what is no fault, makes one weaker without ``unsafe_``, or stronger with it.
    """
    table, problems = dict(TABLE), list[Problem]()
    for name, override in profile.data.faults.items():
        found = _problems(profile, name, override)
        if not found:
            table[name] = _changed(TABLE[name], override)
            found = _unlatchable(profile, name, table[name])
        problems += found
    if problems:
        raise ProfileError(problems)
    return table


def changes(profile: Profile) -> list[dict[str, Any]]:
    """What a profile that is not refused changes: fault, key, what the table says, what is in force, whether unsafe."""
    return [
        {"fault": name, "key": key, "table": said(TABLE[name], key), "given": value, "unsafe": unsafe}
        for name, override in profile.data.faults.items()
        for unsafe, given in ((False, override.safe), (True, override.unsafe))
        for key, value in given.items()
    ]


def weakened(profile: Profile) -> list[str]:
    """A warning for each answer to a fault that is weaker than the ladder's own."""
    return [
        f"{LOUD}: faults.{row['fault']}.unsafe_{row['key']} is {row['given']}, weaker than {row['table']} "
        f"({profile.data.faults[row['fault']].source})"
        for row in changes(profile)
        if row["unsafe"]
    ]


def said(row: Row, key: str) -> Any:
    """What ``row`` says of ``key``, as a profile would write it."""
    value = getattr(row, FIELDS.get(key, key))
    return value.name if isinstance(value, Level) else value


def _changed(row: Row, override: FaultOverride) -> Row:
    new: dict[str, Any] = {FIELDS.get(k, k): v for k, v in {**override.safe, **override.unsafe}.items()}
    if "level" in new:
        new["level"] = Level[new["level"]]
    return replace(row, **new)


def _problems(profile: Profile, name: str, override: FaultOverride) -> list[Problem]:
    open_ = sorted(set(TABLE) - DERIVED)
    if name not in open_:
        why = (
            "follows from other faults, and cannot be changed" if name in TABLE else "there is no such fault"
        )
        return [profile.problem(("faults", name), name, ", ".join(open_), why)]
    out = []
    for unsafe, given in ((False, override.safe), (True, override.unsafe)):
        for key, value in given.items():
            own = said(TABLE[name], key)
            if _weaker(key, value, own) == unsafe:
                continue
            written = f"unsafe_{key}" if unsafe else key
            out.append(
                profile.problem(
                    ("faults", name, written),
                    value,
                    f"weaker than {own}" if unsafe else f"{own} or stronger",
                    f"is not weaker than the ladder's own; write {key}"
                    if unsafe
                    else f"is weaker than the ladder's own; write unsafe_{key}, with a source, if it must be",
                )
            )
    return out


def _weaker(key: str, value: Any, own: Any) -> bool:
    order = ORDERS.get(key)
    return bool(value < own) if order is None else order.index(value) < order.index(own)


def _unlatchable(profile: Profile, name: str, row: Row) -> list[Problem]:
    """What stops nothing has nothing to latch."""
    if not row.latches or row.level > Level.NOTE:
        return []
    return [
        profile.problem(("faults", name, "latches"), True, "a state that stops, too", "only a stop can latch")
    ]
