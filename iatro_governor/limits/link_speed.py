"""Link speed: how fast any point of the body, or of some of its links, may move over ground."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.link_keeping import capsules_of
from iatro_governor.limits.link_zone import Links
from iatro_governor.profile.base import Positive


class LinkSpeedConfig(LimitConfig):
    """``bound``: m/s, of the fastest point of ``links``, or of the whole body."""

    example: ClassVar[Example] = {"bound": 0.5}

    kind: Literal["link_speed"]
    links: Links | None = None
    bound: Positive


class LinkSpeedLimit(Limit[LinkSpeedConfig]):
    """``|J u| <= bound`` for every point; the speed at the hand is the sum of all that moves it.

    A segment's points are no faster than its faster end, and its round adds ``r |w|`` at most.
    """

    model = LinkSpeedConfig
    unit = "m/s"
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: LinkSpeedConfig) -> None:
        super().__init__(config)
        self._which: Indices | None = None

    @property
    def bound(self) -> float:
        """m/s."""
        return self.config.bound

    def _fastest(self, rates: Array, situation: BodySituation) -> float:
        if self._which is None:
            self._which = capsules_of(situation.model, self.config.links)
        reach = situation.levers[:, self._which].max(axis=1)
        quick = float(np.abs(rates) @ reach)
        if quick <= self.config.bound:  # however the links stand
            return quick
        return float(situation.now.capsule_speeds(rates)[self._which].max())

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down to the bound; what the body does anyway counts first."""
        bound, still = self.config.bound, situation.still
        rates = situation.rates(command)
        value = self._fastest(rates, situation)
        scale = 1.0
        if value > bound:
            idle = self._fastest(still, situation) if still.any() else 0.0
            added = self._fastest(rates - still, situation)
            scale = min(max(bound - idle, 0.0) / added, 1.0) if added > 0 else 1.0
        now = self._fastest(situation.rates(situation.anchor), situation)
        return Cap(scale, value, bound, excess(now, bound))
