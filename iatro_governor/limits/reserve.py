"""What the limits that keep a robot and people apart by speed and separation (SSM) have in common."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

import numpy as np
from pydantic import model_validator

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses, grown, times
from iatro_governor.limits.limit import Example, Limit, LimitConfig
from iatro_governor.limits.sensed import WALKING
from iatro_governor.profile.base import Name, NonNegative, Positive, Source


class ReserveConfig(LimitConfig):
    """``intrusion`` C, ``uncertainty`` Z_d and ``robot_uncertainty`` Z_r, m: what is left when the robot rests."""

    example: ClassVar[Example] = {
        "bodies": "people",
        "intrusion": 0.05,
        "uncertainty": 0.02,
        "robot_uncertainty": 0.01,
        "noise": 0.01,
        "retreat_speed": 0.1,
    }
    doses: ClassVar[Doses] = {"intrusion": grown, "human_speed": times}

    bodies: Name
    """The tracker."""
    intrusion: NonNegative
    """How far a hand reaches beyond what is tracked, before it is tracked, m."""
    uncertainty: NonNegative
    """How far a body may be from where it is measured, m."""
    robot_uncertainty: NonNegative
    """How far the robot may be from where it is measured, m."""
    human_speed: NonNegative | None = None
    """How fast a person may come nearer, m/s; 1.6 by default. Whoever is tracked to be faster counts as that fast."""
    human_speed_source: Source | None = None
    noise: NonNegative
    """How far two measurements of an unmoved body may differ, m."""
    retreat_speed: Positive
    """Fastest point of the body while somebody is too near, m/s."""

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if (self.human_speed is None) != (self.human_speed_source is None):
            raise ValueError("human_speed and human_speed_source go together")
        return self


AnyReserve = TypeVar("AnyReserve", bound=ReserveConfig)


class ReserveLimit(Limit[AnyReserve]):
    """Keeps ``C + Z_d + Z_r`` between the robot and everybody whom a tracker tells of."""

    unit = "m"

    def __init__(self, config: AnyReserve) -> None:
        super().__init__(config)
        self._reserve = config.intrusion + config.uncertainty + config.robot_uncertainty

    @property
    def bound(self) -> float:
        """C + Z_d + Z_r, m."""
        return self._reserve

    def _coming(self, tracked: Array) -> Array:
        """How fast bodies that are ``tracked`` (b,) to move this fast may come nearer, m/s."""
        known = WALKING if self.config.human_speed is None else self.config.human_speed
        return np.maximum(tracked, known)
