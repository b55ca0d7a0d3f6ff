"""Paths that joints follow whatever is commanded, and joints that stay beside them."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.limits.course import Course


def test_joints_that_stay_beside_their_path_are_as_far_from_all_of_it():
    path = Course(np.array([[0.3, -0.7], [0.5, -0.9]]), 1.7, np.array([0.04, -0.02]))
    beside = path.shifted()
    assert beside.positions == pytest.approx(np.array([[0.34, -0.72], [0.54, -0.92]]))
    assert beside.aside.tolist() == [0.0, 0.0] and beside.seconds == 1.7
