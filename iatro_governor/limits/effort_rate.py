"""Effort rate: how fast each joint may come to push or turn harder than a stop asks for."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.limit import Example, LimitConfig
from iatro_governor.limits.rate import RateLimit
from iatro_governor.profile.joint_channels import EachPositive


class EffortRateConfig(LimitConfig):
    """``bounds``: Nm/s or N/s, one for each joint of the channel, in its order."""

    example: ClassVar[Example] = {"bounds": [200.0, 100.0]}

    kind: Literal["effort_rate"]
    bounds: EachPositive


class EffortRateLimit(RateLimit[EffortRateConfig]):
    """``d|u|/dt <= bounds``, away from the effort of a stop, all joints by one share.

    Back to that effort there is no bound: a stop goes there at once, too.
    """

    model = EffortRateConfig
    unit = "Nm/s"
    fits = frozenset({"joint_effort"})
    view = "body"
    way = "acceleration"

    @property
    def bound(self) -> float | None:
        """One a joint, so none."""
        return None

    @property
    def each(self) -> tuple[float, ...]:
        """Nm/s or N/s."""
        return self.config.bounds

    @property
    def row_unit(self) -> str:
        """Nm/s, or N/s for a joint that slides."""
        return self.unit

    @property
    def axis(self) -> str:
        """All joints of the channel."""
        return "joint"

    def bounds(self, count: int) -> Array:
        """(count,) as configured."""
        return np.array(self.config.bounds)
