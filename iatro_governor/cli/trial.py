"""``iatro trial``: what a governor costs, where it helps and where it begins to do harm, measured on the plant."""

from __future__ import annotations

import typer

from .trial_compare import compare
from .trial_report import report
from .trial_run import run
from .trial_status import status
from .trial_tune import tune

app = typer.Typer(
    name="trial",
    no_args_is_help=True,
    help="Measure the treatment: doses, scenarios, twins without a governor.",
)
for command in (run, status, report, compare, tune):
    app.command()(command)
