"""``iatro review stats``: rates per planner model."""

from __future__ import annotations

import json

from ..errors import IatroError
from ..review.queries import Filter
from ._filter_options import filtered
from ._refuse import refuse
from .review_list import DEFAULT_LEDGER, Json, Sources


@filtered
def stats(wanted: Filter, sources: Sources = None, as_json: Json = False) -> None:
    """Show how often each model's words and actions part, and how often it saw the danger and went on."""
    from ..review.rates_view import rates_view
    from ..review.tables import console
    from ._review_sources import counted

    try:
        found, told = counted(sources or [DEFAULT_LEDGER], "model", wanted)
    except IatroError as error:
        refuse(str(error), as_json)
    if as_json:
        print(json.dumps({"models": [one.to_json() for one in found]}))
    else:
        screen = console()
        screen.print(rates_view(found, "model", screen.width))
    told.end()
