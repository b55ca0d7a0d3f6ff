"""Somebody who has no business here: ``python -m test.chaos.rogue HOW SEED CHANNEL``, at it until it is ended."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

from iatro_governor.msg import Ack, PlanMark, PlannerStatement
from rcl_interfaces.srv import SetParameters
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.serialization import serialize_message
from std_msgs.msg import String
from std_srvs.srv import Trigger

from iatro_governor.nodes import qos, run
from test.chaos.robots import ROBOTS, Robot

TEXT_S, LONG = 0.1, 400_000
"""A text of so many letters every so often, s."""


class Rogue(Node):
    """Does one thing, again and again."""

    def __init__(self, how: str, seed: int, robot: Robot) -> None:
        super().__init__(f"rogue_{how}")
        self._random, self._robot = random.Random(seed), robot
        self._command = type(robot.speed(0.0))
        self._began, self._sent = time.monotonic(), 0
        start: Callable[[], None] = getattr(self, how)
        start()
        self.get_logger().info("rogue ready")

    def actuator(self) -> None:
        """Commands of its own on the actuator's topic, some of them none."""
        publisher = self.create_publisher(self._command, self._robot.output, qos.COMMAND)
        speed = self._robot.speed
        self.create_timer(0.05, lambda: publisher.publish(speed(self._random.choice((0.0, float("nan"))))))

    def raw_topic(self) -> None:
        """Commands past the governor, on another topic of the drive."""
        publisher = self.create_publisher(self._command, "drive/raw", qos.COMMAND)
        self.create_timer(0.05, lambda: publisher.publish(self._command()))

    def raw_action(self) -> None:
        """Who sends goals to the drive's action is a client of this service of it."""
        self.create_client(Trigger, "drive/go/_action/send_goal")

    def raw_service(self) -> None:
        """Sets what moves the drive."""
        self.create_client(SetParameters, "drive/set_parameters")

    def flood(self) -> None:
        """10,000 commands a second."""
        publisher = self.create_publisher(self._command, self._robot.command, qos.SENSOR_OUT)
        data = serialize_message(self._robot.speed(10.0))

        def send() -> None:
            due = int((time.monotonic() - self._began) * 10_000) - self._sent
            for _ in range(min(due, 200)):
                publisher.publish(data)
            self._sent += due

        self.create_timer(0.005, send)

    def texts(self) -> None:
        """Long words."""
        publisher = self.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)

        def send() -> None:
            publisher.publish(
                PlannerStatement(
                    planner_run="flooder", seq=self._sent, plan_id="flood", text="word " * (LONG // 5)
                )
            )
            self._sent += 1

        self.create_timer(TEXT_S, send)

    def garbage(self) -> None:
        """Bytes of chance on everything that the governor and the recorder read."""
        kinds: dict[str, Any] = {
            **self._robot.sensors, self._robot.command: self._command,
            "planner/mark": PlanMark, "planner/statement": PlannerStatement, "recorder/ack": Ack,
        }  # fmt: skip
        publishers = [self.create_publisher(kind, topic, qos.EVENT) for topic, kind in kinds.items()]
        samples = [serialize_message(kind()) for kind in kinds.values()]

        def send() -> None:
            for publisher, sample in zip(publishers, samples, strict=True):
                data = bytearray(sample + self._random.randbytes(self._random.randrange(200)))
                for _ in range(self._random.randrange(20)):
                    data[self._random.randrange(4, len(data))] = self._random.randrange(256)
                publisher.publish(bytes(data))

        self.create_timer(0.01, send)

    def acks(self) -> None:
        """Receipts for what nobody has stored."""
        publisher = self.create_publisher(Ack, "recorder/ack", qos.EVENT)
        self.create_timer(
            0.02, lambda: publisher.publish(Ack(writer="somebody", up_to=self._random.getrandbits(64)))
        )

    def marks(self) -> None:
        """Plan marks without end."""
        publisher = self.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self.create_timer(
            0.002,
            lambda: publisher.publish(
                PlanMark(channel=self._robot.channel, plan_id=str(self._random.random()))
            ),
        )

    def stranger(self) -> None:
        """Another type on a sensor's topic."""
        self.create_publisher(String, next(iter(self._robot.sensors)), 1)

    def deaf(self) -> None:
        """A reader of the actuator's topic that cannot hear it."""
        profile = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.create_subscription(self._command, self._robot.output, print, profile)


if __name__ == "__main__":
    sys.exit(run.run("rogue", lambda: Rogue(sys.argv[1], int(sys.argv[2]), ROBOTS[sys.argv[3]]), args=[]))
