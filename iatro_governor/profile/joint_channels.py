"""Channels of joints: velocities, positions, efforts, trajectories."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from iatro_governor.profile.base import Name, NonNegative, Part, Positive, Source, because
from iatro_governor.profile.channels import ChannelPart, Deceleration, Pushed, StopModePart
from iatro_governor.profile.recovery import Recover

JointName = Annotated[str, Field(min_length=1, max_length=128)]
EachJoint = Annotated[tuple[Deceleration, ...], Field(min_length=1, max_length=64)]
EachPositive = Annotated[tuple[Positive, ...], Field(min_length=1, max_length=64)]
EachNonNegative = Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=64)]


StartTolerance = Annotated[
    float,
    Field(strict=True, gt=0, le=0.2, allow_inf_nan=False),
    because(
        "a trajectory that begins elsewhere was planned for another robot; plan it from where the joints are"
    ),
]
TrackingTolerance = Annotated[
    float,
    Field(strict=True, gt=0, le=0.5, allow_inf_nan=False),
    because(
        "joints that are further from their trajectory do not follow it, and what was vetted holds no longer"
    ),
]


class JointStopMode(StopModePart):
    """How fast a stop brakes each joint: the smallest deceleration ever measured in this mode, rad/s2 or m/s2."""

    deceleration: EachJoint


class JointStopModes(Part):
    """A controlled stop keeps what is held; a protective stop is the strongest one allowed."""

    controlled: JointStopMode
    protective: JointStopMode

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        weak, strong = self.controlled.deceleration, self.protective.deceleration
        if len(weak) != len(strong) or any(b < a for a, b in zip(weak, strong, strict=True)):
            raise ValueError("protective must brake every joint at least as hard as controlled")
        return self


class JointChannelPart(ChannelPart):
    """What every channel of joints has: values stand in the order of ``joints``."""

    joints: Annotated[tuple[JointName, ...], Field(min_length=1, max_length=64)]
    state: Name
    """The source of the measured joints."""
    stop_modes: JointStopModes

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if len(set(self.joints)) != len(self.joints):
            raise ValueError("a joint stands twice in joints")
        if len(self.stop_modes.controlled.deceleration) != len(self.joints):
            raise ValueError(f"stop_modes need {len(self.joints)} decelerations, one a joint")
        return self


class JointVelocityChannel(JointChannelPart):
    """Joint velocities, std_msgs/Float64MultiArray, rad/s or m/s."""

    type: Literal["joint_velocity"]
    recover: Recover | None = None
    pushed_by: Pushed | None = None


class JointPositionChannel(JointChannelPart):
    """Joint positions, std_msgs/Float64MultiArray, rad or m."""

    type: Literal["joint_position"]
    recover: Recover | None = None
    pushed_by: Pushed | None = None


class JointEffortChannel(JointChannelPart):
    """Joint efforts, std_msgs/Float64MultiArray, Nm or N. Zero effort is no stop: see ``EffortChart``."""

    type: Literal["joint_effort"]
    gravity_compensated: bool
    """Whether the driver adds the torques that hold the arm up by itself."""
    damping: EachPositive
    """Of a stop, Nm s/rad (N s/m), one a joint: the stop is ``g(q) - damping * velocity``."""
    damping_source: Source
    stiffness: EachNonNegative | None = None
    """Of the position hold that a stop ends in, Nm/rad (N/m), one a joint; without one a load may sink slowly."""
    stiffness_source: Source | None = None

    @model_validator(mode="after")
    def _damped(self) -> Self:
        for name, gains in (("damping", self.damping), ("stiffness", self.stiffness)):
            if gains is not None and len(gains) != len(self.joints):
                raise ValueError(f"{name} needs {len(self.joints)} numbers, one a joint")
        if (self.stiffness is None) != (self.stiffness_source is None):
            raise ValueError("stiffness and stiffness_source go together")
        return self


class JointTrajectoryChannel(JointChannelPart):
    """Joint trajectories, trajectory_msgs/JointTrajectory, vetted whole."""

    type: Literal["joint_trajectory"]
    pushed_by: Pushed | None = None
    policy: Literal["refuse", "cut", "retime"] = "refuse"
    """What becomes of one that offends: refused, followed up to the offence, or slowed where that is enough."""
    start_tolerance: StartTolerance
    """How far the first point may be from the measured joints, rad or m."""
    tracking_tolerance: TrackingTolerance
    """How far the measured joints may be from the trajectory while it runs, rad or m."""
    tolerance_source: Source
    max_duration_s: Positive = 120.0
    max_points: Annotated[int, Field(strict=True, ge=2, le=10_000)] = 2_000
