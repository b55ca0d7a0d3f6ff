"""Judges what is heard, and what was missed by what the ledger has of it; gives each verdict once.

Times in s: ``now`` of a clock that never goes back, ``t`` of the clock of the records.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from iatro_governor.nodes.second_hearing import UNHEARD_S, SecondHearing
from iatro_governor.testimony.records import VerdictRecord
from iatro_governor.testimony.witness import ANOTHER_CLOCK_S, Witness

STALL_S = 0.5
"""Not having been there for so long, it may have missed something ..."""
SETTLE_S = 2.0
"""... and judges nothing before it knows, nor before it has heard what came meanwhile, s."""
ON_THEIR_WAY_S = 0.5
"""What was said before the clock went back may still come for so long, s."""


class Judge:
    """A witness that listens, and the ledger behind it."""

    def __init__(self, ledger: SecondHearing, new: Callable[[], Witness], now: float) -> None:
        """Judges nothing that a ``new`` witness is not told, until it ``hears_again``."""
        self.witness = new()
        self._ledger = ledger
        self._known: set[str] = set()
        self._here_at = now
        self._hold_until = 0.0
        self._back_since = math.inf

    def missed(self, now: float, patience: float = UNHEARD_S) -> bool:
        """Whether the ledger has had, for ``patience`` s, what was not heard; LedgerError where it cannot be read."""
        return self._ledger.missed(self.witness.heard, now, patience)

    def hear_again(
        self, now: Callable[[], float], sending: Iterable[Mapping[str, Any]]
    ) -> list[VerdictRecord]:
        """Judge from the ledger what was not heard, and go on from where it ends; what was made up.

        ``sending``: the verdicts that are on their way there. Raises LedgerError where it cannot be read.
        """
        backlog = self._ledger.hear(sending)
        self._here_at = now()
        if backlog is None:
            return []
        self._hold_until = self._here_at + SETTLE_S
        self.witness, self._known = backlog.witness, backlog.known
        return backlog.missing

    def advance(self, now: float, t: float) -> list[VerdictRecord]:
        """The verdicts that are due at ``t``; none for a while after a time in which nothing was heard.

        A clock that went back, of a simulation started again, begins another story; one that tells 0 is none yet.
        """
        if now - self._here_at > STALL_S and self._ledger.within_reach:
            self._hold_until = now + SETTLE_S
        self._here_at = now
        if now < self._hold_until:
            return []
        if not 0 < t < self.witness.now - ANOTHER_CLOCK_S:
            self._back_since = math.inf
            return self._new(self.witness.advance(t))
        self._back_since = min(self._back_since, now)
        if now - self._back_since < ON_THEIR_WAY_S:
            return []
        return self._new(self.witness.begin_again(t))

    def close(self, t: float) -> list[VerdictRecord]:
        """All verdicts that are left, for nothing more comes."""
        return self._new(self.witness.close(t))

    def _new(self, records: list[VerdictRecord]) -> list[VerdictRecord]:
        return [record for record in records if record.record_id not in self._known]
