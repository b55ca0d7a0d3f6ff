"""Timers on the machine's own clock: one on the ROS clock stands still with a simulation that does."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.timer import Timer


def every(seconds: float, node: Node, act: Callable[[], object]) -> Timer:
    """Call ``act`` in the node's executor every so many seconds, whatever the ROS clock does."""
    return node.create_timer(seconds, act, clock=Clock(clock_type=ClockType.STEADY_TIME))
