"""Whose rows on /diagnostics they are: a topic that all robots of a domain share."""

from __future__ import annotations

from pathlib import Path

from rclpy.node import Node

from iatro_governor.errors import ProfileError
from iatro_governor.profile.load import load_data
from iatro_governor.profile.model import ProfileData


def row_name(node: Node, about: str) -> str:
    """What ``node`` calls its row ``about`` something: readers keep one row for each name."""
    return f"{node.get_fully_qualified_name().lstrip('/')}: {about}"


def profile_of(config: Path) -> ProfileData | None:
    """The profile ``config``; None for one with which no governor starts, who says why."""
    try:
        return load_data(config)
    except ProfileError:
        return None


def robot_of(profile: ProfileData | None) -> str:
    """The robot that rows are about, as the governor tells it; empty without a profile."""
    return "" if profile is None else profile.robot.name
