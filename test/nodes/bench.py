"""A robot, its sensors and its planner on a test bench: one node, in a thread of the test's own process."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from geometry_msgs.msg import Twist, TwistStamped
from iatro_governor.msg import Ack, GovernorDecision, GovernorState, Heartbeat, PlanMark
from nav_msgs.msg import Odometry
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool

from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import decision_body_of
from iatro_governor.nodes.stamps import seconds, stamp_of

Body = dict[str, Any]

LOST_S = 5.0
"""What is missing for so long is given up, s, as a recorder does."""


class Bench:
    """Obeys ``cmd_vel`` perfectly, tells what it measures, and sends ``command`` as long as it is not None."""

    def __init__(self, node: Node, stamped: bool = True) -> None:
        self.node, self.stamped = node, stamped
        self.command: tuple[float, float] | None = None
        """(vx, wz) that the planner asks for."""
        self.plan_id: str | None = None
        self.stamp_ahead = 0.0
        self.lidar, self.odometry = True, True
        self.ranges: float | list[float] = 10.0
        """What the lidar sees, m: all around, or beam by beam."""
        self.twist, self.pose = (0.0, 0.0), [0.0, 0.0, 0.0]
        self.runs_away: tuple[float, float] | None = None
        """(vx, wz) that it moves with, whatever it is told."""
        self.outputs: list[tuple[float, float, float]] = []
        """(time of arrival in s, vx, wz) of all that came out."""
        self.decisions: list[Body] = []
        """As they came, those that were sent again included."""
        self.recording = True
        """Acknowledge what has come, as a recorder does."""
        self._stored: dict[str, set[int]] = {}
        self._expected: dict[str, int] = {}
        self._missing: dict[str, tuple[int, float]] = {}
        self._latest: Body | None = None
        self.states: list[GovernorState] = []
        self.beats: list[Heartbeat] = []
        kind = TwistStamped if stamped else Twist
        self._planner = node.create_publisher(kind, "cmd_vel_planner", qos.COMMAND)
        self._marks = node.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._scan = node.create_publisher(LaserScan, "scan", qos.SENSOR_OUT)
        self._odom = node.create_publisher(Odometry, "odom", qos.SENSOR_OUT)
        self._estop = node.create_publisher(Bool, "estop", qos.EVENT)
        self._acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)
        node.create_subscription(kind, "cmd_vel", self._obey, qos.OUTPUT_IN)
        keep = (
            (GovernorDecision, "governor/decision", qos.RECORD, lambda m: self._store(decision_body_of(m))),
            (GovernorState, "governor/state", qos.STATE, self.states.append),
            (Heartbeat, "governor/heartbeat", qos.HEARTBEAT, self.beats.append),
        )
        for message, topic, profile, take in keep:
            node.create_subscription(message, topic, take, profile)
        node.create_timer(0.1, self._record)
        node.create_timer(0.05, self._sense)
        node.create_timer(0.02, self._move)
        node.create_timer(0.02, self._plan)

    def now(self) -> float:
        """Node clock, s."""
        return float(self.node.get_clock().now().nanoseconds * 1e-9)

    def _obey(self, message: Any) -> None:
        twist = message.twist if self.stamped else message
        self.twist = (twist.linear.x, twist.angular.z)
        self.outputs.append((time.monotonic(), *self.twist))

    def _sense(self) -> None:
        if not self.lidar:
            return
        scan = LaserScan(
            angle_min=-math.pi, angle_increment=2 * math.pi / 360, range_min=0.05, range_max=12.0
        )
        scan.header.stamp, scan.header.frame_id = stamp_of(self.now()), "laser"
        scan.ranges = self.ranges if isinstance(self.ranges, list) else [self.ranges] * 360
        self._scan.publish(scan)

    def _move(self) -> None:
        (v, w), pose = self.runs_away or self.twist, self.pose
        pose[0] += v * math.cos(pose[2]) * 0.02
        pose[1] += v * math.sin(pose[2]) * 0.02
        pose[2] += w * 0.02
        if not self.odometry:
            return
        odom = Odometry(child_frame_id="base_link")
        odom.header.stamp, odom.header.frame_id = stamp_of(self.now()), "odom"
        place, turn = odom.pose.pose.position, odom.pose.pose.orientation
        place.x, place.y = pose[0], pose[1]
        turn.z, turn.w = math.sin(pose[2] / 2), math.cos(pose[2] / 2)
        odom.twist.twist.linear.x, odom.twist.twist.angular.z = v, w
        self._odom.publish(odom)

    def _plan(self) -> None:
        if self.command is not None:
            self.send(*self.command)

    def send(self, vx: float, wz: float = 0.0, stamp: float | None = None) -> None:
        """Send one command; ``stamp`` in s of the node clock, default now; 0 leaves it out."""
        message = TwistStamped()
        message.twist.linear.x, message.twist.angular.z = vx, wz
        message.header.stamp = stamp_of(self.now() + self.stamp_ahead if stamp is None else stamp)
        self._planner.publish(message if self.stamped else message.twist)

    def mark(self, plan_id: str) -> None:
        """Say that the commands from now on belong to ``plan_id``."""
        self._marks.publish(PlanMark(stamp=stamp_of(self.now()), channel="base", plan_id=plan_id))

    def press(self, pressed: bool) -> None:
        """The emergency stop."""
        self._estop.publish(Bool(data=pressed))

    def _store(self, body: Body) -> None:
        self.decisions.append(body)
        self._stored.setdefault(body["writer"], set()).add(body["seq"])
        if self._latest is None or body["seq"] > self._latest["seq"]:
            self._latest = body

    def _record(self) -> None:
        for writer, stored in self._stored.items() if self.recording else ():
            expected = self._expected.get(writer, 0)
            while expected in stored:
                expected += 1
            self._expected[writer] = self._past_what_is_lost(writer, expected, stored)
            self.acknowledge(writer, self._expected[writer])

    def _past_what_is_lost(self, writer: str, expected: int, stored: set[int]) -> int:
        """What a busy machine kept from coming may never come: a full ring refuses it.

        As for a recorder, a number is missing from when a later one has come: a governor that is dead sends nothing.
        """
        later = min((number for number in stored if number > expected), default=None)
        number, since = self._missing.get(writer, (-1, 0.0))
        if later is None or number != expected:
            self._missing[writer] = (-1 if later is None else expected, time.monotonic())
        elif time.monotonic() - since > LOST_S:
            return later
        return expected

    def acknowledge(self, writer: str, up_to: int) -> None:
        """Say that everything of ``writer`` below ``up_to`` is durable."""
        self._acks.publish(Ack(stamp=stamp_of(self.now()), writer=writer, up_to=up_to, ledger_id="bench"))

    def acknowledged(self, writer: str) -> int:
        """Everything of ``writer`` below this was said to be durable."""
        return self._expected.get(writer, 0)

    @property
    def latest(self) -> Body:
        """The decision with the highest number, or an empty one."""
        return self._latest or {"state": None, "faults": [], "allowed": [], "action": None, "plan_id": None}

    @property
    def faults(self) -> set[str]:
        """Names of the faults of the latest decision."""
        return {fault["name"] for fault in self.latest["faults"]}

    def told(self, fault: str) -> str:
        """The detail of a fault, from whichever decision first had it; empty: none had."""
        found = (f["detail"] for body in list(self.decisions) for f in body["faults"] if f["name"] == fault)
        return next(found, "")

    def detail(self, fault: str) -> str:
        """The detail of a fault in the latest decision; empty: it is not in force."""
        return next((f["detail"] for f in self.latest["faults"] if f["name"] == fault), "")

    @property
    def speed(self) -> float:
        """vx of the last output."""
        return self.outputs[-1][1] if self.outputs else math.nan

    def writers(self) -> set[str]:
        """Whose decisions were seen."""
        return {body["writer"] for body in self.decisions}

    def age_of(self, message: Any) -> float:
        """How old a message is by its stamp, s."""
        return self.now() - seconds(message.stamp)


@contextmanager
def bench(domain: int, stamped: bool = True, name: str = "bench") -> Iterator[Bench]:
    """A bench on ``domain``, at work until the end of the block."""
    with node(domain, name) as made:
        yield Bench(made, stamped)


@contextmanager
def node(domain: int, name: str) -> Iterator[Node]:
    """A node that is spun by a thread of its own."""
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    made = rclpy.create_node(name, context=context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(made)
    stop = threading.Event()
    thread = threading.Thread(target=_spin, args=(executor, stop), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(5.0)
        executor.shutdown()
        made.destroy_node()
        context.try_shutdown()


def _spin(executor: SingleThreadedExecutor, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            executor.spin_once(timeout_sec=0.05)
        except ExternalShutdownException:
            return


Wait = Callable[..., None]
