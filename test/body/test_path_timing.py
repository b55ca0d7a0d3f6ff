"""The same way more slowly: on the way, within the bounds, and no slower than it has to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.path_bounds import knot_steps
from iatro_governor.body.path_grid import Grid
from iatro_governor.body.path_sampling import intervals
from iatro_governor.body.path_timing import Care, slowed
from test.body.paths import away, bounds, dense, paths, rates, through

few = settings(max_examples=20, deadline=None)
CARE = Care(0.9, own=False)


def slow(path, bound, shares=None, care=CARE, fine=1, until=None):
    at = Grid.of(path, intervals(path, 0.02, 0.01, 4) * fine)
    if until is not None:
        at = at.until(int(np.searchsorted(at.times, until * path.duration)))
    shares = np.ones(len(at.times)) if shares is None else np.full(len(at.times), shares)
    return slowed(path, at, bound, shares, care, until is not None), at


@few
@given(path=paths())
def test_it_goes_the_same_way_within_the_bounds(path):
    """With a tenth of them in hand: between the grid's times it can be a little beyond what it was told to use."""
    bound = bounds(path.gap.size)
    made, at = slow(path, bound, fine=8)
    assert made is not None
    velocity, acceleration = rates(made, bound)
    assert velocity.max() <= 1.0 and acceleration.max() <= 1.0
    steps = np.abs(knot_steps(made, 1, made.entry))
    assert np.all(steps <= bound.lesser * bound.corner_s * (1 + 1e-9))
    assert away(path, made.positions(dense(made, 100)[::4])).max() <= 2e-4
    assert np.abs(made.knots.positions[-1] - path.knots.positions[-1]).max() <= 1e-9
    assert made.duration >= path.duration - 1e-9
    # It passes every one of the grid's places, in order, but for those within a corner.
    assert away(made, path.positions(at.times[::32])).max() <= 2e-4


@few
@given(path=paths(), part=st.floats(0.1, 0.9))
def test_brought_to_rest_it_ends_where_it_is_told_to(path, part):
    bound = bounds(path.gap.size)
    made, at = slow(path, bound, until=part, fine=8)
    if made is None:
        return
    assert made.knots.positions[-1] == pytest.approx(path.positions(at.times)[-1])
    assert not made.knots.velocities[-1].any()
    assert rates(made, bound)[1].max() <= 1.0


@few
@given(path=paths(moving=True))
def test_from_a_moving_start_it_begins_as_fast_as_the_joints_are(path):
    bound = bounds(path.gap.size)
    made, _ = slow(path, bound)
    if made is not None:
        first = made.velocities(np.zeros(1))[0]
        assert np.all(np.abs(first - path.entry) <= bound.lesser * bound.corner_s + 1e-9)


@pytest.mark.parametrize(("length", "top"), [(1.0, 2.0), (0.2, 2.0), (3.0, 0.5)])
def test_a_line_takes_as_long_as_its_trapezoid(length, top):
    """Speed up with 5 rad/s2 to the speed of the line, slow down with 8: the least time there is, by closed form."""
    path = through([length / top], [[length]], start=[0.0])
    a, d = 5.0, 8.0
    peak = min(top, np.sqrt(2 * length * a * d / (a + d)))
    least = length / peak + peak / (2 * a) + peak / (2 * d)
    made, _ = slow(path, bounds(1), care=Care(1.0, own=True))
    assert made is not None and made.duration == pytest.approx(least, rel=0.02)


def test_what_keeps_its_bounds_keeps_its_time():
    path = through([0, 2], [[0], [1]], [[0], [0]], [[0], [0]])
    made, _ = slow(path, bounds(1))
    assert made is not None and made.duration == pytest.approx(path.duration, rel=1e-6)


def test_a_sharp_corner_is_passed_at_rest():
    path = through([1, 2], [[1, 0], [1, 1]], start=[0, 0])
    made, _ = slow(path, bounds(2))
    assert made is not None
    at_corner = np.abs(made.knots.positions - [1, 0]).max(axis=1) < 1e-9
    assert at_corner.sum() == 1 and not made.knots.velocities[at_corner].any()


def test_a_gentle_corner_is_rounded_on_the_way():
    """A step of 0.015 rad/s takes its 4 ms: nothing has to slow down for it, and no cubic overshoots there."""
    path = through([1, 2, 3], [[0.5, 0], [1.0, 0.015], [1.0, 0.015]], start=[0, 0])
    made, _ = slow(path, bounds(2, acceleration=5.0))
    assert made is not None
    assert rates(made, bounds(2))[1].max() <= 1.01
    assert made.duration <= 3.5


def test_a_corner_leaves_less_for_a_change_of_pace():
    """A step of 0.018 rad/s takes 90 % of what the joint may do, just where it speeds up from rest."""
    path = through([0.05, 1.0], [[0.05], [0.05 + 0.95 * 1.018]], start=[0.0])
    made, _ = slow(path, bounds(1), care=Care(0.97, own=True), fine=8)
    assert made is not None and rates(made, bounds(1))[1].max() <= 1.05


def test_a_corner_leaves_less_for_the_way_into_it():
    """A cubic that bends as much as it may, into a line that is a little faster still."""
    times, positions = [0, 0.3223, 0.7007], [[-0.0469], [0.0018], [-0.2754]]
    path = JointPath.through(
        Knots(
            np.array(times),
            np.array(positions),
            np.array([[0], [-0.7205], [0]]),
            np.zeros((3, 1)),
            np.array([1, 1, 0]),
        ),
        JointState(np.array(positions[0]), np.zeros(1)),
    )
    made, _ = slow(path, bounds(1), fine=8)
    assert made is not None and rates(made, bounds(1))[1].max() <= 1.0


def test_the_first_steps_out_of_rest_are_short():
    """A path that is entered with a step of velocity and bends at once."""
    path = through([0, 0.25], [[-0.68], [0.1]], [[-0.55], [0.0]], start=[-0.69])
    made, _ = slow(path, bounds(1), fine=4)
    assert made is not None and rates(made, bounds(1))[1].max() <= 1.0


def test_out_of_rest_and_into_it_the_pace_stays():
    """Minimum-jerk ways leave rest without velocity or acceleration: there no joint says how fast the pace may be."""
    still = [[0.0], [0.0]]
    path = through([0, 0.05], [[0.5], [-0.5]], still, still)
    made, _ = slow(path, bounds(1), fine=4)
    assert made is not None and rates(made, bounds(1))[1].max() <= 1.0


def test_a_share_of_the_pace_is_kept():
    path = through([0, 2], [[0], [1]], [[0], [0]])
    made, _ = slow(path, bounds(1), shares=0.5)
    assert made is not None and made.duration == pytest.approx(4.0)
    assert np.abs(made.extremes(1)).max() == pytest.approx(0.375, rel=1e-3)


def test_a_place_where_no_pace_is_allowed_is_not_crept_through():
    path = through([0, 2], [[0], [1]], [[0], [0]])
    assert slow(path, bounds(1), shares=0.0)[0] is None


def test_too_fast_to_slow_down_in_time_is_said():
    path = through([0.5], [[0.5]], [[0.0]], start=[0.0], entry=[1.9])
    assert slow(path, bounds(1, velocity=1.0))[0] is None
    assert slow(path, bounds(1, deceleration=2.0), until=0.3)[0] is None
