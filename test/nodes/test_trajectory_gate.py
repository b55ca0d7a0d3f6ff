"""The actions in front of the governor, as a real process: a goal is what a command is."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from iatro_governor.governor.decision import Action, Decision, FaultReport, State
from test.nodes.channels import COMMON, OWN, SAID

pytestmark = pytest.mark.ros

WHY = "control_msgs is not installed (comes with ROS 2, not from PyPI)"
TOO_FAR = (FaultReport("command_malformed", "too far"),)
SUCCEEDED, CANCELED, ABORTED = 4, 5, 6
"""action_msgs/GoalStatus"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An arm of two joints and a gripper."""

    def channel(name: str, type_: str, **more: Any) -> dict[str, Any]:
        return {"type": type_} | COMMON | OWN[type_] | {"input": f"{name}_planner", "output": name} | more

    data = {
        "version": 1,
        "robot": {"name": "arm", "footprint": {"circle": {"radius": 0.2}}, "footprint_source": SAID},
        "sources": {"joints": {"type": "joints", "topic": "joint_states", "timeout_s": 0.5}},
        "channels": {"arm_trajectory": channel("arm/trajectory", "joint_trajectory", max_points=100),
                     "gripper": channel("gripper", "gripper")},
        "limits": [{"name": "fast", "kind": "joint_velocity", "channel": "arm_trajectory", "bounds": [1.0, 1.0],
                    "source": SAID}],
    }  # fmt: skip
    file = tmp_path / "arm.yaml"
    file.write_text(yaml.safe_dump(_plain(data)))
    return file


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


class World:
    """Governor and robot in one: decides as told, and moves the joints straight to where they are sent."""

    def __init__(self, node: Any) -> None:
        from iatro_governor.msg import GovernorDecision
        from sensor_msgs.msg import JointState
        from std_msgs.msg import Float64MultiArray
        from trajectory_msgs.msg import JointTrajectory

        from iatro_governor.nodes import qos

        self.node = node
        self.refuses = False
        self.silent = False
        self.state = "NOMINAL"
        self.faults: tuple[FaultReport, ...] = ()
        self.share = 1.0
        """Of its way, that a trajectory is let go."""
        self.trajectories: list[Any] = []
        self.widths: list[tuple[float, ...]] = []
        self.joints = {"a": 0.0, "b": 0.0, "f1": 0.04, "f2": 0.04}
        self.speeds = dict.fromkeys(self.joints, 0.0)
        self.blocked = False
        self._goal: dict[str, float] = {}
        self._seq = 0
        self._decisions = node.create_publisher(GovernorDecision, "governor/decision", qos.RECORD)
        self._states = node.create_publisher(JointState, "joint_states", qos.SENSOR_OUT)
        node.create_subscription(JointTrajectory, "arm/trajectory_planner", self._follow, qos.INPUT)
        node.create_subscription(Float64MultiArray, "gripper_planner", self._grip, qos.INPUT)
        node.create_timer(0.02, self._move)
        node.create_timer(0.05, lambda: self._decide("arm_trajectory"))

    def connected(self) -> bool:
        """Whether the gate is there, and hears decisions."""
        inputs = ("arm/trajectory_planner", "gripper_planner")
        there = all(self.node.count_publishers(topic) for topic in inputs)
        return (
            there
            and self._decisions.get_subscription_count() > 0
            and self._states.get_subscription_count() > 0
        )

    def _now(self) -> float:
        return float(self.node.get_clock().now().nanoseconds * 1e-9)

    def _decide(self, channel: str, **changes: Any) -> None:
        from iatro_governor.governor.recorded import decision_body
        from iatro_governor.nodes.convert import decision_message

        usual = Decision(
            t=self._now(), seq=self._seq, channel=channel, state=State(self.state), latch=None, action=Action.HOLD,
            requested=None, allowed=(self.joints["a"], self.joints["b"]), plan_id=None, limits=(),
            faults=self.faults, config_hash="", on_command=False, stamp=None, measured=None,
        )  # fmt: skip
        self._seq += 1
        made = replace(usual, **changes)
        self._decisions.publish(decision_message(decision_body(made, 0.0, "w", "", "sim", None, ("a", "b"))))

    def _follow(self, message: Any) -> None:
        from iatro_governor.nodes.stamps import seconds
        from iatro_governor.nodes.trajectories import knots_of

        self.trajectories.append(message)
        if self.silent:
            return
        order = [list(message.joint_names).index(joint) for joint in ("a", "b")]
        knots = [replace(knot, positions=tuple(self.share * knot.positions[k] for k in order), velocities=())
                 for knot in knots_of(message)]  # fmt: skip
        last = knots[-1].positions
        told: dict[str, Any] = {"on_command": True, "stamp": seconds(message.header.stamp), "requested": last}
        if self.refuses:
            self._decide("arm_trajectory", action=Action.REFUSED, faults=TOO_FAR, **told)
            return
        self._decide("arm_trajectory", action=Action.PASS, trajectory=tuple(knots), **told)
        self._goal = dict(zip(("a", "b"), last, strict=True))

    def _grip(self, message: Any) -> None:
        values = tuple(message.data)
        self.widths.append(values)
        told: dict[str, Any] = {"on_command": True, "stamp": self._now(), "requested": values}
        if self.refuses:
            self._decide("gripper", action=Action.REFUSED, faults=TOO_FAR, allowed=(0.08, 20.0), **told)
            return
        self._decide("gripper", action=Action.PASS, allowed=values, **told)
        self._goal |= {"f1": values[0] / 2, "f2": values[0] / 2}

    def _move(self) -> None:
        from sensor_msgs.msg import JointState

        from iatro_governor.nodes.stamps import stamp_of

        for joint, goal in self._goal.items():
            way = 0.0 if self.blocked else goal - self.joints[joint]
            step = max(-0.01, min(way, 0.01))
            self.joints[joint] += step
            self.speeds[joint] = step / 0.02
        message = JointState(name=list(self.joints), position=list(self.joints.values()),
                             velocity=list(self.speeds.values()))  # fmt: skip
        message.header.stamp = stamp_of(self._now())
        self._states.publish(message)


class Client:
    """A planner that knows actions only."""

    def __init__(self, node: Any, kind: Any, name: str, wait: Callable[..., None]) -> None:
        from rclpy.action import ActionClient

        self._wait, self.feedback = wait, []  # type: ignore[var-annotated]
        self._client = ActionClient(node, kind, name)
        wait(self._client.server_is_ready, 20.0, name)

    def send(self, goal: Any) -> Any:
        """The handle of a goal that the server has taken."""
        future = self._client.send_goal_async(
            goal, feedback_callback=lambda m: self.feedback.append(m.feedback)
        )
        self._wait(future.done, 10.0, "the goal is taken")
        assert future.result().accepted
        return future.result()

    def end(self, handle: Any) -> Any:
        """Status and result of a goal."""
        future = handle.get_result_async()
        self._wait(future.done, 15.0, "the goal's end")
        return future.result().status, future.result().result

    def cancel(self, handle: Any) -> None:
        """Take it back."""
        future = handle.cancel_goal_async()
        self._wait(future.done, 10.0, "an answer")
        assert future.result().goals_canceling


@pytest.fixture
def world(node_here: Callable[[str], Any]) -> World:
    pytest.importorskip("control_msgs", reason=WHY)
    return World(node_here("world"))


@pytest.fixture
def gate(
    world: World, node_process: Callable[..., Any], config: Path, wait_until: Callable[..., None]
) -> Any:
    process = node_process("trajectory_gate", config=config)
    process.wait_for("gate ready: arm_trajectory, gripper")
    wait_until(world.connected, 20.0, "gate and governor have found each other")
    return process


@pytest.fixture
def arm(gate: Any, node_here: Callable[[str], Any], wait_until: Callable[..., None]) -> Client:
    from control_msgs.action import FollowJointTrajectory

    name = "arm_trajectory/follow_joint_trajectory"
    return Client(node_here("planner"), FollowJointTrajectory, name, wait_until)


@pytest.fixture
def hand(gate: Any, node_here: Callable[[str], Any], wait_until: Callable[..., None]) -> Client:
    from control_msgs.action import GripperCommand

    return Client(node_here("planner"), GripperCommand, "gripper/gripper_cmd", wait_until)


def goal(b: float, a: float, time: float = 0.5, **changes: Any) -> Any:
    from control_msgs.action import FollowJointTrajectory

    from iatro_governor.governor.events import Knot
    from iatro_governor.nodes.trajectories import trajectory_message

    made = FollowJointTrajectory.Goal(trajectory=trajectory_message(("b", "a"), [Knot(time, (b, a))]))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def grip(width: float) -> Any:
    from control_msgs.action import GripperCommand

    made = GripperCommand.Goal()
    made.command.position, made.command.max_effort = width, 20.0
    return made


def test_a_trajectory_that_passes_succeeds_where_it_ends(world: World, arm: Client) -> None:
    status, result = arm.end(arm.send(goal(0.2, -0.1)))
    assert (status, result.error_code, result.error_string) == (SUCCEEDED, 0, "")
    assert world.joints["a"] == pytest.approx(-0.1) and world.joints["b"] == pytest.approx(0.2)
    (sent,) = world.trajectories
    assert list(sent.joint_names) == ["b", "a"] and sent.header.stamp.sec > 0
    assert arm.feedback and list(arm.feedback[-1].joint_names) == ["a", "b"]
    last = arm.feedback[-1]
    assert last.error.positions[0] == pytest.approx(last.desired.positions[0] - last.actual.positions[0])


def test_a_refused_goal_is_aborted_with_the_governors_cause(world: World, arm: Client) -> None:
    world.refuses = True
    status, result = arm.end(arm.send(goal(3.0, 0.0)))
    assert (status, result.error_code) == (ABORTED, -1) and "too far" in result.error_string
    assert world.joints["b"] == 0.0


def test_a_goal_that_the_governor_cuts_is_aborted(world: World, arm: Client) -> None:
    world.share = 0.5
    status, result = arm.end(arm.send(goal(0.2, 0.0)))
    assert (status, result.error_code) == (ABORTED, -5) and "cut before its end" in result.error_string


def test_a_goal_is_aborted_when_the_governor_stops(
    world: World, arm: Client, wait_until: Callable[..., None]
) -> None:
    handle = arm.send(goal(2.0, 0.0, 4.0))
    wait_until(lambda: world.joints["b"] > 0.1, 10.0, "motion")
    world.faults, world.state = (FaultReport("estop", "pressed"),), "PROTECTIVE_STOP"
    status, result = arm.end(handle)
    assert status == ABORTED and "estop: pressed" in result.error_string


def test_a_cancelled_goal_is_braked_from_where_the_joints_are(
    world: World, arm: Client, wait_until: Callable[..., None]
) -> None:
    handle = arm.send(goal(2.0, 0.0, 4.0))
    wait_until(lambda: world.joints["b"] > 0.1, 10.0, "motion")
    arm.cancel(handle)
    assert arm.end(handle)[0] == CANCELED
    brake = world.trajectories[1]
    assert list(brake.joint_names) == ["a", "b"] and list(brake.points[0].velocities) == [0.0, 0.0]
    # About 0.5 rad/s, as decisions tell it, braked with 0.4 of a controlled stop's 2 rad/s2: in about 0.6 s.
    point = brake.points[0]
    assert 0.5 <= point.time_from_start.sec + point.time_from_start.nanosec * 1e-9 <= 0.8
    assert 0.1 < point.positions[1] < 0.6
    wait_until(lambda: world.speeds["b"] == 0.0, 10.0, "rest")
    assert world.joints["b"] < 1.0


def test_a_newer_goal_takes_the_place_of_the_one_before(
    world: World, arm: Client, wait_until: Callable[..., None]
) -> None:
    first = arm.send(goal(2.0, 0.0, 4.0))
    wait_until(lambda: world.joints["b"] > 0.1, 10.0, "motion")
    second = arm.send(goal(-0.1, 0.0))
    status, result = arm.end(first)
    assert status == ABORTED and "newer goal" in result.error_string
    assert arm.end(second)[0] == SUCCEEDED and len(world.trajectories) == 2, "no stop in between"


def test_without_a_governor_a_goal_is_aborted_and_named(world: World, arm: Client) -> None:
    world.silent = True
    status, result = arm.end(arm.send(goal(0.2, 0.0)))
    assert status == ABORTED and "is the governor there?" in result.error_string


def test_what_cannot_be_sent_is_aborted_and_sends_nothing(world: World, arm: Client) -> None:
    from trajectory_msgs.msg import JointTrajectory, MultiDOFJointTrajectory, MultiDOFJointTrajectoryPoint

    later = goal(0.2, 0.0)
    later.trajectory.header.stamp.sec = 2**31 - 1
    floating = MultiDOFJointTrajectory(points=[MultiDOFJointTrajectoryPoint()])
    for made, told in (
        (goal(0.2, 0.0, trajectory=JointTrajectory()), "no points"),
        (goal(0.2, 0.0, multi_dof_trajectory=floating), "multi_dof_trajectory"),
        (later, "leave its stamp 0"),
    ):
        status, result = arm.end(arm.send(made))
        assert (status, result.error_code) == (ABORTED, -1) and told in result.error_string
    assert world.trajectories == []


def test_goal_tolerances_are_kept(world: World, arm: Client, wait_until: Callable[..., None]) -> None:
    from builtin_interfaces.msg import Duration
    from control_msgs.msg import JointTolerance

    world.blocked = True
    within = Duration(nanosec=200_000_000)
    some = [JointTolerance(name="b", position=0.01)]
    status, result = arm.end(arm.send(goal(0.05, 0.0, 0.1, goal_tolerance=some, goal_time_tolerance=within)))
    assert (status, result.error_code) == (ABORTED, -5) and "did not arrive" in result.error_string
    any_ = [JointTolerance(name="b", position=-1.0)]
    assert arm.end(arm.send(goal(2.0, 0.0, 0.1, goal_tolerance=any_)))[0] == SUCCEEDED


def test_a_gripper_goal_is_said_until_the_width_is_reached(world: World, hand: Client) -> None:
    status, result = hand.end(hand.send(grip(0.05)))
    assert status == SUCCEEDED and result.reached_goal and not result.stalled
    assert result.position == pytest.approx(0.05, abs=0.002)
    assert set(world.widths) == {(0.05, 20.0)}
    assert hand.feedback


def test_fingers_that_hold_something_have_done_their_work(world: World, hand: Client) -> None:
    world.blocked = True
    status, result = hand.end(hand.send(grip(0.0)))
    assert status == SUCCEEDED and result.stalled and not result.reached_goal
    assert result.position == pytest.approx(0.08) and len(world.widths) > 3


def test_a_refused_gripper_goal_is_aborted(world: World, hand: Client) -> None:
    world.refuses = True
    assert hand.end(hand.send(grip(math.nan)))[0] == ABORTED


def test_the_end_of_the_gate_cancels_what_is_under_way(
    world: World, gate: Any, arm: Client, wait_until: Callable[..., None]
) -> None:
    arm.send(goal(2.0, 0.0, 4.0))
    wait_until(lambda: world.joints["b"] > 0.1, 10.0, "motion")
    gate.send(signal.SIGTERM)
    assert gate.wait(10.0) == 0, gate.output
    assert len(world.trajectories) >= 2 and world.joints["b"] < 1.0
    assert "Traceback" not in gate.output


def test_a_profile_without_a_channel_for_it_is_refused(node_process: Callable[..., Any]) -> None:
    pytest.importorskip("control_msgs", reason=WHY)
    process = node_process("trajectory_gate", config="config/amr.yaml")
    assert process.wait(20.0) == 2
    assert "no channel of type joint_trajectory or gripper" in process.output


def test_without_control_msgs_it_does_not_start_and_says_so(
    node_process: Callable[..., Any], config: Path, tmp_path: Path
) -> None:
    absent = tmp_path / "absent" / "control_msgs"
    absent.mkdir(parents=True)
    (absent / "__init__.py").write_text("raise ImportError('control_msgs')")
    process = node_process("trajectory_gate", config=config, environment={"PYTHONPATH": str(absent.parent)})
    assert process.wait(20.0) == 2
    assert "needs control_msgs, which is not installed; install ros-jazzy-control-msgs" in process.output
    assert "Traceback" not in process.output
