"""A planner that drives about without care: too fast, into whatever is there, with pauses that re-arm it.

``python -m test.chaos.planner SEED [sim]``: with sim, time is /clock's.
"""

from __future__ import annotations

import math
import random
import sys
import uuid
from collections.abc import Iterator

from geometry_msgs.msg import TwistStamped
from iatro_governor.msg import PlanMark, PlannerStatement
from nav_msgs.msg import Odometry
from rclpy.node import Node

from iatro_governor.nodes import convert, qos, run
from iatro_governor.nodes.outbox import Outbox
from iatro_governor.nodes.stamps import stamp_of

PLACES = ((8.0, 8.3), (10.7, 8.6), (11.4, 9.4), (9.95, 9.9), (9.0, 11.2), (12.2, 11.0), (9.0, 9.2))
"""Of the store room, m; the fourth is the middle of the keep-out."""
PERIOD_S = 0.04
DRIVES, RESTS = 45, 15
"""Commands that move, and zeros after them, in each plan."""


class Careless(Node):
    """Plan after plan: words, a mark, commands, zeros."""

    def __init__(self, seed: int) -> None:
        super().__init__("planner")
        self._random = random.Random(seed)
        self._run = str(uuid.uuid4())
        self._said = 0
        self._pose = (8.0, 8.3, 0.0)
        self._commands = self.create_publisher(TwistStamped, "raw/cmd_vel_planner", qos.COMMAND)
        self._marks = self.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        statements = self.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self._outbox = Outbox(self, self._run, statements.publish)
        self.create_subscription(Odometry, "raw/odom", self._stand, qos.INPUT)
        self._script = self._plans()
        self.create_timer(PERIOD_S, lambda: next(self._script))
        self.get_logger().info("planner ready")

    def _stand(self, message: Odometry) -> None:
        place, turn = message.pose.pose.position, message.pose.pose.orientation
        self._pose = (place.x, place.y, 2 * math.atan2(turn.z, turn.w))

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def _plans(self) -> Iterator[None]:
        while True:
            self._say(f"{self._run}/{self._said}")
            goal, speed = self._random.choice(PLACES), self._random.uniform(0.3, 3.0)
            for _ in range(DRIVES):
                x, y, yaw = self._pose
                off = math.remainder(math.atan2(goal[1] - y, goal[0] - x) - yaw, math.tau)
                self._drive(speed if abs(off) < 1.0 else 0.12, 2.0 * off)
                yield
            for _ in range(RESTS):
                self._drive(0.0, 0.0)
                yield

    def _say(self, plan: str) -> None:
        now = self._now()
        self._marks.publish(convert.mark_message({"t": now, "channel": "base", "plan_id": plan}))
        body = {
            "t": now, "seq": self._said, "planner_run": self._run, "plan_id": plan, "channels": ["base"],
            "instruction": "Go on.", "text": "I will drive very carefully.", "reasoning": "",
            "actions": ["drive()"], "final": False, "planner": {"model_id": "chaos"},
        }  # fmt: skip
        self._outbox.send(self._said, convert.statement_message(body))
        self._said += 1

    def _drive(self, vx: float, wz: float) -> None:
        message = TwistStamped()
        message.header.stamp, message.header.frame_id = stamp_of(self._now()), "base_link"
        message.twist.linear.x, message.twist.angular.z = vx, wz
        self._commands.publish(message)


if __name__ == "__main__":
    options = ["--ros-args", "-p", "use_sim_time:=true"] if "sim" in sys.argv else []
    # A clock before the beginning of time is an error of rclpy's own, in whoever hears it.
    sys.exit(run.run("planner", lambda: Careless(int(sys.argv[1])), survive=lambda *_: True, args=options))
