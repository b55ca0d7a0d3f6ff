"""Channels: one governed command stream each."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from iatro_governor.profile.base import (
    LARGEST,
    Name,
    NonNegative,
    Part,
    Positive,
    Source,
    Timeout,
    Topic,
    because,
)
from iatro_governor.profile.labels import StopLabel
from iatro_governor.profile.recovery import Recover

HARDEST = 50.0
"""The largest deceleration that a stop mode may state, m/s2 or rad/s2: nothing that is driven brakes harder."""
Deceleration = Annotated[float, Field(strict=True, ge=0.05, le=HARDEST, allow_inf_nan=False)]


Ahead = Annotated[
    float,
    Field(strict=True, ge=0, le=2.0, allow_inf_nan=False),
    because("clocks that are further apart have to be synchronised, or no command's age is known"),
]


class StopModePart(Part):
    """What every stop mode has."""

    source: Source
    label: StopLabel | None = None
    """How it works, what it does besides, and where it must not be used."""


class StopMode(StopModePart):
    """How fast a stop brakes: the smallest deceleration ever measured in this mode."""

    linear: Deceleration
    """m/s2"""
    angular: Deceleration
    """rad/s2"""


class StopModes(Part):
    """A controlled stop keeps the load and the follower safe; a protective stop is the strongest one allowed."""

    controlled: StopMode
    protective: StopMode

    @model_validator(mode="after")
    def _ordered(self) -> StopModes:
        if (
            self.protective.linear < self.controlled.linear
            or self.protective.angular < self.controlled.angular
        ):
            raise ValueError("protective must brake at least as hard as controlled")
        return self


class Actuator(Part):
    """What else moves the actuator behind an output: nobody but ``allowed_publishers`` may use any of it.

    Names are relative to the robot's namespace unless they begin with ``/``, as topics are.
    """

    topics: tuple[Topic, ...] = ()
    """Topics that move it beside ``output``."""
    actions: tuple[Topic, ...] = ()
    """Its actions, FollowJointTrajectory say: a goal moves it as a command does."""
    services: tuple[Topic, ...] = ()
    """Services that change what moves it: switching controllers, setting the controller's parameters."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        for kind, names in (("topics", self.topics), ("actions", self.actions), ("services", self.services)):
            if twice := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{', '.join(twice)} stands twice in {kind}")
        return self


_FELT = because("a sensor's own noise and drift would be a push that excuses any motion")
PushForce = Annotated[float, Field(strict=True, ge=1.0, le=LARGEST, allow_inf_nan=False), _FELT]
PushTorque = Annotated[float, Field(strict=True, ge=0.1, le=LARGEST, allow_inf_nan=False), _FELT]


class Pushed(Part):
    """Who pushes the body, guides or carries it, is felt: while it gives way to that, it does not disobey.

    What an arm carries is no push. Up to as much as the profile says (``robot.model.payload``, or a limit of kind
    payload or tip_over) may be in its hand, or nothing: what is felt excuses it only where there is a push either way.
    While the ``held`` flag of every payload limit says that the hand is empty, nothing is.
    """

    wrench: Name
    """A wrench source: in the frame of the base for a base, of a link of the model for joints."""
    force: PushForce
    """N; a push is one beyond this, or beyond ``torque``."""
    torque: PushTorque
    """Nm"""
    source: Source


class ChannelPart(Part):
    """What every channel has."""

    input: Topic
    output: Topic
    command_timeout_s: Timeout
    max_command_hz: Positive = 500.0
    """More commands a second than this are a fault, unless a limit of kind command_rate says another number."""
    max_future_s: Ahead = 0.05
    """A command stamped further ahead than this is refused, s; however it is stamped, it holds no longer for it."""
    actuator_delay_s: NonNegative
    """Longest time from a published command to its effect, s."""
    resolution: Literal["scale", "project"] = "scale"
    """scale: the command's own path, slower. project: the nearest command that the limits allow, on another path.

    Of speeds alone: while set-points, trajectories, efforts or a gripper of the same robot move it too, all are scaled.
    """
    weights: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=64)] | None = None
    """What a deviation of each component costs where the nearest command is looked for, per its unit squared."""
    weights_source: Source | None = None
    allow_split: bool = True
    """Parts of a command may go on alone when the whole stays near zero."""
    allowed_publishers: tuple[str, ...] = ()
    """Nodes, by full name, that may publish on ``output``, and use the rest of the actuator, beside the governor."""
    actuator: Actuator = Actuator()
    disobey_s: Annotated[float, Field(strict=True, ge=0.1, le=2.0)] = 0.5
    """Motion that no command explains is a fault, and latches, after so long, s."""
    rearm_s: Annotated[float, Field(strict=True, ge=0.1)] = 0.5
    freeze_s: Annotated[float, Field(strict=True, ge=0.0)] = 0.5
    trapped_s: Annotated[float, Field(strict=True, ge=0.1)] = 2.0
    creep_speed: Positive = 0.05
    """Speed at which a way out is looked for before the state is called TRAPPED, m/s or rad/s."""

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        given = self.weights is not None
        if (self.resolution == "project") != given or given != (self.weights_source is not None):
            raise ValueError("resolution project needs weights and weights_source, and scale takes neither")
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.input.strip("/") == self.output.strip("/"):
            raise ValueError(
                "input and output must be different topics, or the planner bypasses the governor"
            )
        return self


class TwistChannel(ChannelPart):
    """Velocity commands to a base, ``values`` = [vx, vy, vz, wx, wy, wz] in m/s and rad/s, base frame."""

    type: Literal["twist"]
    stamped: bool = True
    """TwistStamped (true) or Twist (false), on both topics."""
    frame: Name = "base_link"
    """A command that names another frame is malformed."""
    base: Literal["differential", "omnidirectional", "ackermann", "aerial"]
    """ackermann: steers by its wheels, so turns only as it drives. aerial: along all three axes, about the vertical."""
    turn_radius: Positive | None = None
    """Of the tightest circle that an ackermann base can drive, m; a command with a tighter one is malformed."""
    turn_radius_source: Source | None = None
    odom: Name
    """The source of this channel's measured twist and pose."""
    stop_modes: StopModes
    recover: Recover | None = None
    pushed_by: Pushed | None = None

    @model_validator(mode="after")
    def _steered(self) -> Self:
        if (self.base == "ackermann") != (self.turn_radius is not None):
            raise ValueError("an ackermann base needs turn_radius, and no other takes it")
        if (self.turn_radius is None) != (self.turn_radius_source is None):
            raise ValueError("turn_radius and turn_radius_source go together")
        if self.base == "ackermann" and (self.allow_split or self.resolution != "scale"):
            raise ValueError(
                "an ackermann base keeps the command's curvature: allow_split must be false and resolution scale"
            )
        return self
