"""Effort rate: how fast each joint may come to push or turn harder than a stop asks for."""

from __future__ import annotations

from typing import ClassVar, Literal

from iatro_governor.limits.doses import Doses
from iatro_governor.limits.joint_rate import JointRateConfig, JointRateLimit
from iatro_governor.limits.limit import Example


class EffortRateConfig(JointRateConfig):
    """``bounds``: Nm/s or N/s, one for each joint of the channel, in its order."""

    example: ClassVar[Example] = {"bounds": [200.0, 100.0]}
    doses: ClassVar[Doses] = "it bounds how soon an effort is taken back, too"

    kind: Literal["effort_rate"]


class EffortRateLimit(JointRateLimit):
    """``d|u|/dt <= bounds``, away from the effort of a stop, all joints by one share.

    Back to that effort there is no bound: a stop goes there at once, too.
    """

    model = EffortRateConfig
    unit = "Nm/s"
    fits = frozenset({"joint_effort"})
    way = "acceleration"
