"""Rogue processes that move the robot past the governor: over a topic, an action or a service of its base."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.ros

ACTUATOR = """    actuator:
      topics: [cmd_vel_raw]
      actions: [driver/drive]
      services: [driver/set_parameters]
"""
ROGUE = """
import rclpy, sys
from geometry_msgs.msg import Twist
from std_srvs.srv import Trigger
from rcl_interfaces.srv import SetParameters
rclpy.init(args=[])
node = rclpy.create_node(sys.argv[1])
# What an action's client sends goals with is a client of this service of the action's.
{"topic": lambda: node.create_publisher(Twist, "cmd_vel_raw", 1),
 "action": lambda: node.create_client(Trigger, "driver/drive/_action/send_goal"),
 "service": lambda: node.create_client(SetParameters, "driver/set_parameters"),
 "looking": lambda: node.create_subscription(Twist, "cmd_vel_raw", print, 1)}[sys.argv[2]]()
print("there", flush=True)
rclpy.spin(node)
"""
DEEDS = {
    "topic": "publishes on cmd_vel_raw",
    "action": "is a client of action driver/drive",
    "service": "is a client of service driver/set_parameters",
}


@pytest.fixture
def named(governed: Any) -> Any:
    """A governor whose profile names the whole interface of the base."""
    text = governed.config.read_text()
    (line,) = [line for line in text.splitlines(keepends=True) if "output: cmd_vel" in line]
    allowed = "    allowed_publishers: [/good_topic, /good_action, /good_service]\n"
    governed.config.write_text(text.replace(line, line + allowed + ACTUATOR))
    return governed


def rogue(start: Callable[..., Any], name: str, way: str) -> Any:
    process = start(sys.executable, "-c", ROGUE, name, way)
    process.wait_for("there")
    return process


def test_every_way_past_the_governor_stops_the_robot_while_it_is_open(
    named: Any, start: Callable[..., Any]
) -> None:
    named.open()
    named.drive()
    bench = named.bench
    for way, told in DEEDS.items():
        process = rogue(start, f"rogue_{way}", way)
        named.until(lambda: f"/rogue_{way} {told}" in bench.detail("foreign_publisher"), told)  # noqa: B023
        assert bench.latest["state"] == "PROTECTIVE_STOP"
        named.until_rest()
        process.end()
        bench.command = (0.0, 0.0)
        named.until(lambda: not bench.faults, "re-armed once it is gone", 30.0)
        named.drive()


def test_who_only_looks_or_is_allowed_does_not_stop_it(named: Any, start: Callable[..., Any]) -> None:
    # A busy machine tells a node's name late.
    named.config.write_text(named.config.read_text().replace("lease_grace_s: 0.5", "lease_grace_s: 2.0"))
    named.open()
    named.drive()
    rogue(start, "onlooker", "looking")
    for way in DEEDS:
        rogue(start, f"good_{way}", way)
    count = len(named.bench.decisions)
    named.until(lambda: len(named.bench.decisions) > count + 300, "a while")
    assert not named.bench.told("foreign_publisher")
    # Four processes that start may have held the loop up, or the commands: a stream that begins anew ends either.
    named.bench.command = (0.0, 0.0)
    named.until(lambda: not named.bench.faults, "nothing in force")
    named.drive()
