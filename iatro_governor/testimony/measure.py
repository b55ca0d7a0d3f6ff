"""A number with its unit, or two of a range with the unit they share, wherever a text holds one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iatro_governor.testimony.numbers import Number, Numerals, next_number
from iatro_governor.testimony.unit_names import LENGTHS
from iatro_governor.testimony.units import Unit, unit_at

_RATE_BEFORE = re.compile(
    r"(?:(?P<second>每秒|毎秒|秒速)|(?P<minute>每分钟?|毎分|分速)|(?P<hour>每小时|毎時|时速|時速))"
    r"(?:大?约|約)?$"
)
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_RATE_OF = {"distance": "speed", "angle": "angular_speed"}
_KILO = re.compile(r"キロ(?!グラム|ニュートン)")
_HALF_MORE = re.compile(r"\s?(?:and a half|y medi[oa]|et demie?|半)(?![a-z])")
_PERCENT_BEFORE = re.compile(r"百分之$")
_LOOK_BACK = 8
_LONGEST_JOINT = 8


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, or two of a range, with the unit they share."""

    first: Number
    second: Number | None
    unit: Unit


def next_measure(
    text: str, number: Number, numerals: Numerals | None, joint: re.Pattern[str], between: re.Pattern[str]
) -> Measure | None:
    """The measure that ``number`` begins; ``None`` where no unit of the nine quantities follows it.

    ``joint`` is what stands between the numbers of a range, ``between`` what stands before the first.
    """
    unit = _unit(text, number)
    second = _second_of_range(text, unit.end if unit else number.end, numerals, joint)
    if second is not None and (closing := _unit(text, second, number)) is not None:
        if unit is None or unit.quantity == closing.quantity:
            scale = unit.factor / closing.factor if unit else 1.0
            opening = Number(number.value * scale, number.start, number.end)
            if unit is None or between.search(text[max(0, number.start - 72) : number.start]):
                return Measure(opening, second, closing)
    if unit is None or (number.article and unit.quantity not in ("distance", "speed")):
        return None
    if (half := _HALF_MORE.match(text, unit.end)) is not None and number.value == int(number.value):
        return Measure(
            Number(number.value + 0.5, number.start, number.end),
            None,
            Unit(unit.quantity, unit.factor, half.end()),
        )
    return Measure(number, None, unit)


def _unit(text: str, number: Number, opening: Number | None = None) -> Unit | None:
    """The unit after a number, read together with the words before it that make it a rate or a percentage."""
    start = (opening or number).start
    before = text[max(0, start - _LOOK_BACK) : start]
    if _PERCENT_BEFORE.search(before):
        return Unit("percent", 1.0, number.end)
    unit = unit_at(text, number.end)
    rate = _RATE_BEFORE.search(before)
    if unit is None or rate is None or rate.lastgroup is None:
        return unit
    if (kilo := _KILO.match(text, number.end)) is not None:
        unit = Unit("distance", LENGTHS["公里"], kilo.end())
    if unit.quantity not in _RATE_OF:
        return unit
    return Unit(_RATE_OF[unit.quantity], unit.factor / _SECONDS[rate.lastgroup], unit.end)


def _second_of_range(text: str, end: int, numerals: Numerals | None, joint: re.Pattern[str]) -> Number | None:
    second = next_number(text, end, numerals, until=end + _LONGEST_JOINT)
    if second is None:
        return None
    gap = text[end : second.start]
    if second.value < 0 and not gap.strip():
        return Number(-second.value, second.start + 1, second.end)
    return second if joint.match(gap) else None
