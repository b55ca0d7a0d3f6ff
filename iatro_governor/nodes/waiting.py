"""Records that wait for the ledger, and the commits that take them there.

What the disk refuses waits on. What no ledger can hold is left out, and its number is written down as lost: else it
would be asked for for ever, and keep all the others out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.misfits import misfits
from iatro_governor.ledger.record import LOST, lost

MOST_IN_COMMIT = 500
MOST_WAITING = 20_000
"""Records kept in memory while the disk refuses; what comes beyond is dropped, and its writer sends it again."""
RETRY_S = 1.0
ORDER = {"decision": 0, "mark": 1, "statement": 2, "verdict": 3, "lost": 4, "clip": 5}
"""In a commit, decisions come before words."""
LONGEST_TOLD = 300
"""Characters of a reason."""


@dataclass(slots=True)
class Outcome:
    """What one commit did: the records that it wrote, those that it left out for ever, and why it wrote none."""

    written: list[Record] = field(default_factory=list)
    left_out: list[Record] = field(default_factory=list)
    refused: str = ""


class Waiting:
    """The queue before one ledger. ``now`` in s of a clock that never goes back."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._records: list[Record] = []
        self._retry_at = 0.0
        self.fault = ""
        """Why the last commit, or the last work on the ledger's files, was refused; empty once one was not."""
        self.left_out = ""
        """What was left out for ever, and why; empty while nothing was."""
        self._left_out = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record) -> None:
        """Lets ``record`` wait. Whether there is room for it, its caller looks first."""
        self._records.append(record)

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing more may come."""
        return len(self._records) >= MOST_WAITING

    @property
    def due(self) -> bool:
        """Whether so much waits that it should not wait for the next turn."""
        return len(self._records) >= MOST_IN_COMMIT and not self.fault

    def commit(self, now: float, *, at_once: bool = False) -> Outcome:
        """Writes what waits, decisions before words; after a refusal not before RETRY_S, unless ``at_once``."""
        if not self._records or (now < self._retry_at and not at_once):
            return Outcome()
        batch = sorted(self._records, key=lambda one: (ORDER[one.kind], one.writer, one.number))
        batch = batch[:MOST_IN_COMMIT]
        try:
            result = self._ledger.append(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, what waits must not be lost, and it must be told
            return self._not_written(batch, error, now)
        self.fault = result.fault or ""
        self._forget(batch)
        return Outcome(written=batch)

    def _not_written(self, batch: list[Record], error: Exception, now: float) -> Outcome:
        """Where a record is at fault, the others go on without it at the next turn; else all of them wait."""
        self.fault = str(error) if isinstance(error, LedgerError) else f"{type(error).__name__}: {error}"
        self._retry_at = now + RETRY_S
        found = misfits(batch)
        if not found:
            return Outcome(refused=self.fault)
        self.fault, self._retry_at = "", now
        odd = [record for record, _ in found]
        self._forget(odd)
        self._records += [_loss_of(record, why) for record, why in found if record.kind != LOST]
        last, why = found[-1]
        self._left_out += len(found)
        self.left_out = (
            f"{self._left_out} records cannot be written down and were left out; "
            f"the last: {last.kind} {last.number} of {last.writer!r}: {why}"[:LONGEST_TOLD]
        )
        return Outcome(left_out=odd)

    def _forget(self, records: list[Record]) -> None:
        gone = set(map(id, records))
        self._records = [record for record in self._records if id(record) not in gone]


def _loss_of(record: Record, why: str) -> Record:
    """That the number of ``record`` never comes, and why."""
    t = record.t if isinstance(record.t, float) and math.isfinite(record.t) else 0.0
    cause = f"it cannot be written down: {why}"[:LONGEST_TOLD]
    return lost(record.kind, record.writer, record.number, record.number, cause, t)
