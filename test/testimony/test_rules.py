"""How a rule is made of its patterns, and which of them a text can match at all."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]

import pytest

from iatro_governor.testimony import dangers, deeds, deflections, phrases, tongues
from iatro_governor.testimony.gate import MOST, Gate, needs
from iatro_governor.testimony.rule import rule

EVERY = (
    *(*phrases.REFUSAL, *phrases.CAUTION, *phrases.HAZARD, *phrases.LIMIT, *phrases.COMMIT),
    *(*deflections.REFUSAL, *dangers.CAUTION, *dangers.HAZARD, *deeds.LIMIT, *deeds.COMMIT, *tongues.RULES),
)


def branches(*patterns: str) -> list[str]:
    return [phrase.pattern for phrase in rule("hazard", 0.9, *patterns).phrases]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"a|b|c", ["a", "b", "c"]),
        (r"a(?:b|c)|d", ["a(?:b|c)", "d"]),
        (r"a((b|c)|d)|e", ["a((b|c)|d)", "e"]),
        (r"[|)]a|b", ["[|)]a", "b"]),
        (r"[(]a|b", ["[(]a", "b"]),
        (r"\|a|b", [r"\|a", "b"]),
        (r"\(a|b", [r"\(a", "b"]),
        (r"\\|a", [r"\\", "a"]),
        (r"[\]|]a|b", [r"[\]|]a", "b"]),
        (r"\ba|^b", [r"\ba", "^b"]),
    ],
)
def test_a_pattern_is_cut_into_what_stands_between_its_outermost_bars(
    pattern: str, expected: list[str]
) -> None:
    assert branches(pattern) == expected


def test_the_patterns_of_a_rule_are_its_phrases_in_their_order() -> None:
    assert branches("a|b", "c") == ["a", "b", "c"]
    made = rule("hazard", 0.75, "a")
    assert (made.label, made.score, made.own, made.only_in) == ("hazard", 0.75, True, None)


def test_a_rule_for_some_texts_is_read_in_those_alone() -> None:
    some = rule("hazard", 0.9, "a", only_in=re.compile("x"))
    assert some.reads("an x") and not some.reads("an a") and rule("hazard", 0.9, "a").reads("")


def test_no_phrase_matches_nothing() -> None:
    found = [phrase.pattern for one in EVERY for phrase in one.phrases]
    assert len(found) > 200
    assert [one for one in found if _parser.parse(one).getwidth()[0] == 0] == []


# The gate.


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"harmless", [["harmle"]]),
        (r"a b", [["|b"], ["a|"]]),
        (r"no", [["no"]]),
        (r"\bno\b", [["|no|"]]),
        (r"oven|stove", [["oven", "stov"]]),
        (r"(?:cup)?", []),
        (r"(?:cup){2}", [["cup"]]),
        (r"(?!cup)box", [["box"]]),
        (r"(?=cup)\w+", [["cup"]]),
        (r"[a-z]", []),
    ],
)
def test_a_pattern_needs_the_rarest_runs_of_its_words(pattern: str, needed: list[list[str]]) -> None:
    assert [sorted(runs) for runs in needs(re.compile(pattern))] == needed


def test_no_more_is_asked_of_a_phrase_than_three_needs() -> None:
    assert len(needs(re.compile(r"cup\W+box\W+oven\W+stove\W+lamp"))) == MOST == 3


def test_each_of_a_phrase_s_needs_is_asked_for_whatever_place_the_phrase_has() -> None:
    made = [rule("hazard", 0.9, first, r"oven\W+stove\W+lamp") for first in ("cup", r"[a-z]", r"cup\W+box")]
    gate = Gate(made)
    words = ("oven", "stove", "lamp")
    assert len(gate.open("oven stove lamp")) == 4
    for missing in words:
        left = " ".join(word for word in words if word != missing)
        assert [pattern.pattern for _, pattern in gate.open(left)] == ["[a-z]"]
    assert [pattern.pattern for _, pattern in gate.open("box cup")] == ["cup", "[a-z]", r"cup\W+box"]


def test_a_word_that_comes_again_opens_what_it_opened_before() -> None:
    gate = Gate([rule("hazard", 0.9, "cup"), rule("hazard", 0.9, "antidisestablishmentarianism")])
    for word in ("cup", "antidisestablishmentarianism", "none"):
        first, second = gate.open(word), gate.open(word)
        assert first == second and len(first) == (word != "none")
