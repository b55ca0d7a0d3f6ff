"""The arguments of the calls that move a channel: one pydantic model a channel, and how they become a step.

Nothing is bounded here: what is a number is passed on, and the governor says what becomes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from iatro_governor.planning.steps import Follow, Move, Point, Step
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointTrajectoryChannel

LONGEST_S = 60.0
"""One call moves a channel for at most so long, s."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Span = Annotated[float, Field(strict=True, gt=0, le=LONGEST_S, allow_inf_nan=False)]
_LAST: Any = (Span, Field(description="for how long, s"))
_TWIST = (
    ("vx", "forward, m/s"),
    ("vy", "to the left, m/s"),
    ("vz", "upward, m/s"),
    ("wx", "about the forward axis, rad/s"),
    ("wy", "about the left axis, rad/s"),
    ("wz", "turning left, rad/s"),
)
_CAN = {
    "differential": ("vx", "wz"),
    "ackermann": ("vx", "wz"),
    "omnidirectional": ("vx", "vy", "wz"),
    "aerial": ("vx", "vy", "vz", "wz"),
}
_POSE = (
    *((axis, f"position along {axis}, m") for axis in "xyz"),
    *((f"q{axis}", f"{axis} of the orientation's unit quaternion") for axis in "xyzw"),
)
_WRENCH = (
    *((f"f{axis}", f"force along {axis}, N") for axis in "xyz"),
    *((f"t{axis}", f"torque about {axis}, Nm") for axis in "xyz"),
)
_GRIPPER = (("width", "width between the fingers, m"), ("effort", "largest effort, N"))
_EACH = {
    "joint_velocity": "speeds, rad/s or m/s",
    "joint_position": "positions, rad or m",
    "joint_effort": "efforts, Nm or N",
}


class Arguments(BaseModel):
    """Arguments of a call: numbers of the right kind, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Wait(Arguments):
    """``wait``."""

    duration_s: Span = Field(description="for how long, s")


class Stop(Arguments):
    """``stop``: none."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a channel's call takes. about: told to the planner. step: from checked arguments."""

    arguments: type[Arguments]
    about: str
    step: Callable[[Any], Step]


def kind_of(name: str, channel: AnyChannel) -> Kind:
    """The call that moves ``channel``, called ``name`` in the profile."""
    if isinstance(channel, JointTrajectoryChannel):
        return _trajectory(name, channel)
    if isinstance(channel, TwistChannel):
        own = _CAN[channel.base]
        fields = [(key, text) for key, text in _TWIST if key in own]
        about = f"Drive the {channel.base} base at a steady velocity, in its own frame, then rest."
        if channel.turn_radius is not None:
            radius = f"{channel.turn_radius:g}"
            about += f" Its tightest circle has {radius} m: abs(wz) * {radius} <= abs(vx)."
        return _numbers(name, fields, [key for key, _ in _TWIST], about)
    if channel.type == "pose":
        about = f"Hold {channel.link} at a pose in the frame {channel.frame}."
        return _numbers(name, _POSE, [key for key, _ in _POSE], about)
    if channel.type == "wrench":
        about = f"Exert a wrench in the frame {channel.frame}, then let go."
        return _numbers(name, _WRENCH, [key for key, _ in _WRENCH], about)
    if channel.type == "gripper":
        return _numbers(
            name, _GRIPPER, [key for key, _ in _GRIPPER], "Bring the gripper's fingers to a width."
        )
    return _array(name, channel.type, channel.joints)


def _numbers(name: str, fields: Any, order: list[str], about: str) -> Kind:
    """Named numbers; those in ``order`` that are not asked for are 0."""
    asked: dict[str, Any] = {key: (Number, Field(description=text)) for key, text in fields}
    model = create_model(f"move_{name}", __base__=Arguments, **asked, duration_s=_LAST)

    def step(given: Any) -> Step:
        return Move(name, tuple(float(getattr(given, key, 0.0)) for key in order), given.duration_s)

    return Kind(model, about, step)


def _row(count: int) -> Any:
    return Annotated[tuple[Number, ...], Field(min_length=count, max_length=count)]


def _array(name: str, kind: str, joints: tuple[str, ...]) -> Kind:
    text = f"{_EACH[kind]}, of {', '.join(joints)}"
    asked: dict[str, Any] = {"values": (_row(len(joints)), Field(description=text))}
    model = create_model(f"move_{name}", __base__=Arguments, **asked, duration_s=_LAST)
    about = {
        "joint_velocity": "Move joints at steady speeds, then rest.",
        "joint_position": "Bring joints to positions.",
        "joint_effort": "Exert efforts with joints, then hold.",
    }[kind]
    return Kind(model, about, lambda given: Move(name, given.values, given.duration_s))


def _trajectory(name: str, channel: JointTrajectoryChannel) -> Kind:
    row = _row(len(channel.joints))
    asked: dict[str, Any] = {
        "time": (
            Annotated[float, Field(strict=True, ge=0, le=channel.max_duration_s, allow_inf_nan=False)],
            Field(description="after the start, s; later than that of the point before"),
        ),
        "positions": (row, Field(description="rad or m")),
        "velocities": (row | None, Field(default=None, description="rad/s or m/s")),
    }
    point = create_model("Point", __base__=Arguments, **asked)
    count = Field(min_length=2, max_length=channel.max_points, description="from where the joints are now")
    points: Any = (Annotated[tuple[point, ...], count], ...)  # type: ignore[valid-type]
    model = create_model(f"move_{name}", __base__=Arguments, points=points)

    def step(given: Any) -> Step:
        return Follow(
            name,
            channel.joints,
            tuple(Point(at.time, at.positions, at.velocities or ()) for at in given.points),
        )

    return Kind(model, f"Follow a trajectory of the joints {', '.join(channel.joints)}.", step)
