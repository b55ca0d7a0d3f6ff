"""Obstacles for links: distances by hand, ways to rest tried instant by instant, and a robot that sees itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.distance import point_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.limits.sensed import Cloud, Sensed
from test.limits.bodies import body_situation, joint_rates, place, two_links
from test.limits.situations import make

STRAIGHT = np.zeros(2)
"""The arm lies along x; the lower link, of radius 0.04 m, ends at x = 1."""
AWAY, TOWARDS = np.array([-0.05, 0.0]), np.array([0.05, 0.0])


def seen(*points, spread=0.0, q=STRAIGHT):
    return Sensed(points={"camera": Cloud(np.array(points, dtype=float).reshape(-1, 3), spread, q)})


def limit(**changes):
    return make("link_obstacle", **changes)


def at(*points, q=STRAIGHT, anchor=None, spread=0.0, seen_at=STRAIGHT):
    return body_situation(q, anchor, seen(*points, spread=spread, q=seen_at))


def clear(commands, situation, **changes):
    found = limit(**changes).clear(situation.roll_out(np.array(commands, dtype=float)), situation)
    return None if found is None else found.tolist()


@pytest.mark.parametrize("spread", [0.0, 0.03])
def test_the_clearance_by_hand(spread):
    """A point 0.2 m beside the lower link, of radius 0.04 m, stands for all within ``spread`` of it."""
    found = limit().clearance(at([0.8, 0.2, 0.0], spread=spread))
    assert found.now == pytest.approx(0.16 - spread) and found.required == 0.08


def test_the_way_to_rest_keeps_the_margin_by_hand():
    """The tip, at rest after w (0.01 + w / 6) s, sweeps r w (0.01 + w / 6) m: r = 1 and 3 rad/s2.

    With 0.1 m of room beyond the margin it may turn at some 0.74 rad/s: 0.74 * (0.01 + 0.123) = 0.099.
    """
    situation = at([1.0, 0.22, 0.0])
    verdicts = clear([[0.6, 0.0], [0.7, 0.0], [0.8, 0.0], [-0.8, 0.0]], situation)
    assert verdicts == [True, True, False, True]


def test_a_point_out_of_reach_says_nothing():
    assert clear([[1.0, 0.0]], at([3.0, 3.0, 0.0])) is None
    assert limit().cap(np.array([1.0, 0.0]), at([3.0, 3.0, 0.0])) is None


def test_inside_the_margin_nothing_closes_in_and_leaving_is_slow_and_free():
    near = at([1.0, 0.1, 0.0])
    assert clear([AWAY, TOWARDS, 0 * AWAY], near) == [True, False, True]
    assert limit().cap(20 * AWAY, near).scale == pytest.approx(0.1 / 1.04)
    assert limit().cap(TOWARDS, near).allowed == 0.1


def test_one_point_too_near_gives_no_licence_to_near_another():
    both = at([1.0, 0.1, 0.0], [0.7, -0.13, 0.0])
    assert clear([AWAY, [-1.0, 0.0], TOWARDS], both) == [True, False, False]


def test_sliding_out_along_a_wall_that_is_too_near_stays_free():
    """A wall of points 20 mm apart, beside a stretched arm, whose hand turns along and away from it."""
    wall = [[x, 0.12, z] for x in np.arange(0.5, 1.2, 0.02) for z in (-0.05, 0.0, 0.05)]
    assert clear([[-0.1, 0.1], [0.1, 0.0]], at(*wall), links=["lower"]) == [True, False]


def test_links_that_are_not_kept_do_not_count():
    near = at([0.3, 0.1, 0.0])
    assert clear([TOWARDS], near) == [False]
    assert clear([TOWARDS], near, links=["lower"]) is None


def test_the_robots_own_points_are_no_obstacle_wherever_it_moved_since():
    """Points on the lower link's surface when it stood at -0.1 rad; now it stands at 0 and turns back."""
    then = np.array([-0.1, 0.0])
    ends = posture(two_links(), then).capsules()[1]
    normal = np.array([0.1, 1.0, 0.0]) / np.hypot(0.1, 1.0)
    along = [ends[0] + share * (ends[1] - ends[0]) for share in (0.3, 0.6, 0.9)]
    own = [middle + side * 0.045 * normal for middle in along for side in (-1, 1)]
    assert clear([[-0.3, 0.0]], at(*own, seen_at=then)) is None
    stale = at(*own, seen_at=STRAIGHT)
    assert clear([[-0.3, 0.0]], stale) == [
        False
    ]  # taken for seen just now, some of them lie too far off the link


def test_what_is_as_near_as_the_robot_itself_is_the_robot_and_so_the_margin_is_wider():
    assert limit().clearance(at([0.8, 0.06, 0.0])).now > 0.08
    assert limit().clearance(at([0.8, 0.075, 0.0])).now == pytest.approx(0.035)
    with pytest.raises(ValidationError, match="self_filter"):
        limit(margin=0.035)


def test_two_messages_are_told_apart():
    rule = limit()
    assert rule.clearance(at([0.8, 0.2, 0.0])).now == pytest.approx(0.16)
    assert rule.clearance(at([0.8, 0.3, 0.0])).now > 0.2
    assert rule.clearance(at()).now > 0.2 and rule.clearance(body_situation(STRAIGHT)).now > 10.0


@settings(max_examples=60, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
    command=joint_rates,
    points=st.lists(place, min_size=1, max_size=8),
    spread=st.floats(0.0, 0.05),
)
def test_a_clear_way_keeps_the_margin_at_every_instant_or_closes_on_nothing(q, command, points, spread):
    situation = at(*points, q=q, anchor=0.3 * command, spread=spread, seen_at=q)
    verdict = clear([command], situation, self_filter=0.0)
    radius = situation.model.capsule_radius
    inside = point_distance(situation.now.capsules(), radius, np.array(points)) <= 0
    if verdict == [False] or inside.any():  # what is inside a link is the link
        return
    ways = situation.roll_out(command[None])
    way = ways.ahead[0, -1] - situation.soon_q
    fine = situation.soon_q + np.linspace(0, 1, 150)[:, None] * way
    cloud = np.array(points)
    ahead = point_distance(posture(situation.model, fine).capsules(), radius, cloud, spread)
    start = point_distance(situation.soon.capsules(), radius, cloud, spread)
    # From within half a step of the margin on, no sample is nearer than the start; between samples half a step may be.
    half = ways.half_step[0][:, None]
    nearest = start.min(axis=1)[:, None]
    assert ((ahead >= 0.08 - 1e-6) | ((nearest < 0.08 + half) & (ahead >= nearest - half - 1e-6))).all()


@settings(max_examples=60, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
    first=joint_rates,
    second=joint_rates,
    points=st.lists(place, max_size=8),
)
def test_idle_means_that_nothing_is_said(q, first, second, points):
    """Also where it remembers how far everything was, from a posture before."""
    cloud = seen(*points)
    rule = limit()
    for here, command in ((q, first), (q + 0.02 * first, second)):
        situation = body_situation(here, None, cloud)
        if rule.idle(situation, situation.reach(command)):
            assert limit().cap(command, situation) is None
            found = limit().clear(situation.roll_out(np.stack([command, 0.5 * command])), situation)
            assert found is None or found.all()
