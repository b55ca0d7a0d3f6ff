"""Rates of change of joints, and of these how fast joint velocities may change in ordinary motion."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.kinds import JOINT_MOTION
from iatro_governor.limits.limit import Example, LimitConfig
from iatro_governor.limits.rate import RateLimit
from iatro_governor.profile.joint_channels import EachPositive


class JointRateConfig(LimitConfig):
    """``bounds``: of the limit's unit, one for each joint of the channel, in its order."""

    bounds: EachPositive


class JointAccelerationConfig(JointRateConfig):
    """Away from rest."""

    example: ClassVar[Example] = {"bounds": [2.0, 2.0]}
    doses: ClassVar[Doses] = {"bounds": divided}

    kind: Literal["joint_acceleration"]


class JointDecelerationConfig(JointRateConfig):
    """Towards rest, where no stop is needed."""

    example: ClassVar[Example] = {"bounds": [3.0, 3.0]}
    doses: ClassVar[Doses] = "how hard the joints can come to rest is no choice"

    kind: Literal["joint_deceleration"]


class JointRateLimit(RateLimit[JointRateConfig]):
    """Shapes the step from the output that stands to the next one, all joints by one share."""

    view = "body"

    @property
    def each(self) -> tuple[float, ...]:
        """As configured."""
        return self.config.bounds

    @property
    def axis(self) -> str:
        """All joints of the channel."""
        return "joint"

    def bounds(self, count: int) -> Array:
        """(count,) as configured."""
        return np.array(self.config.bounds)


class JointVelocityRateLimit(JointRateLimit):
    """Of joint velocities."""

    unit = "rad/s2"
    fits = JOINT_MOTION - {"joint_effort"}


class JointAccelerationLimit(JointVelocityRateLimit):
    """Bound on the growth of each joint's speed."""

    model = JointAccelerationConfig
    way = "acceleration"


class JointDecelerationLimit(JointVelocityRateLimit):
    """Bound on the decrease of each joint's speed; a stop that is needed brakes by its stop mode instead."""

    model = JointDecelerationConfig
    way = "deceleration"
