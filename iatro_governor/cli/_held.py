"""Whether somebody holds a key: it repeats itself as long as it is held, and each repetition counts for a moment."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

FIRST_S = 0.7
"""A keyboard waits so long at most before it repeats a key, s."""
NEXT_S = 0.25
"""From one repetition to the next, s, with what a network adds."""
END = (b"\x03", b"\x04", b"q")
"""Ctrl-C, Ctrl-D and q end it."""


class Held:
    """Of the keys that come in at ``descriptor``."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._last: float | None = None
        self._repeats = False
        self._over = False

    def __call__(self) -> bool:
        """Whether a key is held now. Before the first one it waits for it; once let go, it stays so."""
        if self._last is None and not self._over:
            select.select([self._descriptor], [], [])
        self._read()
        if self._over or self._last is None:
            return False
        patience = NEXT_S if self._repeats else FIRST_S
        self._over = time.monotonic() - self._last > patience
        return not self._over

    def _read(self) -> None:
        while not self._over and select.select([self._descriptor], [], [], 0.0)[0]:
            keys = os.read(self._descriptor, 256)
            self._over = not keys or any(end in keys for end in END)
            self._repeats = self._repeats or self._last is not None
            self._last = time.monotonic()


@contextmanager
def held_key() -> Iterator[Held]:
    """Keys of standard input, each as it is struck; what is no terminal is read as it comes."""
    descriptor = sys.stdin.fileno()
    if not os.isatty(descriptor):
        yield Held(descriptor)
        return
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        keys = termios.tcgetattr(descriptor)
        keys[3] &= ~termios.ISIG  # Ctrl-C is a key like others here, and ends the motion in order
        termios.tcsetattr(descriptor, termios.TCSADRAIN, keys)
        yield Held(descriptor)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
