"""Quantities that a text names, in SI, each with its comparison and whether the speaker commits to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from iatro_governor.testimony.comparison import WINDOW, comparison
from iatro_governor.testimony.labels import Span
from iatro_governor.testimony.normalise import Normalised, normalise
from iatro_governor.testimony.numbers import Number, next_number
from iatro_governor.testimony.passages import Passage, Quotes, passages, quotes
from iatro_governor.testimony.undertaking import undertaken
from iatro_governor.testimony.units import SI, Unit, unit_at

_RANGE = re.compile(r"\s?(?:-|to|and|\u2026|\.\.)\s?$")
_BETWEEN = re.compile(r"\b(?:between|anywhere from)\s(?:a |about |around )?$")
_FROM = re.compile(r"\bfrom\s$")
_LONGEST_LEAD = 240
_LONGEST_TAIL = 160
_STATES = re.compile(r"\b(?:limit|maximum|minimum|max|min|cap|ceiling|top speed|peak)\b[^.]*\bis\b")
_HELD = re.compile(r"^(?:capped|limited|restricted|throttled|clamped|confined|held down|kept down)\b")
_IS = re.compile(r"\b(?:is|are) $")
_NEGATION = re.compile(r"\b(?:no|not|never|without|nor|neither|nothing|none)\b|n't\b|\bcannot\b")


@dataclass(frozen=True, slots=True)
class Claim:
    """One bound on one quantity: ``quantity op value`` in ``unit`` (SI; percent as 35), at ``span`` of the text."""

    quantity: str
    op: str
    value: float
    unit: str
    committed: bool
    span: Span

    def to_json(self) -> dict[str, Any]:
        """The claim as contract 8.2 prints it."""
        return {
            "quantity": self.quantity,
            "op": self.op,
            "value": float(f"{self.value:.9g}"),
            "unit": self.unit,
            "committed": self.committed,
            "span": list(self.span),
        }


def parse(text: str) -> list[Claim]:
    """Every quantity with a unit in ``text``, in order; a range gives two. Linear in the text's length.

    The span covers the comparison, the number and the unit. Bounds without a number ("slowly") are no claims.
    """
    return parse_plain(normalise(text))


def parse_plain(plain: Normalised) -> list[Claim]:
    """As ``parse``, of a text in its plain form; spans are of the original."""
    found: list[Claim] = []
    sentences: list[Passage] = []
    reported = Quotes((), ())
    at = 0
    while (number := next_number(plain.text, at)) is not None:
        at = number.end
        measure = _measure(plain.text, number)
        if measure is None:
            continue
        at = measure.unit.end
        if not sentences:
            sentences, reported = passages(plain.text), quotes(plain.text)
        sentence = _sentence_of(sentences, number.start)
        found += _claims(plain, measure, sentence, reported.hold(number.start))
    return found


@dataclass(frozen=True, slots=True)
class _Measure:
    """One number, or two of a range, with the unit they share."""

    first: Number
    second: Number | None
    unit: Unit


def _measure(text: str, number: Number) -> _Measure | None:
    unit = unit_at(text, number.end)
    second = _second_of_range(text, unit.end if unit else number.end)
    if second is not None and (closing := unit_at(text, second.end)) is not None:
        if unit is None or unit.quantity == closing.quantity:
            scale = unit.factor / closing.factor if unit else 1.0
            opening = Number(number.value * scale, number.start, number.end)
            if unit is None or _BETWEEN.search(text[max(0, number.start - WINDOW) : number.start]):
                return _Measure(opening, second, closing)
    if unit is None or (number.article and unit.quantity not in ("distance", "speed")):
        return None
    return _Measure(number, None, unit)


def _second_of_range(text: str, end: int) -> Number | None:
    second = next_number(text, end)
    if second is None or second.start - end > 8:
        return None
    gap = text[end : second.start]
    if second.value < 0 and not gap.strip():
        return Number(-second.value, second.start + 1, second.end)
    return second if _RANGE.match(gap) else None


def _sentence_of(sentences: list[Passage], at: int) -> Passage:
    index = bisect_right(sentences, at, key=lambda sentence: sentence.start) - 1
    return sentences[max(index, 0)]


def _claims(plain: Normalised, measure: _Measure, sentence: Passage, quoted: bool) -> list[Claim]:
    text, start, end = plain.text, measure.first.start, measure.unit.end
    before = text[max(sentence.start, start - WINDOW) : start]
    after = text[end : min(max(sentence.end, end), end + _LONGEST_TAIL)]
    between = _BETWEEN.search(before)
    if measure.second is None:
        op, used = comparison(before, after)
        bounds = [(op, measure.first.value)]
    elif _FROM.search(before):
        op, used, bounds = "==", 0, [("==", measure.second.value)]
    else:
        low, high = sorted((measure.first.value, measure.second.value))
        op, used, bounds = "<=", len(before) - between.start() if between else 0, [(">=", low), ("<=", high)]
    consumed = before[len(before) - used :] if used else ""
    lead = text[max(sentence.start, start - _LONGEST_LEAD) : start - used]
    inverted = _NEGATION.search(consumed) is not None
    holds = not quoted and not sentence.question
    if measure.second is not None and (opening := _FROM.search(before)) is not None:
        lead = lead[: len(lead) - len(before) + opening.start()] + "to "
    if inverted or _STATES.search(consumed):
        lead += consumed
    if _HELD.match(consumed):
        lead = _IS.sub("stays ", lead)
    holds = holds and undertaken(lead, after, measure.unit.quantity, op, inverted)
    span = plain.span(start - used, end)
    return [_claim(measure.unit, bound, value, holds, span) for bound, value in bounds]


def _claim(unit: Unit, op: str, value: float, committed: bool, span: Span) -> Claim:
    return Claim(unit.quantity, op, value * unit.factor, SI[unit.quantity], committed, span)
