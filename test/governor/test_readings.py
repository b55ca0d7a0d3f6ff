"""Joints that several sources tell of."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.joint_track import JointTrack
from iatro_governor.governor.readings import Readings


def track(names, t, position, effort=None):
    out = JointTrack(names)
    out.add(t, names, np.array(position), np.array(position) / 10, effort)
    return out


def test_each_joint_comes_from_the_source_that_knows_it():
    left = track(("a", "b"), 1.0, [1.0, 2.0])
    right = track(("x", "c", "b"), 0.9, [9.0, 3.0, 8.0])
    read = Readings(("c", "a", "b"), {"left": left, "right": right})
    assert read.position.tolist() == [3.0, 1.0, 2.0]
    assert np.allclose(read.velocity, [0.3, 0.1, 0.2])
    assert read.ages(2.0).tolist() == pytest.approx([1.1, 1.0, 1.0])


def test_an_effort_that_is_not_measured_is_unknown_and_hides_no_other():
    left = track(("a", "c"), 1.0, [1.0, 3.0], np.array([5.0, 7.0]))
    right = track(("b",), 1.0, [2.0])
    assert Readings(("a",), {"left": left}).effort.tolist() == [5.0]
    some = Readings(("c", "b", "a"), {"left": left, "right": right}).effort
    assert np.array_equal(some, [7.0, np.nan, 5.0], equal_nan=True)
    assert np.isnan(Readings(("b",), {"right": right}).effort).all()


def test_without_joints_nothing_is_old():
    read = Readings((), {})
    assert len(read.ages(2.0)) == 0 and len(read.effort) == 0 and len(read.position) == 0
