"""Quantities that a text names, in SI, each with its comparison and whether the speaker commits to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iatro_governor.testimony import english
from iatro_governor.testimony.bearing import NOWHERE, Bearing, bearing, moves
from iatro_governor.testimony.labels import Span
from iatro_governor.testimony.languages import reader
from iatro_governor.testimony.languages.choose import grammar_of
from iatro_governor.testimony.languages.grammar import Grammar
from iatro_governor.testimony.measure import Measure, next_measure
from iatro_governor.testimony.normalise import Normalised, normalise
from iatro_governor.testimony.numbers import next_number
from iatro_governor.testimony.passages import Passage, Quotes, passages, quotes
from iatro_governor.testimony.reading import Reading
from iatro_governor.testimony.units import SI

_FAR = 240
_FULL_STOP = "。"


@dataclass(frozen=True, slots=True)
class Claim:
    """One bound on one quantity: ``quantity op value`` in ``unit`` (SI; percent as 35), at ``span`` of the text."""

    quantity: str
    op: str
    value: float
    unit: str
    committed: bool
    span: Span
    bearing: Bearing = NOWHERE
    """What it is held against; not a part of what the text says."""

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
    grammar = grammar_of(plain.text)
    for measure in _measures(plain.text, grammar):
        if not sentences:
            sentences, reported = passages(plain.text.replace(_FULL_STOP, "\n")), quotes(plain.text)
        sentence = _sentence_of(sentences, measure.first.start)
        if grammar is None:
            reading = english.read(plain.text, measure, sentence)
        else:
            reading = reader.read(grammar, plain.text, measure, sentence)
        found += _claims(plain, measure, reading, sentence, reported.hold(measure.first.start))
    return found


def _measures(text: str, grammar: Grammar | None) -> Iterator[Measure]:
    numerals = grammar.numerals if grammar else None
    joint = grammar.joint if grammar else english.JOINT
    between = grammar.between if grammar else english.BETWEEN
    at = 0
    while (number := next_number(text, at, numerals)) is not None:
        measure = next_measure(text, number, numerals, joint, between)
        at = measure.unit.end if measure else number.end
        if measure is not None:
            yield measure


def _sentence_of(sentences: list[Passage], at: int) -> Passage:
    index = bisect_right(sentences, at, key=lambda sentence: sentence.start) - 1
    return sentences[max(index, 0)]


def _claims(
    plain: Normalised, measure: Measure, reading: Reading, sentence: Passage, quoted: bool
) -> list[Claim]:
    span = plain.span(measure.first.start - reading.used, measure.unit.end)
    committed = reading.committed and not quoted
    start, end = measure.first.start, measure.unit.end
    bears = NOWHERE
    if committed:
        lead = plain.text[max(sentence.start, start - _FAR) : start]
        tail = plain.text[end : min(max(sentence.end, end), end + _FAR)]
        first = not moves(plain.text[max(0, sentence.start - _FAR) : sentence.start])
        bears = bearing(measure.unit.quantity, lead, tail, first)
    unit = measure.unit
    return [
        Claim(unit.quantity, op, value * unit.factor, SI[unit.quantity], committed, span, bears)
        for op, value in reading.bounds
    ]
