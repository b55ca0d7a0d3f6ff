"""Offers planners the actions that they know, FollowJointTrajectory and GripperCommand, in front of the governor.

Each goal goes to the input of a channel, is judged there as any command is, and is followed by what the governor
decides: a goal that is refused, cut or stopped is aborted with the cause, and one that is cancelled is stopped. The
actions are ``CHANNEL/follow_joint_trajectory`` for each channel of trajectories in the profile, and
``CHANNEL/gripper_cmd`` for each gripper. The gate has no say over the robot that any other planner had not.

It needs control_msgs; without it, it does not start (exit code 2).
"""

from __future__ import annotations

from typing import Any

from rclpy.node import Node

from iatro_governor.errors import MissingPart
from iatro_governor.limits.registry import KINDS
from iatro_governor.msg import GovernorDecision
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import decision_body_of
from iatro_governor.nodes.gate_gripper import GripperServer
from iatro_governor.nodes.gate_server import ChannelServer, Joints
from iatro_governor.nodes.gate_trajectory import TrajectoryServer
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.run import Unusable, run
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointTrajectoryChannel
from iatro_governor.profile.load import load
from iatro_governor.profile.tool_channels import GripperChannel

TURN_S = 0.02


class TrajectoryGate(Node):
    """One action server for each channel of trajectories and each gripper."""

    def __init__(self) -> None:
        """Raises MissingPart without control_msgs, ProfileError for a profile that cannot be used."""
        super().__init__("trajectory_gate")
        own, _ = settings(self)
        actions = _actions()
        data = load(own.config, {kind: limit.model for kind, limit in KINDS.items()}).data
        self._joints = {
            name: Joints(self, source.topic)
            for name, source in data.sources.items()
            if source.type == "joints"
        }
        made = {name: self._server(name, channel, actions) for name, channel in data.channels.items()}
        self._servers = {name: server for name, server in made.items() if server is not None}
        if not self._servers:
            raise Unusable(f"{own.config}: no channel of type joint_trajectory or gripper to stand before")
        self.create_subscription(GovernorDecision, "governor/decision", self._decided, qos.RECORD)
        self.create_timer(TURN_S, self._turn)
        self.get_logger().info(f"gate ready: {', '.join(self._servers)}")

    def _server(self, name: str, channel: AnyChannel, actions: Any) -> ChannelServer[Any] | None:
        if isinstance(channel, JointTrajectoryChannel):
            action, joints = actions.FollowJointTrajectory, self._joints[channel.state]
            return TrajectoryServer(self, f"{name}/follow_joint_trajectory", channel, action, joints)
        if isinstance(channel, GripperChannel):
            joints = self._joints[channel.state]
            return GripperServer(self, f"{name}/gripper_cmd", channel, actions.GripperCommand, joints)
        return None

    def _decided(self, message: GovernorDecision) -> None:
        if (server := self._servers.get(message.channel)) is not None:
            server.decide(decision_body_of(message))

    def _turn(self) -> None:
        for server in self._servers.values():
            server.turn()

    def finish(self) -> bool:
        """Cancel what is under way; True once it is over."""
        for server in self._servers.values():
            server.cancel_all()
        return not any(server.busy for server in self._servers.values())


def _actions() -> Any:
    try:
        from control_msgs import action
    except ImportError as error:
        cure = "install ros-jazzy-control-msgs, or let planners publish on the channels' inputs"
        raise MissingPart(f"trajectory_gate needs control_msgs, which is not installed; {cure}") from error
    return action


def main() -> None:
    """Run the gate."""
    raise SystemExit(run("trajectory_gate", TrajectoryGate, finish=TrajectoryGate.finish, finish_s=10.0))


if __name__ == "__main__":
    main()
