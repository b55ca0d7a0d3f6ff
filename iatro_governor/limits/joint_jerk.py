"""Joint jerk: how fast the acceleration of a joint may change in ordinary motion and in controlled stops."""

from __future__ import annotations

from typing import ClassVar, Literal

from iatro_governor.limits.doses import Doses
from iatro_governor.limits.joint_rate import JointRateConfig, JointVelocityRateLimit
from iatro_governor.limits.limit import Example


class JointJerkConfig(JointRateConfig):
    """``bounds``: rad/s3 or m/s3, one for each joint of the channel, in its order."""

    example: ClassVar[Example] = {"bounds": [20.0, 20.0]}
    doses: ClassVar[Doses] = "it bounds how soon braking begins, too: a stricter one would stop later"

    kind: Literal["joint_jerk"]


class JointJerkLimit(JointVelocityRateLimit):
    """Bound on the change of each joint's acceleration and deceleration, their build-up and their letting go.

    As ``jerk`` for a base: it yields to everything that keeps a distance, and to the bound on deceleration; the bound
    on acceleration yields to it. A protective stop knows no jerk; a controlled one does, so every stopping distance is
    longer by what building up and letting go cost. A trajectory is vetted for it as a whole; a stop along its way
    brakes evenly.
    """

    model = JointJerkConfig
    unit = "rad/s3"
    way = "jerk"
