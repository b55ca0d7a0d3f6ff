"""Bringing nodes up in order: a launch action that waits for a condition, and what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from typing import Any

from launch import LaunchContext
from launch.actions import LogInfo, OpaqueFunction, TimerAction
from launch_ros.ros_adapters import get_ros_node
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState

from iatro_governor.nodes.rerouting import resolved

LOOK_S = 0.1
"""From one look to the next, s."""
ANSWER_S = 5.0
"""A question to a node that may have died meanwhile is asked again after this long, s."""


def once(
    what: str, condition: Callable[[Any], bool], then: Iterable[object], at_most_s: float = float("inf")
) -> OpaqueFunction:
    """An action that carries out ``then`` when ``condition(node)`` holds first, ``node`` being launch's own.

    After ``at_most_s`` s it does so all the same, and says what is missing.
    """
    began: list[float] = []

    def look(context: LaunchContext) -> list[object]:
        if not began:
            began.append(time.monotonic())
        if condition(get_ros_node(context)):
            return list(then)
        if time.monotonic() - began[0] > at_most_s:
            return [LogInfo(msg=f"{what}: not there after {at_most_s:g} s; going on without"), *then]
        return [TimerAction(period=LOOK_S, actions=[OpaqueFunction(function=look)])]

    return OpaqueFunction(function=look)


class Seen:
    """Whether nodes of these names are in the graph."""

    def __init__(self, names: Collection[str], namespace: str) -> None:
        self._names = {resolved(name, namespace) for name in names}

    def __call__(self, node: Any) -> bool:
        """Look at the graph, as ``node`` sees it."""
        there = {resolved(name, space) for name, space in node.get_node_names_and_namespaces()}
        return self._names <= there


class Active:
    """Whether a lifecycle node says that it is active. It activates itself, also when it is started again."""

    def __init__(self, name: str, namespace: str) -> None:
        self._service = resolved(f"{name}/get_state", namespace)
        self._client: Any = None
        self._answer: Any = None
        self._asked = 0.0

    def __call__(self, node: Any) -> bool:
        """Ask, or look whether an answer has come."""
        if self._client is None:
            self._client = node.create_client(GetState, self._service)
        if self._answer is None:
            if self._client.service_is_ready():
                self._answer, self._asked = self._client.call_async(GetState.Request()), time.monotonic()
            return False
        if not self._answer.done():
            if time.monotonic() - self._asked > ANSWER_S:
                self._answer = None
            return False
        answer, self._answer = self._answer.result(), None
        if answer is None or answer.current_state.id != State.PRIMARY_STATE_ACTIVE:
            return False
        node.destroy_client(self._client)
        return True
