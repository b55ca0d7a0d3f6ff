"""Which phrases can match a text at all: each needs one of some runs of letters, and most texts lack most of those.

A phrase without such runs is always tried: the gate changes how long reading takes, and never what is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from iatro_governor.testimony.rule import Rule

SHORT, LONG = 3, 5
_KEPT_WORDS, _KEPT_LETTERS = 1 << 15, 24
_COMMON = "etaoinsrhldcu"
"""The commonest signs: of a literal's runs the one with fewest of them is asked for."""
Runs = frozenset[str] | None


class Gate:
    """The phrases of a table of rules, by the runs of letters that they need."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Reads every pattern once."""
        self._phrases = [(rule, pattern) for rule in rules for pattern in rule.phrases]
        self._bits: dict[str, int] = {}
        self._always = 0
        self._known: dict[str, int] = {}
        for at, (_, pattern) in enumerate(self._phrases):
            needed = needs(pattern)
            if needed is None:
                self._always |= 1 << at
            for run in needed or ():
                self._bits[run] = self._bits.get(run, 0) | 1 << at

    def open(self, text: str) -> list[tuple[Rule, re.Pattern[str]]]:
        """The phrases that may match ``text`` (in plain form) with their rules, in the order of the table."""
        bits, known = self._always, self._known
        for word in text.split():
            opened = known.get(word)
            bits |= self._opened(word) if opened is None else opened
        found = []
        while bits:
            last = bits & -bits
            found.append(self._phrases[last.bit_length() - 1])
            bits ^= last
        return found

    def _opened(self, word: str) -> int:
        """Phrases of which a run is in ``word``, as bits; short words are kept, they come again."""
        bits = 0
        for size in (SHORT, LONG):
            for run in {word[at : at + size] for at in range(len(word) - size + 1)}:
                bits |= self._bits.get(run, 0)
        if len(word) <= _KEPT_LETTERS and len(self._known) < _KEPT_WORDS:
            self._known[word] = bits
        return bits


def needs(pattern: re.Pattern[str]) -> Runs:
    """Runs of letters of which every text that the pattern matches has one; None where that cannot be said."""
    if pattern.flags & re.IGNORECASE:
        return None
    return _sequence(_parser.parse(pattern.pattern, pattern.flags), "")


def _sequence(tree: Any, run: str) -> Runs:
    """What a sequence needs that follows the literal ``run``: the best of what its members need."""
    found: list[frozenset[str]] = []
    for op, argument in tree:
        if op is codes.LITERAL:
            run += chr(argument)
        elif op not in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):
            needed = _member(op, argument, run)
            found += [*([needed] if needed is not None else []), *_of(run)]
            run = ""
    found += _of(run)
    return min(found, key=_cost, default=None)


def _member(op: Any, argument: Any, run: str) -> Runs:
    """What one member needs that follows the literal ``run``."""
    if op is codes.SUBPATTERN:
        return _sequence(argument[3], run)
    if op is codes.BRANCH:
        parts = [_sequence(branch, run) for branch in argument[1]]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    if op in (codes.MAX_REPEAT, codes.MIN_REPEAT) and argument[0] > 0:
        return _sequence(argument[2], run)
    return None


def _of(literal: str) -> list[frozenset[str]]:
    """The rarest run of a literal without a blank in it, where there is one."""
    words = literal.split()
    for size in (LONG, SHORT):
        runs = [word[at : at + size] for word in words for at in range(len(word) - size + 1)]
        if runs:
            return [frozenset([min(runs, key=_chance)])]
    return []


def _chance(run: str) -> float:
    """About how likely a text has the run, on a scale of its own."""
    return 2.0 ** sum(sign in _COMMON for sign in run) * 8.0 ** -len(run)


def _cost(runs: frozenset[str]) -> float:
    return sum(map(_chance, runs))
