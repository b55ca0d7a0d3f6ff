"""``iatro review``: incidents in the terminal."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import IatroError, LedgerError
from ..ledger.check import VerifyResult
from ..review.text import visible
from ._apart import apart
from ._refuse import refuse as refuse
from ._review_told import Told
from .review_list import Sources, export, list_incidents, overview
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
    names: Annotated[
        list[str], typer.Argument(metavar="[SOURCE]... ID", help="Where to look, and a number or plan id.")
    ],
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Show one incident: the planner's words beside what was asked, allowed and measured.

    Exit 0, 1 where it was found beside a source that could not be read, 2 where it was not. An export has a line of it.
    """
    from ..review.finding import find_among
    from ..review.tables import console, detail_view

    *sources, name = names
    sources = sources or [str(DEFAULT_LEDGER)]
    try:
        found, problems = find_among(sources, name)
        _warn(found.shadow)
        chain = "an export has no chain" if found.is_export else _chain(Path(found.source), key)
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        status = chain if isinstance(chain, str) else chain.to_json()
        place = {} if sources == [found.source] else {"source": found.source}
        print(json.dumps({**found.detail.to_json(), **place, "chain": status}))
    else:
        screen = console()
        if sources != [found.source]:
            screen.print(f"of {visible(found.source)}", style="dim")
        screen.print(detail_view(found.detail, found.start, chain))
    Told(problems=problems).end()


@app.command()
def report(
    sources: Sources = None,
    out: Annotated[
        Path, typer.Option(help="The page to write; of several ledgers a folder of pages.")
    ] = Path("report.html"),
    key: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Write one self-contained page of all incidents of a ledger; it needs no network.

    Of several ledgers each gets its page. Exit 0, 1 where one of them could not be read, 2 where none could.
    """
    from ..review.fleet import expanded, is_one_ledger

    given = sources or [str(DEFAULT_LEDGER)]
    try:
        ledgers, problems = expanded(given)
    except IatroError as error:
        refuse(str(error), as_json)
    pages = {
        one: out if is_one_ledger(given) else _page_of(out, place, one)
        for place, one in enumerate(ledgers, 1)
    }
    written: dict[str, str] = {}
    for ledger, page in pages.items():
        try:
            _write(Path(ledger), page, key)
            written[ledger] = str(page)
        except IatroError as error:
            problems.append(str(error))
    if not written:
        refuse("; ".join(problems), as_json)
    if as_json:
        first = {"report": str(out)} if is_one_ledger(given) else {"reports": written}
        print(json.dumps(first))
    else:
        for ledger, name in written.items():
            print(f"wrote {name}" if is_one_ledger(given) else f"wrote {name}: {ledger}")
    Told(problems=problems).end()


def _page_of(out: Path, place: int, ledger: str) -> Path:
    folder = out.with_suffix("") if out.suffix == ".html" else out
    return folder / f"{place:03d}-{Path(ledger).stem}.html"


def _write(ledger: Path, page: Path, key: Path | None) -> None:
    from ..review.fleet import is_export
    from ..review.report import write_report

    apart(page, [key])
    if is_export(str(ledger)):
        raise LedgerError(f"{ledger}: a report needs the ledger itself: an export holds no decision")
    found = key_of(ledger, key)
    write_report(ledger, page, None, key=found if isinstance(found, bytes) else None)


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
