"""An operator's side of a recovery: learn of the trap, and sign a motion again and again while it is held."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import rclpy
from rclpy.exceptions import InvalidNamespaceException
from rclpy.executors import SingleThreadedExecutor

from iatro_governor.governor.permit import recover_token
from iatro_governor.msg import GovernorState
from iatro_governor.nodes import qos
from iatro_governor.nodes.releasing import NoGovernor
from iatro_governor.srv import Recover

EVERY_S = 0.05
"""From one message to the next, s: several within the shortest time for which one holds."""
FRESH_STATES = 2
"""So many states have come before the newest tells the governor's clock: the first may be an old one."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of it. trap_id: empty: none stood. limits: that left no way out. messages: that were taken.

    message: why the last one was refused, empty: it was not.
    """

    trap_id: str
    limits: tuple[str, ...]
    messages: int
    message: str


def recover(
    namespace: str,
    key: bytes,
    channel: str,
    values: Sequence[float],
    held: Callable[[], bool],
    timeout_s: float,
) -> Recovered:
    """Move ``channel`` of the robot in ``namespace`` by ``values`` while ``held()``, or until that is refused.

    Raises:
        NoGovernor: nobody is there who could, or who answers within ``timeout_s``.
    """
    context = rclpy.Context()
    rclpy.init(args=[], context=context)
    try:
        node = rclpy.create_node(f"operator_{os.getpid()}", namespace=namespace, context=context)
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(node)
        came = _Operator(node, executor, timeout_s).hold(key, channel, values, held)
        executor.shutdown()
        node.destroy_node()
    except InvalidNamespaceException as error:
        raise NoGovernor(f"{namespace!r} is no namespace; one like /amr is needed") from error
    finally:
        context.try_shutdown()
    return came


class _Operator:
    def __init__(self, node: Any, executor: Any, timeout_s: float) -> None:
        self._executor, self._timeout_s = executor, timeout_s
        self._states = 0
        self._state: Any = None
        self._ahead = 0.0
        self._where = node.resolve_service_name("governor/recover")
        node.create_subscription(GovernorState, "governor/state", self._hear, qos.STATE)
        self._client = node.create_client(Recover, "governor/recover")

    def _hear(self, state: Any) -> None:
        self._state, self._states = state, self._states + 1
        self._ahead = state.stamp.sec + state.stamp.nanosec * 1e-9 - time.monotonic()

    def hold(self, key: bytes, channel: str, values: Sequence[float], held: Callable[[], bool]) -> Recovered:
        self._wait(lambda: self._states >= FRESH_STATES and self._client.service_is_ready(), "told its state")
        trap, count, message = self._state, 0, ""
        if not trap.trap_id:
            return Recovered("", (), 0, "nothing is trapped")
        while not message and held():
            # Later ones count further than any message before, of this process or another.
            stamp = time.monotonic() + self._ahead
            number = int(stamp * 1e6)
            signed = trap.trap_id, trap.trap_nonce
            request = Recover.Request(
                trap_id=trap.trap_id,
                count=number,
                stamp=stamp,
                channel=channel,
                values=[float(value) for value in values],
                token=recover_token(key, signed, number, stamp, channel, values),
            )
            future = self._client.call_async(request)
            self._wait(future.done, "answered")
            answer: Any = future.result()
            message = answer.message
            count += answer.accepted
            self._rest(EVERY_S)
        return Recovered(trap.trap_id, tuple(trap.trap_limits), count, message)

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + self._timeout_s
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                raise NoGovernor(
                    f"{self._where}: no governor {what} within {self._timeout_s:g} s; "
                    "see that it runs, and that namespace and ROS_DOMAIN_ID are the robot's"
                )
            self._executor.spin_once(timeout_sec=min(left, 0.1))
