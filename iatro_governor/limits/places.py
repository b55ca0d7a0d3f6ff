"""Whether each limit stands on a channel that it can bound, and fits the robot's model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from iatro_governor.body.mobile import of_base
from iatro_governor.errors import Problem
from iatro_governor.limits.joint_effort import JointEffortConfig
from iatro_governor.limits.joint_position import JointPositionConfig
from iatro_governor.limits.joint_velocity import JointVelocityConfig
from iatro_governor.limits.limit import ROUNDING
from iatro_governor.profile.areas import Area
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.document import Key
from iatro_governor.profile.load import Profile

IN_THE_AIR = ("vz", "travel")
"""Axes that only a body in the air has."""


def misplaced_limits(
    profile: Profile,
    fits: Mapping[str, frozenset[str]],
    grounded: frozenset[str] = frozenset(),
    bodily: frozenset[str] = frozenset(),
) -> list[Problem]:
    """One problem for each limit on a type of channel that its kind cannot bound.

    fits: types of channel by kind. grounded: the kinds that look at a base on the ground. bodily: those that look at
    the links of a body.
    """
    out = []
    for index, limit in enumerate(profile.limits):
        kind, channel = getattr(limit, "kind", ""), profile.data.channels[getattr(limit, "channel", "")]
        allowed = fits[kind]
        if channel.type not in allowed:
            why = f"{_name(limit)}: a limit of kind {kind} cannot bound a {channel.type} channel"
            key: Key = ("limits", index, "channel")
            out.append(profile.problem(key, channel.type, ", ".join(sorted(allowed)), why))
        flies = isinstance(channel, TwistChannel) and channel.base == "aerial"
        if flies and kind in grounded:
            others = ", ".join(sorted(k for k in fits if k not in grounded and "twist" in fits[k]))
            why = f"{_name(limit)}: a limit of kind {kind} looks at a base on the ground"
            out.append(profile.problem(("limits", index, "kind"), kind, others, why))
        if kind in bodily and profile.data.robot.model is None:
            why = f"{_name(limit)}: a limit of kind {kind} looks at links, and the robot has no model"
            out.append(profile.problem(("limits", index, "kind"), kind, "a robot with a model", why))
        axis = getattr(limit, "axis", None)
        if axis in IN_THE_AIR and isinstance(channel, TwistChannel) and channel.base != "aerial":
            key = ("limits", index, "axis")
            out.append(profile.problem(key, axis, "vx, vy, wz, planar", "the base stays on the ground"))
    return out


def unreachable_areas(profile: Profile) -> list[Problem]:
    """One problem for each area that is above or below all of the body: it would never bound anything."""
    low, high = profile.data.robot.height or (-math.inf, math.inf)
    out = []
    for index, limit in enumerate(profile.limits):
        area = getattr(limit, "figure", None)
        if isinstance(area, Area) and area.shape(low, high) is None:
            why = f"{_name(limit)}: the whole figure is above or below the body"
            wanted = f"what reaches robot.height, {low} m to {high} m"
            out.append(profile.problem(("limits", index, "figure"), "a volume elsewhere", wanted, why))
    return out


def unfitting_limits(profile: Profile) -> list[Problem]:
    """One problem for each limit that needs a model where there is none, or names links and joints it has not."""
    out = []
    moves = any(isinstance(channel, TwistChannel) for channel in profile.data.channels.values())
    for index, limit in enumerate(profile.limits):
        channel = profile.data.channels[getattr(limit, "channel", "")]
        joints = len(getattr(channel, "joints", ()))
        for field, values in _lists(limit):
            if len(values) != joints:
                wanted = f"{joints} numbers, one a joint of the channel"
                why = f"{_name(limit)} does not fit its channel"
                out.append(profile.problem(("limits", index, field), len(values), wanted, why))
        known = () if profile.body is None else profile.body.links
        named = ", ".join(name for name in known if not of_base(name)) or "a model"
        for key, link in _links(limit, index):
            if link not in known:
                out.append(profile.problem(key, link, named, "no link of the robot's model"))
        if getattr(limit, "localisation", None) is not None and not moves:
            why = f"{_name(limit)}: the robot stands, and no odometry says where its map lies"
            out.append(profile.problem(("limits", index, "frame"), "map", "odom, body", why))
        if _toolless(limit, profile):
            why = f"{_name(limit)} needs a link, or robot.model.tool"
            out.append(profile.problem(("limits", index, "link"), "(missing)", named, why))
    return out


def _links(limit: object, index: int) -> Iterator[tuple[Key, str]]:
    """The links that a limit names, and where."""
    for place, link in enumerate(getattr(limit, "links", None) or ()):
        yield ("limits", index, "links", place), link
    if (link := getattr(limit, "link", None)) is not None:
        yield ("limits", index, "link"), link


def _toolless(limit: object, profile: Profile) -> bool:
    """Whether a limit on one link names none, and the model has no tool."""
    part = profile.data.robot.model
    return getattr(limit, "link", "") is None and (part is None or part.tool is None)


def beyond_description(profile: Profile) -> list[Problem]:
    """One problem for each bound of joints that is wider than the description's own."""
    out: list[Problem] = []
    body = profile.body
    if body is None:
        return out
    for index, limit in enumerate(profile.limits):
        channel = profile.data.channels[getattr(limit, "channel", "")]
        for place, joint in enumerate(getattr(channel, "joints", ())):
            at = body.joints.index(joint)
            ends = float(body.lower[at]), float(body.upper[at])
            match limit:
                case JointVelocityConfig() if limit.bounds[place] > body.velocity[at]:
                    wanted = f"at most {body.velocity[at]:g}"
                    key: Key = ("limits", index, "bounds", place)
                    why = f"{limit.name}: joint {joint} moves no faster, the description says"
                    out.append(profile.problem(key, limit.bounds[place], wanted, why))
                case JointEffortConfig() if limit.bounds[place] > body.effort[at]:
                    wanted = f"at most {body.effort[at]:g}"
                    key = ("limits", index, "bounds", place)
                    why = f"{limit.name}: joint {joint} pushes no harder, the description says"
                    out.append(profile.problem(key, limit.bounds[place], wanted, why))
                case JointPositionConfig():
                    out += _ends(profile, ("limits", index), limit, place, joint, ends)
    return out


def _ends(
    profile: Profile, at: Key, limit: JointPositionConfig, place: int, joint: str, ends: tuple[float, float]
) -> Iterator[Problem]:
    low, high = ends
    why = f"{limit.name}: joint {joint} has its stops at {low:g} and {high:g}, the description says"
    if limit.lower is None or limit.upper is None:
        if high - low <= 2 * limit.margin:
            yield profile.problem((*at, "margin"), limit.margin, f"less than {(high - low) / 2:g}", why)
        return
    if limit.lower[place] < low - ROUNDING:
        yield profile.problem((*at, "lower", place), limit.lower[place], f"at least {low:g}", why)
    if limit.upper[place] > high + ROUNDING:
        yield profile.problem((*at, "upper", place), limit.upper[place], f"at most {high:g}", why)


def _lists(limit: object) -> Iterator[tuple[str, tuple[float, ...]]]:
    """The fields that hold one number for each joint."""
    for field in ("bounds", "lower", "upper"):
        values = getattr(limit, field, None)
        if isinstance(values, tuple):
            yield field, values


def _name(limit: object) -> str:
    return str(getattr(limit, "name", ""))
