"""A careless planner of an arm: ``python -m test.chaos.arm_planner SEED``, joint speeds far beyond every bound."""

from __future__ import annotations

import random
import sys
import uuid
from collections.abc import Iterator

from iatro_governor.msg import PlanMark
from rclpy.node import Node
from std_msgs.msg import Float64MultiArray

from iatro_governor.nodes import convert, qos, run

PERIOD_S = 0.04
DRIVES, RESTS = 40, 20
"""Commands that move, and zeros after them, in each plan."""
JOINTS, FASTEST = 7, 3.0


class Careless(Node):
    """Plan after plan: a mark, speeds of chance, zeros."""

    def __init__(self, seed: int) -> None:
        super().__init__("planner")
        self._random, self._run = random.Random(seed), str(uuid.uuid4())
        self._commands = self.create_publisher(Float64MultiArray, "raw/arm/velocity_planner", qos.COMMAND)
        self._marks = self.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._script = self._plans()
        self.create_timer(PERIOD_S, lambda: next(self._script))
        self.get_logger().info("planner ready")

    def _plans(self) -> Iterator[None]:
        number = 0
        while True:
            now, plan = float(self.get_clock().now().nanoseconds * 1e-9), f"{self._run}/{number}"
            self._marks.publish(convert.mark_message({"t": now, "channel": "arm", "plan_id": plan}))
            speeds = [self._random.uniform(-FASTEST, FASTEST) for _ in range(JOINTS)]
            for step in range(DRIVES + RESTS):
                self._commands.publish(Float64MultiArray(data=speeds if step < DRIVES else [0.0] * JOINTS))
                yield
            number += 1


if __name__ == "__main__":
    sys.exit(run.run("planner", lambda: Careless(int(sys.argv[1])), args=[]))
