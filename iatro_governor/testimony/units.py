"""Units that planners write, with the quantity each measures and its factor to the SI unit reported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iatro_governor.testimony.unit_names import ANGLES, LENGTHS, PER_TIME, PLAIN, TIMES

SI = {
    "speed": "m/s",
    "angular_speed": "rad/s",
    "distance": "m",
    "angle": "rad",
    "force": "N",
    "torque": "Nm",
    "mass": "kg",
    "duration": "s",
    "percent": "%",
}
"""The unit that each quantity is reported in; percent is 35, not 0.35."""

_PER = r"\s?(?:/|per\b|each\b|every\b|an?\b|por\b|pro\b|par\b|je\b|in der\b|a la\b|à la\b|每|毎)\s?"
_NOT_MORE = (
    r"(?![a-z0-9\u00b2\u00b3\u00df-\u024f])(?!\s?(?:/|\^|per\b(?=\s?(?:m|mm|cm|km|s|kg|sec|seconds?|minutes?|hours?|met(?:er|re)s?|lit(?:er|re)s?|square|cubic|degrees?|kilo\w*)\b)|squared|cubed|-?square\b|celsius|fahrenheit|"
    r"[cf]\b|\u00b0?\s?[cf]\b))"
)
_RATES = rf"(?:{'|'.join(sorted(PER_TIME, key=len, reverse=True))})"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit found at ``[start, end)`` of the text."""

    quantity: str
    factor: float
    end: int


def _readings() -> dict[str, list[tuple[re.Pattern[str], str, float]]]:
    """Every unit's pattern, quantity and factor, by its first letter."""
    rows: list[tuple[str, str, float, str]] = []
    for names, quantity, rate in ((LENGTHS, "distance", "speed"), (ANGLES, "angle", "angular_speed")):
        for name, factor in names.items():
            rows += [
                (name, rate, factor, rf"(?:{_PER}(?P<per>{_RATES})|\s?s\s?\^?-1)"),
                (name, quantity, factor, ""),
            ]
    rows += [(name, "duration", factor, "") for name, factor in TIMES.items()]
    rows += [(name, quantity, factor, "") for name, (quantity, factor) in PLAIN.items()]
    table: dict[str, list[tuple[re.Pattern[str], str, float]]] = {}
    for name, quantity, factor, tail in rows:
        pattern = re.compile(rf"(?:{name}){tail}{_NOT_MORE}")
        table.setdefault(name[0], []).append((pattern, quantity, factor))
    return table


_BY_FIRST = _readings()
_BLANK = re.compile(r"[ \n-]?[ \n]?")


def unit_at(text: str, at: int) -> Unit | None:
    """The unit that follows a number ending at ``at``, the longest reading first; ``None`` if there is none.

    "m/s^2", "N/m", "degrees Celsius" and "square metres" measure none of the nine quantities and give ``None``.
    """
    gap = _BLANK.match(text, at)
    start = at if gap is None else gap.end()
    best: Unit | None = None
    for pattern, quantity, factor in _BY_FIRST.get(text[start : start + 1], ()):
        match = pattern.match(text, start)
        if match is None or (best is not None and match.end() <= best.end):
            continue
        per = match.groupdict().get("per")
        best = Unit(quantity, factor / (PER_TIME[per] if per else 1.0), match.end())
    return best
