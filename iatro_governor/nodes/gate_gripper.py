"""GripperCommand before a gripper."""

from __future__ import annotations

import math
from typing import Any

from rclpy.node import Node
from std_msgs.msg import Float64MultiArray

from iatro_governor.nodes.gate import GripperGoal, Phase
from iatro_governor.nodes.gate_server import ChannelServer, Joints, Running
from iatro_governor.profile.tool_channels import GripperChannel

AGAIN_S = 0.05
"""A command is sent this often, s."""
NEAR_M = 0.002
"""As near as this the width is reached, m."""
REST = 0.002
"""Fingers slower than this stand still, m/s."""
SETTLE_S = 0.5
"""After the width is reached its command is said for so long, s: silence before the fingers rest is a fault."""
STALLED_S = 0.5
"""Fingers that have stood still for so long hold something, s."""


class GripperServer(ChannelServer[GripperGoal]):
    """GripperCommand before a gripper: ``position`` is the gap between the fingers, m, ``max_effort`` in N."""

    channel: GripperChannel

    def __init__(self, node: Node, name: str, channel: GripperChannel, action: Any, measured: Joints) -> None:
        super().__init__(node, name, channel, action, measured)
        self._sent = self._moved = 0.0

    def unusable(self, request: Any) -> str:
        """Nothing: the governor says what is wrong with numbers."""
        return ""

    def send(self, request: Any, now: float) -> GripperGoal:
        """Width and effort, as asked."""
        goal = GripperGoal(now, request.command.position, request.command.max_effort)
        self._publish(goal.values, now)
        return goal

    def _publish(self, values: tuple[float, ...], now: float) -> None:
        self.out.publish(Float64MultiArray(data=list(values)))
        self._sent = now

    def _width(self) -> float:
        at = self.measured.positions(self.channel.fingers)
        return math.nan if at is None else sum(at)

    def tend(self, running: Running[GripperGoal], now: float) -> None:
        """Arrived: the width is reached, or the fingers hold something. Until then the command is said again."""
        goal, width = running.goal, self._width()
        speeds = self.measured.speeds(self.channel.fingers)
        resting = speeds is not None and max(map(abs, speeds)) < REST
        if not resting:
            self._moved = now
        reached = abs(width - goal.values[0]) < NEAR_M
        running.stalled = not reached and now - max(self._moved, goal.began) > STALLED_S
        goal.watch(now, (reached and resting) or running.stalled, resting)
        if goal.phase in (Phase.PENDING, Phase.EXECUTING):
            self._say_again(goal, now)
        running.handle.publish_feedback(self._state(self.action.Feedback, running))

    def settle(self, running: Running[GripperGoal], now: float) -> None:
        """Its command, until the fingers rest for sure."""
        if now - running.ended < SETTLE_S:
            self._say_again(running.goal, now)

    def _say_again(self, goal: GripperGoal, now: float) -> None:
        if now - self._sent > AGAIN_S:
            self._publish(goal.values, now)

    def stop(self, running: Running[GripperGoal]) -> None:
        """Keep the width that it has."""
        if not math.isnan(width := self._width()):
            self._publish((width, running.goal.values[1]), self.now())

    def result(self, running: Running[GripperGoal] | None, reason: str) -> Any:
        """Where the fingers are."""
        return self._state(self.action.Result, running)

    def _state(self, kind: Any, running: Running[GripperGoal] | None) -> Any:
        width = self._width()
        state = kind(position=0.0 if math.isnan(width) else width)
        if running is not None:
            state.stalled = running.stalled
            state.reached_goal = bool(abs(width - running.goal.values[0]) < NEAR_M)
        return state
