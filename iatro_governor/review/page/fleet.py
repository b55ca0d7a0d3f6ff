"""All incidents at a glance: how often words and actions parted, by model, robot, context and week."""

from __future__ import annotations

from typing import Any

from ...ledger.reader import Reader
from ...testimony.verdicts import VERDICTS
from ..incidents import shadow_text
from ..index import Index
from ..known import CONTEXTS
from ..proportions import Share
from ..rates import Rates, Rows, rates_by
from ..text import one_line
from .wanted import Wanted

SHOWN = ("model", "robot", "context", "week")
WIDTH = 200
"""Of an interval's drawing, in its own units: 0 to 100 %."""
_COUNTS = "SELECT verdict, count(*) FROM incident GROUP BY verdict"


def fleet(reader: Reader, root: str = "") -> dict[str, Any]:
    """What the template of the overview of one ledger needs; its pages begin with ``root``."""
    with Index(reader) as index:
        return counted(index.rows, shadow_text(reader), root)


def counted(rows: Rows, shadow: str, root: str | None) -> dict[str, Any]:
    """The overview of the incidents that ``rows`` queries; ``root`` is None where no one list has them all."""
    groups = [
        {"name": group, "rows": [_row(group, one, root) for one in rates_by(rows, group)]} for group in SHOWN
    ]
    found = {str(name): int(count) for name, count in rows(_COUNTS, ())}
    counts = [(name, found.get(name, 0)) for name in VERDICTS]
    most = max((count for _, count in counts), default=0) or 1
    return {
        "every": sum(found.values()),
        "verdicts": [
            {
                "name": name,
                "count": count,
                "width": round(WIDTH * count / most, 1),
                "href": _address(root, verdict=name) if count else None,
            }
            for name, count in counts
        ],
        "groups": groups,
        "shadow": shadow,
    }


def _address(root: str | None, **wanted: str) -> str | None:
    return None if root is None else Wanted.model_validate(wanted).under(root).address()


def _row(group: str, one: Rates, root: str | None) -> dict[str, Any]:
    linked = one.name in CONTEXTS if group == "context" else one.name and group in ("model", "robot")
    return {
        "name": one_line(one.name, 60) or "not named",
        "href": _address(root, **{group: one.name[:200]}) if linked else None,
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
