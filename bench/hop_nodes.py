"""What stands in the hop: a bare relay, or the governor with one executor or another. A process of its own each.

``python -m bench.hop_nodes {relay,governor} {single,events} [FILE of a profile] [--ros-args ...]``
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rclpy
from geometry_msgs.msg import TwistStamped
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.experimental.events_executor import EventsExecutor
from sensor_msgs.msg import LaserScan

from iatro_governor.nodes import qos

EXECUTORS: dict[str, Callable[[], Any]] = {"single": SingleThreadedExecutor, "events": EventsExecutor}
"""Those of this rclpy that fit one thread; it has no static one, and its threaded one is the slowest of all."""

WAKE_S = 0.1


def relay(executor: Callable[[], Any]) -> None:
    """The least that a node in rclpy can do: it hears the same scan, and sends each command on as it is."""
    rclpy.init()
    node = rclpy.create_node("relay")
    out = node.create_publisher(TwistStamped, "cmd_vel", qos.OUTPUT_IN)
    node.create_subscription(LaserScan, "scan", lambda _: None, qos.INPUT)
    node.create_subscription(TwistStamped, "cmd_vel_planner", out.publish, qos.INPUT)
    spinner = executor()
    spinner.add_node(node)
    try:
        while True:
            spinner.spin_once(timeout_sec=WAKE_S)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass


def governed(executor: Callable[[], Any]) -> None:
    """The governor as it is, but for its executor."""
    from iatro_governor.nodes import governor, run  # what a relay has no use for counts in its memory

    vars(run)["SingleThreadedExecutor"] = executor
    governor.main()


if __name__ == "__main__":
    what, which, *kept = sys.argv[1 : sys.argv.index("--ros-args") if "--ros-args" in sys.argv else None]
    if kept:
        from bench.hop_profile import on_signals  # a profiler has no place in what is timed

        on_signals(Path(kept[0]))
    del sys.argv[1 : 3 + len(kept)]  # a governor heeds none of them, and says so
    {"relay": relay, "governor": governed}[what](EXECUTORS[which])
