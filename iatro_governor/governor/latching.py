"""The latch of a robot: made when the first fault latches, released by a signed reset, the same after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from iatro_governor.governor.decision import Latch

Nonce = Callable[[str, int], str]
"""From a latch's id and the number of the decision that makes it to its nonce."""


class Latches:
    """At most one latch stands at a time; what latches while it stands is added to its causes."""

    def __init__(self, robot: str, nonce: Nonce, latch: Latch | None) -> None:
        """``latch``: the one that stood before a restart."""
        self._robot = robot
        self._nonce = nonce
        self._count = 0
        self.latch = latch

    def take(self, faults: Iterable[str], seq: int) -> None:
        """Let every one of ``faults`` be a cause; ``seq`` numbers the next decision."""
        for fault in faults:
            if self.latch is None:
                self._count += 1
                made = f"{self._robot}-{seq}-{self._count}"
                self.latch = Latch(made, self._nonce(made, seq), fault)
            elif fault not in self.latch.causes:
                self.latch = replace(self.latch, also=(*self.latch.also, fault))

    def name(self, pressed: Iterable[str]) -> None:
        """Let the latch say which emergency stops made it."""
        if self.latch is not None and (named := tuple(sorted(pressed))) != self.latch.pressed:
            self.latch = replace(self.latch, pressed=named)

    def release(self) -> None:
        """A signed reset was accepted."""
        self.latch = None
