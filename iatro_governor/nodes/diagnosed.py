"""Whose rows on /diagnostics they are: a topic that all robots of a domain share."""

from __future__ import annotations

from pathlib import Path

from rclpy.node import Node

from iatro_governor.errors import ProfileError
from iatro_governor.profile.load import load_data


def row_name(node: Node, about: str) -> str:
    """What ``node`` calls its row ``about`` something: readers keep one row for each name."""
    return f"{node.get_fully_qualified_name().lstrip('/')}: {about}"


def robot_of(config: Path) -> str:
    """The robot that rows are about, as the governor tells it; empty for a profile with which no governor starts."""
    try:
        return load_data(config).robot.name
    except ProfileError:
        return ""
