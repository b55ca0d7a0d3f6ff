"""When late messages of one source are too many, counted by hand: a time-out of 0.2 s, so a span of 2 s."""

from __future__ import annotations

import pytest

from iatro_governor.governor.late import Late


def counted(*times: float) -> list[str | None]:
    late = Late(0.2)
    return [late.count(t, 0.25) for t in times]


def test_three_within_the_span_are_no_fault_and_the_fourth_is():
    said = counted(0.0, 0.7, 1.9, 2.0)
    assert said[:3] == [None, None, None]
    assert said[3] == (
        "4 messages in 2 s were stamped before the newest one, the last of them by 0.250 s; "
        "at most 3 are allowed: two nodes publish the topic, or its clock goes back"
    )


def test_those_from_before_the_span_are_forgotten():
    assert counted(0.0, 0.7, 1.9, 2.01) == [None] * 4
    assert counted(0.0, 0.1, 5.0, 5.1, 5.2) == [None] * 5


@pytest.mark.parametrize(("number", "told"), [(29, "29 messages"), (30, "30 or more"), (99, "30 or more")])
def test_no_more_than_thirty_are_kept(number, told):
    newest = counted(*[0.001 * k for k in range(number)])[-1]
    assert newest is not None and newest.startswith(told)
