"""Between two samples no joint moves further than they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path_sampling import grid, intervals, sample
from test.body.paths import dense, paths, through


@settings(max_examples=60, deadline=None)
@given(path=paths(moving=True), step=st.floats(0.01, 0.3), period=st.floats(0.005, 0.1))
def test_samples_are_as_close_as_asked(path, step, period):
    at = grid(path, intervals(path, step, period))
    places = sample(path, at)
    assert np.abs(np.diff(places.positions, axis=0)).max(initial=0) <= step + 1e-9
    assert places.largest.max() <= step + 1e-9
    assert np.diff(at.times).min() > 0 and np.diff(at.times).max() <= period + 1e-9
    assert np.isin(path.knots.times, at.times).all()


@settings(max_examples=60, deadline=None)
@given(path=paths(moving=True), weights=st.lists(st.floats(0, 2), min_size=3, max_size=3))
def test_every_place_is_within_reach_of_a_sample(path, weights):
    """In weighted joint distance, which bounds how far a point of the arm can be from where a sample has it."""
    weight = np.array(weights[: path.gap.size])
    places = sample(path, grid(path, intervals(path, 0.2, 0.2)))
    between = path.positions(dense(path, 300))
    distance = np.abs(between[:, None] - places.positions) @ weight
    assert np.all((distance - places.reach @ weight).min(axis=1) <= 1e-9)


def test_a_way_out_and_back_counts_as_a_way():
    """Both ends of the interval are at 0; between them the joint goes to 0.25 rad."""
    path = through([0, 1], [[0.0], [0.0]], [[1.0], [-1.0]])
    places = sample(path, grid(path, np.array([1])))
    assert np.allclose(places.reach, 0.25) and np.allclose(places.largest, 0.5)


def test_the_jump_to_a_first_point_that_is_due_at_once_counts():
    path = through([0, 1], [[0.0], [0.0]], start=[0.02])
    assert sample(path, grid(path, np.array([4]))).reach[0] == 0.02


def test_at_a_corner_the_faster_side_is_shown():
    path = through([1, 2], [[1.0], [1.2]], start=[0.0])
    places = sample(path, grid(path, np.array([4, 4])))
    assert np.allclose(places.velocities[:, 0], [1.0] * 5 + [0.2] * 4)
