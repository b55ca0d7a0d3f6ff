"""Jerk: how fast the acceleration of the output may change in ordinary driving and in controlled stops."""

from __future__ import annotations

from typing import ClassVar, Literal

from iatro_governor.limits.doses import Doses
from iatro_governor.limits.limit import Example
from iatro_governor.limits.rate import RateConfig, TwistRateLimit


class JerkConfig(RateConfig):
    """``bound`` in m/s3 for linear (vx and vy each), in rad/s3 for angular (wz)."""

    example: ClassVar[Example] = {"axis": "linear", "bound": 2.0}
    doses: ClassVar[Doses] = "it bounds how soon braking begins, too: a stricter one would stop later"

    kind: Literal["jerk"]


class JerkLimit(TwistRateLimit):
    """Bound on the change of acceleration and deceleration, their build-up and their letting go.

    It yields to everything that keeps a distance, and to the bound on deceleration; the bound on acceleration yields to
    it. An acceleration towards what is no longer wanted ends at once. A protective stop knows no jerk; a controlled one
    does, so every stopping distance is longer by what building up and letting go cost.
    """

    model = JerkConfig
    unit = "m/s3"
    fits = frozenset({"twist"})
    way = "jerk"

    @property
    def row_unit(self) -> str:
        """rad/s3 for turning."""
        return "rad/s3" if self.config.axis == "angular" else "m/s3"
