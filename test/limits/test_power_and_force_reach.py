"""Power and force limiting: from how far on it says something, and what stands behind each number, by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.approach import approach_speed
from test.limits.bodies import body_situation
from test.limits.test_link_separation_reach import LEVERS, SKIN, moving_on_by, turned
from test.limits.test_power_and_force import FREE, NEAR, REGION, STRAIGHT, limit, there

POINT = np.hypot(1.0, 0.04)
"""How far the point beside the tip is from the shoulder, m: the speed of what meets NEAR for 1 rad/s."""
HEAD = {"head": {**REGION, "force": 30.0, "clamped_force": 20.0}}
KEPT = 0.1
"""``distance``."""


@pytest.mark.parametrize(("anchor", "fastest", "stop"), [(-0.4, 2.0, 2.0 / 3), (-2.4, 2.4, 2.4 / 3)])
def test_it_speaks_from_where_they_can_meet_before_the_robot_rests(anchor, fastest, stop):
    """The tip's own way, and the walk of 2.3 m/s since the data of 0.07 s ago, until 0.03 + 0.01 s and the stop."""
    edge = fastest * LEVERS[1] * (0.01 + stop / 2) + 2.3 * (0.07 + 0.03 + 0.01 + stop) + KEPT
    for distance, speaks in ((edge - 1e-6, True), (edge + 1e-6, False)):
        where = turned(0.03 * anchor, (1.0 + SKIN + distance, 0.0))
        crowd = there(*where, velocities=[[0.0, 2.3, 0.0]], age=0.07)
        at = body_situation(STRAIGHT, np.array([anchor, 0.0]), crowd)
        assert (limit().cap(np.array([2.0, 0.0]), at) is not None) == speaks
    assert limit().cap(np.array([2.0, 0.0]), body_situation(STRAIGHT)) is None


@pytest.mark.parametrize(("start", "counts"), [(0.5, 0.5), (-0.5, 0.0)])
def test_what_the_arm_does_by_itself_counts_first_and_leaving_by_itself_is_no_credit(start, counts):
    found = limit().cap(np.array([2.0 - start, 0.0]), moving_on_by(start, there(NEAR)))
    assert found is not None and found.requested == pytest.approx(2.0 * POINT)
    assert found.allowed == pytest.approx(FREE)
    assert found.scale == pytest.approx((FREE - counts * POINT) / ((2.0 - start) * POINT))


def test_who_leaves_against_what_the_arm_does_by_itself_is_told_nothing():
    """0.5 rad/s by itself, and 0.7 rad/s away, as stands and as asked."""
    crowd = there(*turned(0.03 * -0.7, (1.0, 0.15)))
    at = moving_on_by(0.5, crowd, np.array([-0.7, 0.0]))
    assert limit().cap(np.array([-0.7, 0.0]), at) is None
    assert limit().cap(np.array([-0.4, 0.0]), at) is not None


def test_what_leaves_is_told_as_closing_in_on_nobody_while_it_still_does_so():
    """It stands closing in at 0.5 rad/s, and is asked to leave."""
    at = body_situation(STRAIGHT, np.array([0.5, 0.0]), there(*turned(0.015, (1.0, 0.15))))
    found = limit().cap(np.array([-0.3, 0.0]), at)
    assert found is not None and found.scale == 1.0 and found.requested == 0.0


@pytest.mark.parametrize("regions", [("head", "hand"), ("hand", "head")])
def test_of_several_regions_the_one_that_bears_least_decides_and_is_told(regions):
    where = turned(0.03 * 1.5, (1.0, 0.15), (1.0, 0.15))
    at = body_situation(STRAIGHT, np.array([1.5, 0.0]), there(*where, regions=regions))
    rule = limit(regions=HEAD, links=["lower"])
    for asked, scale in ((2.0, FREE / 2 / (2.0 * POINT)), (0.2, 1.0)):
        found = rule.cap(np.array([asked, 0.0]), at)
        assert found is not None and found.scale == pytest.approx(scale)
        assert found.requested == pytest.approx(asked * POINT) and found.allowed == pytest.approx(FREE / 2)
        assert found.excess == pytest.approx(1.5 * POINT - FREE / 2)


def test_of_several_who_bind_nothing_the_one_that_is_nearest_to_binding_is_told():
    """Both bear the same, and one is 0.12 m further out."""
    for crowd in (there(NEAR, [1.0, 0.27, 0.0]), there([1.0, 0.27, 0.0], NEAR)):
        found = limit(links=["lower"]).cap(np.array([0.45, 0.0]), body_situation(STRAIGHT, None, crowd))
        assert found is not None and found.scale == 1.0 and found.allowed == pytest.approx(FREE)


@pytest.mark.parametrize(
    ("velocity", "coming"), [([0.0, -0.2, 0.0], 0.2), ([0.2, 0.0, 0.0], 0.2 * 0.1 / 0.46)]
)
def test_who_comes_on_from_further_away_has_done_so_since_the_data(velocity, coming):
    """0.36 m off, 0.07 s ago, and 0.03 s until a command acts; 0.1 m of it is left at the speed of a contact.

    Who walks across may come on by the sine of the cone in which their ball of 0.1 m is seen, 0.46 m away.
    """
    at = body_situation(STRAIGHT, None, there([1.0, 0.5, 0.0], velocities=[velocity], age=0.07))
    found = limit().cap(np.array([2.0, 0.0]), at)
    assert found is not None
    way = 0.36 - KEPT - coming * 0.1
    assert found.allowed == pytest.approx(approach_speed(way, FREE, 3 * POINT, 0.01) - coming)


def test_a_slow_command_is_braked_for_within_its_own_stop():
    """0.1 rad/s stop in 1/30 s: 3 rad/s2, as every turn of the shoulder alone."""
    at = body_situation(STRAIGHT, None, there([1.0, 0.2425, 0.0]))  # 0.1025 m off
    found = limit().cap(np.array([0.1, 0.0]), at)
    assert found is not None and found.requested == pytest.approx(0.1 * POINT)
    assert found.allowed == pytest.approx(approach_speed(0.0025, FREE, 3 * POINT, 0.01))


def row_case(distance, *more, velocity=(0.0, 0.0)):
    """The shoulder turns at 0.8 rad/s; somebody beside the tip, who moves by ``velocity`` in the arm's frame."""
    where = turned(0.024, (1.0, SKIN + distance), *more)
    how = turned(0.024, *([velocity] * len(where)))
    at = body_situation(STRAIGHT, np.array([0.8, 0.0]), there(*where, velocities=how, age=0.07))
    return limit(links=["lower"]).rows(at)


SECONDS = 0.01 + 0.8 / 3 / 2
"""At full speed until it rests."""


def test_rows_begin_where_they_can_meet_before_the_robot_rests():
    """Its way of 0.832 m/s, and 2.3 m/s since 0.07 + 0.03 s and until 0.01 + 0.8 / 3 s; 0.15 m around that are none."""
    edge = 0.832 * SECONDS + 2.3 * (0.1 + 0.01 + 0.8 / 3) + KEPT + 0.15
    assert row_case(edge + 1e-6, velocity=(2.3, 0.0)) is None
    assert row_case(edge - 1e-6, velocity=(2.3, 0.0)) is not None
    assert limit().rows(body_situation(STRAIGHT)) is None


def test_rows_allow_what_brakes_its_hardest_to_the_speed_of_a_contact():
    """3 rad/s2 by the lever 1.04 m and 4 rad/s2 by 0.44 m: 4.88 m/s2, after 0.01 s.

    What the person walks on while it brakes is theirs: ``v_h^2 / (2 a)`` on top, and ``v_h`` taken off the speed.
    """
    for coming in (0.0, 0.3):
        found = row_case(0.25, velocity=(0.0, -coming))
        assert found is not None and found.matrix.shape == (7, 2) and len(found.bounds) == 7
        assert found.matrix[0] == pytest.approx(np.array([1.0, 0.4]))
        way = 0.25 - KEPT - coming * 0.1 + coming**2 / (2 * 4.88)
        assert found.bounds == pytest.approx(approach_speed(way, FREE, 4.88, 0.01) - coming)


def test_rows_of_what_brakes_softly_leave_as_much_more_to_the_person():
    """0.3 rad/s2 and 0.4 rad/s2 are 0.488 m/s2 in all; it stands."""
    at = body_situation(STRAIGHT, None, there([1.0, SKIN + 0.25, 0.0], velocities=[[0.0, -0.3, 0.0]]))
    soft = replace(at.comfort, braking=np.array([0.3, 0.4]))
    found = limit(links=["lower"]).rows(replace(at, comfort=soft))
    way = 0.25 - KEPT - 0.3 * 0.03 + 0.3**2 / (2 * 0.488)
    assert found is not None
    assert found.bounds == pytest.approx(approach_speed(way, FREE, 0.488, 0.01) - 0.3)


def test_rows_hold_for_each_direction_in_which_a_ball_may_be():
    """The ball's middle is 0.15 m off, so the sine of the cone is 0.1 / 0.15, and six directions stand for its rim.

    The point at (1.0, 0.04) moves by (-0.04, 1.0) and (-0.04, 0.4) with a turn of each joint.
    """
    found = row_case(0.05)
    sine = 0.1 / 0.15
    along, aside = np.sqrt(1 - sine**2) * np.array([1.0, 0.4]), sine * np.array([0.04, 0.04])
    rim = np.array([along + np.cos(k * np.pi / 3) * aside for k in range(6)])
    assert found is not None
    assert np.sort(found.matrix[1:], axis=0) == pytest.approx(np.sort(rim, axis=0))


def test_the_six_nearest_have_rows():
    """Seven stand around the tip, the first two nearest."""
    found = row_case(0.02, *((1.0, SKIN + 0.20 + 0.01 * k) for k in range(6)))
    assert found is not None and found.matrix.shape == (42, 2)
    assert np.sort(found.bounds)[:7] == pytest.approx(FREE)
    furthest = approach_speed(0.24 - KEPT, FREE, 4.88, 0.01)
    assert found.bounds.max() == pytest.approx(furthest)


def test_it_is_idle_while_nobody_can_come_near():
    """2.3 m/s for 0.07 + 0.03 + 0.4 s, and 0.05 s beyond; the lower link moves 0.31 m."""
    edge = 2.3 * 0.55 + KEPT + 0.31
    for distance, idle in ((edge + 1e-6, True), (edge - 1e-6, False)):
        how = {"velocities": [[0.0, 2.3, 0.0]] * 2, "age": 0.07}
        crowd = there([1.0 + SKIN + distance, 0.0, 0.0], [5.0, 5.0, 0.0], **how)
        reach = SimpleNamespace(capsules=np.array([0.2, 0.31]), seconds=0.4)
        assert limit().idle(body_situation(STRAIGHT, None, crowd), reach) == idle
    assert limit().idle(body_situation(STRAIGHT), SimpleNamespace(capsules=np.full(2, 9.0), seconds=9.0))


def test_what_is_idle_stays_so_for_a_while_as_the_same_news_get_older():
    """It was asked 0.05 s further on than 0.4 s; by then it is looked at anew, and not idle any more."""
    where = [1.0 + SKIN + 1.6 * 0.55 + KEPT + 0.31 + 0.01, 0.0, 0.0]
    crowd = there(where, velocities=[[0.0, 1.6, 0.0]], age=0.07)
    rule, reach = limit(), SimpleNamespace(capsules=np.array([0.2, 0.31]), seconds=0.4)
    for age, idle in ((0.07, True), (0.11, True), (0.13, False)):
        older = replace(crowd, people={"people": replace(crowd.people["people"], age_s=age)})
        assert rule.idle(body_situation(STRAIGHT, None, older), reach) == idle
