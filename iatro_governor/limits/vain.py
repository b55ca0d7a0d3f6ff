"""Limits that bound nothing, or leave nothing: sound one by one, and hardly meant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape
from iatro_governor.limits.geofence import GeofenceConfig
from iatro_governor.limits.leaps import fastest
from iatro_governor.limits.slow_zone import SlowZoneConfig
from iatro_governor.limits.zone import ZoneConfig
from iatro_governor.limits.zones import FenceGauge, Gauge, ZoneGauge
from iatro_governor.profile.areas import Area
from iatro_governor.profile.load import Profile

PLACES, HEADINGS = 25, 8
"""Places along each side of a fence, and headings at each, at which a base is tried to stand."""
SPACING = 0.05
"""Of the points on the outline of a carried figure, m."""


def vain(profile: Profile) -> list[str]:
    """A warning for each limit that never bounds anything, and for fences that leave nowhere to stand."""
    return [*_slows_nothing(profile), *_nowhere(profile), *_soon_stale(profile)]


def _slows_nothing(profile: Profile) -> Iterator[str]:
    figure = profile.data.robot.footprint
    for limit in profile.limits:
        if not isinstance(limit, SlowZoneConfig):
            continue
        most, _ = fastest(profile, limit.channel)
        if limit.speed >= most:
            yield (
                f"limit {limit.name}: it slows nothing down, for channel {limit.channel} is never faster than "
                f"{most:g} m/s; its speed is {limit.speed:g} m/s"
            )
        if limit.frame == "body" and figure is not None:
            carried = _shape(profile, limit.figure)
            if carried is not None and (figure.shape().distance(carried.outline(SPACING)) <= 0.0).all():
                yield (
                    f"limit {limit.name}: its figure lies within the footprint, where nothing is ever seen; make it "
                    "larger than that"
                )


def _nowhere(profile: Profile) -> Iterator[str]:
    """Of each channel and frame, whether a base can stand inside all fences and outside all zones."""
    rows = [x for x in profile.limits if isinstance(x, GeofenceConfig | ZoneConfig) and x.frame != "body"]
    rows.sort(key=_kept_in)
    for (_, frame), group in groupby(rows, key=_kept_in):
        limits = list(group)
        fences = [limit for limit in limits if isinstance(limit, GeofenceConfig)]
        if fences and not _stands(profile, limits, fences[0]):
            names = ", ".join(limit.name for limit in limits)
            yield (
                f"limits {names}: no place was found in {frame} at which the footprint keeps to all of them; wherever "
                "the base is, it may only come nearer to where it should be"
            )


def _kept_in(limit: GeofenceConfig | ZoneConfig) -> tuple[str, str]:
    return limit.channel, limit.frame


def _stands(profile: Profile, limits: list[GeofenceConfig | ZoneConfig], fence: GeofenceConfig) -> bool:
    """Whether any of many poses in ``fence`` keeps the margin of each of ``limits``."""
    figure = profile.data.robot.footprint
    poses = _poses(profile, fence)
    for limit in limits:
        area = _shape(profile, limit.figure)
        assert figure is not None and area is not None  # the profile has been checked
        kind: type[Gauge] = FenceGauge if isinstance(limit, GeofenceConfig) else ZoneGauge
        poses = poses[kind(area, figure.shape()).distance(poses) >= limit.margin]
    return bool(len(poses))


def _poses(profile: Profile, fence: GeofenceConfig) -> Array:
    """Poses (n, 3) all over ``fence``, and the one at which odometry starts."""
    area = _shape(profile, fence.figure)
    assert area is not None  # a fence is flat
    points, radius = area.keys
    x, y = (
        np.linspace(a, b, PLACES)
        for a, b in zip(points.min(axis=0) - radius, points.max(axis=0) + radius, strict=True)
    )
    yaw = np.linspace(-math.pi, math.pi, HEADINGS, endpoint=False)
    every = np.stack(np.meshgrid(x, y, yaw), axis=-1).reshape(-1, 3)
    return np.concatenate([np.zeros((1, 3)), every])


def _shape(profile: Profile, figure: Area) -> Shape | None:
    low, high = profile.data.robot.height or (-math.inf, math.inf)
    return figure.shape(low, high)


def _soon_stale(profile: Profile) -> Iterator[str]:
    """What is older than allowed before the loop comes round again: it only ever stops the robot."""
    period = 1.0 / profile.data.loop.rate_hz
    for name, channel in profile.data.channels.items():
        if channel.command_timeout_s < period:
            yield _stale(f"channel {name}: command_timeout_s", channel.command_timeout_s, period)
    for name, source in profile.data.sources.items():
        if source.required and source.timeout_s < period:
            yield _stale(f"source {name}: timeout_s", source.timeout_s, period)


def _stale(what: str, timeout_s: float, period: float) -> str:
    return (
        f"{what}, {timeout_s:g} s, is shorter than a period of the loop, {period:g} s: the robot hardly moves"
    )
