"""The gate keeps nothing out that a phrase would match."""

from __future__ import annotations

import re
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.testimony import gate as gates
from iatro_governor.testimony import tongues
from iatro_governor.testimony.gate import Gate, needs
from iatro_governor.testimony.lexicon import _GATE, _RULES
from iatro_governor.testimony.rule import rule

EVERY = (*_RULES, *tongues.RULES)
WORDS = sorted(
    {
        word
        for one in EVERY
        for phrase in one.phrases
        for word in re.findall(r"[^\W\d_][^\W\d_']+", phrase.pattern)
    }
    | {"i", "i'll", "no", ",", "."}
)


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        (r"\bharmless", ["harmless"]),
        (r"(?:cup|box)", ["cup", "box"]),
        (r"ca(?:re|ution)", ["care", "caution"]),
        (r"(?:stove)+ [a-z]", ["stove a"]),
        (r"(?:red|blue) (?:\w+ )?paint", ["red paint", "blue oil paint"]),
        (r"\bi (?:a|b)", ["i a", "no, i b"]),
        (r"(?<=the )(?=[a-z]+n)oven\b", ["the oven"]),
        (r"n't\b(?! care)", ["don't", "can't stay"]),
        (r"(?:\u4e0d\u80fd|\u65e0\u6cd5)", ["\u6211\u4e0d\u80fd", "\u65e0\u6cd5\u3002"]),
        (r"^\.no", [".no"]),
        (r"\b(?:\bno|yes)", ["no", "oh, yes"]),
    ],
)
def test_whatever_a_pattern_matches_has_what_it_needs(pattern: str, matching: list[str]) -> None:
    gate = Gate([rule("refusal", 0.9, pattern)])
    assert needs(re.compile(pattern)) and not gate.open("a kitten")
    for text in matching:
        assert re.search(pattern, text) and gate.open(text)


@pytest.mark.parametrize(
    ("pattern", "kept_out"),
    [
        (r"\bno\b", "i know it now"),
        (r"(?:red|blue) (?:\w+ )?paint", "the paint is green"),
        (r"(?:red|blue) (?:\w+ )?paint", "the blue door"),
        (r"\bi'd (?:rather|sooner)", "id of the rather old one"),
        (r"\bwell (?=[^.]{1,60}\bthan\b)", "well, thanks"),
    ],
)
def test_every_need_is_asked_for_with_the_edges_of_its_word(pattern: str, kept_out: str) -> None:
    assert not Gate([rule("refusal", 0.9, pattern)]).open(kept_out)


@pytest.mark.parametrize("pattern", [r"[a-z]+", r"(?:stove)?", r"cup|[a-z]", r"(?!stove)\w"])
def test_a_pattern_that_needs_nothing_is_always_tried(pattern: str) -> None:
    assert not needs(re.compile(pattern)) and Gate([rule("refusal", 0.9, pattern)]).open("?")


def test_a_pattern_that_ignores_case_is_always_tried() -> None:
    assert not needs(re.compile("stove", re.IGNORECASE))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_every_phrase_that_matches_is_let_through(text: str) -> None:
    let_through = {id(pattern) for _, pattern in _GATE.open(text)}
    for one in EVERY:
        for phrase in one.phrases:
            assert phrase.search(text) is None or id(phrase) in let_through


def test_most_phrases_are_kept_out_of_a_plain_sentence() -> None:
    phrases = sum(len(one.phrases) for one in EVERY)
    assert len(_GATE.open("the lamp over the door is green")) < phrases / 20


def test_phrases_come_in_the_order_of_the_table() -> None:
    first, second = rule("refusal", 0.9, r"\bcup"), rule("hazard", 0.9, r"\bbox", r"\bcup")
    opened = Gate([first, second]).open("a cup in a box")
    assert [one.label for one, _ in opened] == ["refusal", "hazard", "hazard"]


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"(harmless)", ["harmle"]),
        (r"gym\W+five", ["five", "gym"]),
        (r"oven\W+gym", ["gym", "oven"]),
        (r"cup|oven\W+stove", ["cup oven", "cup stov"]),
    ],
)
def test_what_is_needed_is_the_rarest_first(pattern: str, needed: list[str]) -> None:
    """A sign more makes a run eight times as rare, and a common sign in it twice as likely; equals by the alphabet."""
    assert [" ".join(sorted(runs)) for runs in needs(re.compile(pattern))] == needed


def kept(words: list[str]) -> int:
    """How many bytes a gate holds on to once it has read these words."""
    gate = Gate([rule("refusal", 0.9, "cup")])
    text = " ".join(words)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        gate.open(text)
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_words_of_up_to_24_letters_are_remembered_and_no_more_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short, long = ([f"{at:0{length}}" for at in range(100)] for length in (24, 25))
    letters = 100 * 24
    assert kept(short) > letters > kept(long)
    monkeypatch.setattr(gates, "_KEPT_WORDS", 3)
    assert kept(short) < letters
