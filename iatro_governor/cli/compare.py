"""``iatro compare``: one kind of incidents beside another, and whether a rate has drifted."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import IatroError, LedgerError
from ..review.queries import Filter
from ._filter_options import filter_of, filtered
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
        typer.Argument(metavar="[DB]...", help="Ledgers, Parquet files or folders of both."),
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
    from ..review.tables import console
    from ._review_sources import incident_rows

    if by not in BY:
        refuse(f"--by {by}: allowed are {', '.join(BY)}", as_json)
    try:
        with incident_rows(sources or [DEFAULT_LEDGER]) as rows:
            found = _comparisons(rows, by, wanted, a, b)
            flagged, drifted = undeclared(rows), drifts(rows, wanted)
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
        console().print(compare_view(found, flagged, drifted))


def _comparisons(
    rows: Rows, by: str, wanted: Filter, a: list[str] | None, b: list[str] | None
) -> list[Comparison]:
    from ..review import compare as sides

    if not a and not b:
        return sides.compare_groups(rows, by, wanted)
    if not a or not b:
        raise LedgerError("two sides are compared: give --a and --b, each as NAME=VALUE")
    filters = (_side(wanted, a), _side(wanted, b))
    return [sides.compare(rows, *filters, (" ".join(a), " ".join(b)))]


def _side(wanted: Filter, given: list[str]) -> Filter:
    """``wanted`` narrowed by NAME=VALUE pairs."""
    names = [field.name for field in fields(Filter)]
    chosen: dict[str, Any] = {name: getattr(wanted, name) for name in names}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name not in names:
            raise LedgerError(f"{one!r}: no NAME=VALUE (allowed names: {', '.join(names)})")
        chosen[name] = value
    try:
        chosen["severity"] = None if chosen["severity"] is None else int(chosen["severity"])
    except ValueError:
        raise LedgerError(f"severity={chosen['severity']}: allowed are 0 to 4") from None
    texts = {name: None if chosen[name] is None else str(chosen[name]) for name in ("since", "until")}
    return filter_of({**chosen, **texts})
