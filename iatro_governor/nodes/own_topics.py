"""The governor's topics as its remaps leave them: none may be an input and move an actuator at once."""

from __future__ import annotations

from rclpy.node import Node

from iatro_governor.nodes.rerouting import Line, RemapRefused, Topics, bypasses
from iatro_governor.profile.model import ProfileData


def refuse_bypass(node: Node, data: ProfileData) -> None:
    """Raises RemapRefused where ``node`` was started with remaps that lead a planner past it."""
    name = node.resolve_topic_name
    lines = tuple(
        Line(name(one.input), name(one.output), tuple(map(name, one.actuator.topics)))
        for one in data.channels.values()
    )
    sensors = tuple(name(source.topic) for source in data.sources.values())
    if found := bypasses(Topics(lines, sensors)):
        raise RemapRefused(f"remaps: {'; '.join(found)}")
