"""``iatro review list|overview|export``: incidents of one ledger or of many."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import IatroError, LedgerError
from ._refuse import refuse

if TYPE_CHECKING:
    from ..review.queries import Filter

DEFAULT_LEDGER = "out/demo/ledger.db"
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE]...",
        help="Ledgers, Parquet files or folders of both; out/demo/ledger.db unless given.",
    ),
]
Verdict = Annotated[str | None, typer.Option(help="Only this primary verdict, as PARTIAL.")]
Severity = Annotated[int | None, typer.Option(min=0, max=4, help="This severity or more.")]
Plan = Annotated[str | None, typer.Option(help="Only this plan id.")]
Model = Annotated[str | None, typer.Option(help="Only this planner model.")]
Words = Annotated[str | None, typer.Option(help="Only where the words contain this.")]
Since = Annotated[str | None, typer.Option(help="From this time on: seconds, or 2026-03-01T12:00 (UTC).")]
Until = Annotated[str | None, typer.Option(help="Before this time.")]
Robot = Annotated[str | None, typer.Option(help="Only this robot; where records name none, their channel.")]
LimitName = Annotated[str | None, typer.Option(help="Only where this limit bound.")]
Context = Annotated[str | None, typer.Option(help="Only field, simulation or evaluation.")]


def list_incidents(
    sources: Sources = None,
    verdict: Verdict = None,
    severity: Severity = None,
    plan: Plan = None,
    model: Model = None,
    text: Words = None,
    since: Since = None,
    until: Until = None,
    robot: Robot = None,
    limit: LimitName = None,
    context: Context = None,
    sort: Annotated[str, typer.Option(help="By time, severity, verdict, plan or model.")] = "time",
    most: Annotated[int | None, typer.Option(min=0, help="At most so many.")] = None,
    skip: Annotated[int, typer.Option(min=0, help="Leave out the first so many.")] = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values on standard output.")] = False,
    as_json: Json = False,
) -> None:
    """List incidents, one a line: which words met which action."""
    from ..review.incidents import Incident
    from ..review.tables import console, incident_table
    from ..review.wanted import SORTS
    from ._review_output import print_csv
    from ._review_sources import listed

    if sort not in SORTS:
        refuse(f"--sort {sort}: allowed are {', '.join(SORTS)}", as_json)
    try:
        wanted = _filter(verdict, severity, plan, model, text, since, until, robot, limit, context)
        found, start, note = listed(sources or [DEFAULT_LEDGER], wanted, sort, most, skip)
    except IatroError as error:
        refuse(str(error), as_json)
    if note:
        print(note, file=sys.stderr)
    if as_json:
        print(json.dumps(found))
    elif as_csv:
        print_csv(found)
    else:
        screen = console()
        screen.print(incident_table([Incident(**_known(one)) for one in found], start, screen.width))


def overview(
    sources: Sources = None,
    by: Annotated[str, typer.Option(help="model, robot, context, channel, policy or week.")] = "model",
    verdict: Verdict = None,
    severity: Severity = None,
    plan: Plan = None,
    model: Model = None,
    text: Words = None,
    since: Since = None,
    until: Until = None,
    robot: Robot = None,
    limit: LimitName = None,
    context: Context = None,
    as_json: Json = False,
) -> None:
    """Rates by model, robot, context, policy or week, with their 95% intervals."""
    from ..review.statistics import GROUPS
    from ..review.tables import console
    from ._review_output import stats_table
    from ._review_sources import counted

    if by not in GROUPS:
        refuse(f"--by {by}: allowed are {', '.join(GROUPS)}", as_json)
    try:
        wanted = _filter(verdict, severity, plan, model, text, since, until, robot, limit, context)
        found = counted(sources or [DEFAULT_LEDGER], by, wanted)
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        print(json.dumps(found))
    else:
        console().print(stats_table(found, by))


def export(
    out: Annotated[
        Path, typer.Option(help="The file to write: .jsonl, .csv or .parquet.", show_default=False)
    ],
    sources: Sources = None,
    everything: Annotated[
        bool, typer.Option("--records", help="Every record of one ledger, in place of its incidents.")
    ] = False,
    redact: Annotated[bool, typer.Option(help="The hash of each text in its place.")] = False,
    verdict: Verdict = None,
    severity: Severity = None,
    plan: Plan = None,
    model: Model = None,
    text: Words = None,
    since: Since = None,
    until: Until = None,
    robot: Robot = None,
    limit: LimitName = None,
    context: Context = None,
    as_json: Json = False,
) -> None:
    """Write incidents, or every record, to a file that other programs read."""
    from ._review_sources import exported

    try:
        wanted = _filter(verdict, severity, plan, model, text, since, until, robot, limit, context)
        count = exported(sources or [DEFAULT_LEDGER], out, wanted, everything=everything, redact=redact)
    except IatroError as error:
        refuse(str(error), as_json)
    print(json.dumps({"out": str(out), "rows": count}) if as_json else f"wrote {out}: {count} rows")


def _filter(*given: Any) -> Filter:
    """The filter of a command's options, in their order."""
    from ..review.queries import Filter

    verdict, severity, plan, model, text, since, until, robot, limit, context = given
    times = (_time(since), _time(until))
    return Filter(verdict, severity, plan, model, text, *times, robot, context, limit)


def _time(text: str | None) -> float | None:
    """Seconds, from a number or an ISO date (UTC unless it says otherwise)."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise LedgerError(f"{text!r}: no time (allowed: seconds, or a date as 2026-03-01T12:00)") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _known(one: dict[str, Any]) -> dict[str, Any]:
    """What an incident has of a row's columns."""
    from ..review.incidents import Incident

    return {field.name: one[field.name] for field in fields(Incident)}
