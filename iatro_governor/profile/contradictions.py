"""What is right field by field in a profile and wrong together."""

from __future__ import annotations

from collections.abc import Iterator

from iatro_governor.errors import Problem
from iatro_governor.profile.base import Part
from iatro_governor.profile.document import Document, Key, dotted
from iatro_governor.profile.model import ProfileData

REFERENCES = {"odom": "odom", "state": "joints", "measured": "wrench"}
"""Fields of channels that name a source, and the type it must have."""
LIMIT_REFERENCES = {
    "sources": ("scan", "points", "range"),
    "bodies": ("bodies",),
    "localisation": ("map_pose",),
    "wrench": ("wrench",),
    "contact_detection": ("wrench", "joints"),
    "state": ("joints",),
}
"""Fields of limits that name sources, and the types they may have."""

GATE_ACTIONS = ("follow_joint_trajectory", "gripper_cmd")
"""Actions that the gate offers before a channel, after the channel's name."""


def contradictions(document: Document, data: ProfileData, limits: list[Part]) -> list[Problem]:
    """One problem for each name that means nothing, or two things."""
    problems = [*_channel_references(document, data), *_shared_topics(document, data)]
    problems += _actuators(document, data)
    problems += _frames(document, data)
    problems += _odometries(document, data)
    problems += _names(document, data, limits)
    for index, limit in enumerate(limits):
        for field, kinds in LIMIT_REFERENCES.items():
            named = getattr(limit, field, None)
            for source in (named,) if isinstance(named, str) else named or ():
                what = f"limit {getattr(limit, 'name', '')} cannot hold without it"
                problems += _reference(document, data, ("limits", index, field), source, kinds, what)
    return problems


def _frames(document: Document, data: ProfileData) -> Iterator[Problem]:
    """Places are taken as they are said: in odom where the base moves, else in the base's frame as well."""
    robot = data.robot
    moves = any(channel.type == "twist" for channel in data.channels.values())
    places = (robot.odom_frame,) if moves else (robot.odom_frame, robot.base_frame)
    for name, source in data.sources.items():
        if source.type == "bodies" and source.frame not in places:
            yield document.problem(
                ("sources", name, "frame"), source.frame, " or ".join(places), "people are not told there"
            )
    for name, channel in data.channels.items():
        if channel.type == "pose" and channel.frame != robot.base_frame:
            yield document.problem(
                ("channels", name, "frame"), channel.frame, robot.base_frame, "poses are not taken there"
            )
        if channel.type == "gripper":
            driven = {joint for other in data.channels.values() for joint in getattr(other, "joints", ())}
            for finger in driven.intersection(channel.fingers):
                yield document.problem(
                    ("channels", name, "fingers"), finger, "joints of no other channel", "is no finger"
                )


def _odometries(document: Document, data: ProfileData) -> Iterator[Problem]:
    """What is seen has one place: two odometries drift apart."""
    first = ""
    for name, channel in data.channels.items():
        if channel.type == "twist":
            first = first or channel.odom
            if channel.odom != first:
                why = "moves the same robot as another channel, by another odometry"
                yield document.problem(("channels", name, "odom"), channel.odom, first, why)


def _channel_references(document: Document, data: ProfileData) -> Iterator[Problem]:
    for name, channel in data.channels.items():
        for field, kind in REFERENCES.items():
            if (source := getattr(channel, field, None)) is not None:
                what = f"channel {name} cannot be governed without it"
                yield from _reference(document, data, ("channels", name, field), source, (kind,), what)


def _reference(
    document: Document, data: ProfileData, key: Key, name: str, kinds: tuple[str, ...], why: str
) -> Iterator[Problem]:
    """Whether ``name`` is a required source of one of ``kinds``."""
    source = data.sources.get(name)
    if source is None or source.type not in kinds:
        known = ", ".join(n for n, s in data.sources.items() if s.type in kinds)
        article, kind = "an" if kinds[0][0] in "aeiou" else "a", " or ".join(kinds)
        yield document.problem(key, name, known or f"{article} {kind} source", f"names no {kind} source")
    elif not source.required:
        yield document.problem(("sources", name, "required"), False, "true", why)


def _shared_topics(document: Document, data: ProfileData) -> Iterator[Problem]:
    """No topic may stand for two things: an output that is also a source would be believed."""
    used: dict[str, str] = {}
    rows: list[tuple[Key, str]] = [
        (("sources", name, "topic"), source.topic) for name, source in data.sources.items()
    ]
    for name, channel in data.channels.items():
        rows += [(("channels", name, "input"), channel.input), (("channels", name, "output"), channel.output)]
    for key, topic in rows:
        if (other := used.setdefault(topic.strip("/"), dotted(key))) != dotted(key):
            yield document.problem(key, topic, "a topic of its own", f"is also {other}")


def _actuators(document: Document, data: ProfileData) -> Iterator[Problem]:
    """What nobody may use must not be what somebody has to use."""
    used = {source.topic.strip("/"): f"sources.{name}.topic" for name, source in data.sources.items()}
    for name, channel in data.channels.items():
        used[channel.input.strip("/")] = f"channels.{name}.input"
        used[channel.output.strip("/")] = f"channels.{name}.output"
    for name, channel in data.channels.items():
        for index, topic in enumerate(channel.actuator.topics):
            if (other := used.get(topic.strip("/"))) is not None:
                key: Key = ("channels", name, "actuator", "topics", index)
                yield document.problem(key, topic, "a topic that nobody needs", f"is also {other}")
        for index, action in enumerate(channel.actuator.actions):
            for other in data.channels:
                if action.strip("/") in (f"{other}/{offered}" for offered in GATE_ACTIONS):
                    key = ("channels", name, "actuator", "actions", index)
                    what = f"the gate offers it to planners, before channel {other}"
                    yield document.problem(key, action, "the controller's own action", what)


def _names(document: Document, data: ProfileData, limits: list[Part]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, limit in enumerate(limits):
        name, channel = getattr(limit, "name", ""), getattr(limit, "channel", "")
        if name in seen:
            yield document.problem(
                ("limits", index, "name"), name, "a name of its own", "two limits have this name"
            )
        seen.add(name)
        if channel not in data.channels:
            yield document.problem(
                ("limits", index, "channel"), channel, ", ".join(data.channels), "no such channel"
            )
