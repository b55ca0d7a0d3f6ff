"""Long hostile texts: no rule may backtrack without bound, and every text gets an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

from iatro_governor.testimony import (
    actions,
    acts,
    claims,
    comparison,
    dangers,
    deeds,
    deflections,
    english,
    measure,
    numbers,
    passages,
    phrases,
    statement,
    tongues,
    undertaking,
    units,
)
from iatro_governor.testimony.languages import chinese, choose, french, german, japanese, spanish
from iatro_governor.testimony.languages.grammar import Grammar
from iatro_governor.testimony.lexicon import LexicalLabeller
from iatro_governor.testimony.rule import Rule

MODULES = (
    actions,
    acts,
    comparison,
    english,
    measure,
    numbers,
    passages,
    phrases,
    statement,
    undertaking,
    units,
)
LANGUAGES = (chinese, choose, french, german, japanese, spanish)
TABLES = (dangers, deeds, deflections, tongues)
LONG = 100_000
PIECES = [
    "a ",
    "' ",
    '"',
    '"a" ',
    "(",
    "f(\n",
    "i can't ",
    "1 ",
    "1,111",
    "1 m/s ",
    "between 1 and ",
    "point ",
    "one hundred and ",
    "\u0301",
    "sing ",
    "could ",
    "not ",
    ", but ",
    "let's ",
    "if ",
    "\u200b",
    "* ",
    "0.",
    "i'll keep below ",
    "0,2 m/s no más de ",
    "ne pas dépasser 3 m ",
    "ich ein und ",
    "毎秒0.2メートル以下",
    "一百二十五",
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module in (*MODULES, *LANGUAGES, *TABLES):
        yield from (
            ((f"{module.__name__}:{p.pattern[:40]}"), p)
            for value in vars(module).values()
            for p in _in(value)
        )


def _in(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Rule):
        yield from value.phrases
    elif isinstance(value, Grammar):
        for part in fields(value):
            yield from _in(getattr(value, part.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _in(item)
    elif isinstance(value, ModuleType):
        return


def nested_repeats(tree: Any, inside: bool = False) -> Iterator[Any]:
    """Repeats without an upper bound that stand inside another repeat: the shape of exponential backtracking."""
    for op, argument in tree:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            _, most, body = argument
            unbounded = most == codes.MAXREPEAT
            many = most > 1
            if inside and unbounded and _can_be_long(body) and len(tree) == 1:
                yield argument
            yield from nested_repeats(body, inside or (many and unbounded))
        elif op == codes.SUBPATTERN:
            yield from nested_repeats(argument[3], inside)
        elif op == codes.BRANCH:
            for branch in argument[1]:
                yield from nested_repeats(branch, inside)
        elif op in (codes.ASSERT, codes.ASSERT_NOT):
            yield from nested_repeats(argument[1], inside)


def _can_be_long(body: Any) -> bool:
    return len(body) > 0


def test_the_check_itself_finds_the_classic_trap() -> None:
    assert list(nested_repeats(_parser.parse(r"(?:a+)+$")))
    assert not list(nested_repeats(_parser.parse(r"(?:a+ ){0,3}b")))


def test_no_pattern_repeats_a_repeat() -> None:
    found = list(patterns())
    assert len(found) > 60
    assert [name for name, p in found if list(nested_repeats(_parser.parse(p.pattern, p.flags)))] == []


def test_a_rule_never_sees_more_than_a_bounded_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    original = LexicalLabeller.label.__globals__["_held"]

    def spy(rule: Any, phrase: Any, passage: Any, refused: bool) -> Any:
        seen.append(len(passage.text))
        return original(rule, phrase, passage, refused)

    monkeypatch.setitem(LexicalLabeller.label.__globals__, "_held", spy)
    LexicalLabeller().label("i can't " * (LONG // 8))
    rules = sum(len(rule.phrases) for rule in LexicalLabeller.label.__globals__["_RULES"])
    assert max(seen) <= 4000
    assert sum(seen) <= rules * LONG


def test_looking_for_numbers_moves_over_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    original = numbers.next_number

    def spy(text: str, at: int, numerals: Any = None) -> Any:
        nonlocal calls
        calls += 1
        return original(text, at, numerals)

    monkeypatch.setattr(claims, "next_number", spy)
    text = "1 " * 5000
    claims.parse(text)
    assert calls <= 2 * text.count("1") + 1


@pytest.mark.parametrize("piece", PIECES)
def test_a_long_hostile_text_is_answered(piece: str) -> None:
    text = (piece * (LONG // 4 // len(piece) + 1))[: LONG // 4]
    labels = LexicalLabeller().label(text)
    assert all(0 <= start < end <= len(text) for spans in labels.spans.values() for start, end in spans)
    assert all(0 <= c.span[0] < c.span[1] <= len(text) for c in claims.parse(text))
    assert len(actions.parse([text]).calls) <= 2_000
