"""When the governor's process was held up, and what became of what it had decided before."""

from __future__ import annotations

from iatro_governor.governor.pulse import Silence
from iatro_governor.profile.model import HEARTBEAT_S, LoopTiming


class HoldUps:
    """Turns of the loop, messages in between, and heartbeats. Times in s of one clock that never goes back."""

    def __init__(self, loop: LoopTiming, t: float) -> None:
        """``t``: now."""
        self._most_s = loop.max_gap_s
        self._round: float | None = None
        self._turn = t
        self._withheld = ""
        self._woken = False
        self._beat = float("-inf")
        self._silence = Silence(loop.patience_s)

    def begin(self, t: float) -> None:
        """A turn of the loop, or a message, begins at ``t``: what is decided now goes by the world as it is now."""
        self._turn = t

    def wakes(self, t: float) -> bool:
        """Whether the loop comes round at ``t`` for the first time after a silence in which a watch may have spoken.

        What has waited for the process is heard before it decides: what is measured tells whether the watch has spoken.
        """
        first, self._woken = self._silence.over(t) and not self._woken, self._silence.over(t)
        return first

    def overdue(self, t: float) -> bool:
        """Whether the loop should have come round by ``t``."""
        return self._round is not None and t - self._round > self._most_s

    def come_round(self, t: float) -> str:
        """The loop comes round at ``t``; what is to be told of an overrun, empty: it came in time."""
        told, last = "", self._round
        if last is not None and self.overdue(t):
            told = f"the loop came {t - last:.3f} s after the last; at most {self._most_s} s is allowed"
            told, self._withheld = told + self._withheld, ""
        self._round = t
        return told

    def too_old(self, t: float) -> bool:
        """Whether the process was held up since the turn began: what was decided then is for another world.

        Held up later, while the middleware has it, one old output goes out; the next goes on from what the watch did.
        """
        return t - self._turn > self._most_s

    def withhold(self, number: int) -> None:
        """The decision ``number`` does not go out; the next overrun is told with it."""
        self._withheld += f"; decision {number} was too old to go out"

    def beat_due(self, t: float) -> bool:
        """Whether a heartbeat is due by time: a loop that is slow and not late yet is no dead one to its watch."""
        return t - self._beat >= HEARTBEAT_S

    def beat(self, t: float) -> None:
        """A heartbeat goes out at ``t``."""
        self._beat, self._woken = t, False
        self._silence.beat(t)

    def spoken_for(self, t: float) -> float:
        """For how long at most a watch may have spoken in the governor's place, s, until ``t`` and since last asked."""
        return self._silence.spoken_for(t)
