"""How the governor ends: the robot at rest first, then the record in the ledger, then the last word on every output."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from iatro_governor.nodes.outgoing import Outgoing
from iatro_governor.nodes.records import Records

STOP_WITHIN_S = 2.0
"""Once the node is asked to end, rest is waited for so long beyond the ramp, s."""
HANDED_OVER_S = 2.0
"""At rest, receipts for the decisions made until then are waited for so long; the ring keeps what has none, s."""


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

    def done(self, now: float) -> bool:
        """Whether the robot is at rest, or is not seen to be in time, and all else is done; ``now``: node clock, s."""
        moving = [outgoing for outgoing in self._outputs if outgoing.moving]
        if any(outgoing.lasting for outgoing in moving):
            return False
        rest = not moving and self._rests()
        if not rest and time.monotonic() - self._began < STOP_WITHIN_S:
            return False
        if not self._handed_over():
            return False
        for outgoing in self._outputs:
            outgoing.stand(now)
            outgoing.wait_for_readers()
        return True

    def _handed_over(self) -> bool:
        """Whether the ledger has every decision up to rest, or cannot be waited for any longer."""
        if self._owed is None:
            self._owed = (time.monotonic() + HANDED_OVER_S, self._records.next_number)
        until, number = self._owed
        recorded = self._records.acknowledged >= number or not self._heard()
        return recorded or time.monotonic() > until
