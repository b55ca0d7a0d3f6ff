"""Slow zones: places, or figures around the body, in which speed is bounded; they may be entered, at that speed."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.returns import gaps
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.zones import ZoneGauge
from iatro_governor.profile.base import Name, Positive
from iatro_governor.profile.figures import Figure, Frame


class SlowZoneConfig(LimitConfig):
    """``speed``: translational, m/s, inside ``figure``; in the body frame, while a return of ``sources`` is inside."""

    example: ClassVar[Example] = {
        "frame": "odom",
        "figure": {"polygon": {"corners": [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5], [1.0, 0.5]]}},
        "speed": 0.3,
    }

    kind: Literal["slow_zone"]
    frame: Frame
    figure: Figure
    speed: Positive
    sources: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _sources(self) -> SlowZoneConfig:
        if (self.frame == "body") != bool(self.sources):
            raise ValueError("a zone in the body frame needs sources, one in odom takes none")
        return self


class SlowZoneLimit(Limit[SlowZoneConfig]):
    """A level limit with an approach: the zone is reached at its speed without braking harder than comfort."""

    model = SlowZoneConfig
    unit = "m/s"

    def __init__(self, config: SlowZoneConfig) -> None:
        super().__init__(config)
        self._figure = config.figure.shape()
        self._gauge: ZoneGauge | None = None

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Scale the translational norm down to the speed from which the zone can still be entered slowly."""
        distance = self._distance(situation)
        if distance is None:
            return None
        deceleration = min(situation.comfort.linear, situation.braking.linear)
        allowed = approach_speed(
            distance, self.config.speed, deceleration, situation.reaction_s + situation.period
        )
        value = float(np.hypot(command[0], command[1]))
        now = float(np.hypot(situation.anchor[0], situation.anchor[1]))
        return Cap(1.0 if value <= allowed else allowed / value, value, allowed, excess(now, allowed))

    def _distance(self, situation: Situation) -> float | None:
        if self.config.frame == "body":
            obstacles = situation.obstacles(self.config.sources)
            return float(gaps(obstacles, self._figure).min()) if len(obstacles.points) else None
        if self._gauge is None:
            self._gauge = ZoneGauge(self._figure, situation.footprint)
        return float(self._gauge.distance(situation.pose))
