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
    from ..review.queries import Filter
    from ..review.rates import rate_table
    from ..review.tables import console
    from ._review_sources import counted

    try:
        found = counted([str(db)], "model", Filter())
    except LedgerError as error:
        if as_json:
            print(json.dumps({"error": str(error)}))
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    if as_json:
        print(json.dumps({"models": [one.to_json() for one in found]}))
    else:
        console().print(rate_table(found))
