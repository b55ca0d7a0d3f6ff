"""Joint velocities and what is tried of single joints, by hand: bounds and gears differ from joint to joint."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from iatro_governor.limits.joint_trips import at_ends, too_fast
from test.limits.bodies import body_situation
from test.limits.situations import make

BOUNDS = [2.0, 0.8]


def limit():
    return make("joint_velocity", bounds=BOUNDS)


def at(anchor=None):
    return body_situation(np.zeros(2), None if anchor is None else np.array(anchor))


def test_the_joint_that_is_fastest_for_its_bound_decides():
    found = limit().cap(np.array([3.0, -1.6]), at())
    assert (found.scale, found.requested, found.allowed) == (pytest.approx(0.5), 1.6, 0.8)
    found = limit().cap(np.array([-5.0, 0.9]), at())
    assert (found.scale, found.requested, found.allowed) == (pytest.approx(0.4), 5.0, 2.0)
    found = limit().cap(np.array([0.9, -0.5]), at())
    assert (found.scale, found.requested, found.allowed) == (1.0, 0.5, 0.8)
    assert limit().each == (2.0, 0.8)
    # The shoulder goes on at 0.5 rad/s by itself: of 3 rad/s more, half are allowed.
    drive = Drive(np.eye(2), np.array([0.5, 0.0]), np.array([3.0, 4.0]), None, 0)
    found = limit().cap(np.array([3.0, 0.0]), replace(at(), drive=drive, comfort=drive))
    assert (found.scale, found.requested) == (pytest.approx(0.5), 3.5)


def test_an_excess_is_by_the_joint_that_stands_furthest_beyond():
    assert limit().cap(np.zeros(2), at([2.5, -1.0])).excess == pytest.approx(0.5)
    assert limit().cap(np.zeros(2), at([2.5, -1.4])).excess == pytest.approx(0.6)
    assert limit().cap(np.zeros(2), at([1.5, -0.4])).excess == 0.0


def test_joints_are_idle_below_their_bounds_by_more_than_rounding():
    rule = limit()

    def idle(*fastest):
        return rule.idle(at(), SimpleNamespace(fastest=fastest))

    assert idle(1.99, 0.79) and not idle(2.01, 0.79) and not idle(1.99, 0.81)
    assert not idle(2.0, 0.0) and idle(2.0 * (1.0 - 1e-9), 0.0)


def test_rows_are_the_bounds_themselves_both_ways():
    rows = limit().rows(at())
    assert rows.bounds.tolist() == [2.0, 0.8, 2.0, 0.8]
    assert rows.matrix.tolist() == [[1, 0], [0, 1], [-1, 0], [0, -1]]


def geared():
    """Three components of ``u``: the arm's two come last, the elbow's before the shoulder's, by gears of 0.5 and -2."""
    matrix = np.array([[7.0, 0.0, -2.0], [7.0, 0.5, 0.0]])
    drive = Drive(matrix, np.array([0.0, 0.3]), np.array([3.0, 4.0]), None, 0)
    return replace(
        at(),
        anchor=np.zeros(3),
        beyond=np.zeros(3),
        drive=drive,
        comfort=drive,
        places={"arm": slice(1, 3)},
        joints={"arm": np.array([1, 0])},
    )


def test_each_joint_is_tried_both_ways_at_twice_its_speed_by_what_it_takes_to_make_it_so_fast():
    """The elbow moves by itself at 0.3 rad/s: (2.0 + 0.3) / 0.5 = 4.6; the shoulder: 0.8 / 2 = 0.4."""
    trips = [trip for each in too_fast(geared(), "arm", BOUNDS) for trip in each.trips]
    found = [trip.command.tolist() for trip in trips]
    assert found == [
        [0.0, pytest.approx(9.2), 0.0],
        [0.0, pytest.approx(-9.2), 0.0],
        [0.0, 0.0, pytest.approx(0.8)],
        [0.0, 0.0, pytest.approx(-0.8)],
    ]
    assert all(not trip.situation.anchor.any() for trip in trips)
    own = [trip.command.tolist() for each in limit().trips([at()]) for trip in each.trips]
    assert own == [[4.0, 0.0], [-4.0, 0.0], [0.0, 1.6], [0.0, -1.6]]


def test_a_joint_that_nothing_moves_is_tried_by_a_finite_command():
    still = replace(geared(), drive=Drive(np.zeros((2, 3)), np.zeros(2), np.ones(2), None, 0))
    trips = [trip for each in too_fast(still, "arm", BOUNDS) for trip in each.trips]
    assert trips[0].command[1] == pytest.approx(4e9)
    trips = next(at_ends(still, "arm", np.full(2, -1.0), np.ones(2)))
    assert trips[0].command[1] == pytest.approx(-0.5e9)


def test_each_joint_is_tried_close_to_each_of_its_ends_and_moving_on():
    """A hundredth of its range before the end; of a joint with one end, 0.01 rad."""
    every = list(at_ends(geared(), "arm", np.array([-np.inf, -0.5]), np.array([1.1, 0.7])))
    assert [len(trips) for trips in every] == [2, 2, 2]
    where = [[trip.situation.now.q.tolist() for trip in trips] for trips in every]
    assert where[0] == [pytest.approx([0.0, 1.09])] * 2
    assert where[1] == [pytest.approx([-0.488, 0.0])] * 2 and where[2] == [pytest.approx([0.688, 0.0])] * 2
    how = [[trip.command.tolist() for trip in trips] for trips in every]
    assert how[0] == [[0.0, 1.0, 0.0], [0.0, 10.0, 0.0]]
    assert how[1] == [[0.0, 0.0, -0.25], [0.0, 0.0, -2.5]] and how[2] == [[0.0, 0.0, 0.25], [0.0, 0.0, 2.5]]
    assert all(trip.situation.anchor.tolist() == trip.command.tolist() for trips in every for trip in trips)


def test_joint_rates_are_not_of_efforts():
    for kind in ("joint_acceleration", "joint_deceleration", "joint_jerk"):
        assert make(kind).fits == {"joint_velocity", "joint_position", "joint_trajectory"}
    assert limit().fits == {"joint_velocity", "joint_position", "joint_trajectory", "joint_effort"}
    assert make("link_speed").fits == limit().fits | {"twist", "pose"}
