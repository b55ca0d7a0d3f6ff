"""A language's own words for bounds and undertakings, and how a sentence is read by them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from iatro_governor.testimony.numbers import Numerals

Bounds = tuple[tuple[re.Pattern[str], str], ...]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Patterns over the plain form of a text.

    ``before``: comparisons that end where the number starts, ``after``: those that follow the unit, the first that
    holds wins. ``turned``: what follows the unit and turns a comparison round ("more than 0.3 m/s I will not go").
    ``between``: what stands before the first number of a range, ``joint``: what stands between its two.
    ``unbound``: whatever in the clause says that nobody undertakes it now: a condition, a request, another's words,
    the past, a refusal to promise, the property of a thing. ``open_ended``: the same, but looked for in the whole
    sentence. ``own``: the robot itself as the one who acts; a bare number needs it, and a bound does where
    ``own_always`` says so. ``turn``: words that begin another clause.
    """

    numerals: Numerals
    before: Bounds
    after: Bounds
    turned: re.Pattern[str]
    between: re.Pattern[str]
    joint: re.Pattern[str]
    unbound: re.Pattern[str]
    open_ended: re.Pattern[str]
    stated: re.Pattern[str]
    own: re.Pattern[str] | None
    turn: re.Pattern[str]

    def comparison(self, before: str, after: str) -> tuple[str, int]:
        """Operator ``<=``, ``>=`` or ``==`` and how many characters of ``before`` belong to it."""
        for pattern, op in self.after:
            if pattern.match(after):
                return op, 0
        for pattern, op in self.before:
            if (match := pattern.search(before)) is not None:
                turned = op == ">=" and self.turned.match(after)
                return "<=" if turned else op, len(before) - match.start()
        return "==", 0

    def undertaken(self, lead: str, tail: str, op: str) -> bool:
        """Whether the sentence, ``lead`` up to the bound and ``tail`` after its unit, binds the robot itself."""
        if self.open_ended.search(f"{lead} {tail}") or self.stated.match(tail):
            return False
        clause = self._last_clause(lead)
        rest = self.turn.split(tail, maxsplit=1)[0]
        if self.unbound.search(f"{clause} {rest}"):
            return False
        return self.own is None or op != "==" or self.own.search(f"{lead} {rest}") is not None

    def _last_clause(self, lead: str) -> str:
        return self.turn.split(lead)[-1]


def bounds(op: str, patterns: Sequence[str], filler: str = "") -> Bounds:
    """Comparisons that end at the number, ``filler`` allowed in between."""
    return tuple((re.compile(rf"(?:{pattern}){filler}\s*$"), op) for pattern in patterns)


def following(op: str, *patterns: str) -> Bounds:
    """Comparisons that follow the unit."""
    return tuple((re.compile(rf"\s*,?\s*(?:{pattern})"), op) for pattern in patterns)
