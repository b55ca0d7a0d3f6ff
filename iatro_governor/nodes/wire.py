"""What each node has on the wire, read off the nodes themselves: each is built, looked at, and let go of.

For the reference (``python -m tools.reference``), so that no table of topics is kept by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import rclpy
from rclpy.duration import Duration
from rclpy.lifecycle import LifecycleNode
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

from iatro_governor.nodes import (
    arm_plant,
    commands,
    governor,
    planner_bridge,
    planner_chat,
    planner_replay,
    plant,
    recorder,
    sources,
    watch,
    witness,
)
from iatro_governor.nodes.neighbours import type_name
from iatro_governor.nodes.run import AnyNode

SPACE = "/space"
"""The namespace that the nodes are built in: what does not begin with it is absolute."""
NODES: dict[str, tuple[ModuleType, Callable[[], Node]]] = {
    "governor": (governor, governor.GovernorNode),
    "watch": (watch, watch.Watch),
    "recorder": (recorder, recorder.Recorder),
    "witness": (witness, witness.WitnessNode),
    "planner_replay": (planner_replay, planner_replay.PlannerReplay),
    "planner_bridge": (planner_bridge, planner_bridge.PlannerBridge),
    "planner_chat": (planner_chat, planner_chat.PlannerChat),
    "plant": (plant, plant.PlantNode),
    "arm_plant": (arm_plant, arm_plant.ArmPlantNode),
}
"""Every node of the package, with the module that documents it."""


@dataclass(frozen=True, slots=True, order=True)
class End:
    """One end of a topic or service. name: relative to the namespace unless it begins with /."""

    way: str
    """publishes, subscribes or serves"""
    name: str
    type: str
    qos: str
    """Empty for a service; one after the other, with semicolons, where there are several ends."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter; default and meaning as text."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Wire:
    """A node's ends and parameters, without those that every node has. about: one sentence."""

    name: str
    about: str
    lifecycle: bool
    ends: tuple[End, ...]
    settings: tuple[Setting, ...]


def nodes() -> list[Wire]:
    """Every node of the package as it comes up with no parameters given, so with config/amr.yaml.

    They write what they always write: the caller sees to it that HOME is a folder for that, and that no other
    process hears them.
    """
    return [_wire(name, module, build) for name, (module, build) in NODES.items()]


def carried() -> dict[str, list[tuple[str, str]]]:
    """The type of every channel and source, as profiles name it, and that of its messages."""
    return {
        "channels": [(name, type_name(row.message)) for name, row in commands.TYPES.items()],
        "sources": [(name, type_name(row.message)) for name, row in sources.TYPES.items()],
    }


def common(lifecycle: bool) -> list[End]:
    """What every node has, ~ for its name; ``lifecycle``: what a lifecycle node has beyond that."""
    plain, managed = (
        [replace(end, name=end.name.replace("bare", "~")) for end in _ends(_built(_bare("bare", kind)))]
        for kind in (False, True)
    )
    return sorted(end for end in managed if end not in plain) if lifecycle else sorted(plain)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A node that was built, looked at, and is gone."""

    lifecycle: bool
    found: dict[str, list[tuple[str, list[str]]]]
    qos: dict[tuple[str, str], list[QoSProfile]]
    parameters: tuple[tuple[Any, str], ...]


def _bare(name: str, lifecycle: bool) -> Callable[[], Node]:
    return lambda: (LifecycleNode if lifecycle else Node)(name)


def _built(build: Callable[[], AnyNode]) -> _Seen:
    rclpy.init(args=["--ros-args", "-r", f"__ns:={SPACE}"])
    try:
        node: Any = build()
        me = node.get_name(), SPACE
        found = {
            "publishes": node.get_publisher_names_and_types_by_node(*me),
            "subscribes": node.get_subscriber_names_and_types_by_node(*me),
            "serves": node.get_service_names_and_types_by_node(*me),
        }
        qos: dict[tuple[str, str], list[QoSProfile]] = {}
        for way, ends in (("publishes", node.publishers), ("subscribes", node.subscriptions)):
            for end in ends:
                qos.setdefault((way, end.topic_name), []).append(end.qos_profile)
        parameters = tuple(
            (value, node.describe_parameter(name).description) for name, value in node._parameters.items()
        )
        node.destroy_node()
        return _Seen(isinstance(node, LifecycleNode), found, qos, parameters)
    finally:
        rclpy.shutdown()


def _ends(seen: _Seen) -> list[End]:
    return [
        End(
            way, name.removeprefix(f"{SPACE}/"), kind, "; ".join(map(qos_text, seen.qos.get((way, name), [])))
        )
        for way, ends in seen.found.items()
        for name, kinds in ends
        for kind in kinds
    ]


def _wire(name: str, module: ModuleType, build: Callable[[], Node]) -> Wire:
    seen = _built(build)
    usual = _ends(_built(_bare(name, seen.lifecycle)))
    text = module.__doc__ or ""
    told = dict(_told(text))
    settings = tuple(
        Setting(
            value.name, value.type_.name.lower(), _value(value.value), meaning or told.get(value.name, "")
        )
        for value, meaning in seen.parameters
        if not _is_usual(value.name)
    )
    ends = tuple(sorted(end for end in _ends(seen) if end not in usual))
    return Wire(name, text.partition("\n")[0], seen.lifecycle, ends, settings)


def _is_usual(name: str) -> bool:
    return name in ("use_sim_time", "start_type_description_service") or name.startswith("qos_overrides.")


def _told(text: str) -> Iterable[tuple[str, str]]:
    """Name and meaning of each parameter in a docstring's list."""
    listed = " ".join(text.partition("Parameters")[2].split())
    for name, meaning in re.findall(r"``(\w+)``: (.*?)(?=[;.]\s(?:- )?``\w+``:|\Z)", listed):
        yield name, meaning.rstrip(".")


def _value(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def qos_text(qos: QoSProfile) -> str:
    """A quality of service in words; defaults (volatile, automatic liveliness, no deadline) are left out."""
    words = ["reliable" if qos.reliability == ReliabilityPolicy.RELIABLE else "best effort"]
    words.append(f"keep last {qos.depth}")
    if qos.durability == DurabilityPolicy.TRANSIENT_LOCAL:
        words.append("transient local")
    if qos.deadline.nanoseconds and qos.deadline < Duration(seconds=1e6):
        words.append(f"deadline {qos.deadline.nanoseconds * 1e-9:g} s")
    if qos.liveliness == LivelinessPolicy.MANUAL_BY_TOPIC:
        words.append(f"manual liveliness, lease {qos.liveliness_lease_duration.nanoseconds * 1e-9:g} s")
    return ", ".join(words)
