"""Keep-out zones: places that the footprint must not enter, and figures around the body that nothing may enter."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.keeping import Keeper, slow
from iatro_governor.limits.limit import Cap, Clearance, Example, Guard, Limit, LimitConfig
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.zones import ZoneGauge, in_odom
from iatro_governor.profile.base import Name, NonNegative, Positive
from iatro_governor.profile.figures import Figure, Frame


class ZoneConfig(LimitConfig):
    """``figure`` in ``frame``: fixed in odom, or carried by the body and guarded against the returns of ``sources``."""

    example: ClassVar[Example] = {
        "frame": "odom",
        "figure": {"polygon": {"corners": [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5], [1.0, 0.5]]}},
        "margin": 0.05,
    }

    kind: Literal["zone"]
    frame: Frame
    figure: Figure
    margin: NonNegative = 0.0
    """Distance kept from the zone, m."""
    noise: NonNegative = 0.01
    """How far two measurements of the same place may differ, m."""
    retreat_speed: Positive = 0.2
    """Fastest point of the body while the zone is entered, m/s."""
    sources: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sources(self) -> ZoneConfig:
        if (self.frame == "body") != bool(self.sources):
            raise ValueError("a zone in the body frame needs sources, one in odom takes none")
        return self


class ZoneLimit(Limit[ZoneConfig]):
    """A clearance limit; leaving an entered zone is allowed, going deeper is not."""

    model = ZoneConfig
    unit = "m"

    def __init__(self, config: ZoneConfig) -> None:
        super().__init__(config)
        self._figure = config.figure.shape()
        self._keeper = Keeper(config.sources, config.margin, 0.0, config.noise, config.retreat_speed)
        self._gauge: ZoneGauge | None = None

    def _measure(self, situation: Situation) -> ZoneGauge:
        if self._gauge is None:
            self._gauge = ZoneGauge(self._figure, situation.footprint)
        return self._gauge

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Retreat slowly while the zone is entered."""
        if self.config.frame == "body":
            return self._keeper.retreat(command, self._figure, situation)
        if self.clearance(situation).now >= min(self.config.margin - self.config.noise, 0.0):
            return None
        return slow(command, situation, self.config.retreat_speed)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Stay out along the way to rest."""
        tolerance = min(tolerance, self.config.noise)
        if self.config.frame == "body":
            return self._keeper.clear(self._figure, rollouts, situation, tolerance)
        gauge, margin = self._measure(situation), self.config.margin - tolerance
        now = float(gauge.distance(situation.pose))
        if now > margin + float((rollouts.travel + rollouts.half_step).max()):
            return None
        ahead = gauge.distance(in_odom(situation.pose, rollouts.poses))[..., None]
        return Guard(np.array([now - tolerance]), ahead, margin, -np.inf, self.config.noise).holds(
            rollouts.half_step[:, None]
        )

    def clearance(self, situation: Situation) -> Clearance:
        """Distance from the zone, negative inside."""
        if self.config.frame == "body":
            return self._keeper.clearance(self._figure, situation)
        return Clearance(float(self._measure(situation).distance(situation.pose)), self.config.margin)

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Nearest point of the zone, or of what may not enter it, on the way."""
        if self.config.frame == "body":
            return self._keeper.least_ahead(self._figure, rollouts, situation)
        return float(self._measure(situation).distance(in_odom(situation.pose, rollouts.poses[0])).min())
