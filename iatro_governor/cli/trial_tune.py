"""``iatro trial tune``: which of the tried strictnesses is proved best, and what would change; it changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import TrialError
from .output import console, print_json

if TYPE_CHECKING:
    from ..trial.estimate.proposal import Proposal

Diff = list[dict[str, Any]]


def tune(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A campaign's folder, see iatro trial run.")],
    least: Annotated[float, typer.Option(metavar="D", min=0, help="No dose under this.")] = 1.0,
    most: Annotated[float, typer.Option(metavar="D", min=0, help="No dose over this.")] = 10.0,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What tasks, stops and alarms weigh, YAML; else ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Propose the doses with the largest lower bound of TI-S, never looser than a bound with a source."""
    from ..trial.analysis import load_table
    from ..trial.estimate.proposal import propose
    from ..trial.estimate.weights import Weights, read_weights
    from ..trial.tuning import difference

    if least > most:
        raise TrialError(f"--least {least:g} is above --most {most:g}: give them the other way round")
    manifest, table = load_table(folder)
    found = propose(table, Weights() if weights is None else read_weights(weights), least, most)
    if found is None:
        raise TrialError(
            f"{folder}: holds no runs as configured (dose 1) with ungoverned twins; run it with --doses 1"
        )
    diff = difference(manifest, found.best) if found.changes else []
    if as_json:
        print_json({**found.to_json(), "diff": diff})
    else:
        _print(found, diff)


def _print(found: Proposal, diff: Diff) -> None:
    from ..trial.report.words import interval

    for one in found.tried:
        why = f"   not proposed: {one.refused}" if one.refused else ""
        console.print(
            f"{one.text()}: TI-S {interval(one.index.value)}, {one.index.runs} runs{why}", markup=False
        )
    if not found.changes:
        console.print("Nothing that may be proposed is proved better than the present configuration.")
        return
    console.print(
        f"\nproposed: {found.best.text()}. Nothing was changed; of {len(diff)} numbers:", markup=False
    )
    for row in diff:
        console.print(f"  {row['limit']}.{row['key']}", markup=False)
        console.print(f"  - {row['present']}   ({row['source']})", style="red", markup=False)
        console.print(f"  + {row['proposed']}", style="green", markup=False)
