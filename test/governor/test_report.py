"""Which limits are told of as those that bound a command, and with which numbers: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.decision import LimitReport
from iatro_governor.governor.report import limit_reports, rate_reports
from iatro_governor.governor.resolve import Resolution, Sight
from iatro_governor.governor.stepping import RateRow, Rates
from iatro_governor.limits.limit import Cap, Clearance
from test.limits.situations import make

ASKED = np.array([0.4, 0.2, -0.3])
HERE: Any = "how things are"
ELSEWHERE: Any = "where it refused"


class Keeping:
    """A limit on a distance that says what it is told to, and of a refused way the place that is looked at."""

    unit = "m"

    def __init__(self, clearance=None):
        self.config: Any = make("obstacle", name="gap").config
        self._clearance = clearance

    def clearance(self, situation):
        return self._clearance

    def blocked(self, wanted, view, ways):
        return (0.75, 0.5, -0.125) if (view, ways) == (ELSEWHERE, "ways") else (0.25, 0.5, -0.375)


def capped(cap, scale):
    """What is told of a speed limit of which ``cap`` came, where ``scale`` of the command is admissible."""
    limit = make("speed", name="slow", axis="wz", bound=0.7)
    return limit_reports(Resolution(scale, ASKED, [(limit, cap)]), [], ASKED, HERE)


def kept(limit, blocked=False, seen=False):
    sights = {"gap": Sight(ELSEWHERE, "ways")} if seen else {"other": Sight(ELSEWHERE, "ways")}
    resolution = Resolution(1.0, ASKED, [], [limit] if blocked else [], sights)
    return limit_reports(resolution, [limit], ASKED, HERE)


@pytest.mark.parametrize(
    ("cap", "scale", "margin"),
    [
        (Cap(0.5, 1.6, 0.8), 0.5, 0.0),
        (Cap(0.5, 1.6, 0.8), 0.125, 0.6),
        (Cap(0.5, 1.6, 0.8), None, 0.8),
        (Cap(0.25, 3.2, 0.8), 0.375, 0.0),
        (Cap(0.0, 1.6, 0.8), 0.0, 0.0),
        (Cap(0.5, 1.6, 0.8, 0.3), 0.125, -0.3),
        (Cap(1.0, 0.4, 0.8, 0.3), 0.125, -0.3),
    ],
    ids=[
        "used up",
        "a quarter of it used",
        "nothing goes",
        "more goes",
        "none allowed",
        "beyond it",
        "beyond",
    ],
)
def test_of_what_a_limit_allows_the_part_that_is_not_used_is_left_unless_what_stands_is_beyond_it(
    cap, scale, margin
):
    (told,) = capped(cap, scale)
    assert (told.name, told.kind, told.unit, told.source) == ("slow", "speed", "rad/s", "a test")
    assert (told.requested, told.allowed, told.margin) == (cap.requested, 0.8, pytest.approx(margin))


def test_a_limit_that_allows_the_whole_command_is_not_told_of():
    assert capped(Cap(1.0, 0.4, 0.8), 1.0) == capped(Cap(1.0, 0.4, 0.8), 0.5) == []


def test_a_cap_in_another_unit_than_the_limits_own_is_told_in_it():
    (told,) = capped(Cap(0.5, 1.6, 0.8, unit="J"), 0.5)
    assert told.unit == "J"


@pytest.mark.parametrize(
    ("clearance", "broken"),
    [
        (None, False),
        (Clearance(0.9, 0.3), False),
        (Clearance(0.3, 0.3), False),
        (Clearance(0.3 - 1e-6, 0.3), False),
        (Clearance(0.3 - 2e-6, 0.3), True),
        (Clearance(0.1, 0.3), True),
    ],
)
def test_a_distance_counts_as_broken_by_more_than_what_is_touching(clearance, broken):
    expected = [LimitReport("gap", "obstacle", "m", 0.25, 0.5, -0.375, "a test")]
    assert kept(Keeping(clearance)) == (expected if broken else [])


def test_a_limit_that_refused_is_told_of_with_what_it_saw_where_it_did():
    far = Keeping(Clearance(0.9, 0.3))
    assert kept(far, blocked=True) == [LimitReport("gap", "obstacle", "m", 0.25, 0.5, -0.375, "a test")]
    assert kept(far, blocked=True, seen=True) == [
        LimitReport("gap", "obstacle", "m", 0.75, 0.5, -0.125, "a test")
    ]


# Rates.


def shaped(kind, bounds, anchor, pace, target, output, dt=0.5):
    limit: Any = make(kind, name="rate", bounds=bounds)
    row = RateRow(limit, np.array([2, 0]), np.array(bounds))
    none = np.zeros(3)
    start, before, end, got = (np.array(values) for values in (anchor, pace, target, output))
    told = list(rate_reports(Rates(none, none, none, (row,)), start, before, end, got, dt))
    assert all((one.name, one.kind, one.source) == ("rate", kind, "a test") for one in told)
    return [(one.unit, one.requested, one.allowed, one.margin) for one in told]


def test_of_a_rate_the_component_is_told_of_that_is_furthest_beyond_its_bound():
    """In half a second 1.5 more are 3 per second, 2 beyond 1; 3 more are 6, 1 beyond 5. It got 0.25 of the 1.5."""
    still, asked, got = [0.0, 7.0, 0.0], [3.0, 7.0, 1.5], [0.5, 7.0, 0.25]
    told = shaped("joint_acceleration", (1.0, 5.0), still, still, asked, got)
    assert told == [("rad/s2", 3.0, 1.0, 0.5)]


def test_a_rate_that_is_just_as_large_as_its_bound_is_not_told_of():
    """2 in half a second are 4 per second."""
    still = [0.0, 0.0, 0.0]
    assert shaped("joint_acceleration", (4.0, 9.0), still, still, [0.0, 0.0, 2.0], [0.0, 0.0, 1.0]) == []
    assert len(shaped("joint_acceleration", (3.9, 9.0), still, still, [0.0, 0.0, 2.0], [0.0, 0.0, 1.0])) == 1


def test_what_is_reached_is_bounded_by_no_rate():
    still, asked = [0.0, 0.0, 0.0], [0.0, 0.0, 2.0]
    assert shaped("joint_acceleration", (3.0, 9.0), still, still, asked, asked) == []


def test_slowing_down_is_bounded_by_the_one_rate_and_getting_faster_by_the_other():
    """From 4 to 1.5 in half a second are 5 per second; it came to 3, which is 2 of the 3 allowed."""
    fast, slower, got = [0.0, 0.0, 4.0], [0.0, 0.0, 1.5], [0.0, 0.0, 3.0]
    assert shaped("joint_deceleration", (3.0, 9.0), fast, fast, slower, got) == [("rad/s2", 5.0, 3.0, 1.0)]
    assert shaped("joint_acceleration", (3.0, 9.0), fast, fast, slower, got) == []
    faster, got = [0.0, 0.0, 6.5], [0.0, 0.0, 5.0]
    assert shaped("joint_acceleration", (3.0, 9.0), fast, fast, faster, got) == [("rad/s2", 5.0, 3.0, 1.0)]
    assert shaped("joint_deceleration", (3.0, 9.0), fast, fast, faster, got) == []


def test_jerk_is_how_much_the_change_of_the_output_changes():
    """3 in half a second are 6 per second, 4 more than before: 8 by jerk, and 4 with 2."""
    told = shaped(
        "joint_jerk", (5.0, 90.0), [0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.0, 4.0], [0.0, 0.0, 3.0]
    )
    assert told == [("rad/s3", 8.0, 5.0, 1.0)]
