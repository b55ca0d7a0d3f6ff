"""How the governor ends: the robot at rest first, then its record in the ledger, then a last word on every output.

Once the robot rests nothing more is decided, so that there is a last decision, and a receipt for it. Until that has
come the outputs go on saying that the robot stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from iatro_governor.nodes.outgoing import Outgoing
from iatro_governor.nodes.records import Records

STOP_WITHIN_S = 2.0
"""Once the node is asked to end, rest is waited for so long beyond the ramp, s."""
HANDED_OVER_S = 3.0
"""At rest, receipts for all decisions are waited for so long; the ring keeps what has none, s."""


class Ending:
    """From the moment on that the node is asked to end."""

    def __init__(
        self,
        rests: Callable[[], bool],
        outputs: Collection[Outgoing],
        records: Records,
        heard: Callable[[], int],
    ) -> None:
        """``rests``: whether outputs and measurements say so. ``heard``: how many read the decisions."""
        self._rests, self._outputs, self._records, self._heard = rests, outputs, records, heard
        self._began = time.monotonic()
        self._owed: tuple[float, int] | None = None
        self.decided = False
        """Whether the last decision has been made."""

    def done(self, now: float) -> bool:
        """Whether the robot is at rest, or is not seen to be in time, and all else is done; ``now``: node clock, s."""
        if self._owed is None:
            if not self._stands():
                return False
            # What holds an arm in its place changes as long as it moves.
            self.decided = self._rests() or not any(outgoing.changes for outgoing in self._outputs)
            self._owed = (time.monotonic() + HANDED_OVER_S, self._records.next_number)
        if not self._handed_over(*self._owed):
            return False
        self.stand(now)
        for outgoing in self._outputs:
            outgoing.wait_for_readers()
        return True

    def stand(self, now: float) -> None:
        """Say on every output that the robot stands; ``now``: node clock, s."""
        for outgoing in self._outputs:
            outgoing.live()
            outgoing.stand(now)

    def _stands(self) -> bool:
        moving = [outgoing for outgoing in self._outputs if outgoing.moving]
        if any(outgoing.lasting for outgoing in moving):
            return False
        rest = not moving and self._rests()
        return rest or time.monotonic() - self._began >= STOP_WITHIN_S

    def _handed_over(self, until: float, number: int) -> bool:
        """Whether the ledger has every decision up to rest, or cannot be waited for any longer."""
        recorded = self._records.acknowledged >= number or not self._heard()
        return recorded or time.monotonic() > until
