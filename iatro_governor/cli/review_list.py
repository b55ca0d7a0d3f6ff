"""``iatro review list|overview|export``: incidents of one ledger or of many."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import IatroError
from ..review.queries import Filter
from ._filter_options import filtered
from ._refuse import refuse

DEFAULT_LEDGER = "out/demo/ledger.db"
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE",
        help="Ledgers, Parquet files or folders of both; out/demo/ledger.db unless given.",
    ),
]


@filtered
def list_incidents(
    wanted: Filter,
    sources: Sources = None,
    sort: Annotated[str, typer.Option(help="By time, severity, verdict, plan or model.")] = "time",
    most: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    skip: Annotated[int, typer.Option(min=0, help="Leave out the first so many.")] = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values on standard output.")] = False,
    as_json: Json = False,
) -> None:
    """List incidents, one a line: which words met which action.

    Exit 0, 1 where a source could not be read and the rest is shown, 2 where nothing can be.
    """
    from ..review.incidents import Incident
    from ..review.tables import console, incident_table
    from ..review.wanted import SORTS
    from ._review_output import print_csv
    from ._review_sources import listed

    if sort not in SORTS:
        refuse(f"--sort {sort}: allowed are {', '.join(SORTS)}", as_json)
    try:
        found, told = listed(sources or [DEFAULT_LEDGER], wanted, sort, most, skip)
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        print(json.dumps(found))
    elif as_csv:
        print_csv(found)
    else:
        screen = console()
        places = [(str(one.get("source", "")), float(one["begins"])) for one in found]
        screen.print(incident_table([Incident(**_known(one)) for one in found], places, screen.width))
    told.end()


@filtered
def overview(
    wanted: Filter,
    sources: Sources = None,
    by: Annotated[
        str, typer.Option(help="model, robot, context, channel, policy, version, week or all.")
    ] = "model",
    as_json: Json = False,
) -> None:
    """Rates by model, robot, context, policy, version or week, with their 95% intervals."""
    from ..review.rates import GROUPS
    from ..review.rates_view import rates_view
    from ..review.tables import console
    from ._review_sources import counted

    if by not in GROUPS:
        refuse(f"--by {by}: allowed are {', '.join(GROUPS)}", as_json)
    try:
        found, told = counted(sources or [DEFAULT_LEDGER], by, wanted)
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        print(json.dumps([one.to_json() for one in found]))
    else:
        screen = console()
        screen.print(rates_view(found, by, screen.width))
    told.end()


@filtered
def export(
    wanted: Filter,
    out: Annotated[
        Path, typer.Option(help="The file to write: .jsonl, .csv or .parquet.", show_default=False)
    ],
    sources: Sources = None,
    everything: Annotated[
        bool, typer.Option("--records", help="Every record of one ledger, in place of its incidents.")
    ] = False,
    redact: Annotated[bool, typer.Option(help="Nobody's words: the hash of each text in its place.")] = False,
    as_json: Json = False,
) -> None:
    """Write incidents, or every record, to a file that other programs read."""
    from ._review_sources import exported

    try:
        count, told = exported(sources or [DEFAULT_LEDGER], out, wanted, everything=everything, redact=redact)
    except IatroError as error:
        refuse(str(error), as_json)
    print(json.dumps({"out": str(out), "rows": count}) if as_json else f"wrote {out}: {count} rows")
    told.end()


def _known(one: dict[str, Any]) -> dict[str, Any]:
    """What an incident has of a row's columns."""
    from ..review.incidents import Incident

    return {field.name: one[field.name] for field in fields(Incident)}
