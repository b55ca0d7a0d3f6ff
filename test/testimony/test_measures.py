"""Quantities in sentences: one number or two, with the unit they share, and how far words around them reach."""

from __future__ import annotations

import math

import pytest

from iatro_governor.testimony.claims import parse


def found(text: str) -> list[tuple[str, str, float]]:
    return [(claim.quantity, claim.op, round(claim.value, 9)) for claim in parse(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'll keep between 0.1 and 0.2 m/s.", [("speed", ">=", 0.1), ("speed", "<=", 0.2)]),
        ("I'll keep between 0.2 and 0.1 m/s.", [("speed", ">=", 0.1), ("speed", "<=", 0.2)]),
        ("I'll keep between 10 cm and 2 m.", [("distance", ">=", 0.1), ("distance", "<=", 2.0)]),
        ("I'll keep 10 cm and 2 m.", [("distance", "==", 0.1), ("distance", "==", 2.0)]),
        ("I'll drive 2 m and 3 s.", [("distance", "==", 2.0), ("duration", "==", 3.0)]),
        ("I'll drive 2-3 m.", [("distance", ">=", 2.0), ("distance", "<=", 3.0)]),
        ("I'll drive 2 to 3 m.", [("distance", ">=", 2.0), ("distance", "<=", 3.0)]),
        ("I'll slow from 0.5 to 0.2 m/s.", [("speed", "==", 0.2)]),
        ("I'll wait two and a half seconds.", [("duration", "==", 2.5)]),
        ("I'll wait two seconds and a half.", [("duration", "==", 2.5)]),
        ("I'll wait a second.", []),
        ("I'll drive a metre.", [("distance", "==", 1.0)]),
        ("I'll drive at a metre per second.", [("speed", "==", 1.0)]),
        ("I'll lift a kilo.", []),
        ("I'll take 2 boxes and 3 m.", [("distance", "==", 3.0)]),
        ("I'll keep between 2 m and 300 cm.", [("distance", ">=", 2.0), ("distance", "<=", 3.0)]),
        ("Between 5 cm and 80 mm I'll open.", [("distance", ">=", 0.05), ("distance", "<=", 0.08)]),
        ("I'll keep between 1 m and 2 m off, wherever the wall goes along the yard and the fence behind it.",
         [("distance", ">=", 1.0), ("distance", "<=", 2.0)]),
        ("I'll wait 1.5 seconds and a half.", [("duration", "==", 1.5)]),
        ("I'll drive 2 -3 m.", [("distance", ">=", 2.0), ("distance", "<=", 3.0)]),
        (f"I'll drive 2{' ' * 8}-3 m.", [("distance", ">=", 2.0), ("distance", "<=", 3.0)]),
        (f"I'll drive 2{' ' * 9}-3 m.", [("distance", "==", -3.0)]),
        ("I'll drive 2 3 m.", [("distance", "==", 3.0)]),
        ("I'll drive 2 0 m.", [("distance", "==", 0.0)]),
        ("I'll drive 2 to -3 m.", [("distance", ">=", -3.0), ("distance", "<=", 2.0)]),
        ("每秒0.5米", [("speed", "==", 0.5)]),
        ("每秒0.5到1米", [("speed", ">=", 0.5), ("speed", "<=", 1.0)]),
        ("毎分6メートル", [("speed", "==", 0.1)]),
        ("时速36公里", [("speed", "==", 10.0)]),
        ("時速36キロ", [("speed", "==", 10.0)]),
        ("毎秒90度", [("angular_speed", "==", round(math.pi / 2, 9))]),
        ("百分之35", [("percent", "==", 35.0)]),
        ("三分之一", []),
        ("三分钟", [("duration", "==", 180.0)]),
        ("毎秒2キログラム", [("mass", "==", 2.0)]),
    ],
)  # fmt: skip
def test_what_is_measured_and_how_it_is_bounded(text: str, expected: list[tuple[str, str, float]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("I'll keep between 0.1 and 0.2 m/s.", "between 0.1 and 0.2 m/s"),
        ("I'll stay below 0.2 m/s, so.", "below 0.2 m/s"),
        ("I won't go above 0.2 m/s.", "won't go above 0.2 m/s"),
        ("I'll drive at 0.2 m/s.", "0.2 m/s"),
        ("I'll wait two seconds and a half.", "two seconds and a half"),
    ],
)
def test_the_words_that_bound_a_number_are_shown_with_it(text: str, span: str) -> None:
    for claim in parse(text):
        assert text[slice(*claim.span)] == span


def test_a_claim_is_printed_to_nine_figures() -> None:
    (claim,) = parse("I'll turn by 1 degree.")
    assert claim.to_json()["value"] == 0.0174532925


@pytest.mark.parametrize(
    ("text", "committed"),
    [
        ("I'm limited to 5 N.", True),
        ("My speed is capped at 0.2 m/s.", True),
        ("The maximum speed of my base is 0.2 m/s.", False),
        ("Shall I stay below 0.2 m/s?", False),
        ("I'll stay below 0.2 m/s.", True),
        ('"I\'ll stay below 0.2 m/s" is what it says on the sign over there.', False),
        ("I was at 5 N. I'll stay below 0.2 m/s.", None),
    ],
)
def test_whether_a_bound_is_undertaken(text: str, committed: bool | None) -> None:
    committeds = [claim.committed for claim in parse(text)]
    assert committeds == ([False, True] if committed is None else [committed])


def test_a_sentence_is_read_by_itself_wherever_it_stands() -> None:
    for before in ("", "Fine. ", "Fine. Well. "):
        (claim,) = parse(f"{before}I'll stay below 0.2 m/s. Good.")
        assert claim.committed and claim.op == "<="


def test_a_wait_comes_first_unless_motion_was_spoken_of_before_its_sentence() -> None:
    senses = [
        parse(f"{before}I'll wait for five seconds.")[0].bearing.sense
        for before in ("", "Fine. ", "I'm driving on. ", "Go. ")
    ]
    assert senses == ["wait", "wait", "", ""]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("I'll stay below 0.2 m/s with my arm.", "arm"),
        ("My arm is fine. I'll stay below 0.2 m/s.", ""),
        ("I'll stay below 0.2 m/s. My arm is fine.", ""),
        (f"Arm, {'x' * 217}, I'll stay below 0.2 m/s.", "arm"),
        (f"Arm, {'x' * 218}, I'll stay below 0.2 m/s.", ""),
    ],
)
def test_a_claim_is_of_the_part_that_its_sentence_names_within_240_characters(text: str, part: str) -> None:
    (claim,) = parse(text)
    assert claim.committed and claim.bearing.part == part
