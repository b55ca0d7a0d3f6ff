"""``iatro review stats``: rates per planner model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import LedgerError


def stats(
    db: Annotated[Path, typer.Argument(metavar="[DB]", help="The ledger.")] = Path("out/demo/ledger.db"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Show how often each model's words and actions part, and how often it saw the danger and went on."""
    from ..ledger.reader import Reader
    from ..review.rates import model_rates, rate_table
    from ..review.tables import console

    try:
        with Reader(db) as reader:
            found = model_rates(reader)
    except LedgerError as error:
        if as_json:
            print(json.dumps({"error": str(error)}))
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    if as_json:
        print(json.dumps({"models": [one.to_json() for one in found]}))
    else:
        console().print(rate_table(found))
