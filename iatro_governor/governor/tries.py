"""How often somebody without the operator's key may guess."""

from __future__ import annotations

from collections import deque

TRIES = 3
"""Wrong tokens that are looked at within ``WITHIN_S``."""
WITHIN_S = 60.0


class Tries:
    """Wrong tokens of one kind."""

    def __init__(self) -> None:
        self._wrong: deque[float] = deque()

    def refusal(self, t: float) -> str | None:
        """Why no token is looked at at ``t``, s; None: it is. A clock that goes back shortens nothing."""
        self._wrong = deque(min(tried, t) for tried in self._wrong if t - tried < WITHIN_S)
        if len(self._wrong) < TRIES:
            return None
        wait = self._wrong[0] + WITHIN_S - t
        return f"{TRIES} wrong tokens within {WITHIN_S:g} s; the next is looked at in {wait:.1f} s"

    def wrong(self, t: float) -> None:
        """A token at ``t`` did not fit."""
        self._wrong.append(t)

    def right(self) -> None:
        """One did, so whoever sends them holds the key."""
        self._wrong.clear()
