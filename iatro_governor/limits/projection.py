"""Whether the nearest command can be looked for on a channel that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from iatro_governor.errors import Problem
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.document import Key
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointVelocityChannel
from iatro_governor.profile.load import Profile

SOLVER = "daqp"
VELOCITIES = (TwistChannel, JointVelocityChannel)
"""Channels whose commands have a nearest one. While another of their group moves, all are scaled."""


def unprojectable(profile: Profile) -> list[Problem]:
    """One problem for each channel that asks for projection and cannot have it."""
    channels = profile.data.channels
    asking = {name: c for name, c in channels.items() if c.resolution == "project"}
    out: list[Problem] = []
    for name, channel in asking.items():
        for part, given, wanted, why in _lacks(channel):
            key: Key = ("channels", name, part)
            out.append(profile.problem(key, given, wanted, f"channel {name}: {why}"))
        others = ", ".join(
            other for other, c in channels.items() if isinstance(c, VELOCITIES) and other not in asking
        )
        if profile.body is not None and others:
            why = f"channel {name} is decided together with {others}, which would be scaled"
            out.append(profile.problem(("channels", name, "resolution"), "project", "scale", why))
    if asking and not has_solver():
        key = ("channels", next(iter(asking)), "resolution")
        wanted = f"scale, or {SOLVER} installed: pip install 'iatro_governor[project]'"
        out.append(
            profile.problem(key, "project", wanted, f"projection needs {SOLVER}, which is not installed")
        )
    return out


def has_solver() -> bool:
    """Whether the solver can be loaded."""
    try:
        import_module(SOLVER)
    except ImportError:
        return False
    return True


def _lacks(channel: AnyChannel) -> Iterator[tuple[str, object, str, str]]:
    match channel:
        case TwistChannel():
            size = 4 if channel.base == "aerial" else 3
            names = "vx, vy, vz, wz" if channel.base == "aerial" else "vx, vy, wz"
            if not channel.allow_split:
                why = "the nearest command has another curvature, which allow_split: false forbids"
                yield "resolution", "project", "scale", why
        case JointVelocityChannel():
            size, names = len(channel.joints), ", ".join(channel.joints)
        case _:
            why = f"a {channel.type} channel is no velocity, and has no nearest one"
            yield "resolution", "project", "scale", why
            return
    given = len(channel.weights or ())
    if given != size:
        yield "weights", given, f"{size} numbers: {names}", "one weight a component is needed"
