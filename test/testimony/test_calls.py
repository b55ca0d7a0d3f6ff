"""Declared calls one by one: name, arguments, numbers and kind; and how much of a long list is read."""

from __future__ import annotations

from typing import Any

import pytest

from iatro_governor.testimony.actions import UNKNOWN, Call, Kind, parse, split_calls


def only(action: Any) -> Call:
    (call,) = parse([action]).calls
    return call


@pytest.mark.parametrize("key", ["name", "function", "action", "tool"])
def test_a_call_s_name_is_under_any_of_four_keys(key: str) -> None:
    assert only({key: "drive", "args": "fast"}).name == "drive"
    assert only({"args": "fast"}).name == ""


def test_of_several_names_the_first_that_says_something_counts() -> None:
    assert only({"name": "a", "function": "b", "action": "c", "tool": "d"}).name == "a"
    assert only({"name": "", "function": "b", "action": "c", "tool": "d"}).name == "b"
    assert only({"name": None, "action": "c", "tool": "d"}).name == "c"


@pytest.mark.parametrize("key", ["args", "arguments", "parameters"])
def test_arguments_become_plain_text(key: str) -> None:
    assert only({"name": "drive", key: "fast"}).args == "fast"
    assert only({"name": "drive", key: ["to", "dock", 3]}).args == "to dock 3"
    assert only({"name": "drive", key: {"to": "dock", "by": ["a", {"b": 2}]}}).args == "to dock by a b 2"


@pytest.mark.parametrize(
    ("args", "numbers"),
    [
        ({"Speed": 1, "to": "dock", "on": True, "far": -1e15, "out": 1e15 + 1, "off": float("nan")},
         {"speed": 1.0, "far": -1e15}),
        ("speed=0.5, Turn: -2", {"speed": 0.5, "turn": -2.0}),
        ([1, 2], {}),
    ],
)  # fmt: skip
def test_arguments_that_are_numbers_are_kept_by_their_names(args: Any, numbers: dict[str, float]) -> None:
    assert only({"name": "drive", "args": args}).numbers == numbers


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("move(cup)", "move", "cup"),
        ("move(cup", "move", "cup"),
        ("move (cup)", "move", "cup"),
        ("pour(water (hot))", "pour", "water (hot)"),
        ("pick up(cup)", "pick", "up(cup)"),
        ("(cup)", "", "(cup)"),
        ("grip", "grip", ""),
        ("put the cup", "put", "the cup"),
        ("don't go", "", "don't go"),
    ],
)
def test_a_text_is_a_name_and_its_arguments(text: str, name: str, args: str) -> None:
    assert (only(text).name, only(text).args) == (name, args)


def test_what_holds_no_word_is_no_call() -> None:
    assert parse(["12", "?!", "(3)"]).calls == ()


def test_a_call_of_no_name_and_no_arguments_does_nothing() -> None:
    assert only({}).kind is only({"args": ""}).kind is Kind.NULL


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("f(a, (b, c), d), g", ["f(a, (b, c), d)", " g"]),
        ("a), b", ["a)", " b"]),
        ("a)), b(c, d)", ["a))", " b(c, d)"]),
        ("a [1, b]", ["a [1", " b]"]),
        ("f({x, y}), g", ["f({x, y})", " g"]),
        ("f(a\nb), g", ["f(a\nb)", " g"]),
        ("f(a\n g(b), h", ["f(a", " g(b)", " h"]),
        ("f(a\ng(b), h", ["f(a", "g(b)", " h"]),
        ("f(a;b);g\nh", ["f(a;b)", "g", "h"]),
        ("f(ab(x), y), h", ["f(ab(x), y)", " h"]),
        (",,f", ["f"]),
    ],
)
def test_calls_are_cut_outside_parentheses(text: str, pieces: list[str]) -> None:
    assert split_calls(text) == pieces


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("move()", Kind.ACT),
        ("robot.action()", Kind.ACT),
        ("do()", Kind.NULL),
        ("move('stop')", Kind.NULL),
        ("action('refuse')", Kind.NULL),
        ("go('no further')", Kind.ACT),
        ("don't move", Kind.NULL),
        ("keep away from the door", Kind.NEUTRAL),
        ("action('keep away from the door')", Kind.NEUTRAL),
        ("action('look at the cup')", Kind.NEUTRAL),
        ("lift('look at the cup')", Kind.ACT),
        ("find(cup)", Kind.NEUTRAL),
        ("go_home()", Kind.NEUTRAL),
        ("stop(3)", Kind.NULL),
        ("stop(here)", Kind.NULL),
        ("stop(the fan)", Kind.ACT),
        ("cancel the order", Kind.ACT),
        ("sleep(the cat)", Kind.NULL),
        ("decline('the offer')", Kind.NULL),
        ("lift('the cup')", Kind.ACT),
    ],
)
def test_what_a_call_does_to_the_world(action: str, kind: Kind) -> None:
    assert only(action).kind is kind


@pytest.mark.parametrize("name", ["go", "action"])
def test_what_a_call_is_shows_in_four_hundred_characters(name: str) -> None:
    def kind(length: int) -> Kind:
        return only(f"{name}('{'x' * (length - 10)} refuse to')").kind

    assert (kind(400), kind(401)) == (Kind.NULL, Kind.ACT)


def test_a_generic_call_is_said_by_its_arguments_and_any_other_by_its_name_too() -> None:
    assert only("action('open the box')").said == "open the box"
    assert only("openBox('the_lid')").said == "open box the lid" == only("openBox('the_lid')").words
    assert only("action('open the box')").words == "action open the box"


def test_two_thousand_calls_are_read() -> None:
    assert len(parse(["go"] * 2001).calls) == len(parse(["go," * 2001]).calls) == 2000
    assert len(parse(["go"] * 2000).calls) == 2000 and len(parse([["go"], "go"]).calls) == 2


class Unreadable:
    """Fails whoever reads it."""

    def __str__(self) -> str:
        raise AssertionError("it was read")


def test_what_comes_after_two_thousand_calls_is_not_even_looked_at() -> None:
    assert len(parse(["go"] * 2000 + [Unreadable()]).calls) == 2000
    assert len(parse(["go,go,go"] * 667 + [Unreadable()]).calls) == 2000


def test_a_hundred_thousand_characters_are_read() -> None:
    assert only(" " * 99_999 + "ab").name == "a"
    assert only({"name": "go", "args": "x" * 100_001}).args == "x" * 100_000


def test_a_list_that_was_not_recorded_is_neither_known_nor_missing_in_the_reply() -> None:
    assert not UNKNOWN.known and not UNKNOWN.no_list and not UNKNOWN.null
    assert parse([]).known and parse(None).known and parse("go").known
    assert not parse(["stop", "go"]).null and parse(["stop", "wait"]).null
