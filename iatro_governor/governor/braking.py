"""Whether a joint path does nothing but bring joints that move to rest."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.planar import Array

MOMENTS = 33
"""Moments of a path that are looked at."""
OFF = 0.2
"""Share of the fastest joint's speed that any may have beyond even braking: whoever brakes knows the joints late."""
REST = 0.02
"""And by so much, rad/s or m/s: slower joints stand still."""
GENTLEST = 0.25
"""Share of a stop's deceleration; braking that is gentler goes on for too long to be a stop."""
SHORTEST_S = 1.0
"""No braking is too gentle that is over within this, s."""


def only_brakes(path: JointPath, now: JointState, deceleration: Array) -> bool:
    """Whether joints that are as ``now`` (n,) are never faster on ``path`` than braking evenly over its time has them.

    deceleration: of a stop (n,), rad/s2 or m/s2; with a quarter of it, or within a second, they have to be at rest.
    """
    speeds = np.abs(now.velocities)
    longest = max(float((speeds / (GENTLEST * deceleration)).max()), SHORTEST_S)
    if path.duration > longest:
        return False
    shares = np.linspace(0.0, 1.0, MOMENTS)
    most = speeds * (1.0 - shares[:, None]) + OFF * speeds.max() + REST
    return bool((np.abs(path.velocities(shares * path.duration)) <= most).all())
