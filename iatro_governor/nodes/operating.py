"""What the commands of an operator share: a node while they run, and patience with the governor."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rclpy
from rclpy.exceptions import InvalidNamespaceException
from rclpy.executors import SingleThreadedExecutor

from iatro_governor.errors import IatroError
from iatro_governor.msg import GovernorState
from iatro_governor.nodes import qos
from iatro_governor.nodes.domain import see_domain
from iatro_governor.nodes.stamps import seconds


class NoGovernor(IatroError):
    """No governor told its state, or answered, in time."""


class Operator:
    """Hears a governor's state, and calls one of its services. ``timeout_s``: how long it is waited for, s."""

    def __init__(self, node: Any, executor: Any, service: Any, name: str, timeout_s: float) -> None:
        self._executor = executor
        self.timeout_s = timeout_s
        self.state: Any = None
        self.states = 0
        """How many states have come."""
        self._heard_at = 0.0
        self._where = node.resolve_service_name(name)
        node.create_subscription(GovernorState, "governor/state", self._hear, qos.STATE)
        self.client = node.create_client(service, name)

    def _hear(self, state: Any) -> None:
        self.state, self.states, self._heard_at = state, self.states + 1, time.monotonic()

    def now(self) -> float:
        """By the clock of the governor's newest state, s."""
        return seconds(self.state.stamp) + time.monotonic() - self._heard_at

    def wait(self, condition: Callable[[], bool], what: str, ends_at: float) -> None:
        """Until ``condition()``; raises NoGovernor at ``ends_at``, s of the monotonic clock."""
        while not condition():
            left = ends_at - time.monotonic()
            if left <= 0:
                raise NoGovernor(
                    f"{self._where}: no governor {what} within {self.timeout_s:g} s; "
                    "see that it runs, and that namespace and ROS_DOMAIN_ID are the robot's"
                )
            self._executor.spin_once(timeout_sec=min(left, 0.1))

    def rest(self, duration_s: float) -> None:
        """Let ``duration_s`` pass, and hear what comes meanwhile."""
        end = time.monotonic() + duration_s
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)


@contextmanager
def answers_alone() -> Iterator[None]:
    """What the middleware prints on standard output meanwhile, its own troubles, goes to standard error."""
    try:
        kept = os.dup(1)
    except OSError:  # closed: nobody reads the answer
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def operator(namespace: str, service: Any, name: str, timeout_s: float) -> Iterator[Operator]:
    """An operator at the robot in ``namespace``; raises NoGovernor for what is no namespace, NoDomain for no domain."""
    with answers_alone():
        yield from _operator(namespace, service, name, timeout_s)


def _operator(namespace: str, service: Any, name: str, timeout_s: float) -> Iterator[Operator]:
    see_domain(os.environ)
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    try:
        node = rclpy.create_node(f"operator_{os.getpid()}", namespace=namespace, context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        yield Operator(node, executor, service, name, timeout_s)
        executor.shutdown()
        node.destroy_node()
    except InvalidNamespaceException as error:
        raise NoGovernor(f"{namespace!r} is no namespace; one like /amr is needed") from error
    finally:
        context.try_shutdown()
