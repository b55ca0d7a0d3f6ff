"""How long a source leaves one in the dark: the age that its news reach before the next come."""

from __future__ import annotations

from collections.abc import Mapping

SPAN_S = 5.0
"""The longest of the last one to two of these spans counts, s."""


class Silence:
    """The longest of late of each source, s. What is beyond its time-out is a fault, and counts as that long."""

    def __init__(self, timeouts: Mapping[str, float]) -> None:
        self._timeouts = timeouts
        self._began = dict.fromkeys(timeouts, 0.0)
        self._before = dict.fromkeys(timeouts, 0.0)
        self.longest = dict.fromkeys(timeouts, 0.0)
        self._now = dict.fromkeys(timeouts, 0.0)

    def end(self, name: str, t: float, age_s: float) -> None:
        """The news of source ``name`` were ``age_s`` s old at ``t`` s, when the next came."""
        if name not in self._timeouts:
            return
        if t - self._began[name] > SPAN_S:
            self._before[name], self._now[name], self._began[name] = self._now[name], 0.0, t
        self._now[name] = max(self._now[name], min(age_s, self._timeouts[name]))
        self.longest[name] = max(self._before[name], self._now[name])
