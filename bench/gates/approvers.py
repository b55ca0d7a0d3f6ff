"""inspect-robots: the two approvers of its guardrails, in a chain."""

from __future__ import annotations

import numpy as np
from inspect_robots.approver import ChainApprover, ClampApprover, DeltaLimitApprover
from inspect_robots.errors import SafetyAbort
from inspect_robots.spaces import ActionSemantics, Box
from inspect_robots.types import Action

from bench.gates.gate import Gate
from bench.peers_task import SPEED, Command, Episode, Robot, Values


class Approvers(Gate):
    """Clamp, then limit the change."""

    package = "inspect-robots"
    claims = frozenset({"not_finite", "speed", "size"})
    note = "refuses NaN; documents that Inf is clamped to the bound, and that speeds are not limited in their change"

    def start(self, episode: Episode) -> None:
        """A box of speeds."""
        top = np.array(SPEED[episode.robot])
        box = Box(shape=top.shape, low=-top, high=top, semantics=ActionSemantics(control_mode="joint_vel"))
        self._chain = ChainApprover(ClampApprover(box), DeltaLimitApprover(box))
        self._store: dict[str, object] = {}

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """An abort ends the run: the robot rests."""
        try:
            action = self._chain.review(Action(np.array(command.values)), self._store)
        except SafetyAbort:
            return None
        return tuple(float(value) for value in np.asarray(action.data))
