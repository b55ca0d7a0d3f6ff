"""How long a node that is ending has listened in vain: by the turns of its loop, for one held up had no time to hear.

A process that the machine does not let run finds, when it runs again, that the others are gone and that much time is
over; what they said last is in its queue all the same, unread.
"""

from __future__ import annotations

MOST_S = 0.1
"""Most of a turn that counts, s: a longer one was no listening."""


class Listening:
    """From the first turn on; times in s of a clock that never goes back."""

    def __init__(self) -> None:
        self.waited_s = 0.0
        """For how long it has listened."""
        self.quiet_s = 0.0
        """... and for how long since something came."""
        self._at: float | None = None

    def heard(self) -> None:
        """Something came."""
        self.quiet_s = 0.0

    def turn(self, now: float) -> None:
        """One turn of the loop, at ``now``: as much of the time since the last one counts as one may take."""
        step = 0.0 if self._at is None else min(now - self._at, MOST_S)
        self._at = now
        self.waited_s += step
        self.quiet_s += step
