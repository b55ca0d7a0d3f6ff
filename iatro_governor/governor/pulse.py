"""Whether a governor still lives, as its heartbeats and its outputs tell."""

from __future__ import annotations

MOST_OWED = 10
"""Own messages that may be on their way back at once; what was lost on the way does not come any more."""


class Pulse:
    """Something that must come again and again. Times in s, of any one clock."""

    def __init__(self, t: float) -> None:
        """``t``: from when on it is waited for."""
        self._t = t
        self._count: int | None = None

    def beat(self, t: float, count: int | None = None) -> None:
        """It came at ``t``; with a ``count`` only where that is another than last time: who repeats itself hangs.

        A count that begins anew is a governor that was started again.
        """
        if count is None or count != self._count:
            self._count, self._t = count, t

    def delay(self, s: float) -> None:
        """Do not count ``s`` s of the silence: nobody listened."""
        self._t += s

    def silent_s(self, t: float) -> float:
        """How long it has been silent at ``t``, s."""
        return t - self._t


class Silence:
    """One's own silence, as who listens to one's heartbeats sees it. Times in s, of any one clock."""

    def __init__(self, patience_s: float) -> None:
        """``patience_s``: who is silent for longer is taken for dead, and spoken for."""
        self._patience_s = patience_s
        self._ends: float | None = None

    def beat(self, t: float) -> None:
        """One's own heartbeat goes out at ``t``."""
        self._ends = t + self._patience_s

    def over(self, t: float) -> bool:
        """Whether one has been silent for so long at ``t`` that somebody else may speak."""
        return self._ends is not None and t > self._ends

    def spoken_for(self, t: float) -> float:
        """For how long at most somebody else may have spoken until ``t``, s, since this was last asked."""
        if self._ends is None or t <= self._ends:
            return 0.0
        spoken, self._ends = t - self._ends, t
        return spoken


class Echoes:
    """Tells the messages of others from one's own on a topic that one reads and publishes on.

    Messages carry no name. But whoever hears more than was sent hears somebody else.
    """

    def __init__(self) -> None:
        self._owed = 0

    def sent(self) -> None:
        """One's own message went out."""
        self._owed = min(self._owed + 1, MOST_OWED)

    def heard_other(self) -> bool:
        """Take a message; whether it must be somebody else's."""
        if self._owed:
            self._owed -= 1
            return False
        return True
