"""FollowJointTrajectory before a channel of trajectories."""

from __future__ import annotations

import math
from typing import Any

from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from iatro_governor.nodes.gate import Body, Phase, TrajectoryGoal
from iatro_governor.nodes.gate_server import ChannelServer, Joints, Running
from iatro_governor.nodes.progress import Progress
from iatro_governor.nodes.stamps import seconds, stamp_of
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.profile.joint_channels import JointTrajectoryChannel

ARRIVES_S = 5.0
"""A trajectory may be late by so much, s, where its goal does not say."""
REST = 0.02
"""Joints slower than this stand still, rad/s or m/s."""
EASE = 0.4
"""Share of a controlled stop's deceleration with which a cancelled trajectory is braked: it must pass the limits."""
SHORTEST_STOP_S = 0.5
"""Over this time a start that is a little off is no jerk to speak of."""
ON_ITS_WAY_S = 0.02
"""A command is judged so long after it was sent, s."""


class TrajectoryServer(ChannelServer[TrajectoryGoal]):
    """FollowJointTrajectory before a channel of trajectories. Path tolerances are the governor's, not the goal's."""

    channel: JointTrajectoryChannel

    def __init__(
        self, node: Node, name: str, channel: JointTrajectoryChannel, action: Any, measured: Joints
    ) -> None:
        super().__init__(node, name, channel, action, measured)
        self._progress = Progress()

    def unusable(self, request: Any) -> str:
        """Joints with several degrees of freedom, nothing to follow, or a start at another time than now."""
        start, patience = seconds(request.trajectory.header.stamp), self.channel.command_timeout_s
        if request.multi_dof_trajectory.points:
            return "the goal has a multi_dof_trajectory, which no channel takes; leave it out"
        if not request.trajectory.points:
            return "the goal's trajectory has no points"
        if start and abs(start - self.now()) > patience:
            ahead = start - self.now()
            return (
                f"the trajectory starts {ahead:+.3f} s from now; leave its stamp 0, so that it starts at once"
            )
        return ""

    def send(self, request: Any, now: float) -> TrajectoryGoal:
        """The trajectory as it is, stamped now."""
        stamp, asked = stamp_of(now), request.trajectory
        message = JointTrajectory(joint_names=asked.joint_names, points=asked.points)
        message.header.stamp = stamp
        self.out.publish(message)
        return TrajectoryGoal(now, seconds(stamp), asked.joint_names, asked.points[-1].positions)

    def tend(self, running: Running[TrajectoryGoal], now: float) -> None:
        """Arrived: its time is over, and every joint as near its end as the goal asks, or the profile allows."""
        goal, joints = running.goal, self.channel.joints
        at, speeds = self.measured.positions(joints), self.measured.speeds(joints)
        resting = speeds is not None and max(map(abs, speeds)) < REST
        late = now - goal.due - (seconds(running.handle.request.goal_time_tolerance) or ARRIVES_S)
        near = at is not None and self._near(running, dict(zip(joints, at, strict=True)))
        goal.watch(now, now >= goal.due and near and resting, resting, late > 0)

    def _near(self, running: Running[TrajectoryGoal], at: dict[str, float]) -> bool:
        asked = {one.name: one.position for one in running.handle.request.goal_tolerance if one.position}
        for joint, end in running.goal.ends.items():
            tolerance = asked.get(joint, self.channel.tracking_tolerance)
            if tolerance > 0 and not abs(at.get(joint, math.inf) - end) <= tolerance:  # below 0: any will do
                return False
        return True

    def decide(self, body: Body) -> None:
        """Take a decision, and tell clients how far it is."""
        super().decide(body)
        self._progress.note(body["t"], tuple(body["allowed"]))
        at = self.measured.positions(self.channel.joints)
        if at is None or len(body["allowed"]) != len(at):
            return
        feedback = self.action.Feedback(joint_names=list(self.channel.joints))
        feedback.header.stamp = stamp_of(body["t"])
        error = [wanted - real for wanted, real in zip(body["allowed"], at, strict=True)]
        for part, values in (("desired", body["allowed"]), ("actual", list(at)), ("error", error)):
            setattr(feedback, part, JointTrajectoryPoint(positions=values))
        for running in self._running:
            if running.goal.phase is Phase.EXECUTING:
                running.handle.publish_feedback(feedback)

    def stop(self, running: Running[TrajectoryGoal]) -> None:
        """A trajectory to rest from where the one that is executed has the joints, gently enough to pass."""
        if not self._progress.known:
            return
        now, slows = self.now(), self.channel.stop_modes.controlled.deceleration
        times = (abs(v) / (EASE * a) for v, a in zip(self._progress.speeds, slows, strict=True))
        rest = self._progress.braked(now + ON_ITS_WAY_S, max(*times, SHORTEST_STOP_S))
        message = trajectory_message(self.channel.joints, [rest])
        message.header.stamp = stamp_of(now)
        self.out.publish(message)

    def result(self, running: Running[TrajectoryGoal] | None, reason: str) -> Any:
        """Error code and text."""
        kind = self.action.Result
        if running is None or running.goal.phase is Phase.REFUSED:
            code = kind.INVALID_GOAL
        elif running.goal.phase is Phase.STOPPED:
            code = kind.GOAL_TOLERANCE_VIOLATED
        else:
            code = kind.SUCCESSFUL
        return kind(error_code=code, error_string=reason)
