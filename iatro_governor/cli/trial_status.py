"""``iatro trial status``: how far a campaign is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .output import console, print_json


def status(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The campaign's folder, as --out named it.")
    ] = Path("out/trial"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Say what a campaign is, how many of its runs are done, whether somebody works on it, and how to go on."""
    from ..trial.standing import standings

    found = standings(folder)
    if as_json:
        print_json({"campaigns": [each.to_json() for each in found]})
        return
    for each in found:
        for line in each.lines():
            console.print(line, markup=False, soft_wrap=True)
