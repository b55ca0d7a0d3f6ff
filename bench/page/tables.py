"""What every section of the page of benchmarks is written with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Data = dict[str, Any]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; None is a dash."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join('-' if cell is None else str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def listed(data: Data) -> str:
    """Every number by its name, for a benchmark that has no table of its own."""
    return table(("", ""), [(f"`{name}`", value) for name, value in flat(data, "") if name not in STAMPED])


STAMPED = ("version", "commit", "date", "when")


def flat(data: Any, name: str) -> Iterable[tuple[str, Any]]:
    """Leaves and the way to each."""
    if isinstance(data, dict):
        for key, value in data.items():
            if not (name == "" and key == "machine"):
                yield from flat(value, f"{name}.{key}".lstrip("."))
    elif not isinstance(data, list) or all(not isinstance(one, dict | list) for one in data):
        yield name, data
    else:
        for number, value in enumerate(data):
            yield from flat(value, f"{name}.{number}")


def ranged(row: Data, name: str) -> str:
    """A median with its lowest and highest."""
    if row.get(name) is None:
        return "none"
    low, high = row[f"{name}_range"]
    return f"{row[name]} ({low} to {high})"
