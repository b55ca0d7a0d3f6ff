"""``iatro keygen``: a key that can release latches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iatro_governor import operator_key
from iatro_governor.cli.output import console, print_json


def keygen(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes; never overwritten.")] = Path(
        "operator.key"
    ),
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Make an operator's key, in a file that only you can read (mode 0600)."""
    operator_key.create(file)
    if json:
        print_json({"file": str(file), "mode": "0600"})
        return
    console.print(f"{file}: a new operator's key, mode 0600", markup=False)
    console.print(
        "Name it in the profile as operator_key, or in IATRO_OPERATOR_KEY, for the governor. "
        "No planner may run as a user who can read it."
    )
