"""Whether the wall clock can be believed about days: a wrong one must not make evidence old that is not.

A clock without a battery starts anywhere, and one that is set leaps. No program can tell time in which a robot was
switched off from a leap; but a leap that was a mistake is mended within hours, and time that has passed stays.
"""

from __future__ import annotations

import math

HELD_S = 6 * 3600.0
"""A wall clock that has gone evenly for so long, while this process ran, is believed, s."""
STEP_S = 60.0
"""Between two looks it may gain or lose so much on the monotonic clock, s: that makes nothing old."""


class WallClock:
    """Watches the wall clock of one session against the monotonic one, which nobody sets."""

    def __init__(self) -> None:
        self._ahead = self._since = math.nan

    def held(self, wall: float, monotonic: float) -> bool:
        """Whether the wall clock has gone evenly for HELD_S up to now; both in s, and asked every now and then."""
        ahead = wall - monotonic
        if not abs(ahead - self._ahead) <= STEP_S:  # or the first time of all
            self._since = monotonic
        self._ahead = ahead
        return monotonic - self._since >= HELD_S
