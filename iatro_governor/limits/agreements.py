"""Whether limits agree with the sources that they trust, and with one another."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from iatro_governor.body.dynamics import GRAVITY
from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers
from iatro_governor.body.mechanics import mechanics
from iatro_governor.body.mobile import base_joints
from iatro_governor.errors import MissingPart, ModelError, Problem
from iatro_governor.limits.contact_force import ContactForceConfig, ContactTask
from iatro_governor.limits.link_separation import LinkSeparationConfig
from iatro_governor.limits.payload import Held, PayloadConfig
from iatro_governor.limits.power_and_force import PowerAndForceConfig
from iatro_governor.limits.tip_over import TipOverConfig, TipOverLimit
from iatro_governor.limits.wrench import WrenchConfig
from iatro_governor.profile.channels import TwistChannel
from iatro_governor.profile.document import Key
from iatro_governor.profile.load import Profile
from iatro_governor.profile.sources import BodiesSource, FlagsSource, WrenchSource
from iatro_governor.profile.tool_channels import WrenchChannel


def disagreements(profile: Profile) -> list[Problem]:
    """One problem for each limit whose sensor, flag or other limit is not what it needs."""
    out: list[Problem] = []
    for index, limit in enumerate(profile.limits):
        if isinstance(limit, ContactForceConfig):
            out += [*_sensor(profile, index, limit), *_flag(profile, ("limits", index, "task"), limit.task)]
            out += _lifted(profile, index, limit)
        if isinstance(limit, PowerAndForceConfig):
            out += [*_detection(profile, index, limit), *_inertia(profile, index)]
        if isinstance(limit, PowerAndForceConfig | LinkSeparationConfig):
            out += _regions(profile, index, limit)
        if isinstance(limit, PayloadConfig):
            out += _load(profile, index, limit)
        if isinstance(limit, TipOverConfig):
            out += _upright(profile, index, limit)
        if isinstance(limit, WrenchConfig):
            out += _hold(profile, index, limit)
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


def _sensor(profile: Profile, index: int, limit: ContactForceConfig) -> Iterator[Problem]:
    """A wrench is felt at a link; torques are felt by each joint of the channel."""
    if limit.wrench is not None:
        source = profile.data.sources[limit.wrench]
        assert isinstance(source, WrenchSource)  # references have been checked
        assert profile.body is not None  # the limit fits no other
        if source.frame not in profile.body.links:
            why = f"limit {limit.name} needs it: no link of the robot's model, so nobody knows where it is"
            key: Key = ("sources", limit.wrench, "frame")
            yield profile.problem(key, source.frame, ", ".join(profile.body.links), why)
        return
    joints = len(getattr(profile.data.channels[limit.channel], "joints", ()))
    for name, part in (("", limit), ("task", limit.task)):
        if part is not None and len(part.stop) != joints:
            key = ("limits", index, *([name] if name else []), "stop")
            wanted = f"{joints} numbers, one a joint of the channel"
            yield profile.problem(key, len(part.stop), wanted, f"{limit.name} does not fit its channel")


def _lifted(profile: Profile, index: int, limit: ContactForceConfig) -> Iterator[Problem]:
    """What the hand may carry is no collision for the wrist that feels it: it could never be lifted."""
    weight = _weight(profile)
    if limit.wrench is None:
        return
    for name, part in (("", limit), ("task", limit.task)):
        if part is not None and part.stop[0] <= weight:
            key: Key = ("limits", index, *([name] if name else []), "stop", 0)
            why = f"{limit.name}: the weight of robot.model.payload alone would stop it"
            yield profile.problem(key, part.stop[0], f"more than {weight:.4g}", why)


def _weight(profile: Profile) -> float:
    """Of what the model may carry, N; it hides as much of a push the other way."""
    part = profile.data.robot.model
    assert part is not None  # limits on bodies fit nothing without one
    return part.payload * GRAVITY


def _flag(profile: Profile, at: Key, named: ContactTask | Held | None) -> Iterator[Problem]:
    """A flag is told by a source of flags."""
    if named is None:
        return
    source = profile.data.sources.get(named.flags)
    if not isinstance(source, FlagsSource):
        known = ", ".join(n for n, s in profile.data.sources.items() if isinstance(s, FlagsSource))
        yield profile.problem((*at, "flags"), named.flags, known or "a flags source", "names no flags source")
    elif named.flag not in source.names:
        known = ", ".join(source.names)
        yield profile.problem((*at, "flag"), named.flag, known, "the source tells no such flag")


def _load(profile: Profile, index: int, limit: PayloadConfig) -> Iterator[Problem]:
    """No more is carried than is reckoned with."""
    yield from _flag(profile, ("limits", index, "held"), limit.held)
    yield from _carried(profile, ("limits", index, "mass"), limit.name, limit.mass)


def _carried(profile: Profile, key: Key, name: str, mass: float) -> Iterator[Problem]:
    """The ``mass``, kg, that the limit ``name`` reckons with at ``key`` is no less than what the model carries."""
    part = profile.data.robot.model
    assert part is not None  # the limit fits no other
    if mass < part.payload:
        why = f"{name}: robot.model.payload is more"
        yield profile.problem(key, mass, f"at least {part.payload:g}", why)


def _upright(profile: Profile, index: int, limit: TipOverConfig) -> Iterator[Problem]:
    """No stop of the base tips it where the arm rests."""
    channel, body, part = profile.data.channels[limit.channel], profile.body, profile.data.robot.model
    # The limit fits no other.
    assert isinstance(channel, TwistChannel) and body is not None and part is not None
    if channel.base == "aerial":
        key: Key = ("limits", index, "channel")
        yield profile.problem(key, limit.channel, "a base on the ground", f"{limit.name}: it is in the air")
        return
    hardest = channel.stop_modes.protective.linear
    if limit.deceleration < hardest:
        why = f"{limit.name}: the protective stop of channel {limit.channel} brakes harder"
        key = ("limits", index, "deceleration")
        yield profile.problem(key, limit.deceleration, f"at least {hardest:g}", why)
    yield from _carried(profile, ("limits", index, "payload"), limit.name, limit.payload)
    turns = 2 if channel.base in ("differential", "ackermann") else 16
    angles = np.arange(turns) * (2 * math.pi / turns)
    stands, freedoms = posture(body, body.rest), len(base_joints("planar"))
    each = [
        TipOverLimit(limit).hardest(stands, freedoms, part.tool, np.array([math.cos(angle), math.sin(angle)]))
        for angle in angles
    ]
    if limit.deceleration > min(each):
        why = f"{limit.name}: a stop that brakes so hard tips the robot over as it rests"
        key = ("limits", index, "deceleration")
        yield profile.problem(key, limit.deceleration, f"at most {min(each):.3g}", why)


def _regions(
    profile: Profile, index: int, limit: PowerAndForceConfig | LinkSeparationConfig
) -> Iterator[Problem]:
    """Regions that a limit names are told by its tracker: a slip of the pen would let the robot near the right one."""
    source = profile.data.sources[limit.bodies]
    assert isinstance(source, BodiesSource)  # references have been checked
    # Bounds by region have one for all others; who keeps from some regions has to know which others there are.
    if source.regions is None and isinstance(limit, PowerAndForceConfig):
        return
    key: Key = ("limits", index, "regions")
    for name in limit.regions or ():
        if source.regions is None:
            why = f"{limit.name}: nobody knows which other regions there are"
            yield profile.problem(key, name, f"those of sources.{limit.bodies}.regions, to be set first", why)
        elif name not in source.regions:
            why = f"{limit.name}: {limit.bodies} tells no such region of people"
            yield profile.problem(key, name, ", ".join(source.regions), why)


def _detection(profile: Profile, index: int, limit: PowerAndForceConfig) -> Iterator[Problem]:
    """What feels a contact also stops for it, at a force that is reckoned with.

    What the hand carries hides a push the other way as strong as its weight.
    """
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
    felt = [
        _of_joints(profile, other) if other.wrench is None else max(part.stop[0] for part in _parts(other))
        for other in stops
        if limit.behind or other.wrench is not None  # torques are no force yet, and what is free gives way
    ]
    hidden = _weight(profile)
    if felt and limit.detected_force < min(felt) + hidden:
        load = f"; robot.model.payload hides {hidden:.3g} N of it" if hidden else ""
        why = f"{limit.name}: below that force a contact stops nothing{load}"
        key: Key = ("limits", index, "detected_force")
        yield profile.problem(key, limit.detected_force, f"at least {min(felt) + hidden:.4g}", why)


def _parts(limit: ContactForceConfig) -> list[ContactForceConfig | ContactTask]:
    """Its bounds, those of its task among them: while that is said to be done nothing else stops a contact."""
    return [limit] if limit.task is None else [limit, limit.task]


def _of_joints(profile: Profile, limit: ContactForceConfig) -> float:
    """Force, N, that no joint feels beyond its ``stop`` where less of it acts on any link, however the arm stands."""
    assert profile.body is not None  # what its kind fits has a model
    names = getattr(profile.data.channels[limit.channel], "joints", ())
    most = levers(profile.body)[[profile.body.joints.index(name) for name in names]].max(axis=1)
    return max(float((np.array(part.stop) / most).min()) for part in _parts(limit))


def _inertia(profile: Profile, index: int) -> Iterator[Problem]:
    """The robot's inertia can be computed."""
    part = profile.data.robot.model
    assert profile.body is not None and part is not None  # without a model its kind is refused
    try:
        mechanics(profile.body, part)
    except (MissingPart, ModelError) as error:
        key: Key = ("limits", index, "kind")
        yield profile.problem(key, "power_and_force", "a model with masses, and Pinocchio", str(error))
