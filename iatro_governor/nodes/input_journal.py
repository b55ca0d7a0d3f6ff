"""Keeps on disk what the governor was told, so that an incident can be replayed. Its failures never stop the robot."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from iatro_governor.governor.told import Call, NotingGovernor
from iatro_governor.ledger.frames import packed
from iatro_governor.ledger.journal import Journal

MOST_BYTES = 512 * 1024 * 1024
"""What all chapters may take, bytes; the oldest make room."""
CHAPTER_S = 60.0
"""A chapter is at least so long, s; the next begins while the robot rests, for that takes some milliseconds ..."""
LONGEST_S = 600.0
"""... or, without any rest, after so long."""


class InputJournal:
    """One frame for each call of the core, written once a tick."""

    def __init__(
        self,
        core: NotingGovernor,
        folder: Path,
        writer: str,
        offset: Callable[[], float],
        warn: Callable[[str], None],
    ) -> None:
        """``offset``: what is added to the core's time on record, s. ``warn``: told once where nothing can be kept."""
        self._core, self._offset, self._warn = core, offset, warn
        self._begun = float("-inf")
        self._journal: Journal | None = None
        try:
            self._journal = Journal(folder, writer, MOST_BYTES)
            self._begin()
        except Exception as error:  # noqa: BLE001 - whatever it is, the robot is governed without
            self._give_up(error)

    def turn(self, at_rest: bool) -> None:
        """After a tick: write what came, and begin a chapter if it is time."""
        if self._journal is None:
            return
        try:
            self._journal.flush()
            age = time.monotonic() - self._begun
            if age > LONGEST_S or (at_rest and age > CHAPTER_S):
                self._begin()
        except Exception as error:  # noqa: BLE001
            self._give_up(error)

    def close(self) -> None:
        """Write what is left."""
        if self._journal is not None:
            try:
                self._journal.close()
            except OSError as error:
                self._give_up(error)

    def _begin(self) -> None:
        assert self._journal is not None
        self._core.note = self._note
        self._journal.begin(self._core.next_seq, self._core.state(packed))
        self._begun = time.monotonic()

    def _note(self, made: Call) -> None:
        if self._journal is None:
            return
        try:
            self._journal.add(packed((self._offset(), made)))
        except Exception as error:  # noqa: BLE001
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._journal = None
        self._core.note = lambda _call: None
        self._warn(f"what the governor is told cannot be kept, so nothing can be replayed: {error}")
