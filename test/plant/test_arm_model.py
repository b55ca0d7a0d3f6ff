"""The arm's geometry: our own kinematics, MuJoCo's, and what the maker's table says."""

from __future__ import annotations

import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.plant import arm_mjcf
from iatro_governor.plant.arm_model import DOF, JOINTS, READY, ArmSpec, Link, kinematics
from iatro_governor.plant.arm_world import ArmWorld

ARM = ArmSpec()
MODEL = mujoco.MjModel.from_xml_string(arm_mjcf.build(ArmWorld("bare"), ARM))
postures = st.tuples(*(st.floats(low, high) for low, high in zip(ARM.lower, ARM.upper, strict=True))).map(
    np.array
)


def simulated(q: np.ndarray) -> mujoco.MjData:
    data = mujoco.MjData(MODEL)
    data.qpos[:DOF] = q
    mujoco.mj_forward(MODEL, data)
    return data


def test_the_flange_is_where_the_makers_table_puts_it() -> None:
    q = np.zeros(DOF)
    flange = kinematics(ARM, q).frames[-1] @ [0, 0, -ARM.gripper.centre, 1]
    assert flange[:3] == pytest.approx([0.088, 0.0, 0.333 + 0.316 + 0.384 - 0.107])


def test_in_the_ready_posture_the_gripper_points_down() -> None:
    tool = kinematics(ARM, np.array(READY)).frames[-1]
    assert tool[:3, 2] == pytest.approx([0, 0, -1], abs=1e-12) and tool[1, 3] == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(postures)
def test_our_kinematics_is_the_simulated_one(q: np.ndarray) -> None:
    data, ours = simulated(q), kinematics(ARM, q)
    for index in range(DOF):
        body = data.body(f"link{index + 1}")
        assert ours.frames[index, :3, 3] == pytest.approx(body.xpos, abs=1e-9)
        assert ours.frames[index, :3, :3] == pytest.approx(body.xmat.reshape(3, 3), abs=1e-9)
    assert ours.tool == pytest.approx(data.site("tool").xpos, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(postures)
def test_the_jacobian_is_the_derivative_of_the_tool(q: np.ndarray) -> None:
    jacobian, step = kinematics(ARM, q).jacobian, 1e-6
    for joint in range(DOF):
        ahead, behind = q.copy(), q.copy()
        ahead[joint] += step
        behind[joint] -= step
        fore, aft = kinematics(ARM, ahead), kinematics(ARM, behind)
        assert jacobian[:3, joint] == pytest.approx((fore.tool - aft.tool) / (2 * step), abs=1e-7)
        spin = (
            (fore.frames[-1, :3, :3] - aft.frames[-1, :3, :3])
            / (2 * step)
            @ kinematics(ARM, q).frames[-1, :3, :3].T
        )
        assert jacobian[3:, joint] == pytest.approx([spin[2, 1], spin[0, 2], spin[1, 0]], abs=1e-7)


def test_joints_have_the_names_limits_and_rotors_that_were_given() -> None:
    for index, name in enumerate(JOINTS):
        joint = MODEL.joint(name)
        assert tuple(joint.range) == (ARM.lower[index], ARM.upper[index])
        assert MODEL.dof_armature[joint.dofadr[0]] == ARM.armature[index]


def test_leaving_out_the_rotors_would_make_the_arm_far_too_light() -> None:
    data = simulated(np.array(READY))
    mass = np.zeros((MODEL.nv, MODEL.nv))
    mujoco.mj_fullM(MODEL, data, mass)
    with_rotors = mass[:DOF, :DOF]
    linear = kinematics(ARM, np.array(READY)).jacobian[:3]

    def felt(inertia: np.ndarray) -> np.ndarray:
        """Effective mass (kg) of the tool along x, y and z; Khatib 1995, eq. 20."""
        return np.asarray(1.0 / np.diag(linear @ np.linalg.solve(inertia, linear.T)))

    real, links_only = felt(with_rotors), felt(with_rotors - np.diag(ARM.armature))
    assert np.all(real > 1.5 * links_only) and np.max(real / links_only) > 3.0
    assert np.all((real > 2.0) & (real < 15.0))


@pytest.mark.parametrize("link", ARM.links)
def test_a_links_inertia_is_one_that_a_body_can_have(link: Link) -> None:
    a, b, c = sorted(link.inertia)
    assert a > 0 and a + b >= c - 1e-12


def test_no_link_touches_another_in_ordinary_postures() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        q = np.array(READY) + rng.uniform(-0.4, 0.4, DOF)
        assert simulated(q).ncon == 0
