"""One action before one channel: each goal is sent to the channel's input, and followed to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rclpy.action import ActionServer, CancelResponse
from rclpy.node import Node
from sensor_msgs.msg import JointState

from iatro_governor.nodes import qos
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.gate import Body, Goal, Phase
from iatro_governor.profile.every_channel import AnyChannel

LINGER_S = 3.0
"""A goal that is over is remembered for so long, s: what moves the robot late must still be stopped."""
STOP_AGAIN_S = 0.25
"""While a cancelled goal's robot still moves, the stop is sent again this often, s."""

AnyGoal = TypeVar("AnyGoal", bound=Goal)


class Joints:
    """The joints of one source, as they were measured last."""

    def __init__(self, node: Node, topic: str) -> None:
        self._position: dict[str, float] = {}
        self._velocity: dict[str, float] = {}
        node.create_subscription(JointState, topic, self._take, qos.INPUT)

    def _take(self, message: JointState) -> None:
        if len(message.name) == len(message.position) == len(message.velocity):
            self._position |= dict(zip(message.name, message.position, strict=True))
            self._velocity |= dict(zip(message.name, message.velocity, strict=True))

    def positions(self, joints: tuple[str, ...]) -> tuple[float, ...] | None:
        """rad or m; None where one was not measured yet."""
        return _of(self._position, joints)

    def speeds(self, joints: tuple[str, ...]) -> tuple[float, ...] | None:
        """rad/s or m/s."""
        return _of(self._velocity, joints)


def _of(values: dict[str, float], joints: tuple[str, ...]) -> tuple[float, ...] | None:
    return tuple(values[joint] for joint in joints) if all(joint in values for joint in joints) else None


@dataclass(slots=True)
class Running(Generic[AnyGoal]):
    """A goal under way, and who asked for it."""

    goal: AnyGoal
    handle: Any
    ended: float = math.inf
    stopped: float = -math.inf
    stalled: bool = False


class ChannelServer(Generic[AnyGoal]):
    """Takes goals for one channel. ``turn`` is called all the time, ``decide`` with each decision on the channel.

    rclpy asks a callback that waits again and again, without a pause. So a goal counts as accepted until it is over,
    and is executed, for the action's client, in the moment of its end.
    """

    def __init__(self, node: Node, name: str, channel: AnyChannel, action: Any, measured: Joints) -> None:
        """``name``: of the action. ``action``: its type."""
        self.node, self.channel, self.action, self.measured = node, channel, action, measured
        self._running: list[Running[AnyGoal]] = []
        self._unsent: dict[bytes, str] = {}
        """Why a goal was not sent at all."""
        self.out = node.create_publisher(command_type(channel).message, channel.input, qos.COMMAND)
        self._server = ActionServer(
            node,
            action,
            name,
            self._finish,
            handle_accepted_callback=self._begin,
            cancel_callback=self._cancel,
        )

    # What differs from action to action.

    def unusable(self, request: Any) -> str:
        """Why ``request`` cannot be sent at all; empty: it can."""
        raise NotImplementedError

    def send(self, request: Any, now: float) -> AnyGoal:
        """Publish the command of ``request``."""
        raise NotImplementedError

    def tend(self, running: Running[AnyGoal], now: float) -> None:
        """Let its goal see where the robot is, and tell its client."""
        raise NotImplementedError

    def stop(self, running: Running[AnyGoal]) -> None:
        """Publish a command that brings the robot to rest."""
        raise NotImplementedError

    def settle(self, running: Running[AnyGoal], now: float) -> None:
        """After the newest goal is done: what the robot still needs to come to rest."""

    def result(self, running: Running[AnyGoal] | None, reason: str) -> Any:
        """What the client gets; None: it was unusable."""
        raise NotImplementedError

    # What is the same.

    @property
    def busy(self) -> bool:
        """Whether any goal is not over."""
        return any(not running.goal.over for running in self._running)

    def now(self) -> float:
        """Node clock, s."""
        return float(self.node.get_clock().now().nanoseconds * 1e-9)

    def decide(self, body: Body) -> None:
        """Take a decision on the channel."""
        for running in self._running:
            running.goal.decide(body, self.now())

    def turn(self) -> None:
        """See how far each goal is."""
        now = self.now()
        for running in self._running:
            if not running.goal.over:
                self.tend(running, now)
            again = running.goal.phase is Phase.CANCELLING and running.goal.accepted is not None
            if running.goal.take_stop() or (again and now - running.stopped > STOP_AGAIN_S):
                running.stopped = now
                self.stop(running)
            if running.goal.over and running.ended == math.inf:
                running.ended = now
                running.handle.execute()
        if self._running and self._running[-1].goal.phase is Phase.DONE:
            self.settle(self._running[-1], now)
        self._running = [running for running in self._running if now - running.ended < LINGER_S]

    def cancel_all(self) -> None:
        """Nothing of what is under way is wanted any more."""
        for running in self._running:
            running.goal.cancel(self.now())

    def _begin(self, handle: Any) -> None:
        if reason := self._unsendable(handle.request):
            self._unsent[_id(handle)] = reason
            handle.execute()
            return
        for running in self._running:
            running.goal.replace()
        self._running.append(Running(self.send(handle.request, self.now()), handle))

    def _unsendable(self, request: Any) -> str:
        if self.out.get_subscription_count() == 0:
            return f"nobody listens on {self.channel.input}: is the governor there?"
        return self.unusable(request)

    def _cancel(self, handle: Any) -> CancelResponse:
        running = self._of(handle)
        if running is None or running.goal.over:
            return CancelResponse.REJECT
        running.goal.cancel(self.now())
        return CancelResponse.ACCEPT

    def _finish(self, handle: Any) -> Any:
        running = self._of(handle)
        if running is None:
            reason = self._unsent.pop(_id(handle), "")
            handle.abort()
        else:
            reason = running.goal.reason
            self._tell(handle, running.goal.phase)
        if reason:
            self.node.get_logger().warning(f"goal ended: {reason}")
        return self.result(running, reason)

    def _tell(self, handle: Any, phase: Phase) -> None:
        if phase is Phase.DONE:
            handle.succeed()
        elif handle.is_cancel_requested:
            handle.canceled()
        else:
            handle.abort()

    def _of(self, handle: Any) -> Running[AnyGoal] | None:
        return next((running for running in self._running if running.handle == handle), None)


def _id(handle: Any) -> bytes:
    return bytes(handle.goal_id.uuid)
