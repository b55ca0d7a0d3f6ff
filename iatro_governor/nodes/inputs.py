"""What the governor hears: messages to events. Reading stops here; judging is the core's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool

from iatro_governor.governor.events import Command, EStop, Event, Flags, Malformed, Odom, Scan
from iatro_governor.msg import PlanMark
from iatro_governor.nodes import qos, sensing
from iatro_governor.nodes.convert import seconds
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import SourceConfig

Take = Callable[[Event], None]

MARKS_KEPT = 32
"""Plan marks of a channel that are remembered: a mark may come before the command that it is for, or just after."""
SOURCE_TYPES: dict[str, Any] = {"scan": LaserScan, "odom": Odometry, "flags": DiagnosticArray, "estop": Bool}
SOURCE_TYPES |= sensing.TYPES
"""The ROS type of each type of source; flags are the key-value pairs of all statuses, "true" or "false"."""


def command_type(channel: TwistChannel) -> Any:
    """The ROS type of a channel's input and output."""
    return TwistStamped if channel.stamped else Twist


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

    def listen(self, sources: dict[str, SourceConfig], channels: dict[str, TwistChannel]) -> None:
        """Subscribe to everything. Marks come first: of what is ready together, they are taken first."""
        self._marks = {name: Marks() for name in channels}
        self._node.create_subscription(
            PlanMark, "planner/mark", self._mark, qos.RECORD, event_callbacks=qos.QUIET_IN
        )
        readers = {"scan": self._scan, "odom": self._odom, "flags": self._flags, "estop": self._estop}
        readers |= sensing.readers(self._timeline, self._wrong_frame)
        for name, source in sources.items():
            profile = qos.EVENT if source.type == "estop" else qos.INPUT
            callback = self._reader(name, source, readers[source.type])
            self._node.create_subscription(
                SOURCE_TYPES[source.type], source.topic, callback, profile, event_callbacks=qos.QUIET_IN
            )
        for name, channel in channels.items():
            callback = self._stamped(name) if channel.stamped else self._unstamped(name)
            self._node.create_subscription(
                command_type(channel), channel.input, callback, qos.INPUT, event_callbacks=qos.QUIET_IN
            )

    def _reader(
        self, name: str, source: SourceConfig, read: Callable[[float, str, SourceConfig, Any], Event]
    ) -> Callable[[Any], None]:
        def heard(message: Any) -> None:
            t = self._timeline.read()
            self.heard[name] = t
            self._take(read(t, name, source, message))

        return heard

    def _stamped(self, channel: str) -> Callable[[TwistStamped], None]:
        marks = self._marks[channel]

        def commanded(message: TwistStamped) -> None:
            t = self._timeline.read()
            own = seconds(message.header.stamp)
            stamp = self._timeline.of_stamp(own) if own else t
            frame = self._plain(message.header.frame_id)
            self._take(Command(t, channel, _values(message.twist), stamp, marks.at(stamp), frame or None))

        return commanded

    def _unstamped(self, channel: str) -> Callable[[Twist], None]:
        marks = self._marks[channel]

        def commanded(message: Twist) -> None:
            t = self._timeline.read()
            self._take(Command(t, channel, _values(message), t, marks.at(t)))

        return commanded

    def _mark(self, message: PlanMark) -> None:
        t = self._timeline.read()
        own = seconds(message.stamp)
        if message.channel in self._marks:
            since = self._timeline.of_stamp(own) if own else t
            self._marks[message.channel].add(since, message.plan_id or None)

    def _scan(self, t: float, name: str, source: Any, message: LaserScan) -> Event:
        if (wrong := self._wrong_frame(message.header.frame_id, source.frame)) is not None:
            return Malformed(t, "scan", name, wrong)
        return Scan(
            t,
            name,
            np.asarray(message.ranges, dtype=np.float64),
            message.angle_min,
            message.angle_increment,
            message.range_min,
            message.range_max,
            self._timeline.of_stamp(seconds(message.header.stamp)),
        )

    def _odom(self, t: float, name: str, _source: Any, message: Odometry) -> Event:
        wrong = self._wrong_frame(message.header.frame_id, self._robot.odom_frame)
        wrong = wrong or self._wrong_frame(message.child_frame_id, self._robot.base_frame)
        if wrong is not None:
            return Malformed(t, "odom", name, wrong)
        place, turn = message.pose.pose.position, message.pose.pose.orientation
        pose = np.array([place.x, place.y, place.z, turn.x, turn.y, turn.z, turn.w])
        stamp = self._timeline.of_stamp(seconds(message.header.stamp))
        return Odom(t, name, pose, np.array(_values(message.twist.twist)), stamp)

    def _flags(self, t: float, name: str, _source: Any, message: DiagnosticArray) -> Event:
        pairs = {pair.key: pair.value for status in message.status for pair in status.values}
        if garbled := sorted(key for key, value in pairs.items() if value not in ("true", "false")):
            return Malformed(t, "flags", name, f"{', '.join(garbled)}: neither true nor false")
        stamp = self._timeline.of_stamp(seconds(message.header.stamp))
        return Flags(t, name, {key: value == "true" for key, value in pairs.items()}, stamp)

    def _estop(self, t: float, name: str, _source: Any, message: Bool) -> Event:
        return EStop(t, message.data, name)

    def _plain(self, frame: str) -> str:
        """A frame without the robot's namespace before it."""
        return frame.strip("/").removeprefix(f"{self._space}/")

    def _wrong_frame(self, frame: str, needed: str) -> str | None:
        plain = self._plain(frame)
        return None if plain in ("", needed) else f"frame {frame!r}; {needed!r} is needed"


def _values(twist: Twist) -> tuple[float, ...]:
    linear, angular = twist.linear, twist.angular
    return linear.x, linear.y, linear.z, angular.x, angular.y, angular.z
