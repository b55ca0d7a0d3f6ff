"""All incidents at a glance: how often words and actions parted, by model, robot, context and week."""

from __future__ import annotations

from typing import Any

from ...ledger.reader import Reader
from ...testimony.verdicts import VERDICTS
from ..incidents import shadow_text
from ..index import Index
from ..paging import count as count_of
from ..proportions import Share
from ..queries import Filter
from ..rates import Rates, rates_by
from ..text import one_line
from .wanted import Wanted

SHOWN = ("model", "robot", "context", "week")
WIDTH = 200
"""Of an interval's drawing, in its own units: 0 to 100 %."""


def fleet(reader: Reader) -> dict[str, Any]:
    """What the template of the overview needs."""
    with Index(reader) as index:
        groups = [
            {"name": group, "rows": [_row(group, one) for one in rates_by(index.rows, group)]}
            for group in SHOWN
        ]
        counts = [(name, count_of(index, Filter(verdict=name))) for name in VERDICTS]
        every = count_of(index, Filter())
    most = max((count for _, count in counts), default=0) or 1
    return {
        "every": every,
        "verdicts": [
            {
                "name": name,
                "count": count,
                "width": round(WIDTH * count / most, 1),
                "href": Wanted.model_validate({"verdict": name}).address(),
            }
            for name, count in counts
        ],
        "groups": groups,
        "shadow": shadow_text(reader),
    }


def _row(group: str, one: Rates) -> dict[str, Any]:
    linked = one.name and group in ("model", "robot", "context")
    return {
        "name": one_line(one.name, 60) or "not named",
        "href": Wanted.model_validate({group: one.name[:200]}).address() if linked else None,
        "statements": one.statements,
        "shares": [_share(part) for part in (one.disagreement, one.override, one.limited)],
    }


def _share(one: Share) -> dict[str, Any]:
    if one.value is None:
        return {"text": "–", "interval": "none to count", "bar": None}
    return {
        "text": f"{one.value:.0%}",
        "interval": f"{one.low:.0%} to {one.high:.0%}, {one.part} of {one.whole}",
        "bar": {
            "low": round(WIDTH * one.low, 1),
            "width": round(WIDTH * (one.high - one.low), 1),
            "at": round(WIDTH * one.value, 1),
        },
    }
