"""The first excess of a joint's bounds: exact, between the knots too, and no other than what samples show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path_bounds import excesses, jerk_stretch
from test.body.paths import bounds, paths, through

few = settings(max_examples=80, deadline=None)


def kinds(path, bound):
    return {excess.kind: excess for excess in excesses(path, bound)}


def test_a_cubic_that_overshoots_between_its_knots_is_found():
    """Both points are within the stop at 1 rad; the velocities carry the joint to 1.25 rad between them."""
    path = through([0, 1], [[1.0], [1.0]], [[1.0], [-1.0]])
    assert np.all(path.knots.positions <= 1.0)
    excess = kinds(path, bounds(1, upper=1.0))["joint_position"]
    assert (excess.time, excess.requested, excess.allowed) == pytest.approx((0.0, 1.25, 1.0), abs=1e-6)
    assert "joint_position" not in kinds(path, bounds(1, upper=1.2500001))
    excess = kinds(path, bounds(1, upper=1.16))["joint_position"]
    assert excess.time == pytest.approx(0.2)


def test_a_velocity_beyond_the_bound_between_two_points_at_rest_is_found():
    """1 rad in 1 s from rest to rest peaks at 1.5 rad/s; 1.2 are passed where 6 s (1 - s) = 1.2."""
    path = through([0, 1], [[0], [1]], [[0], [0]])
    excess = kinds(path, bounds(1, velocity=1.2))["joint_velocity"]
    assert excess.requested == pytest.approx(1.5)
    assert excess.time == pytest.approx(0.5 - np.sqrt(0.05))


def test_speeding_up_and_slowing_down_have_bounds_of_their_own():
    """The same cubic begins with 6 rad/s2 and ends with -6."""
    path = through([0, 1], [[0], [-1]], [[0], [0]])
    excess = kinds(path, bounds(1, acceleration=5.0, deceleration=8.0))["joint_acceleration"]
    assert (excess.time, excess.requested, excess.allowed) == pytest.approx((0.0, -6.0, -5.0))
    excess = kinds(path, bounds(1, acceleration=8.0, deceleration=5.0))["joint_acceleration"]
    assert (excess.time, excess.requested, excess.allowed) == pytest.approx((0.5 + 5 / 12, 6.0, 5.0))
    assert not excesses(path, bounds(1, acceleration=6.0, deceleration=6.0))


def test_what_is_broken_at_the_start_comes_before_what_is_broken_at_the_end():
    """From -20 to 22 rad/s2 without turning round, in one monotone piece: it speeds up too hard first."""
    path = through([0.5], [[-1.0]], [[0.0]], start=[0.0], entry=[-0.5])
    excess = kinds(path, bounds(1))["joint_acceleration"]
    assert (excess.time, excess.requested, excess.allowed) == pytest.approx((0.0, -20.0, -5.0))


def test_a_corner_is_an_acceleration():
    """Lines begin and end with a step of velocity, 0.5 rad/s in 4 ms."""
    path = through([1.0], [[0.5]], start=[0.0])
    excess = kinds(path, bounds(1))["joint_acceleration"]
    assert (excess.time, excess.requested, excess.allowed) == pytest.approx((0.0, 125.0, 5.0))
    assert not excesses(path, bounds(1, acceleration=125.0, deceleration=125.0))


def test_corners_that_crowd_have_less_time_each():
    """A staircase of velocity at 1 ms cannot take 4 ms for each of its steps."""
    times = np.arange(1, 11) * 1e-3
    path = through(times, np.cumsum(np.arange(10) * 1e-5)[:, None], start=[0.0])
    assert kinds(path, bounds(1))["joint_acceleration"].requested >= 10.0 - 1e-6


def test_a_joint_beyond_its_stop_may_come_back_and_go_no_further():
    bound = bounds(1, upper=1.0)
    assert "joint_position" not in kinds(through([2.0], [[0.9]], start=[1.2]), bound)
    assert kinds(through([2.0], [[1.3]], start=[1.2]), bound)["joint_position"].allowed == pytest.approx(1.2)


def test_jerk_counts_where_it_is_bounded():
    path = through([0, 1], [[0], [1]], [[0], [0]], [[0], [0]])
    assert not [e for e in excesses(path, bounds(1, acceleration=6.0)) if e.kind == "joint_jerk"]
    excess = kinds(path, bounds(1, jerk=np.array([50.0])))["joint_jerk"]
    assert (excess.time, excess.requested) == pytest.approx((0.0, 60.0))


@few
@given(path=paths(moving=True), size=st.floats(0.2, 1.5))
def test_an_excess_is_found_where_samples_show_it_and_nowhere_else(path, size):
    """By 2,001 samples of every segment: the same kinds, the same first segment, no sample before its time."""
    n = path.gap.size
    bound = bounds(
        n, velocity=1.5 * size, acceleration=6.0 * size, deceleration=9.0 * size, upper=size, lower=-size
    )
    found = kinds(path, bound)
    parts = np.linspace(0, 1, 2001)
    start = path.knots.positions[0] + path.gap
    low, high = np.minimum(bound.lower, start), np.maximum(bound.upper, start)
    for segment in range(len(path.spans)):
        index, times = np.full(len(parts), segment), path.starts[segment] + parts * path.spans[segment]
        q, v, a = (path.within(index, parts, order) for order in range(3))
        limit = np.where(v * a >= 0, bound.acceleration, bound.deceleration)
        over = {
            "joint_position": (q > high + 1e-6) | (q < low - 1e-6),
            "joint_velocity": np.abs(v) > bound.velocity + 1e-6,
            "joint_acceleration": (np.abs(a) > limit + 1e-6) & (np.abs(v) > 1e-6),
        }
        for kind, beyond in over.items():
            samples = np.nonzero(beyond.any(axis=1))[0]
            if len(samples):
                assert kind in found and found[kind].time <= times[samples[0]] + 1e-9
    for kind in ("joint_position", "joint_velocity"):
        if kind in found:
            here = found[kind]
            at = np.array([here.time]) + 1e-9
            order = 0 if kind == "joint_position" else 1
            shown = (path.positions, path.velocities)[order](at)[0, here.joint]
            assert abs(shown) >= abs(here.allowed) - 1e-5 * (1 + abs(here.requested))
            assert abs(here.requested) >= abs(here.allowed)


@few
@given(path=paths(mixed=False))
def test_stretched_for_its_jerk_a_path_keeps_it(path):
    bound = bounds(
        path.gap.size, jerk=np.full(path.gap.size, 20.0), velocity=1e3, acceleration=1e9, deceleration=1e9
    )
    slow = path.stretched(jerk_stretch(path, bound))
    assert not [e for e in excesses(slow, bound) if e.kind == "joint_jerk"]
    factor = jerk_stretch(path, bound)
    if factor > 1.01:
        hasty = path.stretched(factor * 0.99)
        assert [e for e in excesses(hasty, bound) if e.kind == "joint_jerk"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"velocity": 0.0}, "velocity: every bound is positive"),
        ({"acceleration": float("nan")}, "acceleration: every bound is positive"),
        ({"corner_s": 0.0}, "corner_s: every bound is positive"),
        ({"lower": 4.0}, "lower stops are below upper ones"),
        ({"jerk": np.array([1.0])}, "jerk: one number for each of 2 joints"),
    ],
)
def test_bounds_that_bound_nothing_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        bounds(2, **wrong)
