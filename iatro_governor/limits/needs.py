"""What a channel cannot be governed without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iatro_governor.errors import Problem
from iatro_governor.limits.gripper_speed import GripperSpeedConfig
from iatro_governor.limits.joint_effort import JointEffortConfig
from iatro_governor.limits.joint_position import JointPositionConfig
from iatro_governor.limits.joint_velocity import JointVelocityConfig
from iatro_governor.limits.link_speed import LinkSpeedConfig
from iatro_governor.limits.obstacle import ObstacleConfig
from iatro_governor.limits.speed import SpeedConfig
from iatro_governor.limits.unseen import UnseenConfig
from iatro_governor.limits.wrench import WrenchConfig
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.every_channel import AnyChannel, JointChannel
from iatro_governor.profile.load import Profile

MOVING = (("joint_velocity", JointVelocityConfig), ("joint_position", JointPositionConfig))
"""What no channel of joints is governed without."""
NEEDED = {
    "joint_effort": (("joint_effort", JointEffortConfig),),
    "wrench": (("wrench", WrenchConfig),),
    "gripper": (("gripper_speed", GripperSpeedConfig),),
    "pose": (("link_speed", LinkSpeedConfig),),
}
"""What no channel of these types is governed without."""
BOTH = frozenset({"positive", "negative"})
ALONG = {
    "differential": ("planar", ("vx",)),
    "ackermann": ("planar", ("vx",)),
    "omnidirectional": ("planar", ("vx", "vy")),
    "aerial": ("travel", ("vx", "vy", "vz")),
}
"""Of each base, the axis that bounds its travel by itself, and those that do together."""


def missing_limits(profile: Profile) -> list[Problem]:
    """One problem for each channel whose body is not known, whose speed is not bounded, or that trusts the unseen."""
    out = []
    for name, channel in profile.data.channels.items():
        mine = [limit for limit in profile.limits if getattr(limit, "channel", None) == name]
        for key, wanted, why in (*_body(profile, channel), *_bounds(name, channel, mine)):
            # The line is that of the channel: what is missing has none.
            line = profile.document.line(("channels", name))
            out.append(Problem(profile.file, line, key, "(missing)", wanted, f"channel {name} {why}"))
    return out


Lack = tuple[str, str, str]


def _body(profile: Profile, channel: AnyChannel) -> Iterator[Lack]:
    robot = profile.data.robot
    grounded = isinstance(channel, TwistChannel) and channel.base != "aerial"
    if grounded and robot.footprint is None:
        yield "robot.footprint", "the outline of the base on the ground", "moves a base of unknown size"
    if not grounded and robot.model is None:
        yield "robot.model", "the robot's description", f"is of type {channel.type} and needs it"


def _bounds(name: str, channel: AnyChannel, mine: Sequence[object]) -> Iterator[Lack]:
    key = f"limits (channel {name})"
    if isinstance(channel, TwistChannel):
        bounded = _axes(mine, channel.base)
        whole, each = ALONG[channel.base]
        way = f"{whole}, or {' and '.join(each)} in both directions"
        for axis, wanted in (("travel", way), ("turn", "wz in both directions")):
            if axis not in bounded:
                yield key, f"a speed limit on {wanted}", f"has no bound on its {axis}"
        watched = {source for limit in mine if isinstance(limit, ObstacleConfig) for source in limit.sources}
        seen = {source for limit in mine if isinstance(limit, UnseenConfig) for source in limit.sources}
        if watched - seen:
            wanted = f"a limit of kind unseen with sources [{', '.join(sorted(watched))}]"
            yield key, wanted, "would take unseen space for free"
    kinds = [*(MOVING if isinstance(channel, JointChannel) else ()), *NEEDED.get(channel.type, ())]
    for kind, model in kinds:
        if not any(isinstance(limit, model) for limit in mine):
            yield key, f"a limit of kind {kind}", f"has no {kind.replace('_', ' ')} limit"


def _axes(limits: Sequence[object], base: str) -> set[str]:
    """Which of travel and turn are bounded both ways: of what drives sideways, that way, too."""
    ways = {(x.axis, way) for x in limits if isinstance(x, SpeedConfig) for way in _ways(x)}
    both = {axis for axis, _ in ways if {way for a, way in ways if a == axis} == BOTH}
    whole, each = ALONG[base]
    out = set()
    if whole in both or both.issuperset(each):
        out.add("travel")
    if "wz" in both:
        out.add("turn")
    return out


def _ways(limit: SpeedConfig) -> tuple[str, ...]:
    return ("positive", "negative") if limit.direction == "both" else (limit.direction,)
