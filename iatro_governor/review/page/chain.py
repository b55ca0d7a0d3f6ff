"""Whether the ledger's chain is sound: checked beside the page, which never waits long for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ...errors import LedgerError
from ...ledger.check import VerifyResult, verify
from ..times import date
from .look import Look

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
    """Checks a ledger in a thread of its own, again when any of its files or its anchors have changed."""

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
        first = ChainStatus(None, f"Not checked: {problem}" if problem else "Being checked.")
        self._found: tuple[ChainStatus, Look | None, bytes] = (first, None, b"")
        """The newest result, and what the files were like before that check began."""

    def status(self, patience: float = PATIENCE) -> ChainStatus:
        """The newest result, after waiting up to ``patience`` (s) for one that is on its way.

        What was found sound and has changed since is not called so until it is checked again.
        """
        if self._key is None:
            return self._found[0]
        with self._lock:
            if self._is_due():
                self._thread = threading.Thread(target=self._check, args=(self._key,), daemon=True)
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(patience)
        found, then, content = self._found
        return _outdated(found) if found.sound and self._has_changed(then, content) else found

    def _is_due(self) -> bool:
        if self._thread is not None and self._thread.is_alive():
            return False
        found, then, content = self._found
        if found.checked is None:
            return True
        return self._clock() - found.checked > AGAIN_AFTER and self._has_changed(then, content)

    def _has_changed(self, then: Look | None, content: bytes) -> bool:
        """Whether anything of the ledger is not as it was when it was checked."""
        return then is None or Look.at(self._db).shows_change_since(then, content)

    def _check(self, key: bytes) -> None:
        then, content = None, b""  # what could not be checked is tried again, changed or not
        sound, text = False, "Cannot be checked: this program failed at it; its own output says how."
        try:
            with self._turn:
                before = Look.at(self._db)
                held = before.content()
                found = verify(self._db, key)
            sound, text, then, content = found.sound, _text(found), before, held
        except (LedgerError, OSError) as error:
            text = f"Cannot be checked: {error}"
        finally:  # whatever happens: a thread that dies in silence would leave what was said before standing
            checked = self._clock()
            self._found = ChainStatus(sound, f"{text} Checked {date(checked)} UTC.", checked), then, content


def _text(found: VerifyResult) -> str:
    if not found.sound:
        return f"NOT SOUND: {found.problem}."
    end = "" if found.closed else " The ledger is not closed: it is being written, or its writer was killed."
    return f"Sound: {found.records:,} records, each in its place and unchanged.{end}"


def _outdated(found: ChainStatus) -> ChainStatus:
    return ChainStatus(
        None, f"Changed since it was checked, and not checked again yet. Then: {found.text}", found.checked
    )


def statuses(watches: Iterable[ChainWatch], clock: Callable[[], float] = time.monotonic) -> list[ChainStatus]:
    """What is known of each, waiting no longer for all of them than for one."""
    every = list(watches)
    for one in every:
        one.status(0.0)
    end = clock() + PATIENCE
    return [one.status(max(0.0, end - clock())) for one in every]
