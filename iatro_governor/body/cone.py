"""One range along a cone, as the arc on which an obstacle may stand, and as the area that it has seen."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body.planar import Array, transform
from iatro_governor.body.scan import Sweep, check_near_end
from iatro_governor.errors import EventError
from iatro_governor.profile.figures import planar
from iatro_governor.profile.seeing import RangeSource

SPACING = 0.03
"""Distance of the points that stand for an arc, m."""
MOST = 400
"""Points of an arc at most."""
TOLERANCE = 0.02
"""How far the angle that a message names may differ from the profile's, rad."""


def read_range(
    t: float, value: float, range_min: float, range_max: float, angle: float | None, source: RangeSource
) -> Sweep:
    """A range message as a ``Sweep``.

    ``value`` m: +inf or beyond ``range_max`` is no return, -inf or below ``range_min`` is an obstacle at ``range_min``
    and shows nothing to be free, 0 as the source's ``zero_means`` says. ``angle``: of the whole cone as the message has
    it, rad; None: not said.

    Raises:
        EventError: NaN, limits that make no sense or that the source does not allow, or another cone than the source's.
    """
    _check(value, range_min, range_max, angle, source)
    most = min(range_max, source.range_max)
    unknown = value == 0 and source.zero_means == "unknown"
    none = value > most or (value == 0 and source.zero_means == "no_return")
    near = value < range_min and not (unknown or none)
    reach = most if none else max(value, range_min)
    x, y, yaw = planar(source.pose)
    sensor = np.array([x, y, yaw])
    arc = np.zeros((0, 2)) if unknown or none else transform(sensor, _arc(reach, source.field_of_view))
    joined = np.ones(len(arc), dtype=bool)
    joined[-1:] = False
    return Sweep(
        t,
        sensor,
        arc,
        np.zeros(len(arc), dtype=np.int64),
        joined,
        0.0,
        source.field_of_view,
        np.array([0.0 if unknown or near else reach]),
        0.0,
        height=source.pose[2],
    )


def _check(
    value: float, range_min: float, range_max: float, angle: float | None, source: RangeSource
) -> None:
    if math.isnan(value):
        raise EventError("the range is NaN: it says nothing", "range")
    # They may be equal: some sensors tell no more than near from far.
    if not (math.isfinite(range_min) and 0 <= range_min <= range_max):
        raise EventError(
            f"range_min {range_min} must be finite, at least 0 and at most range_max {range_max}", "range"
        )
    check_near_end(range_min, source.max_range_min, "range")
    if range_min > source.range_max:
        raise EventError(
            f"range_min {range_min} is beyond the source's range_max {source.range_max}", "range"
        )
    if angle is not None and not abs(angle - source.field_of_view) <= TOLERANCE:
        raise EventError(
            f"a cone of {angle} rad; the profile says {source.field_of_view} rad, give or take {TOLERANCE}",
            "range",
        )


def _arc(radius: float, angle: float) -> Array:
    """Points (n, 2) across a cone about x, ``radius`` m from its tip."""
    pieces = min(max(math.ceil(radius * angle / SPACING), 1), MOST)
    bearing = np.linspace(-angle / 2, angle / 2, pieces + 1)
    return radius * np.stack([np.cos(bearing), np.sin(bearing)], axis=-1)
