"""Which phrases can match a text at all: each needs some runs of letters, and most texts lack most of those.

A phrase without such runs is always tried: the gate changes how long reading takes, and never what is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from iatro_governor.testimony.rule import Rule

SIZES = (2, 3, 4, 6)
MOST = 3
"""Needs asked of a phrase: with three, a text of 400 characters is tried with 24 of 274 phrases, with one with 77."""
_EDGE, _MARK = re.compile(r"\b"), "|"
"""Where a word begins or ends, which is marked in runs: "|no|" is in "no, no", and not in "know"."""
_KEPT_WORDS, _KEPT_LETTERS = 1 << 15, 24
_COMMON = "etaoinsrhldcu|"
"""The commonest signs: of a literal's runs the one with fewest of them is asked for."""
Runs = frozenset[str]


class Gate:
    """The phrases of a table of rules, by the runs of letters that they need."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Reads every pattern once."""
        self._phrases = [(rule, pattern) for rule in rules for pattern in rule.phrases]
        self._size = len(self._phrases)
        self._bits: dict[str, int] = {}
        self._always = 0
        self._known: dict[str, int] = {}
        for at, (_, pattern) in enumerate(self._phrases):
            needed = needs(pattern)
            for place in range(MOST):
                bit = 1 << place * self._size + at
                if place >= len(needed):
                    self._always |= bit
                    continue
                for run in needed[place]:
                    self._bits[run] = self._bits.get(run, 0) | bit

    def open(self, text: str) -> list[tuple[Rule, re.Pattern[str]]]:
        """The phrases that may match ``text`` (in plain form) with their rules, in the order of the table."""
        met, known = self._always, self._known
        for word in text.split():
            bits = known.get(word)
            met |= self._met(word) if bits is None else bits
        bits = (1 << self._size) - 1
        for place in range(MOST):
            bits &= met >> place * self._size
        found = []
        while bits:
            last = bits & -bits
            found.append(self._phrases[last.bit_length() - 1])
            bits ^= last
        return found

    def _met(self, word: str) -> int:
        """The needs that ``word`` meets, a bit for each phrase's first, then for each one's second, and so on.

        Those of short words are kept, they come again.
        """
        bits = 0
        marked = _EDGE.sub(_MARK, word)
        for size in SIZES:
            for at in range(len(marked) - size + 1):
                if (run := marked[at : at + size]) in self._bits:
                    bits |= self._bits[run]
        if len(word) <= _KEPT_LETTERS and len(self._known) < _KEPT_WORDS:
            self._known[word] = bits
        return bits


def needs(pattern: re.Pattern[str]) -> list[Runs]:
    """At most ``MOST`` sets of runs; every text that the pattern matches has one of each. None may be known."""
    if pattern.flags & re.IGNORECASE:
        return []
    return _sequence(_parser.parse(pattern.pattern, pattern.flags), "")[:MOST]


def _sequence(tree: Any, run: str) -> list[Runs]:
    """What a sequence needs that follows the literal ``run``, the rarest first."""
    found: set[Runs] = set()
    for op, argument in tree:
        if op is codes.LITERAL:
            run = _followed(run, chr(argument))
        elif op is codes.AT:
            run += _MARK if argument is codes.AT_BOUNDARY and not run.endswith(_MARK) else ""
        elif op is codes.ASSERT:
            found.update(_sequence(argument[1], ""))
        elif op is not codes.ASSERT_NOT:
            found.update(_member(op, argument, run), _of(run))
            run = ""
    found.update(_of(run))
    return sorted(found, key=lambda runs: (_cost(runs), sorted(runs)))


def _followed(run: str, sign: str) -> str:
    """``run`` and a sign after it, with a mark between them where a word begins or ends there."""
    if run and run[-1] != _MARK and (re.match(r"\w", run[-1]) is None) != (re.match(r"\w", sign) is None):
        run += _MARK
    return run + sign


def _member(op: Any, argument: Any, run: str) -> list[Runs]:
    """What one member needs that follows the literal ``run``."""
    if op is codes.SUBPATTERN:
        return _sequence(argument[3], run)
    if op is codes.BRANCH:
        return _one_of([_sequence(branch, run) for branch in argument[1]])
    if op in (codes.MAX_REPEAT, codes.MIN_REPEAT) and argument[0] > 0:
        return _sequence(argument[2], run)
    return []


def _one_of(branches: Sequence[Sequence[Runs]]) -> list[Runs]:
    """What a choice needs: a run that the first branch's rarest need asks for or one of the second's, and so on."""
    if not all(branches):
        return []
    most = max(map(len, branches))
    return [
        frozenset().union(*(needed[min(at, len(needed) - 1)] for needed in branches)) for at in range(most)
    ]


def _of(literal: str) -> list[Runs]:
    """The rarest run of each word of a literal that has one."""
    found = []
    for word in literal.split():
        runs = [word[at : at + size] for size in SIZES for at in range(len(word) - size + 1)]
        found += [frozenset([min(runs, key=_chance)])] if runs else []
    return found


def _chance(run: str) -> float:
    """About how likely a text has the run, on a scale of its own."""
    return 2.0 ** sum(sign in _COMMON for sign in run) * 8.0 ** -len(run)


def _cost(runs: Runs) -> float:
    return sum(map(_chance, runs))
