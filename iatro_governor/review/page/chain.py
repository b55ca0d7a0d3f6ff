"""Whether the ledger's chain is sound: checked beside the page, which never waits long for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import LedgerError
from ...ledger.check import verify

PATIENCE = 0.4
"""How long (s) a page waits for a check; a longer one is shown as running."""
AGAIN_AFTER = 30.0
"""A ledger that grows is not checked more often than this (s)."""


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What is known of the chain. ``sound`` is None while nothing is known; ``checked`` is a wall time (s)."""

    sound: bool | None
    text: str
    checked: float | None = None


class ChainWatch:
    """Checks a ledger in a thread of its own, again when the file has changed."""

    def __init__(
        self,
        db: Path,
        key: bytes | None,
        problem: str,
        clock: Callable[[], float] = time.time,
        turn: threading.Lock | None = None,
    ) -> None:
        """``turn`` is held while checking: watches that share one check one after another."""
        self._db, self._key, self._clock = db, key, clock
        self._turn = turn or threading.Lock()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._seen: tuple[int, int] | None = None
        self._status = ChainStatus(None, f"Not checked: {problem}" if problem else "Being checked.")

    def status(self, patience: float = PATIENCE) -> ChainStatus:
        """The newest result, after waiting up to ``patience`` (s) for one that is on its way."""
        if self._key is None:
            return self._status
        with self._lock:
            if self._is_due():
                self._seen = self._state()
                self._thread = threading.Thread(target=self._check, args=(self._key,), daemon=True)
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(patience)
        return self._status

    def _is_due(self) -> bool:
        if self._thread is not None and self._thread.is_alive():
            return False
        checked = self._status.checked
        if checked is None:
            return True
        return self._seen != self._state() and self._clock() - checked > AGAIN_AFTER

    def _state(self) -> tuple[int, int]:
        """What changes when the ledger does."""
        found = []
        for path in (self._db, Path(f"{self._db}-wal")):
            with suppress(OSError):  # not there, or out of reach
                found.append(path.stat())
        return sum(one.st_size for one in found), max((one.st_mtime_ns for one in found), default=0)

    def _check(self, key: bytes) -> None:
        try:
            with self._turn:
                found = verify(self._db, key)
        except (LedgerError, OSError) as error:
            self._status = ChainStatus(False, f"Cannot be checked: {error}", self._clock())
            return
        end = (
            ""
            if found.closed
            else " The ledger is not closed: it is being written, or its writer was killed."
        )
        if found.sound:
            text = f"Sound: {found.records:,} records, each in its place and unchanged.{end}"
        else:
            text = f"NOT SOUND: {found.problem}."
        self._status = ChainStatus(found.sound, text, self._clock())


def statuses(watches: Iterable[ChainWatch], clock: Callable[[], float] = time.monotonic) -> list[ChainStatus]:
    """What is known of each, waiting no longer for all of them than for one."""
    every = list(watches)
    for one in every:
        one.status(0.0)
    end = clock() + PATIENCE
    return [one.status(max(0.0, end - clock())) for one in every]
