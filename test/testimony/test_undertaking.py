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
