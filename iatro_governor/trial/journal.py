"""A campaign's table while it grows: each finished run is on the disk before the next one counts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from iatro_governor.errors import TrialError
from iatro_governor.ledger.lock import sync_folder
from iatro_governor.trial.case import key_of
from iatro_governor.trial.outcomes import Outcome, line, read

END = "\n"


class Journal:
    """The file ``path``, opened to go on; ``done``: the rows that it holds, by their case's key.

    A last line that a killed campaign left without its end is cut off. Raises TrialError for a line that is no row.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cut()
        rows = read(path) if path.exists() else ()
        self.done: dict[str, Outcome] = {key_of(outcome): outcome for outcome in rows}
        self._file = path.open("ab")
        sync_folder(path)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, outcome: Outcome) -> None:
        """Write a row and wait until it is on the disk."""
        self._file.write((line(outcome) + END).encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        self.done[key_of(outcome)] = outcome

    def besides(self, keys: Sequence[str]) -> list[str]:
        """The keys of rows that are none of ``keys``: ``finish`` would drop them."""
        return sorted(self.done.keys() - set(keys))

    def finish(self, keys: Sequence[str]) -> None:
        """Put the rows into the order of ``keys``: how many workers there were, and who was first, leaves no trace.

        Raises TrialError where a row is missing.
        """
        if missing := [key for key in keys if key not in self.done]:
            raise TrialError(f"{self._path}: {len(missing)} runs are missing, the first is {missing[0]}")
        whole = _ordered(self.done, keys)
        if self._path.read_bytes() == whole:
            return
        beside = self._path.with_suffix(".sorted")
        with beside.open("wb") as file:
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        sync_folder(self._path)

    def _cut(self) -> None:
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole = data.rfind(END.encode()) + 1
        if whole < len(data):
            with self._path.open("r+b") as file:
                file.truncate(whole)
                os.fsync(file.fileno())


def _ordered(done: Mapping[str, Outcome], keys: Sequence[str]) -> bytes:
    return "".join(line(done[key]) + END for key in keys).encode()
