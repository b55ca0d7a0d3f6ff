"""The way to rest of a channel when nobody decides any more: what the last decision left, and nothing measured."""

from __future__ import annotations

import math
from typing import Any

from iatro_governor.profile.channels import StopMode, StopModes, TwistChannel
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointChannelPart, JointStopModes, JointVelocityChannel

Values = tuple[float, ...]

RAMP_S = 300.0
"""The slowest ramp that a profile allows comes to rest in this time, s."""

SETPOINTS = ("joint_position", "pose", "gripper")
"""Types whose values stay as they are while nothing moves; those of others are zero then, or force."""


def zeros(channel: AnyChannel) -> Values:
    """Standing still, for a channel of speeds; empty for others, whose rest depends on where the robot is."""
    if isinstance(channel, TwistChannel):
        return (0.0,) * 6
    return (0.0,) * len(channel.joints) if isinstance(channel, JointVelocityChannel) else ()


def stopped(channel: AnyChannel, values: Values, rest: Values, dt: float) -> Values:
    """What follows ``values`` after ``dt`` s of a protective stop; ``rest``: what the last decision called rest.

    Speeds ramp to exact zeros along their own direction. All others stand at ``rest`` at once: a zero effort would
    drop the arm, and a setpoint of zeros would send it there.
    """
    if not isinstance(channel, TwistChannel | JointVelocityChannel):
        return rest
    time = time_to_rest(channel, values)
    share = 0.0 if time <= dt + 1e-12 else 1.0 - dt / time
    return tuple(value * share for value in values)


def time_to_rest(channel: TwistChannel | JointChannelPart, speeds: Values) -> float:
    """How long a protective stop of a twist or of joints takes from ``speeds``, s."""
    if isinstance(channel, TwistChannel):
        mode: StopMode = blind_stop(channel.stop_modes)
        return max(math.hypot(*speeds[:3]) / mode.linear, math.hypot(*speeds[3:]) / mode.angular)
    slows: tuple[float, ...] = blind_stop(channel.stop_modes).deceleration
    return max((abs(speed) / slow for speed, slow in zip(speeds, slows, strict=True)), default=0.0)


def blind_stop(modes: StopModes | JointStopModes) -> Any:
    """The stop mode where nothing is known: what a contraindication names may be so."""
    label = modes.protective.label
    return modes.protective if label is None or not label.contraindications else modes.controlled


def moves(channel: AnyChannel, values: Values, before: Values, rest: Values) -> bool:
    """Whether ``values``, published after ``before``, ask for more than to stand still, as far as they say so."""
    if zeros(channel):
        return any(values)
    if channel.type in SETPOINTS:
        return bool(before) and values != before
    return values != rest
