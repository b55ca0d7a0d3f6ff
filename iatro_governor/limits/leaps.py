"""Whether a base is so fast that what appears before it could lie between two samples of its way to rest."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.body import rollout, ways
from iatro_governor.body.shape import Circle, least_width
from iatro_governor.limits.link_obstacle import LinkObstacleConfig
from iatro_governor.limits.needs import ALONG
from iatro_governor.limits.obstacle import ObstacleConfig
from iatro_governor.limits.speed import SpeedConfig
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.load import Profile

Watching = ObstacleConfig | LinkObstacleConfig
"""Limits on what may appear at any time."""


def leaping(profile: Profile) -> list[str]:
    """A warning for each limit on what is seen whose base has a longest step that leads right over a thing.

    Whatever is further away than the margin and half a step is never leapt over. What appears at once, at the margin,
    may be, where it fits between two places at which the body is looked at; within it the base is slow.
    """
    steps, (width, _) = _steps(profile), _size(profile)
    return [
        f"limit {limit.name}: at its highest speed the base is looked at every {step:.2f} m of its way to rest, and it "
        f"is {width:.2f} m wide: what appears {room:.2f} m before it may lie between two such places; bound its speed "
        "lower, brake harder, or keep a larger margin"
        for limit in profile.limits
        if isinstance(limit, Watching)
        for step in steps
        if step > width + 2 * (room := limit.margin - limit.noise)
    ]


def _steps(profile: Profile) -> list[float]:
    """Of each channel of a base, the longest step of a point of its body, m."""
    _, reach = _size(profile)
    samples = rollout.SAMPLES if profile.body is None else ways.SAMPLES
    out = []
    for name, channel in profile.data.channels.items():
        if isinstance(channel, TwistChannel):
            speed, turn = fastest(profile, name)
            stop = channel.stop_modes.controlled
            seconds = 1.0 / profile.data.loop.rate_hz + max(speed / stop.linear, turn / stop.angular) / 2
            out.append((speed + turn * reach) * seconds / samples)
    return out


def fastest(profile: Profile, channel: str) -> tuple[float, float]:
    """Highest speed, m/s, and turn, rad/s, that the limits of a base's ``channel`` allow: it is bound to have both."""
    own = [limit for limit in profile.limits if isinstance(limit, SpeedConfig) and limit.channel == channel]

    def most(axis: str) -> float:
        ways = ("positive", "negative")
        rows = [row for row in own if row.axis == axis]
        each = [[row.bound for row in rows if row.direction in ("both", way)] for way in ways]
        return max(min(bounds, default=math.inf) for bounds in each)

    base = profile.data.channels[channel].base  # type: ignore[union-attr]
    whole, each = ALONG[base]
    return min(most(whole), math.hypot(*map(most, each))), most("wz")


def _size(profile: Profile) -> tuple[float, float]:
    """How wide the body of a base is where it is narrowest, and how far it reaches from its origin, m."""
    figure = profile.data.robot.footprint
    if figure is not None:
        shape = figure.shape()
        width = 2 * shape.radius if isinstance(shape, Circle) else least_width(shape.keys[0])
        return width, shape.reach
    assert profile.body is not None  # a robot has one of them
    ends, radius = profile.body.capsule_ends, profile.body.capsule_radius
    return 2 * float(radius.max()), float((np.linalg.norm(ends, axis=-1).max(axis=-1) + radius).max())
