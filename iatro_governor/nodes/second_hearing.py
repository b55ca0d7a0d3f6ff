"""What the witness has not heard itself it reads in the ledger: whoever was stopped, dead or late judges all the same.

Only read. Where there is no ledger within reach, the witness judges by what it hears.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from iatro_governor.ledger.reader import Reader
from iatro_governor.review.backlog import Backlog, judged
from iatro_governor.testimony.witness import Witness

UNHEARD_S = 1.0
"""What is in the ledger for so long and was not heard was missed, unless nothing is under way any more, s."""
MOST_AT_ONCE = 20_000
Heard = Callable[[str, str, int], bool]


class SecondHearing:
    """Follows the ledger's numbers, and says when one of them was never heard."""

    def __init__(self, path: Path | None, new: Callable[[], Witness] = Witness) -> None:
        self._path, self._new = path, new
        self._through = 0
        self._unheard: dict[tuple[str, str, int], float] = {}

    @property
    def within_reach(self) -> bool:
        """Whether there is a ledger to read."""
        try:
            return self._path is not None and self._path.is_file()
        except OSError:
            return False

    def missed(self, heard: Heard, now: float, patience: float = UNHEARD_S) -> bool:
        """Whether at ``now`` (s) the ledger has had, for ``patience`` s, a statement or decision not ``heard``.

        Raises LedgerError where it cannot be read.
        """
        if self._path is None or not self.within_reach:
            return False
        with Reader(self._path) as reader:
            rows = reader.query(
                "SELECT id, kind, writer, number FROM record WHERE id > ? ORDER BY id LIMIT ?",
                (self._through, MOST_AT_ONCE),
            )
        for id, kind, writer, number in rows:
            self._through = id
            if kind in ("statement", "decision") and not heard(kind, writer, number):
                self._unheard[kind, writer, number] = now
        self._unheard = {key: since for key, since in self._unheard.items() if not heard(*key)}
        return any(now - since >= patience for since in self._unheard.values())

    def hear(self, sending: Iterable[Mapping[str, Any]]) -> Backlog | None:
        """The ledger judged from its first statement or command without a verdict; None where there is none.

        ``sending``: the verdict records that are on their way there. Raises LedgerError.
        """
        if self._path is None or not self.within_reach:
            return None
        with Reader(self._path) as reader:
            backlog = judged(reader, self._new, sending)
        self._through, self._unheard = backlog.through, {}
        return backlog
