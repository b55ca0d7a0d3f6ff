"""The voice and the hands of a planner node: statements and marks in words, commands in numbers alone.

Words go to ``planner/statement`` and nowhere else. What goes to a channel's input is made of a step's numbers, and no
text is an argument of it. Marks tie the two together.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher

from iatro_governor.governor.events import Knot
from iatro_governor.msg import PlanMark, PlannerStatement
from iatro_governor.nodes import convert, qos
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.outbox import Outbox
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.planning.answer import Answer, Reading, moved
from iatro_governor.planning.course import Course, period
from iatro_governor.planning.identity import Identity
from iatro_governor.planning.steps import Follow, Move
from iatro_governor.planning.words import sendable
from iatro_governor.profile.every_channel import AnyChannel

AGAIN_S = 1.0
"""A plan that is being carried out is named again so often, s."""


class Hands:
    """Publishes commands on the channels' inputs."""

    def __init__(self, node: Node, channels: Mapping[str, AnyChannel]) -> None:
        self._node, self._channels = node, channels
        self._publishers: dict[str, Publisher] = {
            name: node.create_publisher(command_type(channel).message, channel.input, qos.COMMAND)
            for name, channel in channels.items()
        }

    def do(self, command: Move | Follow) -> None:
        """Publish one command."""
        channel = self._channels[command.channel]
        self._publishers[command.channel].publish(
            self._trajectory(command) if isinstance(command, Follow) else self._values(channel, command)
        )

    def _values(self, channel: AnyChannel, command: Move) -> Any:
        row = command_type(channel)
        message = row.message()
        assert row.write is not None
        row.write(message, command.values)
        if row.stamped:
            message.header.stamp = self._node.get_clock().now().to_msg()
            message.header.frame_id = getattr(channel, "frame", "")
        return message

    def _trajectory(self, command: Follow) -> Any:
        knots = [Knot(point.time, point.positions, point.velocities) for point in command.points]
        return trajectory_message(command.names, knots)


class Speaker:
    """Says answers and carries them out. Every answer is said, whether it is carried out or not."""

    def __init__(self, node: Node, channels: Mapping[str, AnyChannel], identity: Identity) -> None:
        self._node, self._identity = node, identity
        self._run = str(uuid.uuid4())
        self._said = 0
        self._marks: dict[str, PlanMark] = {}
        self._statement = node.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self._mark = node.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._outbox = Outbox(node, self._run, self._statement.publish)
        self._hands = Hands(node, channels)
        self._course = Course(channels)
        node.create_timer(period(channels), self._step)
        node.create_timer(AGAIN_S, self._mark_again)

    @property
    def busy(self) -> bool:
        """Whether an answer is being carried out."""
        return not self._course.done

    @property
    def over(self) -> bool:
        """Whether everything is at rest, and the ledger, if there is one, has every word."""
        heard = not self._outbox.waiting or self._statement.get_subscription_count() == 0
        return self._course.still and heard

    def say(self, answer: Answer, reading: Reading, instruction: str = "") -> str:
        """Put ``answer`` on record; returns the id of its plan."""
        plan_id = sendable(answer.plan_id) or f"{self._run[:8]}-{self._said}"
        body = {
            "t": self._now(),
            "seq": self._said,
            "planner_run": self._run,
            "plan_id": plan_id,
            "channels": list(moved(reading.steps)),
            "instruction": sendable(answer.instruction or instruction),
            "text": sendable(answer.text),
            "reasoning": sendable(answer.reasoning),
            "actions": None if reading.actions is None else list(map(sendable, reading.actions)),
            "final": answer.final,
            "planner": self._identity.of({name: sendable(word) for name, word in answer.identity.items()}),
        }
        self._outbox.send(self._said, convert.statement_message(body))
        self._said += 1
        return plan_id

    def do(self, plan_id: str, reading: Reading) -> None:
        """Carry out what has been said as plan ``plan_id``, in place of what is underway."""
        channels = moved(reading.steps)
        self._set_marks(channels, plan_id)
        self._course.begin(reading.steps, self._now())
        self._step()

    def rest(self) -> None:
        """End what is underway."""
        if self.busy:
            self._course.begin((), self._now())

    def _set_marks(self, channels: Sequence[str], plan_id: str) -> None:
        now = self._now()
        ended = [self._marking(now, channel, None) for channel in self._marks if channel not in channels]
        self._marks = {channel: self._marking(now, channel, plan_id) for channel in channels}
        for mark in (*ended, *self._marks.values()):
            self._mark.publish(mark)

    def _marking(self, now: float, channel: str, plan_id: str | None) -> PlanMark:
        mark: PlanMark = convert.mark_message({"t": now, "channel": channel, "plan_id": plan_id})
        return mark

    def _mark_again(self) -> None:
        """Whoever has only just found this planner did not hear the first."""
        if self.busy:
            for mark in self._marks.values():
                self._mark.publish(mark)

    def _step(self) -> None:
        for command in self._course.step(self._now()):
            self._hands.do(command)

    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds * 1e-9)
