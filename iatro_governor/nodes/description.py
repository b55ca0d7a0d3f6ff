"""The robot's description where a topic carries it: read once, before the governor can start."""

from __future__ import annotations

import re
import time
from pathlib import Path

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from std_msgs.msg import String

from iatro_governor.errors import MissingPart
from iatro_governor.nodes import qos
from iatro_governor.profile.base import TOPIC
from iatro_governor.profile.document import read

PATIENCE_S = 5.0
"""How long the description is waited for, s."""


def description_of(node: Node, config: Path) -> str | None:
    """The description that the profile at ``config`` takes from a topic, None where it takes it from a file.

    Raises ProfileError where the file cannot be read, MissingPart where the topic stays silent.
    """
    topic = _topic(config)
    return None if topic is None else received(node, topic, PATIENCE_S)


def _topic(config: Path) -> str | None:
    """``robot.model.topic`` of a file that nobody has checked yet; None where it is none, as who checks it says."""
    part = read(config).data
    for key in ("robot", "model", "topic"):
        part = part.get(key) if isinstance(part, dict) else None
    return part if isinstance(part, str) and re.fullmatch(TOPIC, part) else None


def received(node: Node, topic: str, patience_s: float) -> str:
    """The text on ``topic`` (std_msgs/String, transient local), waited for ``patience_s`` s; ``node`` is not spun yet.

    Raises MissingPart where nothing came.
    """
    heard: list[str] = []
    reader = node.create_subscription(String, topic, lambda message: heard.append(message.data), qos.STATE)
    executor = SingleThreadedExecutor(context=node.context)
    executor.add_node(node)
    end = time.monotonic() + patience_s
    try:
        while not heard and time.monotonic() < end:
            executor.spin_once(timeout_sec=0.1)
    finally:
        executor.remove_node(node)
        executor.shutdown()
        node.destroy_subscription(reader)
    if not heard:
        cure = "start robot_state_publisher first, or name a file in robot.model.urdf"
        raise MissingPart(f"no robot description on {topic} within {patience_s:g} s; {cure}")
    return heard[-1]
