"""An operator's side of a reset: learn of the latch, sign it, ask the governor to release it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from iatro_governor.governor.resetting import token_of
from iatro_governor.nodes.operating import Operator, operator
from iatro_governor.srv import Reset


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
    with operator(namespace, Reset, "governor/reset", timeout_s) as at:
        return _released(at, key, time.monotonic() + timeout_s)


def _released(at: Operator, key: bytes, ends_at: float) -> Answer:
    at.wait(lambda: at.state is not None and at.client.service_is_ready(), "told its state", ends_at)
    state = at.state
    if not state.latch_id:
        return Answer("", "", {}, False, "nothing is latched")
    token = token_of(key, state.latch_id, state.latch_nonce)
    future = at.client.call_async(Reset.Request(token=token))
    at.wait(future.done, "answered", ends_at)
    response: Any = future.result()
    faults = dict(zip(state.fault_names, state.fault_details, strict=False))
    return Answer(state.latch_id, state.latch_cause, faults, response.accepted, response.message)
