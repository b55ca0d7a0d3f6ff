"""``iatro trial run``: a campaign of governed runs and their ungoverned twins."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .output import notes, print_json
from .trial_report import publish

if TYPE_CHECKING:
    from ._trial_plan import Planned

DEFAULT_DOSES = "0,0.5,0.75,1,1.5,2,3"
DEFAULT_SEEDS = 2
STOPPED = 130
"""Exit code of what Ctrl-C ended."""


def run(
    profile: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The robot's profile; else the shipped one.")
    ] = None,
    scenarios: Annotated[
        str,
        typer.Option(
            metavar="S", help="base, arm, mobile, drone, all; a family; a file or folder of families."
        ),
    ] = "base",
    doses: Annotated[
        str, typer.Option(metavar="D", help="Strictness, as 0,0.5,1,2: 1 as configured, 0 all limits off.")
    ] = DEFAULT_DOSES,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The first seed.")] = 0,
    seeds: Annotated[
        int, typer.Option(metavar="N", min=1, help="So many seeds of each family.")
    ] = DEFAULT_SEEDS,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where it goes; the same command goes on.")] = Path(
        "out/trial"
    ),
    arms: Annotated[
        str,
        typer.Option(
            metavar="A",
            help="none; limits: each left out and alone; pairs: two at a time, too; doses: each by itself.",
        ),
    ] = "none",
    limits: Annotated[
        str, typer.Option(metavar="L", help="For --arms: only these limits, by name, as a,b.")
    ] = "",
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Processes of this machine; 0: one a core.")
    ] = 0,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT, and its workers."),
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Delete the campaign that --out holds, and begin.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Run every scenario at every dose, and without a governor, with the same seeds; goes on where it was ended."""
    from ._trial_plan import plan, wanted_of

    wanted = wanted_of(doses, seed, seeds, arms, limits)
    planned = plan(wanted, profile, scenarios, out, shlex.join(["iatro", *sys.argv[1:]]))
    for each in planned:
        carry_out_one(each, workers or len(os.sched_getaffinity(0)), scheduler, anew)
        publish(each.folder)
    if as_json:
        print_json(
            {"campaigns": [{"folder": str(p.folder), "runs": p.campaign.manifest.runs} for p in planned]}
        )


def carry_out_one(planned: Planned, workers: int, scheduler: str | None, anew: bool) -> None:
    """Do what is left of one campaign; Ctrl-C ends it, and keeps what is done."""
    from ..trial.campaign import carry_out, clear
    from ._trial_progress import progress

    folder, campaign = planned.folder, planned.campaign
    if anew and folder.is_dir():
        clear(folder)
    try:
        with progress(campaign.setting.robot) as show:
            new = carry_out(folder, campaign, workers, scheduler, show)
    except KeyboardInterrupt:
        notes.print(f"stopped; what is done is kept in {folder}, and the same command goes on", markup=False)
        raise typer.Exit(STOPPED) from None
    notes.print(f"{folder}: {campaign.manifest.runs} runs, {new} of them done now", markup=False)
