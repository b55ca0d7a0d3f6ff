"""The gate keeps nothing out that a phrase would match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.testimony.gate import Gate, needs
from iatro_governor.testimony.lexicon import _GATE, _RULES
from iatro_governor.testimony.rule import rule

WORDS = sorted(
    {word for one in _RULES for word in re.findall(r"[a-z']{2,}", one.pattern.pattern)}
    | {"i'll", "no", ",", "."}
)


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        (r"\bharmless", ["harmless"]),
        (r"(?:cup|box)", ["cup", "box"]),
        (r"ca(?:re|ution)", ["care", "caution"]),
        (r"(?:stove)+ [a-z]", ["stove a"]),
        (r"(?:red|blue) (?:\w+ )?paint", ["red paint", "blue oil paint"]),
    ],
)
def test_what_a_pattern_needs_is_in_all_that_it_matches(pattern: str, matching: list[str]) -> None:
    found = needs(re.compile(pattern))
    assert found
    for text in matching:
        assert re.search(pattern, text) and any(run in text for run in found)


@pytest.mark.parametrize("pattern", [r"\bi (?:a|b)", r"[a-z]+", r"(?:stove)?", r"cup|[a-z]"])
def test_a_pattern_that_needs_nothing_is_always_tried(pattern: str) -> None:
    assert needs(re.compile(pattern)) is None


def test_a_pattern_that_ignores_case_is_always_tried() -> None:
    assert needs(re.compile("stove", re.IGNORECASE)) is None


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_every_phrase_that_matches_is_let_through(text: str) -> None:
    let_through = {id(pattern) for _, pattern in _GATE.open(text)}
    for one in _RULES:
        for phrase in one.phrases:
            assert phrase.search(text) is None or id(phrase) in let_through


def test_most_phrases_are_kept_out_of_a_plain_sentence() -> None:
    phrases = sum(len(one.phrases) for one in _RULES)
    assert len(_GATE.open("the lamp over the door is green")) < phrases / 5


def test_phrases_come_in_the_order_of_the_table() -> None:
    first, second = rule("refusal", 0.9, r"\bcup"), rule("hazard", 0.9, r"\bbox", r"\bcup")
    opened = Gate([first, second]).open("a cup in a box")
    assert [one.label for one, _ in opened] == ["refusal", "hazard", "hazard"]
