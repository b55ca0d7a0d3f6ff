"""Numbers that a sensor may tell: finite, and no larger than anything on Earth that a robot could meet.

A finite number without sense is as garbled as NaN is. It makes others overflow, and what is compared with those is
neither near nor far.
"""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.errors import EventError

FARTHEST = 2e7
"""No place on Earth is further from another one, m."""
FASTEST = 1e3
"""No body that is governed or tracked moves or turns faster, m/s or rad/s."""


def credible(values: Array, most: float, what: str, kind: str) -> None:
    """Hold ``values`` (n,), in the unit of ``most``, of ``what`` in a message of ``kind``.

    Raises EventError where any is not finite, or beyond ``most``.
    """
    if not (np.abs(values) <= most).all():
        wrong = ", ".join(f"{value:.4g}" for value in values.tolist())
        raise EventError(f"{what} [{wrong}]; finite numbers of at most {most:g} are allowed", kind)
