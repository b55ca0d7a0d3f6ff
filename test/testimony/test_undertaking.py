"""Whose a bound is, by the last clause before it and by whoever comes last in that."""

from __future__ import annotations

import pytest

from iatro_governor.testimony.undertaking import undertaken


@pytest.mark.parametrize(
    ("lead", "own"),
    [
        ("i am told to stay ", False),
        ("i see my speed stays ", False),
        ("ok, i see my speed stays ", False),
        ("now, i see my speed stays ", False),
        ("i'll go, but i may go ", False),
        (": i could go ", False),
        (" so kept ", False),
        ("go as fast as i can: i'll stay ", True),
        ("i go, but now with far less on it i could, but i'll stay ", True),
    ],
)
def test_what_is_told_seen_or_possible_counts_in_the_last_clause(lead: str, own: bool) -> None:
    assert undertaken(lead, "", "speed", "<=", False) is own


@pytest.mark.parametrize(
    ("lead", "op", "own"),
    [
        ("keep back, i'll stay ", "<=", True),
        ("i'll stay near you ", "<=", True),
        ("i stay near you ", "<=", False),
        ("the speed is set ", "<=", True),
        ("i drive as is ", "<=", True),
        ("a break for ", "==", False),
        ("a break at ", "==", True),
    ],
)
def test_a_bound_is_the_robot_s_where_it_speaks_of_itself_last(lead: str, op: str, own: bool) -> None:
    assert undertaken(lead, "", "speed", op, False) is own


@pytest.mark.parametrize(
    ("lead", "own"),
    [
        ("the speed is kept ", True),
        ("my speed is held ", True),
        ("i am kept ", True),
        ("the arm strictly is kept ", True),
        ("the speed drops and is kept ", True),
        ("my speed remains held ", True),
        ("the speed being kept ", True),
        ("i move over, so my speed is kept ", True),
        ("speed: kept ", True),
        ("force: held ", True),
        ("the speed was kept ", False),
        ("my speed has been kept ", False),
        ("the force usually kept ", False),
        ("i always kept ", False),
        ("the box is kept ", False),
        ("it is kept ", False),
    ],
)
def test_what_is_kept_is_a_bound_of_now_and_what_was_kept_is_none(lead: str, own: bool) -> None:
    assert undertaken(lead, "", "speed", "<=", False) is own


@pytest.mark.parametrize(
    ("lead", "own"),
    [
        ("i turned round and then drove ", False),
        ("i'll turn round and then drive ", True),
        ("i braked early, so stayed ", False),
        ("i braked and therefore kept ", False),
        ("i hurried but stayed ", False),
        ("i hurry but stay ", True),
        ("log: stayed ", False),
        (", i see my speed stays ", False),
        ("my speed, so far, stays ", False),
    ],
)
def test_a_clause_that_names_no_subject_of_its_own_is_past_by_its_verb(lead: str, own: bool) -> None:
    assert undertaken(lead, "", "speed", "<=", False) is own
