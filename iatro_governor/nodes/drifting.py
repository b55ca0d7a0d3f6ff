"""The sequential monitor as a diagnostic: whether a model's words and actions part more often than they did at first.

It is worked out anew from the ledger every so often, in a thread of its own, so that neither a large ledger nor a slow
disk holds up who publishes it, and so that a restart changes nothing.
"""

from __future__ import annotations

import threading
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.reader import Reader
from iatro_governor.review.index import Index
from iatro_governor.review.monitor import ALPHA, GONE, REFERENCE, Drift, drifts

EVERY_S = 30.0
"""From the end of one look to the next, s."""
NAME = "drift"


class DriftWatch:
    """Looks into ``ledger``; None: there is none to look into."""

    def __init__(self, ledger: Path | None, every_s: float = EVERY_S) -> None:
        self._ledger, self._every_s = ledger, every_s
        self._due = 0.0
        self._thread: threading.Thread | None = None
        self._found: list[Drift] = []
        self._trouble = "not looked yet" if ledger is not None else "no ledger"

    def statuses(self, now: float) -> list[DiagnosticStatus]:
        """What is known at ``now`` (s, of a clock that never goes back); looks again if that is long ago."""
        if self._thread is not None and not self._thread.is_alive():
            self._thread, self._due = None, now + self._every_s
        if self._ledger is not None and self._thread is None and now >= self._due:
            self._thread = threading.Thread(
                target=self._look, args=(self._ledger,), daemon=True, name="drift"
            )
            self._thread.start()
        if self._trouble:
            return [DiagnosticStatus(name=NAME, level=DiagnosticStatus.STALE, message=self._trouble)]
        return [status(one) for one in self._found] or [
            DiagnosticStatus(
                name=NAME, level=DiagnosticStatus.OK, message=f"no model with {REFERENCE} statements yet"
            )
        ]

    def _look(self, ledger: Path) -> None:
        try:
            with Reader(ledger) as reader, Index(reader) as index:
                self._found = drifts(index.rows, gone=index.gone)
            self._trouble = ""
        except (LedgerError, ImportError) as error:
            self._trouble = str(error)
        except Exception as error:  # noqa: BLE001 - or what was found last would pass for what is so now
            self._trouble = f"{type(error).__name__}: {error}"


def status(one: Drift) -> DiagnosticStatus:
    """One model's; a warning where its rate has surely gone up."""
    level = DiagnosticStatus.WARN if one.alarm else DiagnosticStatus.OK
    told = "words and actions part more often than they did" if one.alarm else "as often as at first"
    told = f"{told}; {GONE}" if one.gone else told
    values = {
        "reference": f"{one.reference.part} of {one.reference.whole}",
        "later": f"{one.later.part} of {one.later.whole}",
        "evidence": f"{one.evidence:.4g}",
        "alarm from": f"{1 / ALPHA:g}",
        **({"since": f"{one.since:.3f}"} if one.since is not None else {}),
    }
    pairs = [KeyValue(key=key, value=value) for key, value in values.items()]
    return DiagnosticStatus(
        name=f"{NAME} of {one.model or 'no model'}", level=level, message=told, values=pairs
    )
