"""Contact: wrenches and joint torques worked by hand, and pushes at random places as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import load_text
from iatro_governor.body.urdf import transform
from iatro_governor.limits.contact_forces import (
    Touch,
    judge,
    magnitudes,
    pushing_torques,
    turned,
)
from test.body.arm.conftest import TWO_LINKS

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.0], Touch.NONE),
        ([10.0, -1.0], Touch.NONE),
        ([10.1, 0.0], Touch.CONTACT),
        ([0.0, -1.1], Touch.CONTACT),
        ([40.0, 4.0], Touch.CONTACT),
        ([-40.1, 0.0], Touch.COLLISION),
        ([11.0, -4.1], Touch.COLLISION),
        ([np.nan, 0.0], Touch.COLLISION),
        ([0.0, -np.inf], Touch.COLLISION),
    ],
)
def test_two_thresholds(values, expected):
    found = judge(np.array(values), np.array([10.0, 1.0]), np.array([40.0, 4.0]))
    assert found == expected
    many = judge(np.array([[0.0, 0.0], values]), np.array([10.0, 1.0]), np.array([40.0, 4.0]))
    assert many.tolist() == [Touch.NONE, expected]


def test_a_threshold_that_is_no_number_is_passed_by_everything():
    assert judge(np.zeros(2), np.full(2, 1.0), np.array([2.0, np.nan])) == Touch.COLLISION
    assert judge(np.zeros(2), np.array([np.nan, 1.0]), np.full(2, 2.0)) == Touch.CONTACT


def test_sizes_by_hand():
    assert magnitudes(np.array([2.0, 3.0, -6.0, 1.0, 4.0, -8.0])) == pytest.approx([7.0, 9.0])


def test_a_sensor_on_its_side_by_hand():
    """Turned by 90 degrees about z: its x is the base's y, its y the base's -x.

    6 N along its x is 6 N along y, and a torque of 2 Nm about its y is -2 Nm about x.
    """
    rotation = transform(np.zeros(3), np.array([0.0, 0.0, np.pi / 2]))[:3, :3]
    wrench = np.array([6.0, 0.0, 0.0, 0.0, 2.0, 0.0])
    assert turned(wrench, rotation) == pytest.approx([0.0, 6.0, 0.0, -2.0, 0.0, 0.0])


@some
@given(seed=seeds)
def test_one_push_is_the_same_along_every_axes(seed):
    """A force at a place, told along the sensor's axes: force and torque of it in the base's."""
    rng = np.random.default_rng(seed)
    force, place = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    sensor = transform(rng.normal(size=3), rng.uniform(-3, 3, 3))
    along = [(f @ sensor[:3, :3], x @ sensor[:3, :3]) for f, x in zip(force, place, strict=True)]
    measured = np.array([np.concatenate([f, np.cross(x, f)]) for f, x in along])
    in_base = np.concatenate([force, np.cross(place, force)], axis=1)
    assert turned(measured, sensor[:3, :3]) == pytest.approx(in_base, abs=1e-12)
    one_each = np.broadcast_to(sensor[:3, :3], (5, 3, 3))
    assert turned(measured, one_each) == pytest.approx(in_base, abs=1e-12)


def test_torques_of_a_push_by_hand():
    """Two links along x, 1 m and 0.8 m: 10 N along y at the tip are 18 Nm at the shoulder and 8 Nm at the elbow."""
    model = load_text(TWO_LINKS)
    held = np.array([3.0, 1.0])
    torques = pushing_torques(np.array([21.0, 9.0]), held)
    assert torques == pytest.approx([18.0, 8.0])
    jacobian = posture(model, np.zeros(2)).frame_jacobian("tip")
    assert jacobian[:3].T @ np.array([0.0, 10.0, 0.0]) == pytest.approx(torques, abs=1e-9)
