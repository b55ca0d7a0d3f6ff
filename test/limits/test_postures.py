"""Postures that bring a body up to something: searched for where it is known where they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.load import load_text
from iatro_governor.limits.postures import Nearest, at_margin, moving_on, nearest
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.test_body_situation import on_base

SCENE = body_situation(np.array([0.1, -0.2]))
ARM = slice(0, 2)


def off(*target, beside=0.0):
    """How far postures are from ``target``, and ``beside`` more."""
    return lambda q: np.linalg.norm(q - np.array(target), axis=-1) + beside


def straight(q):
    """0 at x = 1 and 2 at x = -1."""
    return 1.0 - q[:, 0]


@pytest.mark.parametrize("target", [(2.0, 2.5), (-2.9, 0.3), (0.11, -0.22)])
def test_a_posture_is_found_that_is_near_enough(target):
    found = nearest(SCENE, off(*target), 0.001)
    assert found.distance < 0.001 and found.distance == off(*target)(found.q[None])[0]


def asked(distance, enough):
    """The postures that it asks about, call by call."""
    calls = []

    def told(q):
        calls.append(q)
        return distance(q)

    nearest(SCENE, told, enough)
    return calls


def test_first_is_asked_where_it_stands_and_then_all_over_what_joints_can():
    """Roberts' sequence for two joints, by the plastic number x: x^3 = x + 1."""
    first, *_ = asked(off(2.0, 2.5), 0.001)
    x = max(np.roots([1.0, 0.0, -1.0, -1.0]), key=np.real).real
    number = np.arange(1, 257)
    assert first[0] == pytest.approx([0.1, -0.2])
    every = np.stack([(0.5 + number / x) % 1.0, (0.5 + number / x**2) % 1.0], axis=-1)
    assert first[1:] == pytest.approx(6.0 * every - 3.0)


def test_the_search_ends_at_once_where_it_is_near_enough_and_not_where_it_is_just_not():
    """Else it goes on from three places for 40 steps each."""
    assert len(asked(off(0.1, -0.2), 1e-9)) == 1
    assert len(asked(off(0.1, -0.2), 0.0)) == 1 + 3 * 40


def test_the_posture_that_stays_furthest_is_near_the_far_corner_of_what_joints_can():
    """They go from -3 to 3 rad; of 256 places the last is within 0.4 rad of the corner."""
    found = nearest(SCENE, off(2.0, 2.5), 0.001)
    assert off(-3.0, -3.0)(found.far[None])[0] < 0.4


def test_the_search_ends_where_joints_do():
    found = nearest(SCENE, off(3.3, -3.4), 0.001)
    assert found.q == pytest.approx([3.0, -3.0]) and found.distance == pytest.approx(0.5)


def test_the_search_goes_on_to_steps_that_are_small_enough():
    found = nearest(SCENE, off(1.234567, -2.345678), 1e-7)
    assert found.distance < 1e-7


def test_of_two_hollows_the_deeper_one_is_found_from_where_the_other_begins():
    """One is wide and 0.3 deep, the other narrow and has its bottom at 0."""

    def two(q):
        return np.minimum(off(-1.5, -1.5, beside=0.3)(q), off(2.0, 2.0)(q) * 2.5)

    assert nearest(SCENE, two, 0.001).q == pytest.approx([2.0, 2.0], abs=1e-3)


def test_a_joint_without_ends_turns_half_a_turn_either_way():
    start = TWO_LINKS.index('<joint name="elbow"')
    free = TWO_LINKS[:start] + TWO_LINKS[start:].replace('type="revolute"', 'type="continuous"', 1)
    scene = body_situation(np.zeros(2), model=load_text(free))
    assert nearest(scene, off(0.0, 9.0), 0.001).q[1] == pytest.approx(3.14159)
    assert nearest(scene, off(0.0, -9.0), 0.001).q[1] == pytest.approx(-3.14159)


@pytest.mark.parametrize(("radius", "reach"), [(0.5, 3.5), (30.0, 23.0)])
def test_a_base_is_looked_for_around_the_ball_and_keeps_its_heading(radius, reach):
    """3 m beyond the ball, of which 20 m count at most."""
    scene, ball = on_base("planar"), (np.array([1.0, -2.0, 0.3]), radius)
    found = nearest(scene, lambda q: np.abs(q[:, 0] - 99.0) + np.abs(q[:, 1] + 99.0), 0.001, ball)
    assert found.q[:3] == pytest.approx([1.0 + reach, -2.0 - reach, 0.5])
    found = nearest(scene, lambda q: np.abs(q[:, 0] + 99.0) + np.abs(q[:, 1] - 99.0), 0.001, ball)
    assert found.q[:3] == pytest.approx([1.0 - reach, -2.0 + reach, 0.5])


def test_the_posture_before_a_gap_is_just_outside_it():
    """From (-1, 0.5) to (1, 0): 0.4 m are left at x = 0.6."""
    way = Nearest(np.array([1.0, 0.0]), 0.0, np.array([-1.0, 0.5]))
    q, direction = way.before(straight, 0.4)
    assert 0.4 <= straight(q[None])[0] < 0.4 + 2 * 64**-3 + 1e-9
    assert q[1] == pytest.approx((1.0 - q[0]) / 4)
    assert direction == pytest.approx([1.0, -0.25])


def test_what_is_right_at_the_gap_is_outside_it_still():
    """The 65 places from x = 0.75 to 1 have the one at 0.875, and the way is 0.25 long."""
    way = Nearest(np.array([1.0, 0.0]), 0.0, np.array([0.75, 0.125]))
    q, direction = way.before(straight, 0.125)
    assert q.tolist() == [0.875, 0.0625] and direction == pytest.approx([1.0, -0.5])


def test_what_is_never_so_near_is_looked_at_from_its_end_and_what_always_is_from_its_start():
    way = Nearest(np.array([1.0, 0.0]), 0.0, np.array([-1.0, 0.5]))
    assert way.before(straight, -1.0)[0] == pytest.approx([1.0, 0.0], abs=1e-4)
    assert way.before(straight, 9.0)[0] == pytest.approx([-1.0, 0.5])
    still = Nearest(np.ones(2), 0.0, np.ones(2)).before(straight, 9.0)
    assert still[0] == pytest.approx(np.ones(2)) and still[1] == pytest.approx(np.zeros(2))


def challenges(distance, ball=None, scene=SCENE, place=ARM, kept=(0.05, 0.02)):
    found = list(at_margin(scene, place, ("clear", "cap"), distance, kept, ball))
    assert [one.face for one in found] == ["clear", "cap"]
    return found


def test_a_margin_is_come_upon_from_outside_and_broken_within():
    """0.05 m are kept; of these 0.02 m are noise. Moving in from 0.01 m before it, and 0.01 m below what counts."""
    distance = off(2.0, -1.0)
    clear, cap = challenges(distance)
    for trip in clear.trips:
        q = trip.situation.now.q
        assert distance(q[None])[0] == pytest.approx(0.06, abs=1e-3)
        assert distance((q + 0.01 * trip.command / np.linalg.norm(trip.command))[None])[0] < 0.06
    trips = list(cap.trips)
    assert trips and all(1e-3 < distance(trip.situation.now.q[None])[0] < 0.02 for trip in trips)
    way = trips[0].situation.now.q - nearest(SCENE, distance, 0.02).far
    assert trips[0].command @ way == pytest.approx(np.linalg.norm(trips[0].command) * np.linalg.norm(way))


@pytest.mark.parametrize(
    ("least", "reached"),
    [
        (0.05, (False, False)),
        (0.04, (True, False)),
        (0.05 - 0.02, (True, False)),
        (0.029, (True, True)),
    ],
)
def test_what_no_posture_comes_near_enough_to_is_told_and_not_tried(least, reached):
    found = challenges(lambda q: np.full(len(q), least))
    assert tuple(not one.beyond for one in found) == reached
    assert tuple(bool(list(one.trips)) for one in found) == reached


def test_what_a_base_may_bring_near_is_tried_all_the_same_unless_it_is_carried():
    scene = on_base("planar")
    place = scene.places["arm"]
    far = off(*scene.now.q, beside=1.0)
    for ball, tried in (((np.zeros(3), 0.5), True), (None, False)):
        for one in challenges(far, ball, scene, place):
            assert bool(one.beyond) != tried and bool(list(one.trips)) == tried
    assert all(one.beyond for one in challenges(off(0.0, 0.0, beside=1.0), (np.zeros(3), 0.5)))


def test_it_moves_on_at_three_speeds_of_its_fastest_point():
    """Against what it does by itself: that is not counted."""
    drive = replace(SCENE.drive, start=np.array([0.3, -0.1]))
    scene = replace(SCENE, drive=drive, comfort=drive)
    trips = list(moving_on(scene, ARM, np.array([0.5, 0.9]), np.array([-0.2, 0.1])))
    fastest = []
    for trip in trips:
        assert trip.situation.now.q == pytest.approx([0.5, 0.9])
        assert trip.situation.anchor == pytest.approx(trip.command)
        assert trip.command[0] == pytest.approx(-2 * trip.command[1]) and trip.command[1] > 0.0
        fastest.append(trip.situation.now.capsule_speeds(trip.command).max())
    assert fastest == pytest.approx([0.5, 2.0, 10.0])


def test_only_what_is_to_move_is_moved():
    scene = on_base("planar")
    trips = list(moving_on(scene, scene.places["arm"], scene.now.q, np.array([9.0, 9.0, 9.0, 0.2, -0.3])))
    for trip in trips:
        assert not trip.command[:3].any() and trip.command[3] / trip.command[4] == pytest.approx(-2 / 3)
