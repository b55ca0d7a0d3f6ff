"""``iatro compare``: one kind of incidents beside another, and whether a rate has drifted."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import IatroError, LedgerError
from ..review.queries import Filter
from ._filter_options import OPTIONS, filter_of, filtered
from ._refuse import refuse

if TYPE_CHECKING:
    from ..review.compare import Comparison
    from ..review.rates import Rows

DEFAULT_LEDGER = "out/demo/ledger.db"
Side = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", help="One side by a filter, as model=m1 or until=2026-03-01; may be repeated."
    ),
]


@filtered
def compare(
    wanted: Filter,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="DB", help="Ledgers, Parquet files or folders of both."),
    ] = None,
    by: Annotated[
        str, typer.Option(help="model, robot, context, channel, policy, version or week.")
    ] = "model",
    a: Side = None,
    b: Side = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Compare rates between models (a parent and what was made of it), contexts, policies, versions or two filters."""
    from ..review.compare import BY, undeclared
    from ..review.compare_view import compare_view
    from ..review.monitor import drifts
    from ..review.rates import rates_by
    from ..review.tables import console
    from ._review_sources import incident_rows

    if by not in BY:
        refuse(f"--by {by}: allowed are {', '.join(BY)}", as_json)
    try:
        filters = _filters(wanted, a, b)
        with incident_rows(sources or [DEFAULT_LEDGER], *filters) as (rows, told):
            found = _comparisons(rows, by, filters, a, b)
            flagged, drifted = undeclared(rows), drifts(rows, wanted, gone=told.gone)
            rates = [] if a or b else rates_by(rows, by, wanted)
            groups = [one.name for one in rates if one.statements and one.name]
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        document = {
            "by": None if a or b else by,
            "comparisons": [one.to_json() for one in found],
            "undeclared": flagged,
            "monitor": [one.to_json() for one in drifted],
        }
        print(json.dumps(document))
    else:
        screen = console()
        screen.print(compare_view(found, flagged, drifted, screen.width, groups))
    told.end()


def _filters(wanted: Filter, a: list[str] | None, b: list[str] | None) -> list[Filter]:
    """``wanted``, or the two sides of it that were given."""
    if not a and not b:
        return [wanted]
    if not a or not b:
        raise LedgerError("two sides are compared: give --a and --b, each as NAME=VALUE")
    return [_side(wanted, a), _side(wanted, b)]


def _comparisons(
    rows: Rows, by: str, filters: list[Filter], a: list[str] | None, b: list[str] | None
) -> list[Comparison]:
    from ..review import compare as sides

    if not a or not b:
        return sides.compare_groups(rows, by, filters[0])
    return [sides.compare(rows, filters[0], filters[1], (" ".join(a), " ".join(b)))]


def _side(wanted: Filter, given: list[str]) -> Filter:
    """``wanted`` narrowed by NAME=VALUE pairs."""
    chosen: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name not in OPTIONS:
            raise LedgerError(f"{one!r}: no NAME=VALUE (allowed names: {', '.join(OPTIONS)})")
        chosen[name] = value
    try:
        if "severity" in chosen:
            chosen["severity"] = int(chosen["severity"])
    except ValueError:
        raise LedgerError(f"severity={chosen['severity']}: allowed are 0 to 4") from None
    for name in ("since", "until"):
        if name in chosen:  # it takes the place of the other kind of time, too
            wanted = replace(wanted, **{name: None, f"{name}_s": None})
    own = {name: value for name, value in asdict(filter_of(chosen)).items() if value is not None}
    return replace(wanted, **own)
