"""A planner, a robot's sensors and its drive around a hop, in as little Python as can be, so that the hop is measured.

All is sent as bytes that were made once, but for stamps and one number; nothing is received by an executor. When a
command arrives is what Fast DDS notes of it, not when this process comes to look.
"""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import rclpy
from geometry_msgs.msg import TwistStamped
from iatro_governor.msg import Ack, GovernorDecision
from nav_msgs.msg import Odometry
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import LaserScan

from iatro_governor.nodes import qos

SPEED = 0.3
STEP = 2.0**-20
"""Command n asks for SPEED + n * STEP m/s: no limit minds, and each answer tells which command it is to."""
POINTS, SCAN_S, ODOM_S, RECEIPT_S = 360, 0.05, 0.02, 0.1
FAR_M = 8.0
STAMP, TWIST = slice(4, 12), slice(-48, -40)
"""Where a serialised message of ours has its stamp, and a TwistStamped its first speed."""
MEASURED = slice(-336, -328)
"""Where an Odometry has its first speed, before five others and their 36 covariances."""
MANY = QoSProfile(
    **{**{name: getattr(qos.OUTPUT_IN, name) for name in ("reliability", "durability")}, "depth": 1000}
)
LINGER_S = 0.2
"""Longer than any answer that counts takes: the stream goes on for so long, so that nobody takes it for an end."""
OPEN = 0.5
"""Share of answers that make a governor open: a busy machine skips some commands for a newer one."""
REARM_S = 0.7
"""A governor that has stopped wants silence for so long."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of commands: the seconds until each was answered (inf: never), and how many a second were sent."""

    waits: np.ndarray
    hz: float


class Template:
    """A message that is sent again and again with another stamp."""

    def __init__(self, publisher: Any, message: Any) -> None:
        self._publisher, self.bytes = publisher, bytearray(serialize_message(message))

    def send(self) -> int:
        """Send it, stamped now; returns ns of the system's clock from before it was."""
        now = time.time_ns()
        self.bytes[STAMP] = struct.pack("<iI", *divmod(now, 10**9))
        self._publisher.publish(bytes(self.bytes))
        return now


class Task:
    """Something to be done every so often."""

    def __init__(self, work: Callable[[], object], every_s: float) -> None:
        self._work, self._every_s, self._due = work, every_s, 0.0

    def look(self, now: float) -> None:
        """Do it if it is due."""
        if now >= self._due:
            self._work()
            self._due = max(self._due + self._every_s, now)


class Driver:
    """Sends commands at a steady rate, the sensors' data in between, and ``receipts`` where no recorder does."""

    def __init__(self, node: Any, receipts: bool = True) -> None:
        self._command = Template(
            node.create_publisher(TwistStamped, "cmd_vel_planner", qos.COMMAND), TwistStamped()
        )
        self._scan = Template(node.create_publisher(LaserScan, "scan", qos.SENSOR_OUT), scan())
        self._odom = Template(node.create_publisher(Odometry, "odom", qos.SENSOR_OUT), odometry())
        self._acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)
        nothing = lambda _: None  # noqa: E731
        self._answers = node.create_subscription(TwistStamped, "cmd_vel", nothing, MANY, raw=True)
        self._decisions = node.create_subscription(
            GovernorDecision, "governor/decision", nothing, qos.RECORD, raw=True
        )
        self._others = [
            Task(self._scan.send, SCAN_S),
            Task(self._odom.send, ODOM_S),
            *([Task(self._receipt, RECEIPT_S)] if receipts else []),
        ]
        self._number = 0
        self._held_up_s = 0.0

    def take_held_up_s(self) -> float:
        """The longest time for which this process itself sent nothing within a drive, since this was last asked, s."""
        taken_s, self._held_up_s = self._held_up_s, 0.0
        return taken_s

    def answered(self) -> list[tuple[int, int]]:
        """(number of the command, ns of its arrival) of whatever came out since the last look."""
        found = []
        for data, info in taken(self._answers):
            self._odom.bytes[MEASURED] = data[TWIST]  # the base does what it is told
            found.append(
                (round((struct.unpack("<d", data[TWIST])[0] - SPEED) / STEP), info["received_timestamp"])
            )
        return found

    def until_open(self, timeout_s: float) -> None:
        """Drive until commands come out as they went in. Raises TimeoutError."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            self._number = 0
            self.drive(50.0, 50)
            if is_open(self.drive(50.0, 50)):
                return
            self._wait(time.monotonic() + REARM_S)
        raise TimeoutError(f"no command came out unchanged within {timeout_s:g} s")

    def drive(self, hz: float, count: int) -> Passage:
        """Send ``count`` commands, ``hz`` a second."""
        self.answered()
        first, arrived = self._number, np.full(count, np.inf)
        sent = np.zeros(count + round(LINGER_S * hz))
        due = time.monotonic()
        for index in range(len(sent)):
            due = max(
                due + 1.0 / hz, time.monotonic() - 1.0 / hz
            )  # late by a period: what was due is not made up for
            self._wait(due)
            self._command.bytes[TWIST] = struct.pack("<d", SPEED + self._number * STEP)
            sent[index] = self._command.send()
            if index:
                self._held_up_s = max(self._held_up_s, (sent[index] - sent[index - 1]) * 1e-9)
            self._number += 1
            self._note(first, arrived)
        return Passage((arrived - sent[:count]) * 1e-9, hz)

    def _note(self, first: int, arrived: np.ndarray) -> None:
        for number, at in self.answered():
            if 0 <= number - first < len(arrived):
                arrived[number - first] = min(arrived[number - first], at)

    def _wait(self, due: float) -> None:
        while True:
            now = time.monotonic()
            for task in self._others:
                task.look(now)
            if (left := due - time.monotonic()) <= 0.0:
                return
            time.sleep(min(left, 0.002))

    def _receipt(self) -> None:
        """What a recorder would say of the newest decision."""
        newest = b""
        for data, _ in taken(self._decisions):
            newest = data
        if newest:
            decision = deserialize_message(newest, GovernorDecision)
            self._acks.publish(Ack(writer=decision.writer, up_to=decision.seq + 1, ledger_id="bench"))


def is_open(passage: Passage) -> bool:
    """Whether the last commands came out as they went in."""
    return bool(np.isfinite(passage.waits[-20:]).mean() > OPEN)


def taken(subscription: Any) -> Iterator[tuple[bytes, dict[str, int]]]:
    """What waits in ``subscription``, as bytes and with its info."""
    with subscription.handle:
        while (found := subscription.handle.take_message(subscription.msg_type, True)) is not None:
            yield found


def scan() -> LaserScan:
    """A round room, nobody in it."""
    message = LaserScan(
        angle_min=-math.pi,
        angle_increment=2 * math.pi / POINTS,
        range_min=0.05,
        range_max=12.0,
        ranges=[FAR_M] * POINTS,
    )
    message.header.frame_id = "laser"
    return message


def odometry() -> Odometry:
    """A base on a treadmill."""
    message = Odometry(child_frame_id="base_link")
    message.header.frame_id = "odom"
    message.pose.pose.orientation.w = 1.0
    return message


@contextmanager
def driver(domain: int, receipts: bool = True) -> Iterator[Driver]:
    """A driver on ``domain``."""
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    node = rclpy.create_node("driver", context=context, start_parameter_services=False, enable_rosout=False)
    try:
        yield Driver(node, receipts)
    finally:
        node.destroy_node()
        context.try_shutdown()
