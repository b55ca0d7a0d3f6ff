"""Shadow mode: the governor decides and records as ever, and what the planner sends goes out as it came.

It is for trying a profile beside a robot that is safe without it. Only the operator is told, on the console, in the
ledger and its report: whatever a planner can read is the same as where everything is enforced. So nothing of it may go
through the node's logger, which is a topic.
"""

from __future__ import annotations

import sys

from iatro_governor.errors import IatroError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision, Latch
from iatro_governor.governor.events import Command

REMIND_S = 10.0
"""From one reminder on the console to the next, s."""
STANDS = "inactive"
"""The fault that stops the robot in shadow mode too: a node that is not active, or ends, passes nothing on."""


class Shadow:
    """Whether, and how, commands pass the governor by."""

    def __init__(self, core: Governor, standing: Latch | None) -> None:
        """Raises IatroError where a latch stands: what only an operator may release must not move by itself."""
        self.on = core.profile.data.unsafe_shadow
        self._core = core
        self._reminded = float("-inf")
        self._passed: set[str] = set()
        if self.on and standing is not None:
            raise IatroError(
                f"unsafe_shadow: latch {standing.id} stands ({standing.cause}) and would hold nothing; "
                "release it first, with unsafe_shadow: false"
            )

    def enforces(self, decision: Decision) -> bool:
        """Whether ``decision`` is carried out."""
        return not self.on or any(fault.name == STANDS for fault in decision.faults)

    def passes(self, command: Command, last: Decision | None) -> bool:
        """Whether ``command`` goes out as it came: it is one at all, and the ``last`` decision does not stand."""
        if not self.on or last is None or self.enforces(last):
            return False
        return self._core.why_garbled(command) is None

    def passed(self, channel: str) -> None:
        """A command went out on ``channel`` as it came."""
        self._passed.add(channel)

    def end(self, t: float) -> None:
        """From ``t`` on, s, nothing passes: what has passed may go on by itself, and the core is to reckon with it."""
        for channel in sorted(self._passed):
            self._core.passed(t, channel)
        self._passed.clear()

    def remind(self, t: float) -> None:
        """Tell the operator now and then; ``t``: s of any clock."""
        if self.on and t - self._reminded >= REMIND_S:
            self._reminded = t
            tell(f"{self._core.profile.file}: NOTHING IS ENFORCED, every command goes out as it came")


def tell(what: str) -> None:
    """To the operator's console, and nowhere else."""
    print(f"UNSAFE SHADOW MODE: {what}", file=sys.stderr, flush=True)
