"""Whether the stop of every channel can be computed: a channel whose stop is unknown is refused before it starts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from iatro_governor.body.mechanics import mechanics
from iatro_governor.body.mobile import of_base
from iatro_governor.body.model import ArmModel
from iatro_governor.errors import MissingPart, ModelError, Problem
from iatro_governor.profile.joint_channels import JointEffortChannel
from iatro_governor.profile.load import Profile
from iatro_governor.profile.tool_channels import PoseChannel

LIGHTEST = 1e-6
"""What resists less than this, kg m2 or kg, has no inertia: its masses are missing."""


def unstoppable(profile: Profile) -> list[Problem]:
    """One problem for each reason why a channel could not be stopped, or moves nothing. The profile has its body."""
    out = []
    for name, channel in profile.data.channels.items():
        if isinstance(channel, JointEffortChannel):
            for given, allowed, why in _reasons(profile, channel):
                out.append(
                    profile.problem(("channels", name), given, allowed, f"channel {name} has no stop: {why}")
                )
        if (
            isinstance(channel, PoseChannel)
            and profile.body is not None
            and not _moves(profile.body, channel.link)
        ):
            key, why = (
                ("channels", name, "link"),
                f"channel {name} cannot move it: no joint of the model carries it",
            )
            out.append(profile.problem(key, channel.link, "a link that a joint moves", why))
    return out


def _moves(model: ArmModel, link: str) -> bool:
    """Whether any joint carries ``link``, a base's own apart."""
    carries = model.supports[model.link_body[model.link(link)]]
    joints = np.flatnonzero(np.abs(model.gain[carries]).sum(axis=0) > 0)
    return any(not of_base(model.joints[joint]) for joint in joints)


def _reasons(profile: Profile, channel: JointEffortChannel) -> Iterator[tuple[str, str, str]]:
    model, part = profile.body, profile.data.robot.model
    assert model is not None and part is not None  # the profile has been checked
    try:
        inertia = mechanics(model, part).dynamics.mass_matrix(model.rest)
    except (MissingPart, ModelError) as error:
        for why in error.problems if isinstance(error, ModelError) else [str(error)]:
            yield str(part.urdf or part.topic), "a description with the links' masses, and Pinocchio", why
        return
    own = [model.joints.index(joint) for joint in channel.joints]
    sizes, ways = np.linalg.eigh(inertia[np.ix_(own, own)])
    if sizes[0] < LIGHTEST:
        joint = channel.joints[int(np.argmax(np.abs(ways[:, 0])))]
        yield joint, "joints that move a mass", f"{joint} moves no mass that the description tells"
