"""What a robot weighs against, with what its profile says of it beyond its description."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.mobile import of_base
from iatro_governor.body.model import ArmModel
from iatro_governor.profile.robot import ModelPart


@dataclass(frozen=True)
class Mechanics:
    """Inertia of an arm, with the rotors where they are known. payload: kg, the largest that its tool may carry."""

    dynamics: Dynamics
    rotors_known: bool
    payload: float


def mechanics(model: ArmModel, part: ModelPart) -> Mechanics:
    """Of ``model``, as ``part`` of the profile completes it. The joints of a base have no rotors.

    Raises:
        MissingPart: Pinocchio is not installed.
        ModelError: no link has a mass.
    """
    own = [joint for joint in model.joints if not of_base(joint)]
    armature = np.array([part.armature.get(joint, 0.0) for joint in model.joints])
    known = all(joint in part.armature for joint in own)
    return Mechanics(Dynamics(model, armature), known, part.payload)
