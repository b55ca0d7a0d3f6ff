"""What was sent and is not yet in the ledger: kept, and sent again, until the recorder says that it is durable."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node

from iatro_governor.msg import Ack
from iatro_governor.nodes import qos
from iatro_governor.nodes.steady import every

RESEND_S = 1.0
"""What was sent longer ago than this without a receipt is sent again, s."""
MOST_AT_ONCE = 200
"""Records in one burst of sending again: a recorder that comes back must be able to take them."""


class Outbox:
    """The numbered messages of one writer on one topic. Sends each at once, and again until it is acknowledged."""

    def __init__(self, node: Node, writer: str, publish: Callable[[Any], None]) -> None:
        self._writer, self._publish = writer, publish
        self._waiting: dict[int, tuple[float, Any]] = {}
        node.create_subscription(Ack, "recorder/ack", self._acknowledged, qos.EVENT)
        every(RESEND_S / 2, node, self._send_again)

    @property
    def waiting(self) -> int:
        """How many messages the ledger does not have yet, as far as is known here."""
        return len(self._waiting)

    @property
    def messages(self) -> list[Any]:
        """The messages that the ledger does not have yet, as far as is known here."""
        return [message for _, message in self._waiting.values()]

    def send(self, number: int, message: Any) -> None:
        """Send the ``number``-th message; the recorder takes each number once."""
        self._waiting[number] = (time.monotonic(), message)
        self._publish(message)

    def _acknowledged(self, ack: Ack) -> None:
        if ack.writer == self._writer:
            self._waiting = {number: kept for number, kept in self._waiting.items() if number >= ack.up_to}

    def _send_again(self) -> None:
        now = time.monotonic()
        old = [number for number, (sent, _) in self._waiting.items() if now - sent >= RESEND_S]
        for number in sorted(old)[:MOST_AT_ONCE]:
            message = self._waiting[number][1]
            self._waiting[number] = (now, message)
            self._publish(message)
