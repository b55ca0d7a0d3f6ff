"""Where a trajectory has the joints and how fast they go there, as one decision after the other tells."""

from __future__ import annotations

from iatro_governor.governor.events import Knot

Values = tuple[float, ...]

SHORTEST_S = 1e-3
"""Two decisions closer together than this tell no speed, s."""


class Progress:
    """Positions (n,) rad or m of the newest decision, and speeds from the one before; nothing before the first."""

    def __init__(self) -> None:
        self._t = 0.0
        self._at: Values = ()
        self.speeds: Values = ()

    @property
    def known(self) -> bool:
        """Whether a decision has come."""
        return bool(self._at)

    def note(self, t: float, positions: Values, *, anew: bool = False) -> None:
        """Take the ``allowed`` of a decision at ``t`` s; those that come again are left out.

        ``anew``: they are told from something else than before, which is no motion: speeds stay as they were.
        """
        if not self._at:
            self._t, self._at, self.speeds = t, positions, (0.0,) * len(positions)
        elif anew:
            self._t, self._at = t, positions
        elif (dt := t - self._t) >= SHORTEST_S:
            self.speeds = tuple((b - a) / dt for a, b in zip(self._at, positions, strict=True))
            self._t, self._at = t, positions

    def braked(self, t: float, time: float) -> Knot:
        """The point where the joints come to rest when they brake evenly from ``t`` s on, within ``time`` s."""
        ahead = t - self._t + time / 2
        ends = tuple(q + v * ahead for q, v in zip(self._at, self.speeds, strict=True))
        return Knot(time, ends, (0.0,) * len(ends))
