"""An arm that is not where its path has it is noticed; one that is a little late is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.path import JointState
from iatro_governor.body.path_tracking import Tolerance, deviation, nearest
from test.body.paths import paths, through

PATH = through([0, 2], [[0.0, 0.0], [1.0, -1.0]], [[0, 0], [0, 0]])
ALLOWED = Tolerance(np.array([0.05, 0.05]), np.array([0.5, 0.5]), 0.04)


def at(t, late=0.0, q=(0.0, 0.0), v=(0.0, 0.0)):
    when = np.array([t - late])
    return JointState(PATH.positions(when)[0] + q, PATH.velocities(when)[0] + v)


@pytest.mark.parametrize("late", [0.0, 0.02, 0.04])
def test_on_the_path_there_is_no_deviation(late):
    seen = deviation(PATH, 1.0, at(1.0, late), ALLOWED)
    assert not seen.exceeded and seen.position == pytest.approx(np.zeros(2), abs=1e-4)


def test_too_late_is_off_the_path():
    seen = deviation(PATH, 1.0, at(1.0, 0.2), ALLOWED)
    assert seen.exceeded and seen.position == pytest.approx(np.full(2, 0.12), abs=0.005)


@pytest.mark.parametrize("late", [0.0, 0.013, 0.05, 0.1])
@pytest.mark.parametrize("beside", [0.0, -0.02])
def test_what_is_late_on_its_path_is_beside_it_by_what_it_is_off_across(late, beside):
    times, across = np.linspace(1.0, 0.9, 9), np.array([beside, beside])
    when, off = nearest(times, PATH.positions(times), at(1.0, late, q=across).positions)
    assert off == pytest.approx(across, abs=1e-5) and when == pytest.approx(1.0 - late, abs=1e-3)


def test_the_worst_joint_is_named():
    seen = deviation(PATH, 1.0, at(1.0, q=(0.01, -0.2)), ALLOWED)
    assert seen.exceeded and seen.joint == 1 and seen.position[1] == pytest.approx(0.2, abs=0.031)


def test_moving_after_the_end_is_noticed():
    assert deviation(PATH, 3.0, at(3.0, v=(0.0, 0.6)), ALLOWED).exceeded
    assert not deviation(PATH, 3.0, at(3.0), ALLOWED).exceeded


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_a_measurement_that_is_none_exceeds(lost):
    assert deviation(PATH, 1.0, at(1.0, q=(lost, 0.0)), ALLOWED).exceeded
    seen = deviation(PATH, 1.0, at(1.0, v=(0.0, lost)), ALLOWED)
    assert seen.exceeded and seen.joint == 1


@settings(max_examples=50, deadline=None)
@given(path=paths(), part=st.floats(0, 1), off=st.floats(-0.5, 0.5))
def test_without_lag_it_is_the_difference(path, part, off):
    n, t = path.gap.size, part * path.duration
    when = np.array([t])
    measured = JointState(path.positions(when)[0] + off, path.velocities(when)[0])
    seen = deviation(path, t, measured, Tolerance(np.full(n, 0.1), np.full(n, 1.0), 0.0))
    assert seen.position == pytest.approx(np.full(n, abs(off)), abs=1e-12)
    assert seen.exceeded == (seen.position.max() > 0.1)
