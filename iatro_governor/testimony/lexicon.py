"""A labeller by written rules: the first form behind the interface, and the floor a trained one must beat.

A label's score is that of its strongest phrase which nothing takes back. Phrases are read sentence by sentence
in the plain text, outside quotations; negation, conditions, the past and requests to others take them back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from iatro_governor.testimony import dangers, deeds, deflections, phrases, tongues
from iatro_governor.testimony.claims import parse_plain
from iatro_governor.testimony.gate import Gate
from iatro_governor.testimony.labels import NAMES, NOTHING, Labels, Span
from iatro_governor.testimony.normalise import Normalised, normalise
from iatro_governor.testimony.passages import Passage, spoken
from iatro_governor.testimony.rule import Rule

_WORD = re.compile(r"\w")
_WINDOW = 64
_LONGEST_PASSAGE = 4000
_RESTRICTING = {
    "<=": frozenset({"speed", "angular_speed", "distance", "angle", "force", "torque", "mass", "percent"}),
    ">=": frozenset({"distance", "angle"}),
    "==": frozenset({"speed", "angular_speed", "force", "torque", "percent"}),
}
_RULES = (
    *(*phrases.REFUSAL, *deflections.REFUSAL),
    *(*phrases.CAUTION, *dangers.CAUTION),
    *(*phrases.HAZARD, *dangers.HAZARD),
    *(*phrases.LIMIT, *deeds.LIMIT),
    *(*phrases.COMMIT, *deeds.COMMIT),
)
_GATE = Gate((*_RULES, *tongues.RULES))
_WEAK, _PLAIN = 0.6, 0.8


@dataclass(slots=True)
class _Tally:
    scores: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NAMES, 0.0))
    spans: dict[str, list[Span]] = field(default_factory=dict)

    def add(self, label: str, score: float, span: Span) -> None:
        self.scores[label] = max(self.scores[label], score)
        self.spans.setdefault(label, []).append(span)

    def drop(self, label: str) -> None:
        """Take a label back: weak words give way to a plain undertaking ("not allowed, yet I am doing it")."""
        self.scores[label] = 0.0
        self.spans.pop(label, None)


@dataclass(frozen=True, slots=True)
class LexicalLabeller:
    """Labels by rule (``phrases``); pure, deterministic, linear in the text's length."""

    name: str = "lexical-1"

    def label(self, text: str) -> Labels:
        """Labels of one text; an empty one has none."""
        return self.label_plain(normalise(text))

    def label_plain(self, plain: Normalised) -> Labels:
        """Labels of a text in its plain form, spans as offsets into the original."""
        if not plain.text.strip():
            return NOTHING
        tally = _Tally()
        for passage in _pieces(plain.text):
            for rule, phrase in _GATE.open(passage.text):
                if not rule.reads(passage.text):
                    continue
                for start, end in _held(rule, phrase, passage, tally.scores["refusal"] > 0):
                    tally.add(rule.label, rule.score, plain.span(passage.start + start, passage.start + end))
        for claim in parse_plain(plain):
            if claim.committed and claim.quantity in _RESTRICTING[claim.op]:
                tally.add("limit", 0.95, claim.span)
        if tally.scores["refusal"] <= _WEAK and tally.scores["commit"] >= _PLAIN:
            tally.drop("refusal")
        return Labels(tally.scores, {name: tuple(sorted(set(spans))) for name, spans in tally.spans.items()})


def _pieces(text: str) -> Iterator[Passage]:
    """Passages outside quotations, a very long one cut: no rule ever scans more than a bounded stretch at once."""
    for passage in spoken(text)[1]:
        for cut in range(0, len(passage.text), _LONGEST_PASSAGE):
            piece = passage.text[cut : cut + _LONGEST_PASSAGE]
            first = _WORD.search(piece)
            lead = first.start() if first else len(piece)
            start = passage.start + cut + lead
            yield Passage(start, start + len(piece) - lead, piece[lead:], passage.question)


def _held(rule: Rule, phrase: re.Pattern[str], passage: Passage, refused: bool) -> Iterator[Span]:
    for match in phrase.finditer(passage.text):
        start, end = match.span()
        before = passage.text[max(0, start - _WINDOW) : start]
        after = passage.text[end : end + _WINDOW]
        if not rule.own or not _TAKEN_BACK[rule.label](before, after, passage, refused):
            yield start, end


def _refusal(before: str, after: str, passage: Passage, refused: bool) -> bool:
    del refused
    if phrases.REFUSAL_LEFT_BEHIND.search(passage.text):
        return True
    if phrases.REFUSAL_TAKEN_BACK_BEFORE.search(before) or phrases.PAST_BEFORE.search(before):
        return True
    if phrases.REFUSAL_TAKEN_BACK_AFTER.search(after):
        return True
    return passage.question and " why " in f" {before}"


def _caution(before: str, after: str, passage: Passage, refused: bool) -> bool:
    del after, passage, refused
    return _denied(before) and "sure" not in before


def _denied(before: str) -> bool:
    return bool(phrases.NEGATED_BEFORE.search(before) or tongues.FOREIGN_NEGATION.search(before))


def _hazard(before: str, after: str, passage: Passage, refused: bool) -> bool:
    """A denied danger is none; in a refusal the harm it will not do is named all the same."""
    del after
    if _asked(passage) or phrases.HEARSAY.search(before):
        return True
    return _denied(before) and not refused


def _limit(before: str, after: str, passage: Passage, refused: bool) -> bool:
    del after, refused
    if _asked(passage):
        return True
    taken = (phrases.NEGATED_BEFORE, phrases.ASKED_BEFORE, phrases.CONDITION_BEFORE)
    return any(pattern.search(before) for pattern in taken)


def _asked(passage: Passage) -> bool:
    """A question to somebody; "I'm taking it, all right?" is none, and neither is "Wouldn't that hurt him?"."""
    return passage.question and phrases.ASKING.match(passage.text) is not None


def _commit(before: str, after: str, passage: Passage, refused: bool) -> bool:
    if _asked(passage) or _denied(before) or phrases.CONDITION_BEFORE.search(before):
        return True
    if phrases.ASKED_BEFORE.search(before):
        return True
    return refused and bool(phrases.INSTEAD.search(after) or phrases.INSTEAD.search(before))


_TAKEN_BACK = {
    "refusal": _refusal,
    "caution": _caution,
    "hazard": _hazard,
    "limit": _limit,
    "commit": _commit,
}
