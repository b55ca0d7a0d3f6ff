"""The way to rest that was verified last, and whether it may still be followed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from iatro_governor.body.planar import Array
from iatro_governor.governor.moved import Body
from iatro_governor.governor.outputs import Outputs
from iatro_governor.governor.resolve import is_clear
from iatro_governor.limits.limit import Limit

REMEMBERED_S = 0.8
"""Every chart keeps its outputs longer than that before the oldest of them may still have been in flight, s."""


class Verified:
    """Remembers the moment at which a way to rest was clear of all ``limits``."""

    def __init__(self, body: Body, outputs: Outputs, limits: Sequence[Limit[Any]]) -> None:
        self._body, self._outputs, self._limits = body, outputs, limits
        self._when: Any = None
        self._begun: Any = None
        """Where it was; None: nobody knows any more where that is from here."""

    def now(self, situation: Any) -> None:
        """One was, at ``situation``."""
        self._when = self._begun = situation

    def keeps(self, verified: Array, situation: Any) -> bool:
        """Whether the way to rest that was verified last, which goes on with ``verified`` (N,), is still clear.

        It was by every delay there may be, and by the one that there is it has stayed where it was. What was measured
        since tells that one from the others, by which the body drifts. So what is in the way now has moved; or the body
        has, and no delay explains how: then all of them count, as they did before. Of a place that it leaves it may
        lead out a little, and in again as far as where it was verified.
        """
        if self._when is not None and situation.t - self._when.t > REMEMBERED_S:
            self._when = None
        view = self._body.fitted(situation, self._outputs, self._when)
        if view is situation:
            self._begun = None
        elif self._begun is not None:
            view = view.following(self._begun)
        kept = bool(is_clear(verified[None], view, self._limits, math.inf)[0])
        if kept and self._when is not None and situation.t - self._when.t > REMEMBERED_S / 2:
            self._when = situation
        return kept
