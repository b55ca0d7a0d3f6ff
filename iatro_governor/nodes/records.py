"""The governor's record: every decision into the ring before it takes effect, sent until it is durable."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from iatro_governor.errors import LedgerError
from iatro_governor.ledger.ring import Ring

RESEND_S = 1.0
"""What was sent longer ago than this without a receipt is sent again, s."""
BURST = 50
"""Decisions that are sent again at once, at most: the loop has other things to do."""
ROUND = 10 * BURST
"""Decisions that are sent again before it begins anew with the oldest one: that must not wait for all that a long
absence of the recorder has left."""

Body = dict[str, Any]


class Records:
    """The ring, and which of its entries wait for a receipt.

    The oldest is sent again first. What the ring had no room for is never sent: a recorder that waits for such
    a number in vain declares it lost.
    """

    def __init__(self, path: Path) -> None:
        """Open or continue the ring at ``path``. Raises LedgerError where that is not possible."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{path.parent}: cannot be made: {error.strerror or error}") from error
        self._ring = Ring.open(path)
        self._sent: deque[tuple[float, int]] = deque([(float("-inf"), self._ring.next_number)])
        self._again = self._until = 0
        self._round_t = float("-inf")

    @property
    def writer(self) -> str:
        """The id of the ring; it outlives the process."""
        return self._ring.writer

    @property
    def next_number(self) -> int:
        """The number of the next decision."""
        return self._ring.next_number

    @property
    def acknowledged(self) -> int:
        """Every number below this one is in the ledger."""
        return self._ring.acknowledged

    @property
    def backlog(self) -> float:
        """Share of the ring that waits for receipts, 0 to 1."""
        return self._ring.backlog

    def write(self, body: Body) -> None:
        """Keep a decision; a full ring keeps its older ones, and the number is lost."""
        self._ring.append(body["seq"], json.dumps(body, allow_nan=False).encode())

    def receipt(self, up_to: int) -> None:
        """Everything below ``up_to`` is durable; it may be more than this ring remembers."""
        self._ring.skip_to(up_to)
        self._ring.acknowledge(up_to)

    def send_again(self, now: float, send: Callable[[Body], None]) -> None:
        """Send what has waited for RESEND_S, a burst at a time and each entry once in RESEND_S. ``now`` in s."""
        self._sent.append((now, self._ring.next_number))
        while len(self._sent) > 1 and self._sent[1][0] <= now - RESEND_S:
            self._sent.popleft()
        if self._again >= self._until:
            if now - self._round_t < RESEND_S:
                return
            ripe = self._sent[0][1] if self._sent[0][0] <= now - RESEND_S else 0
            self._again, self._round_t = self._ring.acknowledged, now
            self._until = min(ripe, self._again + ROUND)
        for sent, (number, payload) in enumerate(self._ring.unacknowledged(self._again)):
            if number >= self._until:
                break
            if sent == BURST:
                return
            self._again = number + 1
            send(json.loads(payload))
        self._again = self._until

    def close(self) -> None:
        """Let go of the ring."""
        self._ring.close()
