"""The curves of one incident as a chart has them: few enough points, and what was promised of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .action import Action
from .curves import SIDES, Curve
from .incidents import Detail

MOST_POINTS = 1500
CLAIMED = {"speed": "speed", "angular_speed": "turn rate"}
"""The curve that a claim of a quantity can be held against."""


def drawn(action: Action) -> list[Curve]:
    """The curves worth a row of the chart: the first, and every other one that moves."""
    return [curve for place, curve in enumerate(action.curves[:7]) if place == 0 or curve.moves]


def promised(found: Detail, curves: Sequence[str]) -> list[dict[str, Any]]:
    """The claims that a curve of the chart can be held against: a line at their value."""
    lines = []
    for claim in found.words.claims:
        name, value = CLAIMED.get(str(claim.get("quantity"))), claim.get("value")
        if claim.get("committed") and name in curves and isinstance(value, (int, float)):
            text = f"promised {claim.get('op')} {value:g}"
            lines.append({"row": curves.index(name), "value": value, "text": text})
    return lines


def thinned(curve: Curve, start: float) -> dict[str, Any]:
    """At most about ``MOST_POINTS`` points, with the extremes of every side kept."""
    keep: Sequence[int] = range(len(curve.t))
    if len(curve.t) > MOST_POINTS:
        chosen = {0, len(curve.t) - 1}
        step = -(-len(curve.t) * 2 * len(SIDES) // MOST_POINTS)
        for first in range(0, len(curve.t), step):
            bucket = range(first, min(first + step, len(curve.t)))
            for side in SIDES:
                values = getattr(curve, side)
                there = [place for place in bucket if values[place] is not None]
                if there:
                    chosen |= {min(there, key=values.__getitem__), max(there, key=values.__getitem__)}
        keep = sorted(chosen)
    thin = {side: [rounded(getattr(curve, side)[place]) for place in keep] for side in SIDES}
    return {
        "name": curve.name,
        "unit": curve.unit,
        "t": [rounded(curve.t[place] - start) for place in keep],
        **thin,
    }


def rounded(value: float | None) -> Any:
    """To what a screen can show."""
    return None if value is None else round(value, 4)
