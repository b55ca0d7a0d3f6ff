"""Every type of channel."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.joint_channels import (
    JointEffortChannel,
    JointPositionChannel,
    JointTrajectoryChannel,
    JointVelocityChannel,
)
from iatro_governor.profile.tool_channels import GripperChannel, PoseChannel, WrenchChannel

JointChannel = JointVelocityChannel | JointPositionChannel | JointEffortChannel | JointTrajectoryChannel
AnyChannel = TwistChannel | JointChannel | PoseChannel | WrenchChannel | GripperChannel
ChannelConfig = Annotated[AnyChannel, Field(discriminator="type")]
