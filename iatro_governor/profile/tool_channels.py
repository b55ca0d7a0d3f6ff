"""Channels of a tool: its pose, the wrench it exerts, its gripper."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from iatro_governor.profile.base import Finite, Name, NonNegative, Part, Positive, Source
from iatro_governor.profile.channels import ChannelPart, Deceleration, StopModePart, StopModes
from iatro_governor.profile.joint_channels import JointName


class PoseChannel(ChannelPart):
    """Poses of a link, geometry_msgs/PoseStamped, ``values`` = [x, y, z, qx, qy, qz, qw] in the model's base frame.

    Whoever turns poses into joint motion stands behind this channel, and is taken to follow them with the link.
    """

    type: Literal["pose"]
    frame: Name = "base_link"
    link: JointName
    state: Name
    """The source of the measured joints, from which the link's pose is known."""
    stop_modes: StopModes


class WrenchStopMode(StopModePart):
    """How fast a stop takes the approach force away, N/s, and the approach torque, Nm/s."""

    force: Positive
    torque: Positive


class WrenchStopModes(Part):
    """Both modes let go of what is pressed; what is carried stays carried."""

    controlled: WrenchStopMode
    protective: WrenchStopMode

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.protective.force < self.controlled.force or self.protective.torque < self.controlled.torque:
            raise ValueError("protective must let go at least as fast as controlled")
        return self


Wrench6 = tuple[Finite, Finite, Finite, Finite, Finite, Finite]


class WrenchChannel(ChannelPart):
    """Wrenches that a tool is to exert, geometry_msgs/WrenchStamped, N and Nm in ``frame``."""

    type: Literal["wrench"]
    frame: Name
    measured: Name
    """The source of the measured wrench."""
    hold: Wrench6 = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    """The wrench of a stop, N and Nm: what supports the load, without any approach."""
    hold_source: Source
    state: Name
    """The source of the measured joints."""
    stop_modes: WrenchStopModes


class GripperStopMode(StopModePart):
    """How fast a stop brings the fingers to rest, m/s2."""

    deceleration: Deceleration


class GripperStopModes(Part):
    """Both hold the width with the holding effort."""

    controlled: GripperStopMode
    protective: GripperStopMode

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.protective.deceleration < self.controlled.deceleration:
            raise ValueError("protective must brake at least as hard as controlled")
        return self


class GripperChannel(ChannelPart):
    """A gripper, std_msgs/Float64MultiArray, ``values`` = [width m, largest effort N]."""

    type: Literal["gripper"]
    fingers: tuple[JointName, ...]
    """Joints whose positions add up to the width."""
    state: Name
    """The source of the measured joints."""
    width: tuple[NonNegative, Positive]
    """Least and greatest width, m."""
    hold_effort: Positive
    """Least effort while anything may be held, N: a stop never lets go."""
    max_effort: Positive
    """N."""
    effort_source: Source
    stop_modes: GripperStopModes

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.fingers:
            raise ValueError("fingers must name at least one joint")
        if len(set(self.fingers)) != len(self.fingers):
            raise ValueError("a joint stands twice among the fingers")
        if self.width[0] >= self.width[1]:
            raise ValueError("width must rise from least to greatest")
        if self.hold_effort > self.max_effort:
            raise ValueError("hold_effort must be at most max_effort")
        return self
