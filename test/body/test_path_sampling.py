"""Between two samples no joint moves further than they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path_grid import Grid
from iatro_governor.body.path_sampling import intervals, sample, spaced, ways
from test.body.paths import dense, paths, through

few = settings(max_examples=60, deadline=None)


def looked_at(path, step):
    return sample(path, spaced(path, intervals(path, step), step))


@few
@given(path=paths(moving=True), step=st.floats(0.01, 0.3))
def test_samples_are_as_close_as_asked_and_not_many_more(path, step):
    places = looked_at(path, step)
    assert np.abs(np.diff(places.positions, axis=0)).max(initial=0) <= step + 1e-9
    assert places.largest.max() <= step + 1e-9
    assert places.times[0] == 0.0 and places.times[-1] == path.duration
    assert np.diff(places.times).min() > 0


def test_a_path_of_many_points_is_not_looked_at_at_each():
    times = np.linspace(0, 1, 501)
    path = through(times, times[:, None], np.ones((501, 1)))
    assert 10 <= len(looked_at(path, 0.1).times) <= 12


@few
@given(path=paths(moving=True), weights=st.lists(st.floats(0, 2), min_size=3, max_size=3))
def test_every_place_is_within_reach_of_a_sample(path, weights):
    """In weighted joint distance, which bounds how far a point of the arm can be from where a sample has it."""
    weight = np.array(weights[: path.gap.size])
    places = looked_at(path, 0.2)
    between = path.positions(dense(path, 300))
    distance = np.abs(between[:, None] - places.positions) @ weight
    assert np.all((distance - places.reach @ weight).min(axis=1) <= 1e-9)


@few
@given(path=paths(moving=True))
def test_ways_add_up_as_small_steps_do(path):
    times = dense(path, 4000)
    brute = np.abs(np.diff(path.positions(times), axis=0)).sum(axis=0)
    assert ways(path, np.array([path.duration]))[0] == pytest.approx(brute, rel=1e-3, abs=1e-4)


@few
@given(path=paths(moving=True), step=st.floats(0.01, 0.3), period=st.floats(0.005, 0.1))
def test_a_grid_has_every_knot_and_is_as_fine_as_asked(path, step, period):
    grid = Grid.of(path, intervals(path, step, period, 4))
    assert np.isin(path.knots.times, grid.times).all()
    assert np.diff(grid.times).min() > 0 and np.diff(grid.times).max() <= period + 1e-9
    assert np.abs(np.diff(path.positions(grid.times), axis=0)).max() <= step + 1e-9
    assert path.within(grid.segments, grid.starts, 0) == pytest.approx(
        path.positions(grid.times[:-1]), abs=1e-9
    )
    assert path.within(grid.segments, grid.ends, 0) == pytest.approx(path.positions(grid.times[1:]), abs=1e-9)


def test_a_way_out_and_back_counts_as_a_way():
    """Both ends are at 0; between them the joint goes to 0.25 rad."""
    path = through([0, 1], [[0.0], [0.0]], [[1.0], [-1.0]])
    places = sample(path, np.array([0.0, 1.0]))
    assert np.allclose(places.reach, 0.25) and np.allclose(places.largest, 0.5)


def test_the_jump_to_a_first_point_that_is_due_at_once_counts():
    path = through([0, 1], [[0.0], [0.0]], start=[0.02])
    assert sample(path, np.linspace(0, 1, 5)).reach[0] == 0.02


def test_at_a_corner_the_faster_side_is_shown():
    path = through([1, 2], [[1.0], [1.2]], start=[0.0])
    places = sample(path, np.linspace(0, 2, 9))
    assert np.allclose(places.velocities[:, 0], [1.0] * 5 + [0.2] * 4)
