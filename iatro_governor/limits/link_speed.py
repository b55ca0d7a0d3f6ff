"""Link speed: how fast any point of the body, or of some of its links, may move over ground."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from iatro_governor.body.fastest import Fastest
from iatro_governor.body.planar import Array
from iatro_governor.limits.body_rows import speed_rows
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import ROUNDING, Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.link_keeping import capsules_of
from iatro_governor.limits.link_zone import Links
from iatro_governor.limits.rows import Rows
from iatro_governor.profile.base import Positive


class LinkSpeedConfig(LimitConfig):
    """``bound``: m/s, of the fastest point of ``links``, or of the whole body."""

    example: ClassVar[Example] = {"bound": 0.5}
    doses: ClassVar[Doses] = {"bound": divided}

    kind: Literal["link_speed"]
    links: Links | None = None
    bound: Positive


class LinkSpeedLimit(Limit[LinkSpeedConfig]):
    """``|J u| <= bound`` for every point; the speed at the hand is the sum of all that moves it.

    A segment's points are no faster than its faster end, and its round adds ``r |w|`` at most. Joints that keep their
    velocities still move a point faster or slower as the body turns: ``J`` is that of where it is measured and that of
    where it will be when ``u`` begins to act, whichever is worse. Two things that cannot tell. In between, where a
    shorter delay has ``u`` begin, the speed is off the line between both by ``v (w T)^2 / 8`` at most (Taylor), for
    joints that turn w rad/s in all and T s from the measurement until ``u`` acts. And while ``u`` stands, for a period
    or for as long as joints lag behind, the speed goes on changing by up to ``v w`` a second.
    """

    model = LinkSpeedConfig
    unit = "m/s"
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: LinkSpeedConfig) -> None:
        super().__init__(config)
        self._links: Fastest | None = None

    @property
    def bound(self) -> float:
        """m/s."""
        return self.config.bound

    def _points(self, situation: BodySituation) -> Fastest:
        if self._links is None:
            which = capsules_of(situation.model, self.config.links)
            self._links = Fastest(situation.model, situation.levers, which)
        return self._links

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Neither the wanted output nor the standing one is that fast; those between them are no faster."""
        points, bound = self._points(situation), self.config.bound * (1.0 - ROUNDING)
        return points.within(bound, situation.now, reach.ends, np.abs(situation.soon_q - situation.now.q))

    def rows(self, situation: BodySituation) -> Rows:
        """The planes that touch the bound, of the points that are moved fastest."""
        which = capsules_of(situation.model, self.config.links)
        return speed_rows(situation, situation.now, which, np.full(len(which), self.config.bound))

    def cap(self, command: Array, situation: BodySituation) -> Cap:
        """Scale down to the bound; what the body does anyway counts first."""
        bound, still = self.config.bound, situation.still
        points, rates = self._points(situation), situation.rates(np.stack([command, situation.anchor]))
        most = points.at_most(rates)
        if (most <= bound).all():  # however the links stand
            return Cap(1.0, float(most[0]), bound)
        value, now = points.exactly(situation.now, rates).tolist()
        at = [situation.now]
        if value + float(points.drift(rates[:1], np.abs(situation.soon_q - situation.now.q))[0]) > bound:
            at.append(situation.soon)
            value = max(value, float(points.exactly(situation.soon, rates[:1])[0]))
        scale = 1.0
        if value > bound:
            parts = np.stack([still, rates[0] - still])
            shares = [max(bound - idle, 0.0) / added if added > 0 else 1.0
                      for idle, added in (points.exactly(where, parts).tolist() for where in at)]  # fmt: skip
            scale = min(1.0, *shares)
        return Cap(scale, value, bound, excess(now, bound))

    def about(self, situation: BodySituation) -> str:
        """The fastest link of the output that stands."""
        which = capsules_of(situation.model, self.config.links)
        speeds = situation.now.capsule_speeds(situation.rates(situation.anchor))[which]
        return situation.model.links[int(situation.model.capsule_link[which[int(np.argmax(speeds))]])]
