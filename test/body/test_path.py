"""Joint paths: the controller's interpolation, and extremes between the knots, against brute force."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BPoly

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.polynomial import turns, value, variation, zeros
from test.body.paths import dense, paths, through

few = settings(max_examples=60, deadline=None)


def by_scipy(path, times, order):
    """The same interpolation, segment by segment, from scipy's Bernstein polynomials."""
    k = path.knots
    out = np.zeros((len(times), k.positions.shape[1]))
    for i in range(len(k.times) - 1):
        here = (times >= k.times[i]) & (times < k.times[i + 1])
        depth = min(k.given[i], k.given[i + 1]) + 1
        all_of = (k.positions, k.velocities, k.accelerations)
        for joint in range(out.shape[1]):
            ends = [[values[j, joint] for values in all_of[:depth]] for j in (i, i + 1)]
            curve = BPoly.from_derivatives(k.times[i : i + 2], ends)
            out[here, joint] = (curve.derivative(order) if order else curve)(times[here])
    return out


@few
@given(path=paths(moving=True))
def test_between_the_points_it_goes_as_the_controller_does(path):
    times = dense(path, 50)[:-1]
    assert path.positions(times) == pytest.approx(by_scipy(path, times, 0), abs=1e-9)
    assert path.velocities(times) == pytest.approx(by_scipy(path, times, 1), abs=1e-7)
    assert path.accelerations(times) == pytest.approx(by_scipy(path, times, 2), abs=1e-5)


def test_a_cubic_by_hand():
    """From 0 to 1 rad in 2 s, from and to rest: q = 3/4 t^2 - 1/4 t^3."""
    path = through([0, 2], [[0], [1]], [[0], [0]])
    assert path.positions(np.array([0.5, 1.0])) == pytest.approx(np.array([[0.15625], [0.5]]))
    assert path.velocities(np.array([1.0])) == pytest.approx(np.array([[0.75]]))
    assert path.accelerations(np.array([0.0])) == pytest.approx(np.array([[1.5]]))


def test_a_quintic_by_hand():
    """The minimum-jerk way of 1 rad in 1 s is fastest in the middle, 15/8 rad/s (Flash and Hogan 1985)."""
    path = through([0, 1], [[0], [1]], [[0], [0]], [[0], [0]])
    assert path.extremes(1)[1] == pytest.approx(np.array([[1.875]]))
    assert path.extremes(2)[1] == pytest.approx(np.array([[10 / 3**0.5]]))


def test_positions_alone_make_lines():
    path = through([1.0, 2.0], [[1.0], [0.0]], start=[0.0], entry=[0.7])
    assert path.positions(np.array([0.5, 1.5])) == pytest.approx(np.array([[0.5], [0.5]]))
    assert path.velocities(np.array([0.0, 1.0])) == pytest.approx(np.array([[1.0], [-1.0]]))


def test_the_way_to_the_first_point_begins_at_the_current_state():
    path = through([1.0], [[1.0]], [[0.0]], start=[0.2], entry=[0.6])
    assert path.positions(np.zeros(1)) == pytest.approx(np.array([[0.2]]))
    assert path.velocities(np.zeros(1)) == pytest.approx(np.array([[0.6]]))
    assert path.duration == 1.0


def test_a_first_point_that_is_due_at_once_leaves_a_gap():
    path = through([0.0, 1.0], [[0.0], [1.0]], start=[0.01])
    assert path.positions(np.zeros(1)) == pytest.approx(np.zeros((1, 1)))
    assert path.gap == pytest.approx(np.array([0.01]))


def test_one_point_that_is_due_at_once_is_held():
    path = through([0.0], [[0.4, 0.1]])
    assert path.positions(np.array([0.0, 5.0])) == pytest.approx(np.array([[0.4, 0.1]] * 2))
    assert not path.velocities(np.linspace(-1, 1, 50)).any()


def test_after_the_end_the_joints_stay():
    path = through([1.0], [[1.0]], start=[0.0])
    assert path.positions(np.array([1.0, 9.0])) == pytest.approx(np.ones((2, 1)))
    assert not path.velocities(np.array([1.0, 9.0])).any()


@few
@given(path=paths(moving=True), order=st.integers(0, 3))
def test_extremes_are_those_of_many_samples(path, order):
    """No sample is beyond an extreme, and one is near it: a smooth curve is flat where it is largest."""
    low, high = path.extremes(order)
    parts = np.linspace(0, 1, 1001)
    for segment in range(len(path.spans)):
        index = np.full(len(parts), segment)
        values = path.within(index, parts, order)
        scale = np.abs(values).max() + 1.0
        assert np.all(values >= low[segment] - 1e-9 * scale)
        assert np.all(values <= high[segment] + 1e-9 * scale)
        curved = np.abs(np.diff(values, 2, axis=0)).max() + 1e-9 * scale
        assert np.all(values.min(axis=0) <= low[segment] + curved)
        assert np.all(values.max(axis=0) >= high[segment] - curved)


@few
@given(path=paths(), factor=st.floats(1.0, 30.0))
def test_stretched_it_goes_the_same_way_more_slowly(path, factor):
    slow, times = path.stretched(factor), dense(path, 60)
    assert slow.positions(times * factor) == pytest.approx(path.positions(times), abs=1e-9)
    peaks = [np.abs(p.extremes(2)).max() for p in (path, slow)]
    assert peaks[1] == pytest.approx(peaks[0] / factor**2, abs=1e-9)
    sent = JointPath.through(slow.knots, JointState(slow.knots.positions[0], slow.entry))
    assert sent.positions(times * factor) == pytest.approx(path.positions(times), abs=1e-9)


coefficients = st.lists(st.floats(-10, 10), min_size=1, max_size=6).map(np.array)


@given(poly=coefficients)
def test_zeros_and_turns_of_any_polynomial(poly):
    """Also where leading coefficients vanish. Between turns it is monotone, and each change of sign has a zero."""
    edges = turns(poly)
    assert np.all(np.diff(edges) >= 0)
    samples = np.linspace(0, 1, 400)
    values = value(poly, samples)
    tolerance = 1e-9 * (1 + np.abs(poly).sum())
    for start, end in pairwise(edges):
        within = value(poly, np.linspace(start, end, 20))
        rising = np.diff(within)
        assert rising.min() >= -tolerance or rising.max() <= tolerance
    for (here, a), (there, b) in pairwise(zip(values, samples, strict=True)):
        if here * there < 0 and min(abs(here), abs(there)) > tolerance:
            found = zeros(poly)
            assert np.any((found >= a - 1e-9) & (found <= b + 1e-9))


@given(poly=coefficients, until=st.floats(0, 1))
def test_variation_is_the_way_to_and_fro(poly, until):
    values = value(poly, np.linspace(0, until, 3000))
    brute = np.abs(np.diff(values)).sum()
    exact = float(variation(poly, turns(poly), np.array(until)))
    assert brute <= exact + 1e-9 and exact <= brute + 1e-4 * (1 + np.abs(poly).sum())
