"""An operator's side of a recovery: learn of the trap, and sign a motion again and again while it is held."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from iatro_governor.governor.permit import recover_token
from iatro_governor.nodes.operating import Operator, operator
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
    with operator(namespace, Recover, "governor/recover", timeout_s) as at:
        return _held(at, key, channel, values, held)


def _held(
    at: Operator, key: bytes, channel: str, values: Sequence[float], held: Callable[[], bool]
) -> Recovered:
    def wait(condition: Callable[[], bool], what: str) -> None:
        at.wait(condition, what, time.monotonic() + at.timeout_s)

    wait(lambda: at.states >= FRESH_STATES and at.client.service_is_ready(), "told its state")
    trap, count, message = at.state, 0, ""
    if not trap.trap_id:
        return Recovered("", (), 0, "nothing is trapped")
    while not message and held():
        future = at.client.call_async(_signed(trap, key, at.now(), channel, values))
        wait(future.done, "answered")
        answer: Any = future.result()
        message = answer.message
        count += answer.accepted
        at.rest(EVERY_S)
    return Recovered(trap.trap_id, tuple(trap.trap_limits), count, message)


def _signed(trap: Any, key: bytes, stamp: float, channel: str, values: Sequence[float]) -> Recover.Request:
    # Later ones count further than any message before, of this process or another.
    number = int(stamp * 1e6)
    return Recover.Request(
        trap_id=trap.trap_id,
        count=number,
        stamp=stamp,
        channel=channel,
        values=[float(value) for value in values],
        token=recover_token(key, (trap.trap_id, trap.trap_nonce), number, stamp, channel, values),
    )
