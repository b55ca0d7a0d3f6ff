"""A scripted planner's robot on ROS: what it measures, and where its commands go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.governor.events import Knot
from iatro_governor.nodes import qos
from iatro_governor.nodes.arm_topics import TOPICS, TRAJECTORY, asked
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.plant.arm_model import JOINTS
from iatro_governor.trial.arm_scenario import load as load_arm
from iatro_governor.trial.arm_script import CHANNELS, TRAJECTORY_CHANNEL, Act, ArmOutput, ArmPlanner, Follow
from iatro_governor.trial.course import Span
from iatro_governor.trial.reading import robot_of
from iatro_governor.trial.scenario import load as load_base
from iatro_governor.trial.script import Drive, Output, ScriptedPlanner


class Planner(Protocol):
    """What a script knows of its own course."""

    @property
    def spans(self) -> list[Span]:
        """When each plan so far began and ended."""
        ...

    @property
    def done(self) -> bool:
        """Whether all plans have ended."""
        ...


class Replayed(Protocol):
    """One robot, and the script that is played on it."""

    @property
    def scenario(self) -> Any:
        """Its name, plans and model_id."""
        ...

    @property
    def planner(self) -> Planner:
        """The script."""
        ...

    def unheard(self) -> list[str]:
        """What is waited for: topics that nobody listens to, or that nothing has come from."""
        ...

    def step(self, now: float) -> Sequence[Output | ArmOutput]:
        """What to publish at ``now``, s of the node's clock."""
        ...

    def drive(self, output: Drive | Act | Follow) -> None:
        """Publish a command."""
        ...


class ReplayedBase:
    """A mobile base: odometry in, twists out."""

    def __init__(self, node: Node, file: str | Path, topic: str, stamped: bool) -> None:
        self.scenario = load_base(file)
        self.planner = ScriptedPlanner(self.scenario)
        self._node, self._stamped = node, stamped
        self._command = node.create_publisher(TwistStamped if stamped else Twist, topic, qos.COMMAND)
        self._odom: Odometry | None = None
        node.create_subscription(Odometry, "odom", self._moved, qos.INPUT)

    def _moved(self, message: Odometry) -> None:
        self._odom = message

    def unheard(self) -> list[str]:
        """The command's listener, and odometry."""
        return [*_unheard([self._command]), *([] if self._odom is not None else ["odom"])]

    def step(self, now: float) -> Sequence[Output]:
        """Pose and twist are those of the newest odometry."""
        assert self._odom is not None
        pose, twist = self._odom.pose.pose, self._odom.twist.twist
        p, q, v, w = pose.position, pose.orientation, twist.linear, twist.angular
        return self.planner.step(now, (p.x, p.y, p.z, q.x, q.y, q.z, q.w), (v.x, v.y, v.z, w.x, w.y, w.z))

    def drive(self, output: Drive | Act | Follow) -> None:
        """Publish a twist."""
        assert isinstance(output, Drive)
        twist = Twist()
        twist.linear.x, twist.linear.y, twist.linear.z = map(float, output.values[:3])
        twist.angular.x, twist.angular.y, twist.angular.z = map(float, output.values[3:])
        if not self._stamped:
            self._command.publish(twist)
            return
        message = TwistStamped(twist=twist)
        message.header.stamp = self._node.get_clock().now().to_msg()
        message.header.frame_id = "base_link"
        self._command.publish(message)


class ReplayedArm:
    """The demo's arm: joints in; speeds, set-points, efforts, trajectories and the gripper out, as its plans need."""

    def __init__(self, node: Node, file: str | Path) -> None:
        self.scenario = load_arm(file)
        self.planner = ArmPlanner(self.scenario)
        topics = {channel: TOPICS[kind] for kind, channel in CHANNELS.items()}
        self._commands: dict[str, Publisher] = {}
        for channel in self.planner.channels:
            kind = JointTrajectory if channel == TRAJECTORY_CHANNEL else Float64MultiArray
            topic = asked(topics.get(channel, TRAJECTORY))
            self._commands[channel] = node.create_publisher(kind, topic, qos.COMMAND)
        self._position: np.ndarray | None = None
        node.create_subscription(JointState, "joint_states", self._moved, qos.INPUT)

    def _moved(self, message: JointState) -> None:
        at = dict(zip(message.name, message.position, strict=False))
        if all(joint in at for joint in JOINTS):
            self._position = np.array([at[joint] for joint in JOINTS])

    def unheard(self) -> list[str]:
        """The commands' listeners, and the joints."""
        missing = [] if self._position is not None else ["joint_states"]
        return [*_unheard(list(self._commands.values())), *missing]

    def step(self, now: float) -> Sequence[ArmOutput]:
        """Positions are those of the newest message with all joints."""
        return self.planner.step(now, self._position)

    def drive(self, output: Drive | Act | Follow) -> None:
        """Publish values or a trajectory."""
        assert not isinstance(output, Drive)
        command = self._commands[output.channel]
        if isinstance(output, Act):
            command.publish(Float64MultiArray(data=list(map(float, output.values))))
            return
        knots = [Knot(point.time, point.positions, point.velocities or ()) for point in output.points]
        command.publish(trajectory_message(JOINTS, knots))


def replayed(node: Node, file: str | Path, topic: str, stamped: bool) -> Replayed:
    """The robot that the scenario in ``file`` is for; ``topic`` and ``stamped`` are for a base.

    Raises ScenarioError for a scenario that cannot be used.
    """
    return ReplayedArm(node, file) if robot_of(file) == "arm" else ReplayedBase(node, file, topic, stamped)


def _unheard(publishers: Sequence[Publisher]) -> list[str]:
    return [one.topic_name for one in publishers if one.get_subscription_count() == 0]
