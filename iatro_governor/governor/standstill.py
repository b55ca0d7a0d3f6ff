"""Standing still for a command: how long it has lasted, and whether there is a way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.governor.member import Member
from iatro_governor.governor.resolve import Limits, Resolution, clear_of

STUCK = 0.02
"""A scale below this is no motion to speak of."""
FREE = 0.1
"""What was stuck moves again from this scale on: less comes and goes with the noise of measurements."""
WAY_OUT_S = 1.0
"""A way out is a creep that can be kept up this long, s."""


class Standstill:
    """Of ``members``, whose stacked ``u`` is (``size``,): since when a command has brought no motion to speak of."""

    def __init__(self, members: Sequence[Member], size: int) -> None:
        self._freeze_s = max(member.chart.config.freeze_s for member in members)
        self._trapped_s = max(member.chart.config.trapped_s for member in members)
        self._creeps = _stacked_creeps(members, size)
        self._since: float | None = None

    def over(self) -> None:
        """It moves, or is not asked to."""
        self._since = None

    def lasts(self, whole: Resolution, wanted: Array, t: float) -> bool:
        """Whether ``wanted`` (n,), which came to ``whole``, has brought no motion for ``freeze_s``."""
        least = STUCK if self._since is None else FREE
        if whole.scale is None or whole.scale >= least or not any(wanted.tolist()):
            self._since = None
            return False
        if self._since is None:
            self._since = t
        return t - self._since >= self._freeze_s

    def trapped(self, t: float, situation: Any, limits: Limits) -> tuple[str, ...]:
        """The limits that bind, where it has lasted ``trapped_s`` and no slow motion at all is admissible."""
        if self._since is None or t - self._since < self._trapped_s:
            return ()
        return self.binding(situation, limits)

    def binding(self, situation: Any, limits: Limits) -> tuple[str, ...]:
        """Names of the limits that leave no slow motion at all; empty: there is one that is admissible."""
        free, refusals = clear_of(self._creeps, situation.lasting(WAY_OUT_S), limits)
        names = [limit.config.name for limit, _ in refusals]
        for way in self._creeps[free]:
            caps = ((limit, limit.cap(way, situation)) for limit in limits)
            held = [limit.config.name for limit, cap in caps if cap is not None and cap.scale < STUCK]
            if not held:
                return ()
            names += held
        return tuple(dict.fromkeys(names))


def _stacked_creeps(members: Sequence[Member], size: int) -> Array:
    rows = []
    for member in members:
        for creep in member.chart.creeps:
            row = np.zeros(size)
            row[member.place] = creep
            rows.append(row)
    return np.array(rows)
