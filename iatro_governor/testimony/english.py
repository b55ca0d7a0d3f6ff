"""How an English sentence bounds a quantity, and whether it undertakes the bound."""

from __future__ import annotations

import re

from iatro_governor.testimony.comparison import WINDOW, comparison
from iatro_governor.testimony.measure import Measure
from iatro_governor.testimony.passages import Passage
from iatro_governor.testimony.reading import Reading
from iatro_governor.testimony.undertaking import undertaken

JOINT = re.compile(r"\s?(?:-|to|and|\u2026|\.\.)\s?$")
BETWEEN = re.compile(r"\b(?:between|anywhere from)\s(?:a |about |around )?$")
_FROM = re.compile(r"\bfrom\s$")
_LONGEST_LEAD = 240
_LONGEST_TAIL = 160
_STATES = re.compile(r"\b(?:limit|maximum|minimum|max|min|cap|ceiling|top speed|peak)\b[^.]*\bis\b")
_HELD = re.compile(r"^(?:capped|limited|restricted|throttled|clamped|confined|held down|kept down)\b")
_IS = re.compile(r"\b(?:is|are) $")
_NEGATION = re.compile(r"\b(?:no|not|never|without|nor|neither|nothing|none)\b|n't\b|\bcannot\b")


def read(text: str, measure: Measure, sentence: Passage) -> Reading:
    """The bounds that ``sentence`` sets by ``measure``, and whether the robot undertakes them."""
    start, end = measure.first.start, measure.unit.end
    before = text[max(sentence.start, start - WINDOW) : start]
    after = text[end : min(max(sentence.end, end), end + _LONGEST_TAIL)]
    bounds, used = _bounds(measure, before, after)
    consumed = before[len(before) - used :] if used else ""
    lead = text[max(sentence.start, start - _LONGEST_LEAD) : start - used]
    inverted = _NEGATION.search(consumed) is not None
    if measure.second is not None and (opening := _FROM.search(before)) is not None:
        lead = lead[: len(lead) - len(before) + opening.start()] + "to "
    if inverted or _STATES.search(consumed):
        lead += consumed
    if _HELD.match(consumed):
        lead = _IS.sub("stays ", lead)
    held = undertaken(lead, after, measure.unit.quantity, bounds[-1][0], inverted)
    return Reading(bounds, used, held and not sentence.question)


def _bounds(measure: Measure, before: str, after: str) -> tuple[tuple[tuple[str, float], ...], int]:
    if measure.second is None:
        op, used = comparison(before, after)
        return ((op, measure.first.value),), used
    if _FROM.search(before):
        return (("==", measure.second.value),), 0
    low, high = sorted((measure.first.value, measure.second.value))
    between = BETWEEN.search(before)
    return ((">=", low), ("<=", high)), len(before) - between.start() if between else 0
