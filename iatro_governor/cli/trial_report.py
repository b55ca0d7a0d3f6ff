"""``iatro trial report``: what a campaign says, as a page, as numbers and in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import console, notes, print_json

if TYPE_CHECKING:
    from ..trial.analysis import Analysis
    from ..trial.estimate.weights import Weights


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A campaign's folder, see iatro trial run.")],
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What tasks, stops and alarms weigh, YAML; else ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Estimate TI-S, windows, limits, pairs and contraindications; writes ti_s.json, report.html and curves.svg."""
    from ..trial.estimate.weights import read_weights
    from ..trial.report.terminal import summary

    analysis = publish(folder, None if weights is None else read_weights(weights))
    if as_json:
        print_json(analysis.to_json())
    else:
        console.print(summary(analysis))


def publish(folder: Path, weights: Weights | None = None) -> Analysis:
    """Estimate from the table of runs in ``folder``, and write what comes of it beside the table."""
    from ..trial.analysis import analyse, write_json
    from ..trial.report.page import write_page

    analysis = analyse(folder, weights)
    written = [write_json(folder, analysis), write_page(folder, analysis)]
    notes.print(f"written: {', '.join(map(str, written))}", markup=False)
    return analysis
