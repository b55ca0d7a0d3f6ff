"""Slow volumes for links: which link decides, from how far on, and what the self-test brings about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.distance import point_distance
from iatro_governor.body.kinematics import posture
from iatro_governor.body.localisation import Fix
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.postures import nearest
from test.limits.bodies import NOTHING, body_situation, three_links
from test.limits.situations import MAP
from test.limits.test_beyond import ALOFT
from test.limits.test_body_situation import on_base
from test.limits.test_link_slow_zone import STRAIGHT, zone

EVERYWHERE = {"box": {"size": [8.0, 8.0, 8.0], "pose": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]}}
TIP = {"sphere": {"centre": [1.0, 0.0, 0.0], "radius": 0.05}}


def wall(distance, radius=0.04):
    """Everything further than ``distance`` beyond the skin of a link that lies along x."""
    return {"box": {"size": [8.0, 2.0, 8.0], "pose": [0.0, distance + radius + 1.0, 0.0, 0.0, 0.0, 0.0]}}


def moving_on_by(start, model=None):
    """At rest by command, while the joints move at ``start`` (m,) rad/s whatever that is."""
    at = body_situation(np.zeros(len(start)), model=model)
    still = replace(at.drive, start=np.array(start))
    return replace(at, drive=still, comfort=still)


def test_a_command_that_no_point_exceeds_the_speed_by_is_not_looked_at():
    at = body_situation(STRAIGHT)
    most = float(at.levers.max())
    assert zone(EVERYWHERE, speed=most).cap(np.array([1.0, 0.0]), at) is None
    assert zone(EVERYWHERE, speed=most).cap(np.array([1.0 + 1e-9, 0.0]), at) is not None


def test_it_speaks_from_where_a_link_has_to_slow_down():
    """At 2 rad/s a point of the lower link is no faster than 2.08 m/s, and at rest in 2 / 3 s."""
    edge = 2.08 * (0.01 + 1 / 3)
    for distance, speaks in ((edge - 1e-6, True), (edge + 1e-6, False)):
        found = zone(wall(distance), links=["lower"]).cap(np.array([2.0, 0.0]), body_situation(STRAIGHT))
        assert (found is not None) == speaks


def test_it_brakes_within_the_stop_of_the_command():
    """2.08 m/s in 2 / 3 s: 3.12 m/s2, over 0.46 m after 0.01 s."""
    found = zone(wall(0.46), links=["lower"]).cap(np.array([2.0, 0.0]), body_situation(STRAIGHT))
    assert found is not None and found.allowed == pytest.approx(approach_speed(0.46, 0.1, 3.12, 0.01))


def cube_beside(angle, distance):
    """0.4 m wide, ``distance`` m off the middle of the lower link, at right angles to the arm by its corner.

    What is quickly told of it, by the corners around the link, is nearer by 0.2 sin(2 angle) m or so.
    """
    c, s = np.cos(angle), np.sin(angle)
    away = distance + 0.04
    x, y = 0.8 * c + s * away, 0.8 * s - c * away
    return {"box": {"size": [0.4, 0.4, 4.0], "pose": [x + 0.2, y - 0.2, 0.0, 0.0, 0.0, 0.0]}}


@pytest.mark.parametrize(("angle", "distance"), [(np.pi / 4, 1.45), (0.2, 1.58)])
def test_links_are_measured_exactly_as_far_as_the_fastest_one_needs(angle, distance):
    """At 3 rad/s that is 3.12 * 0.51 m."""
    at = body_situation(np.array([angle, 0.0]))
    found = zone(cube_beside(angle, distance)).cap(np.array([3.0, 0.0]), at)
    assert found is not None and found.allowed == pytest.approx(approach_speed(distance, 0.1, 3.12, 0.01))


def lying(shift, turn, odom=(0.0, 0.0, 0.0)):
    return replace(NOTHING, fixes={"amcl": Fix(0.0, np.array(odom), shift, turn)})


def test_what_a_map_is_unsure_of_brings_it_nearer():
    """0.46 m off, 0.05 m by its place, and by 0.02 rad of that way."""
    at = body_situation(STRAIGHT, None, lying(0.05, 0.02))
    found = zone(wall(0.46), links=["lower"], **MAP).cap(np.array([2.0, 0.0]), at)
    distance = 0.46 - 0.05 - 0.02 * 0.46
    assert found is not None and found.allowed == pytest.approx(approach_speed(distance, 0.1, 3.12, 0.01))


def test_in_an_unsure_map_links_are_measured_exactly_as_much_further():
    at = body_situation(np.array([np.pi / 4, 0.0]), None, lying(0.5, 0.0))
    found = zone(cube_beside(np.pi / 4, 2.0), **MAP).cap(np.array([3.0, 0.0]), at)
    assert found is not None and found.allowed == pytest.approx(approach_speed(1.5, 0.1, 3.12, 0.01))


def test_what_was_far_in_a_map_is_measured_anew_as_that_moves():
    rule, command = zone(TIP, **MAP), np.array([1.0, 0.0])
    assert rule.cap(command, body_situation(STRAIGHT, None, lying(0.0, 0.0, (5.0, 0.0, 0.0)))) is None
    found = rule.cap(command, body_situation(STRAIGHT, None, lying(0.0, 0.0)))
    assert found is not None and found.scale == pytest.approx(0.1 / 1.04)


def test_what_the_arm_does_by_itself_counts_first():
    """0.1 rad/s by itself, 0.104 m/s of the tip, and 0.9 rad/s more are asked; 0.2 m/s are allowed."""
    found = zone(TIP, speed=0.2).cap(np.array([0.9, 0.0]), moving_on_by([0.1, 0.0]))
    assert found is not None and found.requested == pytest.approx(1.04)
    assert found.scale == pytest.approx((0.2 - 0.104) / (0.9 * 1.04))


def test_the_link_that_has_least_to_give_is_told_though_another_is_faster():
    """The elbow turns back at 2 rad/s and the wrist on at 1 rad/s by themselves; the shoulder is asked for 1 rad/s.

    The upper link would move at 0.65 m/s, the lower one at 0.6 + 0.04 * 1, the hand at 0.2. But by itself the lower
    one moves faster than 0.3 m/s already.
    """
    at = moving_on_by([0.0, -2.0, 1.0], three_links())
    found = zone(EVERYWHERE, speed=0.3).cap(np.array([1.0, 0.0, 0.0]), at)
    assert found is not None and found.scale == 0.0 and found.requested == pytest.approx(0.64)


def test_where_nothing_binds_the_link_that_is_nearest_to_binding_is_told():
    """Both near; the upper link would move at 0.65 m/s and the lower one at 1.04."""
    found = zone(wall(0.12), speed=0.9).cap(np.array([1.0, 0.0]), body_situation(STRAIGHT))
    assert found is not None and found.scale == 1.0 and found.requested == pytest.approx(1.04)


def test_nearest_to_binding_is_what_has_most_of_what_it_is_allowed():
    """0.65 m/s of 0.9 m/s inside, and 0.6 m/s of the lower link, 0.2 m off, that may move faster yet."""
    ball = {"sphere": {"centre": [0.3, 0.0, 0.0], "radius": 0.06}}
    found = zone(ball, speed=0.9).cap(np.array([1.0, -1.0]), body_situation(STRAIGHT))
    assert found is not None and found.scale == 1.0 and found.allowed == pytest.approx(0.9)
    assert found.requested == pytest.approx(0.65, rel=1e-3)


def test_the_excess_is_that_of_the_link_that_is_furthest_beyond():
    at = body_situation(STRAIGHT, np.array([1.0, 0.0]))
    found = zone(EVERYWHERE, speed=0.2).cap(np.zeros(2), at)
    assert found is not None and found.excess == pytest.approx(1.04 - 0.2)


def test_it_is_present_while_any_of_its_links_reaches_in():
    at = body_situation(STRAIGHT)
    assert zone(TIP).present(at) is True and zone(TIP, links=["upper"]).present(at) is False
    assert zone(wall(0.05)).present(at) is False
    thick = float(at.model.capsule_radius[1])
    touching = {"box": {"size": [8.0, 2 * thick, 8.0], "pose": [0.0, 2 * thick, 0.0, 0.0, 0.0, 0.0]}}
    assert zone(touching, links=["lower"]).present(at) is True
    nowhere = replace(at, sensed=replace(NOTHING, fixes={}))
    assert zone(TIP, **MAP).present(at) is not None and zone(TIP, **MAP).present(nowhere) is None


def test_rows_are_of_links_that_are_near_for_what_they_can_brake():
    """3 rad/s2 by 1.04 m and 4 rad/s2 by 0.44 m are 4.88 m/s2; at 0.8 rad/s it rests after 0.832 m/s for 0.143 s."""
    at = body_situation(STRAIGHT, np.array([0.8, 0.0]))
    at = replace(at, soon_q=STRAIGHT)
    edge = 0.832 * (0.01 + 0.8 / 3 / 2) + 0.15
    assert zone(wall(edge + 1e-6), links=["lower"]).rows(at) is None
    found = zone(wall(edge - 1e-6), links=["lower"]).rows(at)
    assert found is not None
    assert found.bounds == pytest.approx(approach_speed(edge, 0.1, 4.88, 0.01), abs=1e-4)


def test_rows_measure_the_fastest_link_exactly():
    """Near is up to 0.15 m beyond 2.08 m/s for 0.01 s and half of 2 / 3 s."""
    at = body_situation(np.array([0.2, 0.0]), np.array([2.0, 0.0]))
    found = zone(cube_beside(0.2, 0.85)).rows(replace(at, soon_q=at.now.q))
    assert found is not None and found.bounds == pytest.approx(approach_speed(0.85, 0.1, 4.88, 0.01))


def test_what_was_far_on_one_side_says_nothing_of_the_other():
    """The ball is beside where the shoulder is at -0.5 rad; first it is asked about at 0.5 rad."""
    ball = {"sphere": {"centre": [np.cos(-0.5), np.sin(-0.5), 0.0], "radius": 0.05}}
    rule, command = zone(ball, links=["lower"]), np.array([0.5, 0.0])
    assert rule.cap(command, body_situation(np.array([0.5, 0.0]))) is None
    found = rule.cap(command, body_situation(np.array([-0.5, 0.0])))
    assert found is not None and found.scale < 0.5


def test_the_self_test_brings_a_link_into_it_and_moves_it_fast():
    rule = zone({"sphere": {"centre": [0.2, -0.7, 0.0], "radius": 0.05}})
    scenes = [body_situation(STRAIGHT), body_situation(np.zeros(3), model=three_links())]
    (challenge,) = rule.trips(scenes)
    assert challenge.face == "cap" and not challenge.beyond
    trips = list(challenge.trips)
    assert trips
    for trip in trips:
        assert rule.present(trip.situation) and len(trip.command) == 2
    found = rule.cap(trips[-1].command, trips[-1].situation)
    assert found is not None and found.scale < 0.1


@pytest.mark.parametrize("links", [["upper"], ["lower"]])
def test_the_self_test_says_where_no_link_of_it_gets(links):
    """1.5 m off; the upper link reaches 0.65 m, the lower one 1.04 m: at the ball's surface one is still short."""
    rule = zone({"sphere": {"centre": [1.5, 0.0, 0.0], "radius": 0.1}}, links=links)
    (challenge,) = rule.trips([body_situation(STRAIGHT)])
    assert challenge.face == "cap" and not list(challenge.trips)
    short = {"upper": "0.75", "lower": "0.36"}[links[0]]
    assert short in challenge.beyond


@pytest.mark.parametrize("frame", ["odom", "body"])
def test_a_base_may_bring_links_to_what_the_search_did_not_reach_unless_it_carries_that(frame):
    (challenge,) = zone(ALOFT, frame=frame).trips([on_base("planar")])
    assert bool(challenge.beyond) == (frame == "body") and bool(list(challenge.trips)) == (frame == "odom")


def test_the_self_test_searches_until_a_link_is_in():
    """A grain at the very end of what the arm reaches."""
    grain = {"sphere": {"centre": [1.04 * np.cos(1.9), 1.04 * np.sin(1.9), 0.0], "radius": 0.004}}
    (challenge,) = zone(grain).trips([body_situation(STRAIGHT)])
    assert not challenge.beyond and all(zone(grain).present(trip.situation) for trip in challenge.trips)


def test_the_self_test_moves_on_from_where_the_arm_was_furthest():
    scene = body_situation(STRAIGHT)

    def distance(q):
        at = posture(scene.model, q)
        ends, centre = at.capsules(), np.array([0.2, -0.7, 0.0])
        return point_distance(ends, scene.model.capsule_radius, centre[None], 0.05)[..., 0].min(axis=-1)

    found = nearest(scene, distance, 0.0, (np.array([0.2, -0.7, 0.0]), 0.05))
    (challenge,) = zone({"sphere": {"centre": [0.2, -0.7, 0.0], "radius": 0.05}}).trips([scene])
    way = found.q - found.far
    for trip in challenge.trips:
        assert trip.situation.now.q == pytest.approx(found.q)
        assert trip.command / np.linalg.norm(trip.command) == pytest.approx(way / np.linalg.norm(way))
