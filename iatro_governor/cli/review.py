"""``iatro review``: incidents in the terminal."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import LedgerError
from ..ledger.check import VerifyResult
from ._refuse import refuse as refuse
from .review_list import export, list_incidents, overview
from .review_stats import stats

DEFAULT_LEDGER = Path("out/demo/ledger.db")
app = typer.Typer(name="review", no_args_is_help=True, help="Read the incidents of a ledger.")
app.command(name="list")(list_incidents)
for command in (stats, overview, export):
    app.command()(command)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="The ledger's key, to check its chain; else as ledger verify."
    ),
]


@app.command()
def show(
    names: Annotated[list[str], typer.Argument(metavar="[DB] ID", help="A ledger, and a number or plan id.")],
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Show one incident: the planner's words beside what was asked, allowed and measured."""
    from ..ledger.reader import Reader
    from ..review.incidents import detail, shadow_text, start_time
    from ..review.tables import console, detail_view

    if len(names) > 2:
        refuse(f"show takes a ledger and one incident, not {len(names)} names", as_json)
    db, name = Path(names[0]) if len(names) == 2 else DEFAULT_LEDGER, names[-1]
    try:
        with Reader(db) as reader:
            found = detail(reader, name)
            start = start_time(reader)
            _warn(shadow_text(reader))
        chain = _chain(db, key)
    except LedgerError as error:
        refuse(str(error), as_json)
    if as_json:
        status = chain if isinstance(chain, str) else chain.to_json()
        print(json.dumps({**found.to_json(), "chain": status}))
    else:
        console().print(detail_view(found, start, chain))


@app.command()
def report(
    db: Annotated[Path, typer.Argument(metavar="[DB]", help="The ledger.")] = DEFAULT_LEDGER,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Write one self-contained page of all incidents; it needs no network."""
    from ..review.report import write_report

    try:
        found = key_of(db, key)
        write_report(db, out, None, key=found if isinstance(found, bytes) else None)
    except LedgerError as error:
        refuse(str(error), as_json)
    print(json.dumps({"report": str(out)}) if as_json else f"wrote {out}")


def _warn(text: str) -> None:
    if text:
        print(text, file=sys.stderr)


def _chain(db: Path, key: Path | None) -> VerifyResult | str:
    """The check of the ledger, or why there is none."""
    from ..ledger.check import verify

    found = key_of(db, key)
    return verify(db, found) if isinstance(found, bytes) else found


def key_of(db: Path, key: Path | None) -> bytes | str:
    """The ledger's key, or why there is none; one that was asked for must be there."""
    from ..ledger.keys import find_key

    try:
        return find_key(db, key, os.environ.get("IATRO_KEY"))
    except LedgerError as error:
        if key is not None:
            raise
        return str(error)
