"""From the speed that is allowed, the end speed is reached within the distance: driven, and not computed again."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.limits.approach import approach_speed, approach_speeds

CASES = [(1.0, 0.0, 0.8, 0.13), (0.3, 0.2, 0.8, 0.1), (2.0, 0.5, 1.6, 0.0), (0.05, 0.0, 0.5, 0.3)]
"""(distance m, end speed m/s, deceleration m/s2, reaction s)."""


@pytest.mark.parametrize("distance, end, deceleration, reaction", CASES)
def test_the_way_until_the_end_speed_is_the_distance(distance, end, deceleration, reaction):
    speed = approach_speed(distance, end, deceleration, reaction)
    assert speed > end
    slowing = (speed - end) / deceleration
    assert speed * reaction + (speed + end) / 2 * slowing == pytest.approx(distance)
    many = approach_speeds(np.array([distance]), np.array([end]), np.array(deceleration), reaction)
    assert many == pytest.approx([speed])


@pytest.mark.parametrize("distance", [0.0, -0.1, 1e-6])
def test_at_the_end_it_is_the_end_speed_and_never_less(distance):
    assert approach_speed(distance, 0.4, 0.8, 0.2) == 0.4
    assert approach_speeds(np.array([distance]), np.array([0.4]), np.array(0.8), 0.2) == pytest.approx([0.4])
