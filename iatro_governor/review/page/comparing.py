"""Groups of incidents side by side, and the monitor, as the page shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ledger.reader import Reader
from ..compare import BY, MOST, Comparison, compare_groups, undeclared
from ..compare_view import TITLES, change, p_text, pair_text, short
from ..differences import Difference
from ..incidents import shadow_text, start_time
from ..index import Index
from ..monitor import GONE, REFERENCE, Drift, drifts
from ..rates import Rows
from ..text import one_line
from ..times import shown


def comparing(reader: Reader, by: str | None) -> dict[str, Any]:
    """What the template of comparisons within one ledger needs."""
    start = start_time(reader)
    with Index(reader) as index:
        return compared(index.rows, by, shadow_text(reader), lambda t: shown(t, start), index.gone)


def compared(
    rows: Rows, by: str | None, shadow: str, when: Callable[[float], str], gone: bool
) -> dict[str, Any]:
    """The comparisons of the incidents that ``rows`` queries; ``by`` that is none of ``BY`` is the first of them.

    ``when`` shows a time on record (s); ``gone``: records of a ledger are.
    """
    chosen = by if by in BY else BY[0]
    found = compare_groups(rows, chosen)
    flagged, drifted = undeclared(rows), drifts(rows, gone=gone)
    return {
        "by": chosen,
        "choices": BY,
        "most": MOST,
        "comparisons": [_comparison(one) for one in found],
        "undeclared": [
            {"model": one_line(one["model"], 60), "digests": [one_line(text, 80) for text in one["digests"]]}
            for one in flagged
        ],
        "monitor": [_drift(one, when) for one in drifted],
        "gone": GONE if gone else "",
        "reference": REFERENCE,
        "shadow": shadow,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "a": one_line(one.a, 60),
        "b": one_line(one.b, 60),
        "derived": bool(one.lineage),
        "rows": [_row(row) for row in one.differences],
        "pairs": [pair_text(name, pair) for name, pair in one.pairs.items()],
    }


def _row(row: Difference) -> dict[str, Any]:
    sure = row.adjusted is not None and row.adjusted < 0.05
    tests = {"p": p_text(row.p), "adjusted": p_text(row.adjusted)}
    effect = "-" if row.effect is None else f"{row.effect:.2f}"
    shown = {"title": TITLES[row.name], "a": short(row.a), "b": short(row.b), "change": change(row)}
    return {**shown, **tests, "effect": effect, "sure": sure}


def _drift(one: Drift, when: Callable[[float], str]) -> dict[str, Any]:
    return {
        "model": one_line(one.model, 60) or "not named",
        "alarm": one.alarm,
        "since": when(one.since) if one.since is not None else "",
        "reference": short(one.reference),
        "later": short(one.later),
        "evidence": f"{one.evidence:.1f}" if one.evidence < 1000 else "> 1000",
    }
