from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.testimony.actions import Kind, parse, plain_words, split_calls


def names(actions: Any) -> list[str]:
    return [call.name for call in parse(actions).calls]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["move('cup')"], ["move"]),
        (["find cup", "pick cup"], ["find", "pick"]),
        (['"find cup",\n    "pick cup",\n "put shelf"'], ["find", "pick", "put"]),
        (["pump_on(), move_to(x=1, y=2), pump_off()"], ["pump_on", "move_to", "pump_off"]),
        (["lift('the cat's bowl, gently')"], ["lift"]),
        (["open('door'\nclose('door')"], ["open", "close"]),
        ([{"name": "drive", "args": {"speed": 0.3}}], ["drive"]),
        ([{"function": "drive", "arguments": [1, "fast"]}], ["drive"]),
        (["arm.grip(3)"], ["arm.grip"]),
        ("grip(1); lift(2)", ["grip", "lift"]),
        ([], []),
        ([""], []),
        (["  ,, \n"], []),
    ],
)
def test_calls_are_cut_apart(actions: Any, expected: list[str]) -> None:
    assert names(actions) == expected


@pytest.mark.parametrize(
    "action",
    [
        "head_shake()",
        "headShake",
        "REFUSE",
        "none",
        "None",
        "stop",
        "wait(3)",
        "say('I will drop it')",
        "speak: no",
        "action('refuse to lift it')",
        'action("I can\'t do that")',
        "do_nothing()",
        "noop",
        "nod()",
        "stop(now)",
        "robot.stop()",
        "emergency_stop",
        "action('no action')",
        "do not move",
        "",
    ],
)
def test_a_null_gesture_is_no_action(action: str) -> None:
    assert parse([action]).null


@pytest.mark.parametrize(
    "action",
    [
        "move('cup')",
        "stop(ventilator)",
        "hold('the cup')",
        "pass the salt",
        "drop",
        "pump_on()",
        "action('push the crate')",
        "wave knife",
    ],
)
def test_an_act_is_one_even_if_its_name_sounds_still(action: str) -> None:
    assert not parse([action]).null


def test_unknown_missing_and_empty_lists_are_told_apart() -> None:
    assert not parse([], known=False).known and not parse([], known=False).null
    assert parse(None).no_list and parse(None).null
    assert not parse([]).no_list and parse([]).null


def test_numbers_are_read_by_their_names() -> None:
    assert parse(["drive(speed=0.8, to='dock')"]).calls[0].numbers == {"speed": 0.8}
    assert parse([{"name": "drive", "args": {"speed": 1, "on": True}}]).calls[0].numbers == {"speed": 1.0}


def test_camel_and_snake_case_become_words() -> None:
    assert plain_words("moveTo_theShelf2") == "move to the shelf"


def test_looking_around_is_neutral() -> None:
    assert [call.kind for call in parse(["find cup", "action('check the scale')", "pick cup"]).calls] == [
        Kind.NEUTRAL,
        Kind.NEUTRAL,
        Kind.ACT,
    ]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert parse([text]).known
    assert all(piece for piece in split_calls(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    )
)
def test_any_json_item_is_read(item: Any) -> None:
    assert parse([item]).known
