"""Who uses the rest of an actuator's interface: its topics, actions and services beside the governed output.

A publisher has an id in the graph; a client of a service or an action has none, and is known by the name of its node.
Clients are counted at every look, which is cheap; only where there are any, all nodes are asked for their names.
"""

from __future__ import annotations

from collections.abc import Iterable

from rclpy.node import Node

from iatro_governor.governor.events import Endpoint, Publishers
from iatro_governor.nodes.neighbours import UNNAMED, full_name, gid_of
from iatro_governor.profile.channels import Actuator

PATIENCE = 10
"""Looks that a client is given until its node's name has come."""
NOBODY_KNOWN = f"/{UNNAMED}"
"""A client whose node does not say that it has one."""


class Interfaces:
    """What the profile names beside the outputs."""

    def __init__(self, node: Node, actuators: Iterable[Actuator]) -> None:
        self._node = node
        parts = list(actuators)
        self._topics = sorted({name for part in parts for name in part.topics})
        services = {name: name for part in parts for name in part.services}
        # Sending a goal is a service of the action's; who only cancels, or looks on, moves nothing.
        services |= {name: f"{name}/_action/send_goal" for part in parts for name in part.actions}
        self._unnamed: dict[str, int] = {}
        self._services = {name: node.resolve_service_name(full) for name, full in sorted(services.items())}

    def users(self, t: float) -> list[Publishers]:
        """Everyone who publishes on one of the topics or is a client of the others, as events at ``t``."""
        topics = [Publishers(t, topic, self._publishers(topic)) for topic in self._topics]
        counts = {name: self._node.count_clients(full) for name, full in self._services.items()}
        named = self._named({self._services[name] for name, count in counts.items() if count})
        return topics + [
            Publishers(t, name, self._clients(name, named.get(self._services[name], []), count))
            for name, count in counts.items()
        ]

    def _publishers(self, topic: str) -> tuple[Endpoint, ...]:
        found = self._node.get_publishers_info_by_topic(self._node.resolve_topic_name(topic))
        return tuple(Endpoint(full_name(end), gid_of(end)) for end in found)

    def _named(self, services: set[str]) -> dict[str, list[str]]:
        """Full names of the nodes that are clients of each of ``services``."""
        out: dict[str, list[str]] = {}
        for name, space in self._node.get_node_names_and_namespaces() if services else ():
            try:
                clients = self._node.get_client_names_and_types_by_node(name, space)
            except Exception as error:
                if type(error).__name__ != "NodeNameNonExistentError":
                    raise
                continue  # it has gone meanwhile
            for service, _ in clients:
                if service in services:
                    out.setdefault(service, []).append(f"{space.rstrip('/')}/{name}")
        return out

    def _clients(self, name: str, nodes: list[str], count: int) -> tuple[Endpoint, ...]:
        """Endpoints of clients; those beyond the named ones are somebody's, too."""
        ends = tuple(Endpoint(node, f"client of {node}") for node in sorted(set(nodes)))
        self._unnamed[name] = self._unnamed.get(name, 0) + 1 if count > len(nodes) else 0
        if self._unnamed[name] > PATIENCE:
            ends += (Endpoint(NOBODY_KNOWN, "client of no known node"),)
        return ends
