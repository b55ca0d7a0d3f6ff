"""Stops along a path: on it, within the brakes, to exact rest, and not longer than they have to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path_grid import Grid
from iatro_governor.body.path_sampling import intervals
from iatro_governor.body.path_stop import stop_along
from iatro_governor.body.path_timing import Care, slowed
from test.body.paths import away, bounds, dense, paths, through

few = settings(max_examples=40, deadline=None)


@st.composite
def executed(draw):
    """A path that keeps the bounds: what a stop is ever asked to leave."""
    path = draw(paths(mixed=False))
    at = Grid.of(path, intervals(path, 0.02, 0.005, 4))
    made = slowed(path, at, bounds(path.gap.size), np.ones(len(at.times)), Care(0.97, own=True), False)
    assert made is not None
    return made


def braking(path):
    """The hardest that each joint slows down or speeds up (n,), rad/s2, by the ends and middles of its segments."""
    index = np.repeat(np.arange(len(path.spans)), 3)
    return np.abs(path.within(index, np.tile([0.0, 0.5, 1.0], len(path.spans)), 2)).max(axis=0)


@few
@given(
    path=executed(),
    part=st.floats(0, 1),
    brake=st.floats(2.0, 12.0),
    period=st.sampled_from([0.005, 0.01, 0.02]),
)
def test_a_stop_stays_on_its_path_and_within_its_brakes(path, part, brake, period):
    t = part * path.duration
    stop = stop_along(path, t, np.full(path.gap.size, brake), period)
    rest = through(*remaining(path, t))
    assert away(rest, stop.positions(dense(stop, 60))).max() <= 1e-4
    own = braking(path)
    assert np.all(braking(stop) <= np.maximum(brake, own) * 1.1)
    assert stop.knots.positions[0] == pytest.approx(path.positions(np.array([t]))[0])
    assert not stop.knots.velocities[-1].any() and stop.knots.times[0] == 0.0
    assert np.diff(stop.knots.times).min() > 0
    assert np.abs(stop.extremes(1)).max() <= np.abs(path.extremes(1)).max() * 1.001 + 1e-6


def remaining(path, t):
    """Points so close along the rest of ``path`` that lines between them are it."""
    times = np.unique(np.concatenate([np.linspace(t, path.duration, 3000), [path.duration]]))
    times = times if len(times) > 1 else np.array([t, t + 1.0])
    return times - times[0], path.positions(times)


@pytest.mark.parametrize("before", [1.2e-16, 1e-12, 9e-7, 0.0, -1.2e-16])
@pytest.mark.parametrize("knot", range(1, 8))
def test_no_two_points_of_a_stop_that_begins_at_a_knot_are_due_at_one_moment(knot, before):
    """A controller refuses points that are, and goes on along the path: the stop would not be made."""
    times = np.arange(9) * 0.11
    path = through(times, np.sin(times * 2)[:, None])
    stop = stop_along(path, times[knot] - before, np.array([4.0]), 0.01)
    assert np.diff(stop.knots.times).min() > 1e-3
    assert away(path, stop.knots.positions).max() < 1e-3


@pytest.mark.parametrize("period", [0.001, 0.01, 0.02])
def test_a_straight_stop_takes_the_way_that_a_brake_takes(period):
    """v^2 / 2d, and v / d seconds: 1 rad/s with 4 rad/s2."""
    path = through([2.0], [[2.0]], start=[0.0])
    stop = stop_along(path, 0.5, np.array([4.0]), period)
    assert stop.knots.positions[-1, 0] == pytest.approx(0.5 + 1 / 8, abs=period / 2 * 0.05)
    assert stop.duration == pytest.approx(0.25, abs=period)


def test_the_weakest_brake_decides():
    path = through([2.0], [[2.0, 1.0]], start=[0.0, 0.0])
    stop = stop_along(path, 0.5, np.array([4.0, 0.5]), 0.01)
    assert stop.knots.positions[-1] == pytest.approx(np.array([1.0, 0.5]), abs=1e-3)


def test_speeding_up_is_ended_at_once():
    """The path itself speeds up; a stop that only took what is left of the brake would go on speeding up."""
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]])
    stop = stop_along(path, 0.1, np.array([6.0]), 0.002)
    assert np.all(np.diff(stop.knots.velocities[:, 0]) < 0)
    v = path.velocities(np.array([0.1]))[0, 0]
    assert stop.knots.positions[-1, 0] - stop.knots.positions[0, 0] == pytest.approx(v**2 / 12, rel=0.03)


def test_a_path_that_brakes_harder_than_the_stop_is_followed_to_its_end():
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]])
    stop = stop_along(path, 0.9, np.array([0.5]), 0.01)
    assert stop.knots.positions[-1, 0] == 1.0
    assert stop.duration == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("t", [1.0, 7.0])
def test_at_the_end_a_stop_holds(t):
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]])
    stop = stop_along(path, t, np.array([5.0]), 0.01)
    assert not stop.knots.velocities.any() and np.all(stop.knots.positions == 1.0)


@pytest.mark.parametrize("brake", [0.0, -1.0, np.nan, np.inf])
def test_a_stop_without_brakes_is_a_mistake(brake):
    path = through([0, 1], [[0.0], [1.0]], [[0], [0]])
    with pytest.raises(ValueError, match="decelerations above zero"):
        stop_along(path, 0.5, np.array([brake]), 0.01)
    with pytest.raises(ValueError, match="period above zero"):
        stop_along(path, 0.5, np.array([1.0]), brake)
