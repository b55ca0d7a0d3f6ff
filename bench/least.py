"""Memory of processes that is not given back: the least of it over a while."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

from bench.memory import owned_mb

LOOK_S = 0.5
"""Between two looks, s."""


class Least:
    """The least that each of some processes took since it was asked last, MB; a context that looks now and then.

    What is garbage waits for its collection, some seconds and megabytes of it, and is given back then: looked at once,
    memory goes up and down like a saw. What leaks raises the lowest points of that, too.
    """

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._seen: dict[str, float] = {}
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def look(self) -> None:
        """Look at each; raises OSError where one has ended."""
        for name, pid in self._pids.items():
            now = owned_mb(pid)
            with self._lock:
                self._seen[name] = min(self._seen.get(name, now), now)

    def take(self) -> dict[str, float]:
        """By name, the least since this was asked last, or since the beginning; raises OSError where one has ended."""
        self.look()
        with self._lock:
            found, self._seen = self._seen, {}
        return found

    def _go_on(self) -> None:
        while not self._over.wait(LOOK_S):
            with suppress(OSError):  # whoever asks is told of one that has ended
                self.look()
