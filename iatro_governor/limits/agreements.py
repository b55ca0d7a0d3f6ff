"""Whether limits agree with the sources that they trust, and with one another."""

from __future__ import annotations

import math
from collections.abc import Iterator

from iatro_governor.body.mechanics import mechanics
from iatro_governor.errors import MissingPart, ModelError, Problem
from iatro_governor.limits.contact_force import ContactForceConfig
from iatro_governor.limits.power_and_force import PowerAndForceConfig
from iatro_governor.limits.wrench import WrenchConfig
from iatro_governor.profile.body_model import base_of
from iatro_governor.profile.document import Key
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import BodiesSource, FlagsSource, WrenchSource
from iatro_governor.profile.tool_channels import WrenchChannel


def disagreements(profile: Profile) -> list[Problem]:
    """One problem for each limit whose sensor, flag or other limit is not what it needs."""
    out: list[Problem] = []
    for index, limit in enumerate(profile.limits):
        if isinstance(limit, ContactForceConfig):
            out += [*_sensor(profile, index, limit), *_task(profile, index, limit)]
        if isinstance(limit, PowerAndForceConfig):
            out += [*_detection(profile, index, limit), *_inertia(profile, index)]
        if isinstance(limit, WrenchConfig):
            out += _hold(profile, index, limit)
        if profile.body is not None and (tracker := getattr(limit, "bodies", None)) is not None:
            out += _frame(profile, tracker)
    return out


def _hold(profile: Profile, index: int, limit: WrenchConfig) -> Iterator[Problem]:
    """What a stop exerts is within the bounds."""
    channel = profile.data.channels[limit.channel]
    assert isinstance(channel, WrenchChannel)  # the limit fits no other
    for field, part in (("force", channel.hold[:3]), ("torque", channel.hold[3:])):
        size, bound = math.hypot(*part), float(getattr(limit, field))
        if size > bound:
            why = f"{limit.name}: a stop of channel {limit.channel} exerts that much"
            yield profile.problem(("limits", index, field), bound, f"at least {size:g}", why)


def _frame(profile: Profile, tracker: str) -> Iterator[Problem]:
    """Links and the people that they keep away from are told in one frame."""
    robot, source = profile.data.robot, profile.data.sources[tracker]
    assert isinstance(source, BodiesSource)  # references have been checked
    still = base_of(profile) == "fixed"
    allowed = sorted({robot.odom_frame, robot.base_frame} if still else {robot.odom_frame})
    if source.frame not in allowed:
        why = "a tracker must tell where people are in the frame in which the links are known"
        yield profile.problem(("sources", tracker, "frame"), source.frame, " or ".join(allowed), why)


def _sensor(profile: Profile, index: int, limit: ContactForceConfig) -> Iterator[Problem]:
    """A wrench is felt at a link; torques are felt by each joint of the channel."""
    if limit.wrench is not None:
        source = profile.data.sources[limit.wrench]
        assert isinstance(source, WrenchSource)  # references have been checked
        known = () if profile.body is None else profile.body.links
        if source.frame not in known:
            why = f"limit {limit.name} needs it: no link of the robot's model, so nobody knows where it is"
            key: Key = ("sources", limit.wrench, "frame")
            yield profile.problem(key, source.frame, ", ".join(known) or "a model", why)
        return
    joints = len(getattr(profile.data.channels[limit.channel], "joints", ()))
    for name, part in (("", limit), ("task", limit.task)):
        if part is not None and len(part.stop) != joints:
            key = ("limits", index, *([name] if name else []), "stop")
            wanted = f"{joints} numbers, one a joint of the channel"
            yield profile.problem(key, len(part.stop), wanted, f"{limit.name} does not fit its channel")


def _task(profile: Profile, index: int, limit: ContactForceConfig) -> Iterator[Problem]:
    """Its flag is told by a source of flags."""
    if limit.task is None:
        return
    source = profile.data.sources.get(limit.task.flags)
    if not isinstance(source, FlagsSource):
        known = ", ".join(n for n, s in profile.data.sources.items() if isinstance(s, FlagsSource))
        key: Key = ("limits", index, "task", "flags")
        yield profile.problem(key, limit.task.flags, known or "a flags source", "names no flags source")
    elif limit.task.flag not in source.names:
        key = ("limits", index, "task", "flag")
        yield profile.problem(key, limit.task.flag, ", ".join(source.names), "the source tells no such flag")


def _detection(profile: Profile, index: int, limit: PowerAndForceConfig) -> Iterator[Problem]:
    """What feels a contact also stops for it, at a force that is reckoned with."""
    stops = [
        other
        for other in profile.limits
        if isinstance(other, ContactForceConfig)
        and other.channel == limit.channel
        and limit.contact_detection in (other.wrench, other.state)
    ]
    if not stops:
        why = f"{limit.name}: a contact that stops nothing is not detected"
        wanted = f"the source of a contact_force limit on channel {limit.channel}"
        yield profile.problem(("limits", index, "contact_detection"), limit.contact_detection, wanted, why)
    felt = [other.stop[0] for other in stops if other.wrench is not None]
    if felt and limit.detected_force < min(felt):
        why = f"{limit.name}: below that force a contact stops nothing"
        key: Key = ("limits", index, "detected_force")
        yield profile.problem(key, limit.detected_force, f"at least {min(felt):g}", why)


def _inertia(profile: Profile, index: int) -> Iterator[Problem]:
    """The robot's inertia can be computed."""
    part = profile.data.robot.model
    if profile.body is None or part is None:
        return
    try:
        mechanics(profile.body, part)
    except (MissingPart, ModelError) as error:
        key: Key = ("limits", index, "kind")
        yield profile.problem(key, "power_and_force", "a model with masses, and Pinocchio", str(error))
