"""The masses of a whole robot: by hand, by small steps, and against Pinocchio."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.kinematics import posture
from iatro_governor.body.masses import accelerations, whole_body

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_stretched_arm_by_hand(two_links):
    """2 kg at 1 m and 3 kg at 1.8 m, on a base of 5 kg 0.2 m below: x = 7.4 / 10, z = -1 / 10."""
    at = posture(two_links, np.zeros(2))
    whole = whole_body(at, 5.0, np.array([0.0, 0.0, -0.2]))
    assert whole.centre() == pytest.approx([0.74, 0.0, -0.1])
    assert whole.mass.tolist() == [5.0, 2.0, 3.0]
    moved = accelerations(at, whole, np.array([2.0, 1.0]))
    assert moved == pytest.approx(np.array([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 3.6 + 0.8, 0.0]]))


@some
@given(seed=seeds)
def test_accelerations_are_second_differences_of_a_motion_from_rest(seed, robot):
    """From rest ``dJ/dt qd`` is 0, and the motion before is the same as the one after."""
    rng = np.random.default_rng(seed)
    q, joints, h = rng.uniform(robot.lower, robot.upper), rng.normal(size=len(robot.joints)), 1e-2
    at, base = posture(robot, q), np.array([0.1, 0.0, 0.2])
    whole = whole_body(at, 30.0, base)
    ahead = whole_body(posture(robot, q + joints * h**2 / 2), 30.0, base)
    differences = 2 * (ahead.points - whole.points) / h**2
    assert accelerations(at, whole, joints) == pytest.approx(differences, abs=2e-3)
    assert differences[0] == pytest.approx(np.zeros(3))


def test_postures_at_once(robot):
    rng = np.random.default_rng(1)
    q, joints = rng.normal(size=(2, 3, len(robot.joints)))
    many = posture(robot, q)
    whole = whole_body(many, 1.0, np.zeros(3))
    moved = accelerations(many, whole, joints)
    for k in range(3):
        one = whole_body(posture(robot, q[k]), 1.0, np.zeros(3))
        assert whole.centre()[k] == pytest.approx(one.centre(), abs=1e-12)
        expected = accelerations(posture(robot, q[k]), one, joints[k])
        assert moved[k] == pytest.approx(expected, abs=1e-12)


def test_the_centre_of_mass_is_pinocchios(robot):
    pin = pytest.importorskip("pinocchio", reason="Pinocchio is the oracle (extra: arm)")
    dynamics = Dynamics(robot, np.zeros(len(robot.joints)))
    expected = pin.centerOfMass(dynamics._tree, dynamics._data, dynamics._moving(robot.rest))
    whole = whole_body(posture(robot, robot.rest), 0.0, np.zeros(3))
    moving = whole.bodies > 0  # Pinocchio leaves what stands still out
    found = whole.mass[moving] @ whole.points[moving] / whole.mass[moving].sum()
    assert found == pytest.approx(expected, abs=1e-9)
