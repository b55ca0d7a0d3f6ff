"""Rates as terminal text: a line a group where there is room for every number, else a block a group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .compare_view import TITLES
from .proportions import Share
from .rates import Rates
from .text import one_line

_NAME = 28


def rates_view(found: Iterable[Rates], by: str, width: int) -> RenderableType:
    """Each group with its shares and their 95 % intervals; of one without a statement only that there are none."""
    rows = list(found)
    if not rows:
        return Text("No incidents.")
    spoken = [row for row in rows if row.statements]
    table = _table(spoken, by)
    fits = Console(width=10_000).measure(table).maximum <= width
    return Group(*([table] if fits and spoken else _blocks(spoken, by)), *map(_silent, _without(rows)))


def _shares(row: Rates) -> list[tuple[str, Share]]:
    return [(title, getattr(row, name)) for name, title in TITLES.items()]


def _table(rows: Sequence[Rates], by: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column(by, overflow="ellipsis", max_width=_NAME, no_wrap=True)
    table.add_column("said", justify="right", no_wrap=True)
    for head in TITLES.values():
        table.add_column(head, no_wrap=True)
    for row in rows:
        table.add_row(_name(row), str(row.statements), *(_short(one) for _, one in _shares(row)))
    return table


def _blocks(rows: Sequence[Rates], by: str) -> Iterable[Text]:
    for row in rows:
        yield Text(f"{by} {_name(row)}: {row.statements} statements", "bold")
        for title, one in _shares(row):
            yield Text(f"  {title:<22} {_short(one)}")


def _without(rows: Sequence[Rates]) -> list[Rates]:
    return [row for row in rows if not row.statements]


def _silent(row: Rates) -> Text:
    counts = f"records of motion without a word: {row.records}, with {row.commands} commands"
    return Text(f"{_name(row)}: {counts}; no rate is of them", "dim")


def _name(row: Rates) -> str:
    return one_line(row.name, 60) or "(unknown)"


def _short(one: Share) -> str:
    if one.value is None:
        return "-"
    return f"{one.value:.0%} [{one.low:.0%}, {one.high:.0%}] {one.part}/{one.whole}"
