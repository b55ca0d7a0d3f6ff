"""What a bridge between Gazebo and ROS 2 may carry: to the simulator nothing but what the governor lets out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from iatro_governor.nodes.rerouting import RemapRefused, Topics, resolved

KEYS = {
    "ros_topic_name", "gz_topic_name", "ros_type_name", "gz_type_name", "direction", "lazy",
    "subscriber_queue", "publisher_queue", "qos_profile",
}  # fmt: skip
DIRECTIONS = ("ROS_TO_GZ", "GZ_TO_ROS", "BIDIRECTIONAL")


def bridged(file: Path) -> list[dict[str, Any]]:
    """The entries of a bridge's YAML. Raises RemapRefused where it is none."""
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RemapRefused(f"{file}: cannot be read as a bridge: {error}") from error
    needed = {"ros_topic_name", "gz_topic_name", "ros_type_name", "gz_type_name", "direction"}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or not needed <= entry.keys() <= KEYS:
            raise RemapRefused(
                f"{file}: {entry!r} is no topic of a bridge (needed: {', '.join(sorted(needed))})"
            )
        if entry["direction"] not in DIRECTIONS:
            raise RemapRefused(f"{file}: direction {entry['direction']!r} (allowed: {', '.join(DIRECTIONS)})")
    return list(entries)


def leaks(entries: list[dict[str, Any]], topics: Topics, namespace: str = "") -> list[str]:
    """Entries that carry to the simulator what is no output, or an actuator's topic the other way, in words."""
    outputs = {resolved(topic, namespace) for topic in topics.outputs}
    moving = {resolved(topic, namespace) for topic in topics.moving}
    found = []
    for entry in entries:
        topic, direction = resolved(entry["ros_topic_name"], namespace), entry["direction"]
        if topic in moving and direction != "ROS_TO_GZ":
            found.append(f"{topic} is {direction}: the bridge would publish on an actuator's topic")
        elif direction != "GZ_TO_ROS" and topic not in outputs:
            found.append(
                f"{topic} is {direction}: only governed outputs ({', '.join(sorted(outputs))}) may go"
            )
    carried = {resolved(entry["ros_topic_name"], namespace) for entry in entries}
    if not outputs & carried:
        found.append(f"none of the outputs {', '.join(sorted(outputs))} goes to the simulator")
    return found
