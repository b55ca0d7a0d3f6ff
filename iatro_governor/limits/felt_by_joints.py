"""Whose efforts are told, and what joints feel by them of what the body touches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatro_governor.limits.body_situation import BodySituation


def untold(situation: BodySituation, channel: str) -> tuple[str, ...]:
    """The joints of ``channel`` whose efforts nobody tells; while there are any, it is not known what they feel."""
    own = situation.joints[channel]
    return tuple(situation.model.joints[joint] for joint in own[np.isnan(situation.effort[own])])


def feeling(situation: BodySituation, channel: str) -> NDArray[np.bool_]:
    """The capsules (C,) whose contacts joints feel, where those of ``channel`` all tell their efforts.

    They feel what they carry, fingers that tell nothing among it. Of what they do not carry all joints that do have to
    tell theirs; nobody tells those of a base.
    """
    carry = situation.levers > 0.0
    own, silent = carry[situation.joints[channel]], carry[np.isnan(situation.effort)]
    felt: NDArray[np.bool_] = np.any(own, axis=0) | ~np.any(silent, axis=0)
    return felt
