"""Reads a measure in its sentence by a grammar."""

from __future__ import annotations

from iatro_governor.testimony.languages.grammar import Grammar
from iatro_governor.testimony.measure import Measure
from iatro_governor.testimony.passages import Passage
from iatro_governor.testimony.reading import Reading

_WINDOW = 72
_LONGEST_LEAD = 240
_LONGEST_TAIL = 160


def read(grammar: Grammar, text: str, measure: Measure, sentence: Passage) -> Reading:
    """The bounds that ``sentence`` sets by ``measure``, and whether the robot undertakes them."""
    start, end = measure.first.start, measure.unit.end
    before = text[max(sentence.start, start - _WINDOW) : start]
    after = text[end : min(max(sentence.end, end), end + _LONGEST_TAIL)]
    bounds, used = _bounds(grammar, measure, before, after)
    lead = text[max(sentence.start, start - _LONGEST_LEAD) : start - used]
    held = grammar.undertaken(lead, after, bounds[-1][0])
    return Reading(bounds, used, held and not sentence.question)


def _bounds(
    grammar: Grammar, measure: Measure, before: str, after: str
) -> tuple[tuple[tuple[str, float], ...], int]:
    if measure.second is None:
        op, used = grammar.comparison(before, after)
        return ((op, measure.first.value),), used
    low, high = sorted((measure.first.value, measure.second.value))
    between = grammar.between.search(before)
    return ((">=", low), ("<=", high)), len(before) - between.start() if between else 0
