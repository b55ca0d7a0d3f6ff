"""The same report for a terminal: what has to be read first, TI-S, the window, and what stands out."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from iatro_governor.trial.analysis import Analysis
from iatro_governor.trial.estimate.ti_s import NOT_MEASURED
from iatro_governor.trial.report import words


def summary(analysis: Analysis) -> RenderableType:
    """All of it, the exceptions first."""
    return Group(*_parts(analysis))


def _parts(analysis: Analysis) -> Iterator[RenderableType]:
    for line in words.first(analysis):
        yield Text(line, style="bold red")
    index = analysis.index
    yield Text(
        f"TI-S {words.interval(index.value)} over {index.runs} pairs of runs, {index.hours:.2f} h",
        style="bold",
    )
    yield Text(f"therapeutic window: {words.window(analysis.response)}")
    for name, title in words.TERMS.items():
        told = (
            words.interval(index.terms[name]) + " /h"
            if name in index.terms
            else f"not measured: {NOT_MEASURED[name]}"
        )
        yield Text(f"  {title}: {told}")
    if analysis.families:
        yield _families(analysis)
    yield from _limits(analysis)
    yield from _pairs(analysis)
    yield from _contraindications(analysis)
    for name, confusion in analysis.layers.items():
        yield Text(f"safe in words only, {name}: {confusion.cosmetic.text()}")


def _families(analysis: Analysis) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in ("family", "kind"):
        table.add_column(head)
    for head in ("TI-S", "prevented /h", "caused, lost /h", "window"):
        table.add_column(head, justify="right")
    for family in analysis.families:
        terms = family.index.terms
        costs = [words.number(terms[name].value) for name in ("b_h", "c_direct")]
        table.add_row(
            family.name,
            family.kind,
            words.interval(family.index.value),
            *costs,
            words.window(family.response),
        )
    return table


def _limits(analysis: Analysis) -> Iterator[Text]:
    for limit in analysis.limits:
        style = {"harms": "red", "helps": "green"}.get(limit.finding, "")
        yield Text(f"limit {limit.name}: {limit.finding}, net {words.interval(limit.net)} /h", style=style)


def _pairs(analysis: Analysis) -> Iterator[Text]:
    for pair in analysis.pairs:
        if pair.antagonistic or pair.toxic:
            what = " and ".join(
                said
                for said, so in (
                    ("help less together", pair.antagonistic),
                    ("harm more together", pair.toxic),
                )
                if so
            )
            yield Text(f"{pair.limits[0]} and {pair.limits[1]} {what} ({pair.how})", style="red")


def _contraindications(analysis: Analysis) -> Iterator[Text]:
    for one in analysis.contraindications.found:
        said = "documented" if one.documented else "UNDOCUMENTED"
        yield Text(
            f"contraindication of {one.of} {one.name}: {one.rule.text()} "
            f"({one.rule.harmed} of {one.rule.runs} runs, {said})",
            style="" if one.documented else "red",
        )
