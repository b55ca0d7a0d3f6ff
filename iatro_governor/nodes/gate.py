"""What becomes of a goal that is sent through the governor. No ROS and no clock: decisions and times come in.

A goal is pending until a decision says what became of its command. Then it is executed, or refused. It ends where it
was to end, is cancelled by whoever gave it, or is stopped: by the governor, or by somebody else's command.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from iatro_governor.governor.decision import Action, State

Body = dict[str, Any]

ANSWER_S = 1.0
"""A decision is waited for so long, s; a command that was lost is not heard of again."""
REST_S = 5.0
"""After a goal is cancelled, rest is waited for so long, s."""
SAME_S = 1e-6
"""Stamps that differ by less are the same: a double holds no more of a time since 1970, s."""
SAME = 1e-6
"""Positions and widths that differ by less are the same, rad or m."""
STOPS = (State.CONTROLLED_STOP.value, State.PROTECTIVE_STOP.value)


class Phase(StrEnum):
    """Where a goal stands; the last four are ends."""

    PENDING = "pending"
    EXECUTING = "executing"
    CANCELLING = "cancelling"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


ENDS = (Phase.DONE, Phase.REFUSED, Phase.STOPPED, Phase.CANCELLED)


class Goal:
    """One goal. ``decide`` takes every decision on its channel, ``watch`` the course of time."""

    def __init__(self, sent: float) -> None:
        """``sent``: when its command went out, s."""
        self.phase = Phase.PENDING
        self.reason = ""
        """Why it ended otherwise than it was to."""
        self.accepted: Body | None = None
        """The decision that let it pass."""
        self.began = math.inf
        """When that came, s."""
        self._sent = sent
        self._cancelled = math.inf
        self._stop_owed = False
        self._replaced = False

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.phase in ENDS

    def is_mine(self, body: Body) -> bool:
        """Whether a decision on a command is on this goal's."""
        raise NotImplementedError

    def passed(self, body: Body) -> bool:
        """Whether a decision on this goal's command lets it pass."""
        return bool(body["action"] != Action.REFUSED.value)

    def shortened(self) -> str:
        """Why it cannot reach its end although it was let pass; empty: it can."""
        return ""

    def cut_off(self, body: Body) -> bool:
        """Whether a decision replaces what was let pass, although the governor is not stopped."""
        return False

    def decide(self, body: Body, now: float) -> None:
        """Take a decision of the governor on the goal's channel. Those that are sent again do no harm."""
        commanded = body["trigger"] == "command"
        if self.accepted is not None and body["seq"] <= self.accepted["seq"]:
            return
        mine = commanded and self.is_mine(body)
        if self.phase is Phase.EXECUTING:
            self._follow(body, commanded and not mine)
        elif self.accepted is None and mine and self.passed(body):
            self._accept(body, now)
        elif not self.over and self.accepted is None and commanded and (mine or self._may_be_mine(body)):
            self._end(Phase.REFUSED, why(body))

    def _may_be_mine(self, body: Body) -> bool:
        """A command whose content could not be read comes back without a stamp: whose it was, nobody knows."""
        refused = body["action"] == Action.REFUSED.value and body["stamp"] is None
        return bool(refused and body["t"] >= self._sent)

    def _accept(self, body: Body, now: float) -> None:
        self.accepted, self.began = body, now
        if self.phase is Phase.PENDING:
            self.phase = Phase.EXECUTING
        elif not self._replaced:
            # It was cancelled meanwhile, or given up: what moves the robot now must be stopped.
            self._stop_owed = True

    def _follow(self, body: Body, others: bool) -> None:
        if body["state"] in STOPS:
            self._end(Phase.STOPPED, why(body))
        elif others and self.passed(body):
            self._end(Phase.STOPPED, "another command on the channel took its place")
        elif self.cut_off(body):
            self._end(Phase.STOPPED, why(body))

    def cancel(self, now: float) -> None:
        """Whoever gave the goal wants it no more."""
        if self.phase is Phase.EXECUTING:
            self._stop_owed = True
        if not self.over:
            self.phase, self._cancelled = Phase.CANCELLING, now

    def replace(self) -> None:
        """A newer goal takes its place: what moves the robot from now on is that one's."""
        if not self.over:
            self._end(Phase.STOPPED, "a newer goal took its place")
        self._replaced, self._stop_owed = True, False

    def watch(self, now: float, arrived: bool, resting: bool, overdue: bool = False) -> None:
        """See at ``now`` (s) whether the robot is where the goal ends, stands still, or should have arrived by now."""
        if self.accepted is None and not self.over and now - self._sent > ANSWER_S:
            self._end(Phase.REFUSED, f"no decision on it within {ANSWER_S:g} s: is the governor there?")
        elif self.phase is Phase.CANCELLING and self.accepted is not None:
            if (resting and not self._stop_owed) or now - self._cancelled > REST_S:
                self._end(Phase.CANCELLED, "" if resting else f"no rest within {REST_S:g} s")
        elif self.phase is Phase.EXECUTING and arrived:
            shortened = self.shortened()
            self._end(Phase.STOPPED if shortened else Phase.DONE, shortened)
        elif self.phase is Phase.EXECUTING and overdue:
            self._end(Phase.STOPPED, "it did not arrive in time")

    def take_stop(self) -> bool:
        """Whether a stop has to be sent now; asked once, it is taken as sent."""
        owed, self._stop_owed = self._stop_owed, False
        return owed

    def _end(self, phase: Phase, reason: str) -> None:
        cancelled = self.phase is Phase.CANCELLING and phase is Phase.REFUSED
        self.phase, self.reason = (Phase.CANCELLED if cancelled else phase), reason


class TrajectoryGoal(Goal):
    """A trajectory, known by the stamp of its message."""

    def __init__(self, sent: float, stamp: float, names: Sequence[str], ends: Sequence[float]) -> None:
        """``stamp``: of its message, s. ``ends``: positions of its last point, rad, for the joints ``names``."""
        super().__init__(sent)
        self._stamp = stamp
        self._ends = dict(zip(names, ends, strict=False))

    def is_mine(self, body: Body) -> bool:
        """By its stamp, which comes back with the decision."""
        return body["stamp"] is not None and abs(body["stamp"] - self._stamp) < SAME_S

    def passed(self, body: Body) -> bool:
        """A trajectory was published."""
        return super().passed(body) and "allowed_trajectory" in body

    def cut_off(self, body: Body) -> bool:
        """A stop was published in its place: a limit would not be kept on its way."""
        return "allowed_trajectory" in body and not self.is_mine(body)

    @property
    def ends(self) -> dict[str, float]:
        """Where it is to end, by joint, rad: as far as it was let pass."""
        return self._ends if self.accepted is None else _last(self.accepted["allowed_trajectory"])

    @property
    def due(self) -> float:
        """When it is to end, s; infinity before it began."""
        if self.accepted is None:
            return math.inf
        return self.began + float(self.accepted["allowed_trajectory"]["points"][-1]["time"])

    def shortened(self) -> str:
        """It was cut before its end."""
        if self.accepted is None:
            return ""
        reached = _last(self.accepted["allowed_trajectory"])
        if all(abs(reached.get(name, math.inf) - end) < SAME for name, end in self._ends.items()):
            return ""
        return f"it was cut before its end: {why(self.accepted)}"


class GripperGoal(Goal):
    """A width and an effort, known by their values."""

    def __init__(self, sent: float, width: float, effort: float) -> None:
        """``width``: m between the fingers. ``effort``: N, the largest."""
        super().__init__(sent)
        self.values = (width, effort)

    def is_mine(self, body: Body) -> bool:
        """By its values, which come back with the decision."""
        asked = body["requested"]
        if asked is None or len(asked) != len(self.values):
            return False
        return all(abs(float(a) - v) < SAME for a, v in zip(asked, self.values, strict=True))


def why(body: Body) -> str:
    """What a decision says against a command: its faults, and the limits that bind or are broken."""
    faults = [f"{fault['name']}: {fault['detail']}" for fault in body["faults"]]
    limits = [
        f"{limit['name']}: {limit['requested']} {limit['unit']} requested, {limit['allowed']} allowed"
        for limit in body["limits"]
    ]
    return "; ".join([*faults, *limits]) or "the decision names no cause"


def _last(trajectory: Body) -> dict[str, float]:
    return dict(zip(trajectory["names"], map(float, trajectory["points"][-1]["positions"]), strict=True))
