"""The speed limit by itself: each axis and direction bounds its own component, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from test.limits.situations import make, situation

AT = situation(np.zeros((0, 2)))
TWIST = np.array([3.0, -4.0, 2.0])
CASES = [
    ("vx", "both", 3.0, "m/s"),
    ("vx", "positive", 3.0, "m/s"),
    ("vx", "negative", None, "m/s"),
    ("vy", "both", 4.0, "m/s"),
    ("vy", "positive", None, "m/s"),
    ("vy", "negative", 4.0, "m/s"),
    ("wz", "both", 2.0, "rad/s"),
    ("wz", "negative", None, "rad/s"),
    ("planar", "both", 5.0, "m/s"),
    ("travel", "both", 5.0, "m/s"),
]


@pytest.mark.parametrize("axis, direction, value, unit", CASES)
def test_it_bounds_its_own_component_in_its_own_direction(axis, direction, value, unit):
    limit = make("speed", axis=axis, direction=direction, bound=1.0)
    assert limit.row_unit == unit and limit.bound == 1.0
    cap = limit.cap(TWIST, AT)
    scale = 1.0 if cap is None else cap.scale
    assert scale == pytest.approx(1.0 if value is None else 1.0 / value)
    if value is not None and cap is not None:
        assert cap.requested == pytest.approx(value) and cap.allowed == pytest.approx(1.0)
        assert math.isclose(np.linalg.norm(scale * TWIST), np.linalg.norm(TWIST) / value)


@pytest.mark.parametrize("axis, direction, value, unit", CASES)
def test_its_planes_hold_the_same_component_in_the_same_direction(axis, direction, value, unit):
    """A unit of the axis that is bounded to 1, there and back: each way that is bounded stops a larger command."""
    rows = make("speed", axis=axis, direction=direction, bound=1.0).rows(AT)
    assert rows is not None
    held = bool((rows.matrix @ TWIST > rows.bounds + 1e-9).any())
    assert held == (value is not None)
    assert held or (rows.matrix @ (10 * TWIST) <= rows.bounds).all()
