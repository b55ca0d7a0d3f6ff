"""Which part of the robot a bound is about, and which of the things that its quantity can measure."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.bearing import NOWHERE, Bearing, bearing, moves
from iatro_governor.testimony.comparison import comparison


def borne(quantity: str, lead: str, tail: str = "", first: bool = True) -> tuple[str, str]:
    found = bearing(quantity, lead, tail, first)
    return found.part, found.sense


@pytest.mark.parametrize(
    ("lead", "tail", "part"),
    [
        ("my arm stays below ", "", "arm"),
        ("i stay below ", " with my arm", "arm"),
        ("the gripper closes with ", "", "gripper"),
        ("the gripper moves at ", "", ""),
        ("the arm and the base move at ", "", ""),
        ("i drive at ", "", "base"),
        ("the arm and the gripper close with ", "", ""),
        ("i stay below ", "", ""),
    ],
)
def test_a_bound_is_of_the_only_part_that_is_named(lead: str, tail: str, part: str) -> None:
    assert borne("speed", lead, tail) == (part, "")


@pytest.mark.parametrize(
    ("lead", "tail", "sense"),
    [
        ("i keep ", " away from people", "people"),
        ("i keep ", " away from anything", "anything"),
        ("i keep ", " away from people and anything", "anything"),
        ("i keep ", " away from the wall", ""),
        ("i go ", " forward", "travel"),
        ("i lift it by ", "", ""),
        ("people see me go ", "", "travel"),
    ],
)
def test_a_distance_is_kept_or_travelled(lead: str, tail: str, sense: str) -> None:
    assert borne("distance", lead, tail)[1] == sense


def test_an_angle_is_turned_by_the_base_unless_another_part_is_named() -> None:
    assert borne("angle", "i turn by ") == ("", "turn") and borne("angle", "the base turns by ") == (
        "base",
        "turn",
    )
    assert borne("angle", "my arm turns by ") == ("arm", "") and borne("angle", "i tilt it by ") == ("", "")


@pytest.mark.parametrize(
    ("lead", "tail", "first", "sense"),
    [
        ("i wait for ", "", True, "wait"),
        ("i wait for ", "", False, ""),
        ("i drive on and wait for ", "", True, ""),
        ("i turn and wait for ", "", True, ""),
        ("i drive for ", "", True, "motion"),
        ("i drive for ", "", False, "motion"),
        ("for ", " i drive", True, ""),
        ("for ", " i wait", True, "wait"),
        ("i hum for ", "", True, ""),
    ],
)
def test_a_duration_is_waited_or_moved(lead: str, tail: str, first: bool, sense: str) -> None:
    assert borne("duration", lead, tail, first)[1] == sense


@pytest.mark.parametrize(("more", "near"), [(0, True), (1, False)])
def test_what_a_bound_means_is_said_within_sixty_characters_of_it(more: int, near: bool) -> None:
    fill = "x" * (54 + more)
    assert borne("distance", f"move {fill} ") == ("", "travel" if near else "")
    assert borne("angle", f"turn {fill} ")[1] == ("turn" if near else "")
    assert borne("duration", f"move {fill} ")[1] == ("motion" if near else "")
    assert borne("duration", f"wait {fill} ")[1] == ("wait" if near else "")
    assert borne("distance", "", f" {'x' * (56 + more)} go")[1] == ("travel" if near else "")


def test_driving_and_turning_are_motion_and_words_are_none() -> None:
    assert moves("i drive") and moves("i turn") and not moves("i hum")
    assert borne("force", "i turn and go with ") == ("", "") and Bearing() == NOWHERE


# How a bound compares.


@pytest.mark.parametrize(
    ("before", "after", "op", "words"),
    [
        ("i stay below ", "", "<=", "below "),
        ("i keep at least ", "", ">=", "at least "),
        ("i drive at ", "", "==", ""),
        ("below ", "", "<=", "below "),
        ("i go no more than ", "", "<=", "no more than "),
        ("no more than ", "", "<=", "no more than "),
        ("i go no less than ", "", ">=", "no less than "),
        ("i am not limited to ", "", "<=", "limited to "),
        ("i drive at ", " at most", "<=", ""),
        ("i drive at ", " or less", "<=", ""),
        ("i drive at ", " or more", ">=", ""),
        ("i drive at ", " or so", "==", ""),
        ("i stay below ", " or more", "<=", "below "),
    ],
)
def test_a_comparison_is_read_with_the_words_that_make_it(
    before: str, after: str, op: str, words: str
) -> None:
    assert comparison(before, after) == (op, len(words))
