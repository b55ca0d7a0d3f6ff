"""The keyed chain: each record's mac covers the record and the mac before it (HMAC-SHA256).

Without the key nobody can add, change, drop or reorder a record and still have a chain that verifies. What a
chain cannot show by itself, that its end was cut off, the anchors show (``anchors.py``).
"""

from __future__ import annotations

import hashlib
import hmac

from .record import Row, sealed_text


def subkey(key: bytes, purpose: str) -> bytes:
    """A key for one purpose only, so that a mac made for one file can never be used in another."""
    return hmac.digest(key, b"iatro_governor/" + purpose.encode(), "sha256")


def key_id(key: bytes) -> str:
    """A short public name of ``key``: says which key is needed and gives nothing away."""
    return hashlib.sha256(subkey(key, "name")).hexdigest()[:16]


class Chain:
    """Computes macs of rows in order; ``head`` is the mac of the last one."""

    def __init__(self, key: bytes, head: bytes) -> None:
        self._key = subkey(key, "chain")
        self.head = head

    @classmethod
    def of(cls, key: bytes, ledger_id: str) -> Chain:
        """The empty chain of one ledger: records of another ledger never fit in it."""
        return cls(key, hmac.digest(subkey(key, "genesis"), ledger_id.encode(), "sha256"))

    def link(self, row: Row) -> bytes:
        """Extends the chain by ``row`` and returns the row's mac."""
        self.head = hmac.digest(self._key, self.head + sealed_text(row), "sha256")
        return self.head

    def fits(self, row: Row, mac: bytes) -> bool:
        """Extends the chain by ``row``, which may be anything, and tells whether ``mac`` is the right one."""
        try:
            return hmac.compare_digest(self.link(row), mac)
        except (TypeError, AttributeError):  # a column of a type that no ledger writes
            return False
