"""Separation: from how far on it says something, what it says, and what stands behind each number, by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from test.limits.bodies import body_situation
from test.limits.test_link_separation import STRAIGHT, cap, limit, people

LEVERS = 0.65, 1.04
"""How far any point of the upper and of the lower link is from the shoulder, m."""
SKIN = 0.04 + 0.1
"""The lower link's radius and a body's, m."""
RESERVE = 0.06
BY_HAND = np.sqrt(1.63**2 + 6 * 0.736) - 1.63
"""What is allowed beside the tip, see ``test_the_allowed_speed_by_hand``."""


def turned(angle, *points):
    """Of the arm's own plane, as it is turned by ``angle``."""
    c, s = np.cos(angle), np.sin(angle)
    return [[c * x - s * y, s * x + c * y, 0.0] for x, y in points]


def moving_on_by(start, crowd, anchor=None):
    """The arm whose shoulder turns at ``start`` rad/s whatever is commanded."""
    at = body_situation(STRAIGHT, anchor, crowd)
    still = replace(at.drive, start=np.array([start, 0.0]))
    return replace(at, drive=still, comfort=still)


@pytest.mark.parametrize(("anchor", "fastest", "stop"), [(-0.4, 2.0, 2.0 / 3), (-2.4, 2.4, 2.4 / 3)])
def test_it_speaks_from_where_they_can_meet_before_the_robot_rests(anchor, fastest, stop):
    """The tip's own way, and the walk of 2.3 m/s since the data of 0.07 s ago, until 0.03 + 0.01 s and the stop."""
    edge = fastest * LEVERS[1] * (0.01 + stop / 2) + 2.3 * (0.07 + 0.03 + 0.01 + stop) + RESERVE
    for distance, speaks in ((edge - 1e-6, True), (edge + 1e-6, False)):
        where = turned(0.03 * anchor, (1.0 + SKIN + distance, 0.0))
        crowd = people(*where, velocities=[[0.0, 2.3, 0.0]], age=0.07)
        found = cap([2.0, 0.0], crowd, anchor=np.array([anchor, 0.0]))
        assert (found is not None) == speaks
        assert found is None or found.scale == 1.0


@pytest.mark.parametrize(("start", "counts"), [(0.5, 0.5), (-0.5, 0.0)])
def test_what_the_arm_does_by_itself_counts_first_and_leaving_by_itself_is_no_credit(start, counts):
    at = moving_on_by(start, people([1.0, 1.0, 0.0]))
    found = limit().cap(np.array([2.0 - start, 0.0]), at)
    assert found is not None and found.requested == pytest.approx(2.0)
    assert found.allowed == pytest.approx(BY_HAND)
    assert found.scale == pytest.approx((BY_HAND - counts) / (2.0 - start))


def test_what_leaves_by_itself_and_is_asked_to_stay_brakes_nothing():
    """The shoulder leaves at 0.5 rad/s, and 0.2 rad/s of that are asked away: 0.3 m/s still recede."""
    at = moving_on_by(-0.5, people([1.0, 0.4, 0.0]))
    found = limit().cap(np.array([0.2, 0.0]), at)
    assert found is not None and found.scale == 1.0 and found.requested == 0.0


def along(distance):
    """Beside the lower link, 0.65 m from the shoulder."""
    return [0.65, SKIN + distance, 0.0]


def allowed_beside(distance):
    """The shoulder turns at 0.5 rad/s and stops in 1/6 s: 0.325 m/s there, and 1.95 m/s2."""
    b = 1.95 * 0.01 + 1.6
    return np.sqrt(b * b + 2 * 1.95 * (distance - 0.048 - RESERVE - 0.016)) - b


def test_a_slow_command_is_braked_for_within_its_own_stop():
    found = cap([0.5, 0.0], people(along(0.43)), links=["lower"])
    assert found is not None and found.scale == 1.0
    assert found.requested == pytest.approx(0.325)
    assert found.allowed == pytest.approx(allowed_beside(0.43))


def test_the_output_that_stands_is_as_much_beyond_as_it_closes_in_on_the_nearest():
    """The tip at 2 m/s, the motion in flight done; somebody beside it, and somebody else 0.3 m further out."""
    near, far = turned(0.06, (1.0, 0.8), (1.0, 1.1))
    for crowd in (people(near, far), people(far, near)):
        found = cap([0.2, 0.0], crowd, anchor=np.array([2.0, 0.0]))
        allowed = np.sqrt(1.63**2 + 6 * (0.8 - SKIN - 0.048 - RESERVE - 0.016)) - 1.63
        assert found is not None and found.excess == pytest.approx(2.0 - allowed)


def test_of_several_who_bind_nothing_the_one_that_is_nearest_to_binding_is_told():
    near, far = along(0.43), along(0.437)
    for crowd in (people(near, far), people(far, near)):
        found = cap([0.5, 0.0], crowd, links=["lower"])
        assert found is not None and found.scale == 1.0
        assert found.allowed == pytest.approx(allowed_beside(0.43))


def test_of_several_who_bind_the_worst_one_decides():
    near, far = [1.0, 0.8, 0.0], [1.0, 1.0, 0.0]
    alone = cap([2.0, 0.0], people(near))
    for crowd in (people(near, far), people(far, near)):
        found = cap([2.0, 0.0], crowd)
        assert found is not None and alone is not None and found.scale < 1.0
        assert found.scale == pytest.approx(alone.scale) and found.allowed == pytest.approx(alone.allowed)


STANDING = {"human_speed": 0.0, "human_speed_source": "a test"}


@pytest.mark.parametrize(("short", "fast"), [(0.004, True), (0.006, False)])
def test_within_the_noise_of_the_reserve_leaving_is_as_fast_as_it_likes(short, fast):
    """The reserve is 0.06 m, two measurements differ by 0.005 m."""
    found = cap([-2.0, 0.0], people([1.0, SKIN + RESERVE - short, 0.0]), noise=0.005, **STANDING)
    assert found is not None and (found.scale == 1.0) == fast


def test_right_at_the_reserve_nothing_is_broken():
    crowd, bare = people([1.0, 0.2, 0.0]), {"robot_uncertainty": 0.0, "noise": 0.0, **STANDING}
    clearance = limit(intrusion=0.07, **bare).clearance(body_situation(STRAIGHT, None, crowd))
    assert clearance is not None and clearance.now == pytest.approx(0.06)
    found = cap([-2.0, 0.0], crowd, intrusion=clearance.now, **bare)
    assert found is not None and found.scale == 1.0


def test_leaving_slowly_is_told_as_closing_in_on_nobody():
    found = cap([-0.05, 0.0], people([1.0, 0.2, 0.0]))
    assert found is not None and found.scale == 1.0
    assert found.requested == 0.0 and found.allowed == 0.0


def test_rows_allow_what_rests_before_the_reserve_with_the_walk_until_then():
    """The tip at 0.8 m/s, its surface at 0.832: 0.01 + 0.8 / 3 / 2 s at speed, and at rest after 0.01 + 0.8 / 3 s.

    Until then 1.6 m/s are walked, from 0.07 + 0.03 s before; 0.01 m is spared; 0.15 m around that gives no row yet.
    """
    seconds = 0.01 + 0.8 / 3 / 2
    walked, way = 1.6 * (0.1 + 0.01 + 0.8 / 3), 0.832 * seconds
    rule, edge = limit(links=["lower"]), way + walked + RESERVE + 0.15

    def rows(distance):
        where = turned(0.024, (1.0, SKIN + distance))
        return rule.rows(body_situation(STRAIGHT, np.array([0.8, 0.0]), people(*where, age=0.07)))

    assert rows(edge + 1e-6) is None
    found = rows(edge - 1e-6)
    assert found is not None and found.matrix == pytest.approx(np.array([[1.0, 0.4]]))
    assert found.bounds == pytest.approx((way + 0.15 - 0.01) / seconds, abs=1e-4)
    close = rows(walked + RESERVE - 0.01)
    assert close is not None and not close.bounds.any()
    assert rule.rows(body_situation(STRAIGHT)) is None


def test_the_clearance_is_less_what_may_have_been_walked_since_the_data():
    """1.6 m/s for 0.07 + 0.03 s; of what is further the balls tell, less 0.024 rad of flight, no less than kept."""
    walked, flown = 0.16, 0.024 * LEVERS[1]

    def now(*distances, angle=0.024):
        where = turned(angle, *((1.0 + SKIN + distance, 0.0) for distance in distances))
        at = body_situation(STRAIGHT, np.array([0.8, 0.0]), people(*where, age=0.07))
        found = limit().clearance(at)
        assert found is not None and found.required == pytest.approx(RESERVE)
        return found.now

    assert now(0.21) == pytest.approx(0.21 - walked)
    assert now(0.21, 0.20) == pytest.approx(0.20 - walked)
    assert now(0.23) == pytest.approx(RESERVE)
    assert now(0.90, 0.50, angle=0.0) == pytest.approx(0.50 - walked - flown)


def test_the_least_ahead_is_at_rest_on_the_last_way_less_the_walk_until_then():
    """The shoulder turns from 0 to 0.01 * 2 + 2 / 3 rad, towards somebody 1.5 m away at 1.2 rad."""
    crowd = people(*turned(1.2, (1.5, 0.0)), age=0.07)
    at = body_situation(STRAIGHT, None, crowd)
    outputs = np.array([[0.0, 0.0], [-1.0, 0.0], [0.5, 0.0], [2.0, 0.0]])
    angle, seconds = 1.2 - (0.02 + 2 / 3), 0.1 + 0.01 + 2 / 3
    distance = np.sqrt(1.0 + 1.5**2 - 2 * 1.5 * np.cos(angle)) - SKIN
    least = limit().least_ahead(at.roll_out(outputs), at)
    assert least == pytest.approx(distance - 1.6 * seconds)
    assert limit(links=["upper"]).least_ahead(at.roll_out(outputs), at) > least + 0.1
    assert limit().least_ahead(at.roll_out(outputs), body_situation(STRAIGHT)) is None


def test_a_way_is_judged_from_where_it_can_meet_them_at_all():
    """Twice the tip's way at the most, and 1.6 m/s until the longest way is over, 0.07 + 0.03 s of it before."""
    outputs = np.array([[2.0, 0.0], [0.0, 0.0], [-1.0, 0.0]])
    edge = 2 * LEVERS[1] * (0.02 + 2 / 3) + 1.6 * (0.1 + 0.01 + 2 / 3) + RESERVE
    for distance, judged in ((edge - 1e-6, True), (edge + 1e-6, False)):
        at = body_situation(STRAIGHT, None, people([1.0 + SKIN + distance, 0.0, 0.0], age=0.07))
        assert (limit().clear(at.roll_out(outputs), at) is not None) == judged


@pytest.mark.parametrize(
    ("start", "closing", "tolerance", "clear"),
    [
        (0.064, 0.0036, 0.0, True),  # to 0.0604, and half a step is 0.0003
        (0.064, 0.00375, 0.0, False),  # to 0.06025
        (0.064, 0.0055, 0.0, False),
        (0.064, 0.0055, 0.0025, True),  # 0.0575 are kept then, and half a step more
        (0.054, 0.003, 0.0, False),
        (0.054, 0.003, 1.0, True),  # the noise is 0.005 m, and no tolerance is more
        (0.054, 0.006, 1.0, False),
    ],
)
def test_a_way_keeps_the_reserve_but_for_a_tolerance_up_to_the_noise(start, closing, tolerance, clear):
    """Somebody who stands beside the tip, which closes in on them by the elbow, 0.4 m away."""
    at = body_situation(STRAIGHT, None, people([1.0, SKIN + start, 0.0]))
    speed = 4.0 * (np.sqrt(0.01**2 + 2 * (closing / 0.4) / 4.0) - 0.01)  # for 0.01 s, and braked by 4 rad/s2
    ways = at.roll_out(np.array([[0.0, speed]]))
    assert limit(noise=0.005, **STANDING).clear(ways, at, tolerance).tolist() == [clear]


def asked(situation, capsules, seconds, **changes):
    """Whether it is idle for all that reaches so far, (upper, lower) m, within ``seconds``."""
    return limit(**changes).idle(situation, SimpleNamespace(capsules=np.array(capsules), seconds=seconds))


def test_it_is_idle_while_nobody_can_come_near_whoever_walks():
    """2.3 m/s for 0.07 + 0.03 + 0.4 s, and 0.05 s beyond; the lower link moves 0.31 m."""
    edge = 2.3 * 0.55 + RESERVE + 0.31
    for distance, idle in ((edge + 1e-6, True), (edge - 1e-6, False)):
        crowd = people(
            [1.0 + SKIN + distance, 0.0, 0.0], [5.0, 5.0, 0.0], velocities=[[0.0, 2.3, 0.0]] * 2, age=0.07
        )
        at = body_situation(STRAIGHT, None, crowd)
        assert asked(at, (0.2, 0.31), 0.4) == idle
        assert asked(at, (0.2, 0.31), 0.4, links=["upper"])
        assert not asked(at, (9.0, 0.31), 0.4)
    assert asked(body_situation(STRAIGHT), (9.0, 9.0), 9.0)


def test_what_is_idle_stays_so_for_a_while_as_the_same_news_get_older():
    """It was asked 0.05 s further on than 0.4 s; by then it is looked at anew, and not idle any more."""
    crowd = people([1.0 + SKIN + 1.6 * 0.55 + RESERVE + 0.31 + 0.01, 0.0, 0.0], age=0.07)
    rule, reach = limit(), SimpleNamespace(capsules=np.array([0.2, 0.31]), seconds=0.4)
    for age, idle in ((0.07, True), (0.11, True), (0.13, False)):
        older = replace(crowd, people={"people": replace(crowd.people["people"], age_s=age)})
        assert rule.idle(body_situation(STRAIGHT, None, older), reach) == idle


def test_what_is_kept_is_how_far_hands_reach_and_how_far_both_may_be_from_where_they_are_measured():
    rule = limit(intrusion=0.05, uncertainty=0.02, robot_uncertainty=0.004)
    assert rule.bound == pytest.approx(0.074)
