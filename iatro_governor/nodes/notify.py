"""Tells systemd that a node is ready, and that it still turns; without systemd it tells nobody anything.

The protocol is that of sd_notify(3): one datagram a message, to the socket that the environment names.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

SHARE = 3.0
"""Signs of life in the time after which systemd takes a silent service for hung."""


class Notifier:
    """The socket of one process; ``environment``: where systemd says which, and how often it wants to hear."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A name in the abstract namespace is written with @ for its NUL.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._period = _watchdog_s(environment) / SHARE if address else 0.0
        self._next = 0.0

    def say(self, text: str) -> None:
        """Send ``text``, ``READY=1`` say; what cannot be sent at once is not sent."""
        if not self._address:
            return
        # Nobody may be held up by a manager that has gone or is busy: it will act on the silence.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as own:
            own.setblocking(False)
            own.sendto(text.encode(), self._address)

    def alive(self, now: float) -> None:
        """Give a sign of life where one is due; ``now``: s of the monotonic clock."""
        if self._period and now >= self._next:
            self._next = now + self._period
            self.say("WATCHDOG=1")


def _watchdog_s(environment: Mapping[str, str]) -> float:
    """The time that systemd allows between signs of life, s; 0: it waits for none, or not for those of this process."""
    for_whom = environment.get("WATCHDOG_PID", "")
    if for_whom and for_whom != str(os.getpid()):
        return 0.0
    given = environment.get("WATCHDOG_USEC", "")
    return int(given) * 1e-6 if given.isdecimal() else 0.0
