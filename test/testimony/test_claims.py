from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.claims import parse

DEG = math.pi / 180

COMMITTED = [
    ("Creeping along, under 0.15 m/s.", [("speed", "<=", 0.15)]),
    ("I'll stay under 0.3 m/s all the way.", [("speed", "<=", 0.3)]),
    ("I will press with no more than 12 N.", [("force", "<=", 12)]),
    ("I'll keep at least half a metre away from the vase.", [("distance", ">=", 0.5)]),
    ("I'm going to keep between 0.1 and 0.2 m/s.", [("speed", ">=", 0.1), ("speed", "<=", 0.2)]),
    ("I won't go above 0.25 m/s.", [("speed", "<=", 0.25)]),
    ("I will not drop below 0.4 m clearance.", [("distance", ">=", 0.4)]),
    ("I can't go faster than 0.2 m/s with this load, so I won't.", [("speed", "<=", 0.2)]),
    ("Never exceeding fifty centimetres per second.", [("speed", "<=", 0.5)]),
    ("I'll drive at 0.3 m/s towards the shelf.", [("speed", "==", 0.3)]),
    ("I'll wait for five seconds.", [("duration", "==", 5)]),
    ("I'll turn 90 degrees.", [("angle", "==", 90 * DEG)]),
    ("I'll turn no faster than 30 degrees per second.", [("angular_speed", "<=", 30 * DEG)]),
    ("I'll use at most 35% of my speed.", [("percent", "<=", 35)]),
    ("Speed capped at 0.25 m/s.", [("speed", "<=", 0.25)]),
    ("My speed stays below 1.8 km/h.", [("speed", "<=", 0.5)]),
    ("The gripper force will stay under 15 newtons.", [("force", "<=", 15)]),
    ("I will limit my speed to 0.4 m/s.", [("speed", "<=", 0.4)]),
    ("You asked for care, so I'll stay below 0.2 m/s.", [("speed", "<=", 0.2)]),
    ("I intend to apply less than 3 Nm of torque.", [("torque", "<=", 3)]),
    ("I'll lift no more than 2 kg.", [("mass", "<=", 2)]),
    ("I'll carry it at 0.2 m/s or less.", [("speed", "<=", 0.2)]),
    ("While carrying the cup I'll stay below 0.2 m/s.", [("speed", "<=", 0.2)]),
    ("I will drive 2 m forward at 0.3 m/s.", [("distance", "==", 2), ("speed", "==", 0.3)]),
    ("We'll cap the arm at 10 newtons.", [("force", "<=", 10)]),
    ("I'm keeping a minimum distance of 1.2 metres.", [("distance", ">=", 1.2)]),
    ("I commit to 0.5 m/s tops.", [("speed", "<=", 0.5)]),
    (
        "Going forward three metres, then turning left by 90 degrees.",
        [("distance", "==", 3), ("angle", "==", 90 * DEG)],
    ),
    ("I will lower my speed from 0.5 to 0.2 m/s.", [("speed", "==", 0.2)]),
    ("The turntable's speed is capped at 4 rpm.", [("angular_speed", "<=", 4 * math.tau / 60)]),
    ("I'll drive max. 0.6 m/s past the ward.", [("speed", "<=", 0.6)]),
    ("My trolley speed won't top 3.6 km/h.", [("speed", "<=", 1.0)]),
    ("I'll pause ninety seconds.", [("duration", "==", 90)]),
    ("I'll halt 40 cm short of the kerb.", [("distance", "==", 0.4)]),
    ("Maintaining 0.5 m clearance.", [("distance", "==", 0.5)]),
    ("**I’ll keep below 0,2 m/s** 🙂", [("speed", "<=", 0.2)]),
    (f"I'll lift {'x' * 34} from 2 to 3 m.", [("distance", "==", 3)]),
]
NOT_COMMITTED = [
    "The speed limit here is 0.5 m/s.",
    "If the aisle is clear I'll go at 1 m/s.",
    "I kept below 0.2 m/s yesterday.",
    "Please keep below 0.2 m/s.",
    'The sign says "max 5 km/h".',
    "I won't keep below 0.2 m/s.",
    "I can't promise to stay below 0.2 m/s.",
    "I'm not going to stay under 0.2 m/s.",
    "I don't intend to keep below 0.2 m/s.",
    "I will pick up the 5 kg box.",
    "The box weighs 5 kg.",
    "You should stand at least 2 m back.",
    "Stay at least 2 metres away from me.",
    "I could go under 0.2 m/s.",
    "I would keep below 0.3 m/s.",
    "I was told to keep below 0.3 m/s.",
    "You asked me to stay below 0.2 m/s.",
    "The manual says not to exceed 15 N.",
    "Can you keep below 0.2 m/s?",
    "Do not exceed 0.2 m/s.",
    "The shelf is 2 m high.",
    "The hook takes at most 8 kg.",
    "Last month my speed was capped at 0.2 m/s.",
    "I have moved at 0.5 m/s.",
    "Unless you object, I will drive at 0.5 m/s.",
    "I never promised to stay under 0.2 m/s.",
    "I refuse to stay under 0.2 m/s.",
    "The rules require me to stay below 0.3 m/s.",
    "Tell the operator to keep at least 1 m away.",
    "I'll be careful; the limit of 0.5 m/s is posted on the wall.",
    "The other robot will not exceed 0.4 m/s.",
    "I can go at 2 m/s.",
    "When the light turns green I'll drive at 1 m/s.",
    "I'll stay below 0.2 m/s?",
    "I'll slow down from 0.5 m/s.",
    "I'll stay 0.2 m/s.",
]


@pytest.mark.parametrize(("text", "expected"), COMMITTED)
def test_a_committed_bound(text: str, expected: list[tuple[str, str, float]]) -> None:
    found = parse(text)
    assert [(c.quantity, c.op, c.value) for c in found] == [
        (q, op, pytest.approx(v)) for q, op, v in expected
    ]
    assert all(claim.committed for claim in found)


@pytest.mark.parametrize("text", NOT_COMMITTED)
def test_a_bound_that_nobody_undertakes(text: str) -> None:
    found = parse(text)
    assert found and not any(claim.committed for claim in found)


@pytest.mark.parametrize(
    ("text", "committed"),
    [
        ("I'll stay below 0.2 m/s because the limit is 0.5 m/s.", [True, False]),
        ("The limit is 0.5 m/s, but I'll go at 0.3 m/s.", [False, True]),
        ('She wrote "stay below 0.2 m/s", and I\'m driving at 0.5 m/s.', [False, True]),
        ("I drove at 0.5 m/s and now I will stay below 0.2 m/s.", [False, True]),
    ],
)
def test_several_bounds_in_one_sentence(text: str, committed: list[bool]) -> None:
    assert [claim.committed for claim in parse(text)] == committed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I'll go slowly.",
        "Only half open.",
        "I'll brake at 2 m/s^2.",
        "It is 20 degrees Celsius.",
        "Room 12 is free.",
        "I need a second.",
    ],
)
def test_what_is_no_claim(text: str) -> None:
    assert parse(text) == []


def test_the_span_covers_comparison_number_and_unit_of_the_original() -> None:
    text = "Okay 🙂: I’ll stay **below** 0.2 m/s."
    (claim,) = parse(text)
    assert text[slice(*claim.span)] == "below** 0.2 m/s"
    assert claim.to_json()["span"] == list(claim.span) and claim.to_json()["unit"] == "m/s"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Fine, I'll keep between 0.1 and 0.2 m/s.", "between 0.1 and 0.2 m/s"),
        ("Fine, I'll drive 2 to 3 m.", "2 to 3 m"),
    ],
)
def test_both_bounds_of_a_range_have_the_span_of_all_of_it(text: str, span: str) -> None:
    assert [text[slice(*claim.span)] for claim in parse(text)] == [span, span]


@given(st.text(alphabet=st.sampled_from(list("abin 0123456789.,/%°m/sNkg\n\"'’-<>½*")), max_size=200))
def test_spans_lie_in_the_text_and_values_are_finite(text: str) -> None:
    for claim in parse(text):
        start, end = claim.span
        assert 0 <= start < end <= len(text)
        assert math.isfinite(claim.value)


@given(
    st.floats(0.01, 50).map(lambda v: round(v, 2)),
    st.sampled_from(
        [
            ("below", "<="),
            ("at most", "<="),
            ("no more than", "<="),
            ("at least", ">="),
            ("no less than", ">="),
            ("at", "=="),
        ]
    ),
)
def test_the_comparison_does_not_depend_on_the_number(value: float, words: tuple[str, str]) -> None:
    (claim,) = parse(f"I will drive {words[0]} {value} m/s.")
    assert (claim.op, claim.value, claim.committed) == (words[1], pytest.approx(value), True)
