"""A planner that knows actions only, before the governed arm: gate, governor and plant as processes over real DDS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from test.nodes.patient import patient_panda
from test.nodes.test_trajectory_gate import ABORTED, CANCELED, SUCCEEDED, Client

pytestmark = pytest.mark.ros
pytest.importorskip("control_msgs", reason="control_msgs is not installed (comes with ROS 2, not from PyPI)")
pytest.importorskip("mujoco", reason="MuJoCo is not installed")
pytest.importorskip("pinocchio", reason="Pinocchio is not installed")


ROOT = Path(__file__).resolve().parents[2]
JOINTS = [f"panda_joint{i}" for i in range(1, 8)]
READY = (0.0, -0.7854, 0.0, -2.3562, 0.0, 1.5708, 0.7854)


def goal(turn: float, seconds: float) -> Any:
    """Turn the first joint."""
    from control_msgs.action import FollowJointTrajectory

    from iatro_governor.governor.events import Knot
    from iatro_governor.nodes.trajectories import trajectory_message

    path = trajectory_message(JOINTS, [Knot(seconds, (turn, *READY[1:]), (0.0,) * 7)])
    return FollowJointTrajectory.Goal(trajectory=path)


def test_goals_pass_are_refused_and_are_cancelled_on_their_way(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:  # fmt: skip
    from control_msgs.action import FollowJointTrajectory, GripperCommand
    from sensor_msgs.msg import JointState

    from iatro_governor.nodes import qos

    given = {"config": patient_panda(tmp_path), "ledger": tmp_path / "ledger.yaml"}
    node_process("arm_plant", scenario=ROOT / "scenarios" / "arm_reach.yaml")
    governor, gate = node_process("governor", **given), node_process("trajectory_gate", **given)
    governor.wait_for("NOMINAL")
    gate.wait_for("gate ready: arm_trajectory, gripper")
    node = node_here("planner")
    joints: list[Any] = []
    node.create_subscription(JointState, "joint_states", joints.append, qos.INPUT)
    wait_until(lambda: joints, 20.0, "joints")
    arm = Client(node, FollowJointTrajectory, "arm_trajectory/follow_joint_trajectory", wait_until)
    hand = Client(node, GripperCommand, "gripper/gripper_cmd", wait_until)

    status, result = arm.end(arm.send(goal(0.2, 1.0)))
    assert status == SUCCEEDED, result
    assert joints[-1].position[0] == pytest.approx(0.2, abs=0.02)

    status, result = arm.end(arm.send(goal(2.9, 20.0)))
    assert status == ABORTED and "panda_joint1" in result.error_string

    grip = GripperCommand.Goal()
    grip.command.position, grip.command.max_effort = 0.03, 30.0
    status, result = hand.end(hand.send(grip))
    assert status == SUCCEEDED and result.reached_goal

    handle = arm.send(goal(1.5, 6.0))
    wait_until(lambda: joints[-1].position[0] > 0.3, 10.0, "motion")
    arm.cancel(handle)
    assert arm.end(handle)[0] == CANCELED
    assert joints[-1].position[0] < 1.0 and abs(joints[-1].velocity[0]) < 0.05
