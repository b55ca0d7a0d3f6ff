"""``iatro trial compare``: two campaigns on the same runs, of two configurations or versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, print_json

if TYPE_CHECKING:
    from ..trial.estimate.comparison import Comparison

NAMES = {
    "prevented": "harm prevented a run",
    "toxicity": "harm and lost tasks a run",
    "net": "net benefit a run",
}


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A campaign's folder, the one before.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The other one's.")],
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What tasks, stops and alarms weigh, YAML; else ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Say what B does otherwise than A, on the runs that both have, with intervals."""
    from ..trial.analysis import load_table
    from ..trial.estimate import comparison
    from ..trial.estimate.weights import Weights, read_weights

    chosen = Weights() if weights is None else read_weights(weights)
    (one, table), (other, second_table) = load_table(first), load_table(second)
    found = comparison.compare(table, second_table, chosen)
    differ = comparison.differences(one, other)
    if as_json:
        print_json({"differ": differ, **found.to_json()})
        return
    for line in differ:
        console.print(line, markup=False)
    _print(found)


def _print(found: Comparison) -> None:
    from rich import box
    from rich.table import Table

    from ..trial.report.words import interval, number

    console.print(f"{found.twins} runs in both, {found.left_out} in one only", markup=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    for head in ("A", "B", "B less A", "p (Holm)", ""):
        table.add_column(head, justify="right")
    table.add_row("TI-S", number(found.first), number(found.second), interval(found.difference), "", "")
    for change in found.changes:
        said = {None: "no difference shown", True: "better", False: "worse"}[change.better]
        row = [
            number(change.first),
            number(change.second),
            interval(change.difference),
            number(change.p, 2),
            said,
        ]
        table.add_row(NAMES[change.name], *row)
    console.print(table)
    for (_, scenario, seed), net in found.flipped:
        console.print(f"{scenario}, seed {seed}: B {net:+.3g} harm-equivalents", markup=False)
