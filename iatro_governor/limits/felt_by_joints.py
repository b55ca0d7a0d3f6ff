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
    """The capsules (C,) whose contacts the joints of ``channel`` feel, where those all tell their efforts.

    They feel what they carry, fingers that tell nothing among it. What others carry they do not: whatever those tell,
    nobody stops for it by the limit of this channel.
    """
    own = situation.levers[situation.joints[channel]] > 0.0
    felt: NDArray[np.bool_] = np.any(own, axis=0)
    return felt
