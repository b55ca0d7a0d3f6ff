"""Units that planners write, with the quantity each measures and its factor to the SI unit reported."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

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

_LENGTHS = {
    "m": 1.0,
    "metres?": 1.0,
    "meters?": 1.0,
    "cm": 0.01,
    "centi-?met(?:er|re)s?": 0.01,
    "mm": 0.001,
    "milli-?met(?:er|re)s?": 0.001,
    "km": 1000.0,
    "kilo-?met(?:er|re)s?": 1000.0,
    "inch(?:es)?": 0.0254,
    "ft": 0.3048,
    "feet": 0.3048,
    "foot": 0.3048,
    "yards?": 0.9144,
    "miles?": 1609.344,
}
_ANGLES = {
    "rads?": 1.0,
    "radians?": 1.0,
    "deg": math.pi / 180,
    "degs": math.pi / 180,
    "degrees?": math.pi / 180,
    "\u00b0": math.pi / 180,
    "turns?": math.tau,
    "revolutions?": math.tau,
    "revs?": math.tau,
}
_TIMES = {
    "s": 1.0,
    "secs?": 1.0,
    "seconds?": 1.0,
    "ms": 0.001,
    "milli-?seconds?": 0.001,
    "min": 60.0,
    "mins": 60.0,
    "minutes?": 60.0,
    "h": 3600.0,
    "hrs?": 3600.0,
    "hours?": 3600.0,
}
_PLAIN = {
    "mps": ("speed", 1.0),
    "kmh": ("speed", 1 / 3.6),
    "kph": ("speed", 1 / 3.6),
    "kmph": ("speed", 1 / 3.6),
    "mph": ("speed", 0.44704),
    "knots?": ("speed", 0.514444),
    "rpm": ("angular_speed", math.tau / 60),
    "n": ("force", 1.0),
    "newtons?": ("force", 1.0),
    "kn": ("force", 1000.0),
    "kilo-?newtons?": ("force", 1000.0),
    "lbf": ("force", 4.4482216),
    "kgf": ("force", 9.80665),
    r"n\s?[\u00b7-]?\s?m": ("torque", 1.0),
    r"newton[\s-]?met(?:er|re)s?": ("torque", 1.0),
    "kg": ("mass", 1.0),
    "kgs": ("mass", 1.0),
    "kilos?": ("mass", 1.0),
    "kilo-?gram(?:me)?s?": ("mass", 1.0),
    "g": ("mass", 0.001),
    "gram(?:me)?s?": ("mass", 0.001),
    "tonnes?": ("mass", 1000.0),
    "lbs?": ("mass", 0.45359237),
    "pounds?": ("mass", 0.45359237),
    "%": ("percent", 1.0),
    r"per\s?cent": ("percent", 1.0),
}
_PER = r"\s?(?:/|per\b|each\b|every\b|an?\b)\s?"
_NOT_MORE = (
    r"(?![a-z0-9\u00b2\u00b3])(?!\s?(?:/|\^|per\b(?!\s?cent)|squared|cubed|-?square\b|celsius|fahrenheit|"
    r"[cf]\b|\u00b0?\s?[cf]\b))"
)
_RATES = r"(?:s|sec|second|h|hr|hour|min|minute)"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit found at ``[start, end)`` of the text."""

    quantity: str
    factor: float
    end: int


def _readings() -> dict[str, list[tuple[re.Pattern[str], str, float]]]:
    """Every unit's pattern, quantity and factor, by its first letter."""
    rows: list[tuple[str, str, float, str]] = []
    for names, quantity, rate in ((_LENGTHS, "distance", "speed"), (_ANGLES, "angle", "angular_speed")):
        for name, factor in names.items():
            rows += [
                (name, rate, factor, rf"(?:{_PER}(?P<per>{_RATES})|\s?s\s?\^?-1)"),
                (name, quantity, factor, ""),
            ]
    rows += [(name, "duration", factor, "") for name, factor in _TIMES.items()]
    rows += [(name, quantity, factor, "") for name, (quantity, factor) in _PLAIN.items()]
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
        best = Unit(quantity, factor / (_TIMES_PER[per] if per else 1.0), match.end())
    return best


_TIMES_PER = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
    "hour": 3600.0,
}
