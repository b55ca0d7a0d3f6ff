"""The anchors of a ledger while its chain is followed: one after another, however many there are."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path

from ..errors import LedgerError
from .anchors import Anchor, anchors_path, read_anchors


class Known:
    """The anchors beside a ledger and some that were kept elsewhere, in the order of the records that they know.

    Iterate once. What is there as it begins counts, and nothing that is written meanwhile: a check may then look at
    records that are no newer. ``problem`` says why the anchors end before their end.
    """

    def __init__(self, ledger: Path, key: bytes, elsewhere: str | Path | None = None) -> None:
        self.problem: str | None = None
        self.first: Anchor | None = None
        self.last: Anchor | None = None
        self.own: Anchor | None = None
        """The last one beside the ledger, as far as they were read."""
        self.count = 0
        self._anchors = self._counted(anchors_path(ledger), key, elsewhere)
        self._next = next(self._anchors, None)
        self.first = self._next

    def __iter__(self) -> Iterator[Anchor]:
        while (anchor := self._next) is not None:
            self._next = next(self._anchors, None)
            yield anchor

    def finish(self) -> None:
        """Reads those that are left."""
        for _ in self:
            pass

    def _counted(self, beside: Path, key: bytes, elsewhere: str | Path | None) -> Iterator[Anchor]:
        try:
            others = (
                sorted(read_anchors(Path(elsewhere), key, whole=False), key=_records) if elsewhere else []
            )
            for anchor in heapq.merge(self._beside(beside, key), others, key=_records):
                self.count, self.last = self.count + 1, anchor
                yield anchor
        except LedgerError as error:
            self.problem = str(error)

    def _beside(self, beside: Path, key: bytes) -> Iterator[Anchor]:
        for anchor in read_anchors(beside, key) if beside.is_file() else ():
            self.own = anchor
            yield anchor


def _records(anchor: Anchor) -> int:
    return anchor.records
