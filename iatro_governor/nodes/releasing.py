"""An operator's side of a reset: learn of the latch, sign it, ask the governor to release it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rclpy
from rclpy.exceptions import InvalidNamespaceException
from rclpy.executors import SingleThreadedExecutor

from iatro_governor.errors import IatroError
from iatro_governor.governor.resetting import token_of
from iatro_governor.msg import GovernorState
from iatro_governor.nodes import qos
from iatro_governor.srv import Reset


class NoGovernor(IatroError):
    """No governor told its state, or answered, in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a reset. ``latch_id``: of the latch that stood, empty: none did; ``cause`` of it.

    faults: all that were in force when it was signed, name and detail: a latch may have causes beside its first.
    """

    latch_id: str
    cause: str
    faults: dict[str, str]
    accepted: bool
    message: str


def release(namespace: str, key: bytes, timeout_s: float) -> Answer:
    """Release the latch of the robot in ``namespace``, if one stands, within ``timeout_s`` s.

    Raises:
        NoGovernor: nobody is there who could.
    """
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    try:
        node = rclpy.create_node(f"operator_{os.getpid()}", namespace=namespace, context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        answer = _Operator(node, executor, timeout_s).release(key)
        executor.shutdown()
        node.destroy_node()
    except InvalidNamespaceException as error:
        raise NoGovernor(f"{namespace!r} is no namespace; one like /amr is needed") from error
    finally:
        context.try_shutdown()
    return answer


class _Operator:
    def __init__(self, node: Any, executor: Any, timeout_s: float) -> None:
        self._executor, self._ends_at = executor, time.monotonic() + timeout_s
        self._timeout_s = timeout_s
        self._state: Any = None
        self._where = node.resolve_service_name("governor/reset")
        node.create_subscription(GovernorState, "governor/state", self._hear, qos.STATE)
        self._client = node.create_client(Reset, "governor/reset")

    def _hear(self, state: Any) -> None:
        self._state = state

    def release(self, key: bytes) -> Answer:
        self._wait(lambda: self._state is not None and self._client.service_is_ready(), "told its state")
        state = self._state
        if not state.latch_id:
            return Answer("", "", {}, False, "nothing is latched")
        token = token_of(key, state.latch_id, state.latch_nonce)
        future = self._client.call_async(Reset.Request(token=token))
        self._wait(future.done, "answered")
        response: Any = future.result()
        faults = dict(zip(state.fault_names, state.fault_details, strict=False))
        return Answer(state.latch_id, state.latch_cause, faults, response.accepted, response.message)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        while not condition():
            left = self._ends_at - time.monotonic()
            if left <= 0:
                raise NoGovernor(
                    f"{self._where}: no governor {what} within {self._timeout_s:g} s; "
                    "see that it runs, and that namespace and ROS_DOMAIN_ID are the robot's"
                )
            self._executor.spin_once(timeout_sec=min(left, 0.1))
