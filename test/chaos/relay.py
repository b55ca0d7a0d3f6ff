"""Carries messages from ``raw/TOPIC`` to ``TOPIC``, byte by byte, and spoils them on order.

``python -m test.chaos.relay NAME SEED TOPIC...``; an order is JSON on ``chaos/order/NAME``: {"how": ..., ...}.
"""

from __future__ import annotations

import heapq
import itertools
import json
import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from geometry_msgs.msg import TwistStamped, WrenchStamped
from iatro_governor.msg import Ack, TrackedBodies
from nav_msgs.msg import Odometry
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.node import Node
from rclpy.serialization import deserialize_message, serialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState, LaserScan
from std_msgs.msg import Float64MultiArray, String

from iatro_governor.nodes import qos, run
from iatro_governor.nodes.stamps import seconds, stamp_of

TYPES: dict[str, Any] = {
    "scan": LaserScan, "odom": Odometry, "cmd_vel_planner": TwistStamped, "/clock": Clock,
    "joint_states": JointState, "wrist": WrenchStamped, "people": TrackedBodies,
    "arm/velocity_planner": Float64MultiArray, "recorder/ack": Ack,
}  # fmt: skip
RELIABLE = {"recorder/ack": qos.EVENT}
"""Topics whose readers hear nobody who may lose a message."""
Due = tuple[float, bytes]
"""When to send, by the machine's clock, and what."""


class Ways:
    """What becomes of a message: a list of when to send which bytes, s from now."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._old: deque[bytes] = deque(maxlen=40)

    def __call__(self, kind: Any, data: bytes, order: dict[str, Any]) -> list[Due]:
        self._old.append(data)
        way: Callable[..., list[Due]] = getattr(self, order["how"])
        return way(kind, data, **{key: value for key, value in order.items() if key != "how"})

    def whole(self, _kind: Any, data: bytes) -> list[Due]:
        """As it is."""
        return [(0.0, data)]

    def late(self, _kind: Any, data: bytes, by: float) -> list[Due]:
        """``by`` s later."""
        return [(by, data)]

    def doubled(self, _kind: Any, data: bytes, copies: int) -> list[Due]:
        """Several times, and once more half a period later."""
        return [(0.0, data)] * copies + [(0.025, data)]

    def replayed(self, _kind: Any, data: bytes) -> list[Due]:
        """Followed by an older one."""
        return [(0.0, data), (0.001, self._random.choice(self._old))]

    def garbled(self, _kind: Any, data: bytes, share: float) -> list[Due]:
        """A share of them with bytes turned, cut off or added."""
        return [(0.0, garble(data, self._random) if self._random.random() < share else data)]

    def no_number(self, kind: Any, data: bytes) -> list[Due]:
        """With NaN where a number should be."""
        message = deserialize_message(data, kind)
        if kind is Odometry:
            message.pose.pose.position.x = float("nan")
        elif kind is TwistStamped:
            message.twist.linear.x = float("nan")
        elif kind is LaserScan:
            message.angle_increment = float("nan")
        elif kind is JointState:
            message.position[0] = float("nan")
        elif kind is WrenchStamped:
            message.wrench.force.x = float("nan")
        elif kind is Float64MultiArray:
            message.data[0] = float("nan")
        return [(0.0, serialize_message(message))]

    def shifted(self, _kind: Any, data: bytes, by: float) -> list[Due]:
        """A clock that is ``by`` s ahead."""
        message = deserialize_message(data, Clock)
        message.clock = stamp_of(max(seconds(message.clock) + by, 0.0))
        return [(0.0, serialize_message(message))]

    def frozen(self, kind: Any, data: bytes) -> list[Due]:
        """All but the clock, which stands still."""
        return [] if kind is Clock else [(0.0, data)]

    def lost(self, _kind: Any, _data: bytes) -> list[Due]:
        """Not at all."""
        return []


def garble(data: bytes, chance: random.Random) -> bytes:
    """``data`` with a few bits turned in its body, or shorter, or longer."""
    body = bytearray(data)
    match chance.randrange(4):
        case 0:
            return bytes(body[: chance.randrange(4, len(body))])
        case 1:
            return bytes(body) + chance.randbytes(chance.randrange(1, 64))
        case _:
            for _ in range(chance.randrange(1, 9)):
                body[chance.randrange(4, len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


class Relay(Node):
    """One courier."""

    def __init__(self, name: str, seed: int, topics: list[str]) -> None:
        super().__init__(name)
        self._order: dict[str, Any] = {"how": "whole"}
        self._waiting: list[tuple[float, int, Any, bytes]] = []
        self._count: Iterator[int] = itertools.count()
        for number, topic in enumerate(topics):
            self._carry(topic, Ways(seed + number))
        self.create_subscription(String, f"chaos/order/{name}", self._ordered, qos.STATE)
        self.create_timer(0.005, self._send)
        self.get_logger().info("relay ready")

    def _carry(self, topic: str, ways: Ways) -> None:
        kind = TYPES[topic]
        publisher = self.create_publisher(kind, topic, RELIABLE.get(topic, qos.SENSOR_OUT))

        def carry(data: bytes) -> None:
            for after, sent in ways(kind, data, self._order):
                if after:
                    heapq.heappush(
                        self._waiting, (time.monotonic() + after, next(self._count), publisher, sent)
                    )
                else:
                    self._publish(publisher, sent)

        self.create_subscription(
            kind, f"raw/{topic.strip('/')}", carry, RELIABLE.get(topic, qos.INPUT), raw=True
        )

    def _ordered(self, message: String) -> None:
        self._order = json.loads(message.data)

    def _send(self) -> None:
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            _, _, publisher, data = heapq.heappop(self._waiting)
            self._publish(publisher, data)

    def _publish(self, publisher: Any, data: bytes) -> None:
        with suppress(
            rclpy_implementation.RCLError
        ):  # of a type of one size, the middleware takes no longer message
            publisher.publish(data)


if __name__ == "__main__":
    own, chosen, *carried = sys.argv[1:]
    sys.exit(run.run("relay", lambda: Relay(own, int(chosen), carried), args=[]))
