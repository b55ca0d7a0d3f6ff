"""When the governor's own code fails: what the fault says, what is logged, and what is recorded without a decision."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from rclpy.node import Node

from iatro_governor.governor.decision import Action, State
from iatro_governor.nodes.run import report

Body = dict[str, Any]

MOST_TEXT = 4000
"""Letters of a traceback that are recorded: its end, which says where it broke."""
AGAIN_S = 10.0
"""The same error is told whole again after so long, s."""
FAULT = "internal_error"


def short(error: Exception) -> str:
    """The error in a line."""
    return f"{type(error).__name__}: {error}"


def whole(error: Exception) -> str:
    """The error in a line, and where it came from."""
    trace = "".join(traceback.format_exception(error))
    cut = "... " if len(trace) > MOST_TEXT else ""
    return f"{short(error)}\n{cut}{trace[-MOST_TEXT:]}"


class Breakdown:
    """What is broken in the loop, as long as it is."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.what: str | None = None
        """The error of the last turn of the loop, in a line; None: it went round."""
        self._told: tuple[str, float] | None = None
        self._beside: str | None = None

    def detail(self, error: Exception, t: float) -> str:
        """What the fault says at ``t`` s: the whole error where it is new, or was not told for long, else a line."""
        line = short(error)
        if self._told is not None and self._told[0] == line and t - self._told[1] < AGAIN_S:
            return line
        self._told = line, t
        return whole(error)

    def over(self) -> None:
        """The loop went round."""
        self.what = self._beside = None

    def beside(self, error: Exception) -> None:
        """Log what failed after the error of the loop, where it is new: it may fail in each turn."""
        if short(error) != self._beside:
            report(self._node, error)
        self._beside = short(error)

    def take(self, error: Exception) -> bool:
        """Log an error of the loop, in full when it is new, then once a second; returns whether it is new."""
        new = short(error) != self.what
        if new:
            report(self._node, error)
        else:
            self._node.get_logger().error(f"{self.what} (again)", throttle_duration_sec=1.0)
        self.what = short(error)
        return new


def bodies_without_decision(
    last: Mapping[str, Body],
    allowed: Mapping[str, tuple[float, ...]],
    t: float,
    number: Callable[[], int],
    detail: str,
) -> list[Body]:
    """What is recorded where nothing could be decided: a stop of each channel, and why.

    last: the last record of each channel. allowed: what was published instead, by channel. t: node clock, s.
    number: the next number, each time it is asked. detail: of the error.
    """
    return [
        {
            **{key: value for key, value in body.items() if not key.endswith("_trajectory")},
            "t": t,
            "seq": number(),
            "state": State.PROTECTIVE_STOP.value,
            "action": Action.STOP.value,
            "requested": None,
            "allowed": list(allowed.get(name) or body["allowed"]),
            "limits": [],
            "faults": [{"name": FAULT, "detail": detail}],
            "trigger": "tick",
            "stamp": None,
        }
        for name, body in last.items()
    ]
