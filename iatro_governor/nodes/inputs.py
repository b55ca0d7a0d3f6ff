"""What the governor hears: messages to events. Reading stops here; judging is the core's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from rclpy.node import Node

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Command, Event, Malformed
from iatro_governor.msg import PlanMark
from iatro_governor.nodes import commands, qos, sources
from iatro_governor.nodes.sources import Origin, SourceType, plain_frame
from iatro_governor.nodes.stamps import seconds
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import SourceConfig

Take = Callable[[Event], None]

MARKS_KEPT = 32
"""Plan marks of a channel that are remembered: a mark may come before the command that it is for, or just after."""


class Marks:
    """Which plan the commands of one channel belong to. Plan marks and commands come in any order."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, str | None]] = deque(maxlen=MARKS_KEPT)

    def add(self, since: float, plan_id: str | None) -> None:
        """From ``since`` on (s, as the commands' stamps), commands belong to ``plan_id``; None: to no plan."""
        self._marks.append((since, plan_id))

    def at(self, stamp: float) -> str | None:
        """The plan of a command stamped ``stamp``."""
        for since, plan_id in reversed(self._marks):
            if since <= stamp:
                return plan_id
        return None


class Inputs:
    """The subscriptions of the governor. Each message becomes one event, at the time it is taken."""

    def __init__(self, node: Node, robot: Robot, timeline: Timeline, take: Take) -> None:
        """``take`` is given every event."""
        self._node, self._robot, self._timeline, self._take = node, robot, timeline, take
        self._space = node.get_namespace().strip("/")
        self._marks: dict[str, Marks] = {}
        self.heard: dict[str, float] = {}
        """When each source last spoke, by the governor's time, s."""

    def listen(self, known: Mapping[str, SourceConfig], channels: Mapping[str, AnyChannel]) -> None:
        """Subscribe to everything. Marks come first: of what is ready together, they are taken first."""
        self._marks = {name: Marks() for name in channels}
        self._subscribe(PlanMark, "planner/mark", self._mark, qos.RECORD)
        for name, source in known.items():
            row = sources.TYPES[source.type]
            heard = self._sensor(name, source, row)
            for reader in row.readers:
                self._subscribe(row.message, source.topic, heard, reader)
        for name, channel in channels.items():
            kind = commands.command_type(channel).message
            self._subscribe(kind, channel.input, self._commanded(name, channel), qos.INPUT)

    def _subscribe(self, kind: Any, topic: str, take: Callable[[Any], None], profile: Any) -> None:
        self._node.create_subscription(kind, topic, take, profile, event_callbacks=qos.QUIET_IN)

    def _sensor(self, name: str, source: SourceConfig, row: SourceType) -> Callable[[Any], None]:
        origin = Origin(name, source, self._robot, self._space, self._timeline.of_stamp)

        def heard(message: Any) -> None:
            t = self._timeline.read()
            self._timeline.heard()
            self.heard[name] = t
            event: Event
            try:
                event = row.read(origin, t, message)
            except EventError as error:
                event = Malformed(t, source.type, name, str(error))
            self._take(event)

        return heard

    def _commanded(self, name: str, channel: AnyChannel) -> Callable[[Any], None]:
        marks, row = self._marks[name], commands.command_type(channel)

        def commanded(message: Any) -> None:
            t = self._timeline.read()
            self._timeline.heard()
            try:
                said = row.read(message, channel)
            except EventError as error:
                self._take(Malformed(t, "command", name, str(error)))
                return
            stamp = self._timeline.of_stamp(said.stamp) if said.stamp else t
            frame = plain_frame(said.frame, self._space) or None
            self._take(Command(t, name, said.values, stamp, marks.at(stamp), frame, said.names, said.points))

        return commanded

    def _mark(self, message: PlanMark) -> None:
        t = self._timeline.read()
        own = seconds(message.stamp)
        if message.channel in self._marks:
            since = self._timeline.of_stamp(own) if own else t
            self._marks[message.channel].add(since, message.plan_id or None)
