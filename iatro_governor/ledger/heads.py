"""The heads of a chain at many places at once, as its anchors know them, in little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

from .anchors import Anchor

_BYTES = 32
"""Of a mac: SHA-256."""


class Heads:
    """Macs by the numbers of their records, 40 bytes each: a ledger may have millions of anchors."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        """``anchors`` as they were written: none knows fewer records than the one before it."""
        self._numbers, self._macs = array("q"), bytearray()
        for anchor in anchors:
            self._numbers.append(anchor.records)
            self._macs += bytes.fromhex(anchor.head)

    def get(self, number: int) -> bytes | None:
        """The mac of record ``number``; None where no anchor has it."""
        place = bisect_left(self._numbers, number)
        if place == len(self._numbers) or self._numbers[place] != number:
            return None
        return bytes(self._macs[place * _BYTES : (place + 1) * _BYTES])
