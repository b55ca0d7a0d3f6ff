"""Who else is on the governor's topics: foreign publishers, other types, readers that cannot hear it.

Messages carry no publisher's id, so a foreign one is seen by looking at the graph; ten looks a second cost less than
hearing the own output would, and a foreign publisher counts only after the profile's ``lease_grace_s`` anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import cycle
from typing import Any, Protocol

from rclpy.node import Node
from rclpy.qos import QoSCompatibility, QoSProfile, ReliabilityPolicy, qos_check_compatible

from iatro_governor.governor.events import Endpoint, Publishers

UNNAMED = "_NODE_NAME_UNKNOWN_"
"""What the graph calls a node whose name has not come yet, or never will (no ROS 2 node)."""
PATIENCE = 3
"""Looks at a topic that an unnamed publisher is given."""


class Governed(Protocol):
    """An output of ours."""

    topic: str
    kind: Any
    qos: QoSProfile
    own: set[str]


class Neighbours:
    """The endpoints of others on the governor's topics."""

    def __init__(
        self,
        node: Node,
        outputs: Sequence[Governed],
        heard: Mapping[str, Any],
        watch: Callable[[], Collection[str]] = tuple,
        buttons: Mapping[str, Sequence[QoSProfile]] | None = None,
    ) -> None:
        """``heard``: the topics that the governor reads, and their types; ``watch``: ids of the watch's publishers.

        ``buttons``: the topics of emergency stops, and the readers of each.
        """
        self._watch = watch
        self.watched = False
        """Whether the watch was there at the last look."""
        self._node, self._outputs, self._heard = node, outputs, dict(heard)
        self._buttons = dict(buttons or {})
        self.frail: list[str] = []
        """Emergency stops whose presses may be lost on the way, as of the last look."""
        self._turn = cycle(self._heard)
        self._strange: dict[str, list[str]] = {}
        self._looks: dict[str, int] = {}

    def publishers(self, t: float) -> list[Publishers]:
        """Everyone who publishes on a governed output, as events at ``t``."""
        out, watch = [], self._watch()
        there: set[str] = set()
        for output in self._outputs:
            found = self._node.get_publishers_info_by_topic(self._node.resolve_topic_name(output.topic))
            known = [(full_name(end), gid_of(end)) for end in found]
            there.update(gid for _, gid in known if gid in watch)
            ends = tuple(Endpoint(name, gid, gid in output.own or gid in watch) for name, gid in known)
            out.append(Publishers(t, output.topic, ends))
        self.watched = bool(there)
        return out

    def deaf(self) -> list[str]:
        """Readers of a governed output that cannot hear it, and why: a robot that hears no stop."""
        out = []
        for output in self._outputs:
            for end in self._node.get_subscriptions_info_by_topic(
                self._node.resolve_topic_name(output.topic)
            ):
                if end.topic_type != type_name(output.kind):
                    kinds = f"as {end.topic_type}, it is {type_name(output.kind)}"
                    out.append(f"{full_name(end)} reads {output.topic} {kinds}")
                    continue
                compatible, reason = qos_check_compatible(output.qos, end.qos_profile)
                if compatible == QoSCompatibility.ERROR:
                    out.append(f"{full_name(end)} cannot hear {output.topic}: {reason}")
        return out

    def unheard(self) -> list[str]:
        """Publishers of an emergency stop that no reader of ours hears, and why: a button that stops nothing."""
        out, self.frail = [], []
        for topic, readers in self._buttons.items():
            for end in self._node.get_publishers_info_by_topic(self._node.resolve_topic_name(topic)):
                fits = [qos_check_compatible(end.qos_profile, reader) for reader in readers]
                if all(fit == QoSCompatibility.ERROR for fit, _ in fits):
                    out.append(f"{full_name(end)} publishes {topic} and cannot be heard: {fits[-1][1]}")
                elif end.qos_profile.reliability == ReliabilityPolicy.BEST_EFFORT:
                    self.frail.append(f"{full_name(end)} publishes {topic} best effort: a press may be lost")
        return out

    def strangers(self) -> list[str]:
        """Publishers of another type than a topic has: nothing of theirs is heard. Looks at one topic a call."""
        topic = next(self._turn)
        needed = type_name(self._heard[topic])
        found = self._node.get_publishers_info_by_topic(self._node.resolve_topic_name(topic))
        strange = [end for end in found if end.topic_type != needed]
        self._strange[topic] = [
            f"{full_name(end)} publishes {topic} as {end.topic_type}; {needed} is needed"
            for end in strange
            if self._introduced(end)
        ]
        return [text for texts in self._strange.values() for text in texts]

    def _introduced(self, end: Any) -> bool:
        """The graph may know a publisher before its name: it is given a few looks to tell it."""
        gid = gid_of(end)
        self._looks[gid] = self._looks.get(gid, 0) + 1
        return end.node_name != UNNAMED or self._looks[gid] > PATIENCE


def publishers_of(node: Node, topic: str) -> dict[str, str]:
    """Id and node of each publisher of ``topic``."""
    found = node.get_publishers_info_by_topic(node.resolve_topic_name(topic))
    return {gid_of(end): full_name(end) for end in found}


def full_name(end: Any) -> str:
    """The full name of an endpoint's node."""
    return f"{end.node_namespace.rstrip('/')}/{end.node_name}"


def gid_of(end: Any) -> str:
    """The id of an endpoint, in hex."""
    return bytes(end.endpoint_gid).hex()


def type_name(kind: Any) -> str:
    """A message class as the graph names it, "geometry_msgs/msg/Twist"."""
    package, middle, _ = kind.__module__.split(".", 2)
    return f"{package}/{middle}/{kind.__name__}"
