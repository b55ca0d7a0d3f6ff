"""Comparisons and the monitor as terminal tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .compare import Comparison
from .differences import Difference, Paired
from .monitor import GONE, REFERENCE, Drift
from .proportions import Share
from .text import one_line

TITLES = {
    "disagreement": "words and action part",
    "override": "saw it and went on",
    "limited": "needed a limit",
}
"""What each measure is called wherever it is shown."""


def compare_view(
    found: Sequence[Comparison],
    undeclared: Sequence[Mapping[str, Any]],
    drifts: Sequence[Drift],
    width: int,
    groups: Sequence[str] = (),
) -> RenderableType:
    """Every comparison, models whose digests changed without a declared parent, and the monitor.

    ``groups``: those with statements, to be named where they are too few, or too many for all to be compared.
    """
    parts: list[RenderableType] = [_comparison(one, width) for one in found]
    if not found:
        there = ", ".join(one_line(name, 60) for name in groups) or "nobody"
        parts.append(
            Text(f"Nothing to compare: it takes two groups with statements, and there are those of {there}.")
        )
    if left := _left(found, groups):
        parts.append(Text(f"Not compared, for they have the fewest statements: {left}"))
    parts += [
        Text(
            f"UNDECLARED: {one_line(one['model'], 60)} has {len(one['digests'])} digests without a parent",
            "red",
        )
        for one in undeclared
    ]
    parts += [drift_line(one) for one in drifts] or [
        Text(f"Monitor: no model has more than {REFERENCE} statements yet.", "dim")
    ]
    return Group(*parts)


def _left(found: Sequence[Comparison], groups: Sequence[str]) -> str:
    """The groups of which nothing is compared; where models are held against their parents that is as it should be."""
    if not found or any(one.lineage for one in found):
        return ""
    compared = {name for one in found for name in (one.a, one.b)}
    return ", ".join(one_line(name, 60) for name in groups if name not in compared)


def drift_line(one: Drift) -> Text:
    """The monitor of one model in a line."""
    name = one_line(one.model, 60) or "(unknown)"
    counts = f"{short(one.later)} after {short(one.reference)} in the first {one.reference.whole}"
    counts = f"{counts} ({GONE})" if one.gone else counts
    if one.alarm:
        return Text(f"DRIFT: {name} disagrees more than it did: {counts}", "bold red")
    return Text(f"Monitor: {name} has not drifted: {counts}", "dim")


def short(one: Share) -> str:
    """A share with its interval and its counts."""
    if one.value is None:
        return "-"
    return f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}] {one.part}/{one.whole}"


def change(one: Difference) -> str:
    """A difference in percentage points with its interval."""
    if one.value is None:
        return "-"
    return f"{100 * one.value:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]"


def pair_text(name: str, pair: Paired) -> str:
    """The same plans on both sides, in a line."""
    alone = f"in a alone {pair.only_a}, in b alone {pair.only_b}, p {p_text(pair.p)}"
    return f"{pair.pairs} plans on both sides: {TITLES[name]} {alone}"


def _comparison(one: Comparison, width: int) -> RenderableType:
    made = " (made from it)" if one.lineage else ""
    names = one_line(one.a, 60), one_line(one.b, 60)
    table = _table(one)
    fits = Console(width=10_000).measure(table).maximum <= width
    lines: list[RenderableType] = [Text(f"a: {names[0]}   b: {names[1]}{made}", "bold")]
    for side, name in zip("ab", names, strict=True):
        if all(getattr(row, side).whole == 0 for row in one.differences):
            lines.append(Text(f"  {side} ({name}) has no statements, so nothing is compared", "yellow"))
    lines += [table] if fits else _blocks(one)
    lines += [Text(pair_text(name, pair), "dim") for name, pair in one.pairs.items()]
    return Group(*lines, Text(""))


def _table(one: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for head in ("", "a", "b", "b - a, points", "p", "Holm", "h"):
        table.add_column(head, no_wrap=True)
    for row in one.differences:
        table.add_row(TITLES[row.name], short(row.a), short(row.b), change(row), *_tests(row))
    return table


def _blocks(one: Comparison) -> Iterable[Text]:
    """What the table says where it has no room: no number may be cut."""
    for row in one.differences:
        p, adjusted, effect = _tests(row)
        yield Text(f"  {TITLES[row.name]}")
        yield Text(f"    a      {short(row.a)}")
        yield Text(f"    b      {short(row.b)}")
        yield Text(f"    b - a  {change(row)} points")
        yield Text(f"    tests  p {p}, Holm {adjusted}, h {effect}")


def _tests(row: Difference) -> tuple[str, str, str]:
    return p_text(row.p), p_text(row.adjusted), "-" if row.effect is None else f"{row.effect:.2f}"


def p_text(p: float | None) -> str:
    """A p value, as far as it says anything."""
    return "-" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"
