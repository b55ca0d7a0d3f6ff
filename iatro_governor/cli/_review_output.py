"""How ``iatro review`` prints statistics, and lists for other programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..review.export import harmless
from ..review.text import one_line


def print_csv(found: Sequence[dict[str, Any]]) -> None:
    """Incidents with a head line; of several names in one cell each is on its own behind a bar."""
    if not found:
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(found[0])
    for one in found:
        writer.writerow([harmless("|".join(v) if isinstance(v, list | tuple) else v) for v in one.values()])


def stats_table(found: Sequence[dict[str, Any]], by: str) -> RenderableType:
    """A row for each group."""
    if not found:
        return Text("No incidents.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(by)
    for head in ("records", "disagree", "needed a limit"):
        table.add_column(head, justify="right")
    for one in found:
        rates = [_rate(one[f"{name}_rate"]) for name in ("disagree", "needed_a_limit")]
        table.add_row(Text(one_line(str(one[by]) or "-", 40)), str(one["records"]), *rates)
    return table


def _rate(rate: dict[str, float | None]) -> str:
    if rate["value"] is None:
        return "-"
    return f"{100 * rate['value']:.1f}% [{100 * (rate['low'] or 0):.1f}, {100 * (rate['high'] or 0):.1f}]"
