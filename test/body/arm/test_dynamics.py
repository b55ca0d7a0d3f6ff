"""Inertia, gravity and the mass that somebody who is hit feels: by hand, and against Pinocchio's own reading."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pin = pytest.importorskip("pinocchio", reason="Pinocchio computes inertia (extra: arm)")

from iatro_governor.body.dynamics import Dynamics  # noqa: E402
from iatro_governor.body.kinematics import posture  # noqa: E402
from iatro_governor.body.load import load_text  # noqa: E402
from iatro_governor.errors import ModelError  # noqa: E402

from .test_kinematics import SLIDER, full_q, random_q  # noqa: E402

angle = st.floats(-3.0, 3.0)
seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(a=angle, b=angle)
def test_two_point_masses_by_hand(a, b, two_links):
    """2 kg at 1 m and 3 kg at 0.8 m beyond; Murray, Li and Sastry, example 4.1, with no inertia of the links."""
    c = 3 * 1.0 * 0.8 * np.cos(b)
    own = 3 * 0.8**2
    expected = np.array([[2 + 3 + own + 2 * c, own + c], [own + c, own]])
    dynamics = Dynamics(two_links, np.array([0.5, 0.25]))
    assert dynamics.mass_matrix(np.array([a, b])) == pytest.approx(expected + np.diag([0.5, 0.25]), abs=1e-9)
    torque = dynamics.gravity(np.array([a, b]), (0.0, -9.81, 0.0))
    at_tip = 3 * 9.81 * 0.8 * np.cos(a + b)
    assert torque == pytest.approx([(2 + 3) * 9.81 * np.cos(a) + at_tip, at_tip], abs=1e-9)
    assert dynamics.gravity(np.array([a, b])) == pytest.approx([0.0, 0.0], abs=1e-12)


def test_the_effective_mass_by_hand(two_links):
    """Stretched along x: sideways the tip is 3 kg on a rod; along x it cannot be moved at all."""
    q = np.zeros(2)
    tip = np.array([[1.8, 0.0, 0.0]] * 2)
    rows = posture(two_links, q).rows(np.array([2, 2]), tip, np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
    light = Dynamics(two_links, np.zeros(2)).effective_mass(q, rows)
    assert light[0] == pytest.approx(3.0) and light[1] == np.inf
    # With rotors: 1/m = row (M + A)^-1 row^T, both 2 x 2, inverted by hand.
    m = np.array([[2 + 3 * 1.8**2 + 0.5, 3 * 0.8 * 1.8], [3 * 0.8 * 1.8, 3 * 0.8**2 + 0.25]])
    determinant = m[0, 0] * m[1, 1] - m[0, 1] ** 2
    inverse = (1.8**2 * m[1, 1] - 2 * 1.8 * 0.8 * m[0, 1] + 0.8**2 * m[0, 0]) / determinant
    heavy = Dynamics(two_links, np.array([0.5, 0.25])).effective_mass(q, rows, payload=1.5)
    assert heavy[0] == pytest.approx(1 / inverse + 1.5)
    assert heavy[0] - 1.5 > light[0]


@some
@given(seed=seeds)
def test_inertia_and_gravity_are_those_of_the_urdf(seed, robot_file):
    model, path, hand = robot_file
    q = random_q(model, seed)
    oracle = pin.buildModelFromUrdf(str(path))
    data, full = oracle.createData(), full_q(pin, oracle, model, q)
    chain = np.zeros((oracle.nv, len(model.joints)))
    for column, name in enumerate(model.joints):
        chain[oracle.joints[oracle.getJointId(name)].idx_v, column] = 1
    if "panda_finger_joint1" in model.joints:
        chain[oracle.joints[oracle.getJointId("panda_finger_joint2")].idx_v, -1] = 1
    upper = np.triu(pin.crba(oracle, data, full))
    mass = chain.T @ (upper + np.triu(upper, 1).T) @ chain
    armature = np.linspace(0.1, 0.5, len(q))
    dynamics = Dynamics(model, armature)
    assert dynamics.mass_matrix(q) == pytest.approx(mass + np.diag(armature), abs=1e-9)
    torque = chain.T @ pin.computeGeneralizedGravity(oracle, data, full)
    assert dynamics.gravity(q) == pytest.approx(torque, abs=1e-9)
    at = posture(model, q)
    body, point = model.link_body[[model.link(hand)]], at.link(hand)[:3, 3]
    push = np.array([[0.6, 0.0, 0.8]])
    rows = at.rows(body, point[None], push)
    jacobian = at.frame_jacobian(hand)[:3]
    expected = 1 / (push @ jacobian @ np.linalg.inv(mass + np.diag(armature)) @ jacobian.T @ push.T)
    assert dynamics.effective_mass(q, rows) == pytest.approx(expected[0], rel=1e-6)


@some
@given(seed=seeds)
def test_gravity_is_the_slope_of_the_potential(seed, robot):
    q, h = random_q(robot, seed), 1e-6

    def height(q):
        bodies = posture(robot, q).bodies
        return sum(
            i.mass * 9.81 * (bodies[b, 2, :3] @ i.centre + bodies[b, 2, 3]) for b, i in robot.inertials
        )

    slope = [(height(q + h * row) - height(q - h * row)) / (2 * h) for row in np.eye(len(q))]
    assert Dynamics(robot, np.zeros(len(q))).gravity(q) == pytest.approx(slope, abs=1e-5)


@pytest.mark.parametrize("armature", [[0.1], [0.1, -0.1], [0.1, np.nan]])
def test_an_armature_that_does_not_fit_is_refused(armature, two_links):
    with pytest.raises(ModelError, match="armature: 2 numbers, none negative, are needed"):
        Dynamics(two_links, np.array(armature))


def test_an_arm_without_mass_is_refused():
    with pytest.raises(ModelError, match="robot 'slider': no moving link has a mass"):
        Dynamics(load_text(SLIDER), np.zeros(2))
