"""Whether the links and joints that a profile names are those of its robot's description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iatro_governor.body.description import MOVING, Description
from iatro_governor.body.mobile import hangs_on
from iatro_governor.errors import Problem
from iatro_governor.profile.document import Key
from iatro_governor.profile.load import Profile
from iatro_governor.profile.robot import ModelPart

Named = tuple[Key, str]


def misnamed(
    profile: Profile, part: ModelPart, description: Description, moving: Sequence[str]
) -> list[Problem]:
    """One problem for each name that the description has not, or has for something else.

    ``moving``: the joints of the model.
    """
    out = [*_links(profile, part, description), *_base_frame(profile, description)]
    out += _joints(profile, part, description)
    for joint in part.armature:
        if joint not in moving:
            key: Key = ("robot", "model", "armature", joint)
            out.append(profile.problem(key, joint, ", ".join(moving), "no joint that the model moves"))
    return out


def _links(profile: Profile, part: ModelPart, description: Description) -> Iterator[Problem]:
    named: list[tuple[Key, str | None]] = [(("robot", "model", "tool"), part.tool)]
    for name, channel in profile.data.channels.items():
        named.append((("channels", name, "link"), getattr(channel, "link", None)))
    for key, link in named:
        if link is not None and link not in description.links:
            yield profile.problem(key, link, ", ".join(description.links), "no link of the description")


def _base_frame(profile: Profile, description: Description) -> Iterator[Problem]:
    key: Key = ("robot", "base_frame")
    frame = profile.data.robot.base_frame
    if frame not in description.links:
        why = "no link of the description: it could not be said where the robot is"
        yield profile.problem(key, frame, ", ".join(description.links), why)
    elif (joint := hangs_on(description, frame)) is not None:
        why = f"it hangs on joint {joint}, which moves"
        yield profile.problem(key, frame, f"{description.root}, or a link that is fixed to it", why)


def _joints(profile: Profile, part: ModelPart, description: Description) -> Iterator[Problem]:
    able = {joint.name: joint for joint in description.joints if joint.kind in MOVING}
    known = ", ".join(name for name, joint in able.items() if joint.mimic is None)
    commanded = _commanded(profile, part)
    for key, name in commanded:
        if part.joints is not None and name in able and name not in part.joints:
            yield profile.problem(key, name, ", ".join(part.joints), "robot.model.joints leaves it out")
    locked: list[Named] = [(("robot", "model", "locked", name), name) for name in part.locked]
    for key, name in [*commanded, *locked, *_fingers(profile)]:
        if name not in able:
            yield profile.problem(key, name, known or "(none moves)", "no moving joint of the description")
    for key, name in commanded:
        if (mimic := able[name].mimic if name in able else None) is not None:
            yield profile.problem(key, name, known, f"it mimics {mimic.joint} and cannot be commanded")
        if name in part.locked:
            yield profile.problem(key, name, "a joint that is not in robot.model.locked", "it is locked")


def _commanded(profile: Profile, part: ModelPart) -> list[Named]:
    """Joints that must move by themselves."""
    out: list[Named] = [
        (("robot", "model", "joints", place), joint) for place, joint in enumerate(part.joints or ())
    ]
    for name, channel in profile.data.channels.items():
        joints = enumerate(getattr(channel, "joints", ()))
        out += [(("channels", name, "joints", place), joint) for place, joint in joints]
    return out


def _fingers(profile: Profile) -> list[Named]:
    out: list[Named] = []
    for name, channel in profile.data.channels.items():
        fingers = enumerate(getattr(channel, "fingers", ()))
        out += [(("channels", name, "fingers", place), joint) for place, joint in fingers]
    return out
