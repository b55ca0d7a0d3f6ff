"""The frame that a volume for links stands in, and how sure it is where that is."""

from __future__ import annotations

import numpy as np
from pydantic import model_validator

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.localisation import Fix
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array, inverse
from iatro_governor.body.urdf import transform
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.limit import LimitConfig
from iatro_governor.profile.base import Name
from iatro_governor.profile.figures import Frame, localised
from iatro_governor.profile.volumes import Volume3


class VolumeConfig(LimitConfig):
    """What limits on volumes for links have in common."""

    frame: Frame = "odom"
    """odom, map: over ground, the latter where a localiser says; odom: or where the robot stands. body: on its base."""
    volume: Volume3
    localisation: Name | None = None
    """The source of the base's pose in the map; the volume grows by what it is unsure of."""

    @model_validator(mode="after")
    def _localised(self) -> VolumeConfig:
        localised(self.frame, self.localisation, "a volume")
        return self


class VolumeFrame:
    """Where the volume of a limit stands, as a jointed body finds it."""

    def __init__(self, config: VolumeConfig) -> None:
        self.carried = config.frame == "body"
        """Whether the base takes it along."""
        self._localisation = config.localisation

    @property
    def shifts(self) -> bool:
        """Whether it may lie elsewhere the next time, where nothing has moved."""
        return self._localisation is not None

    def known(self, situation: BodySituation) -> bool:
        """Whether it is known where that is: a map is not before it was told where the base is."""
        return self._localisation is None or self._localisation in situation.sensed.fixes

    def pose(self, at: Posture, situation: BodySituation) -> Array | None:
        """It over ground, in postures ``at`` (...): (..., 4, 4); None: it is odom itself."""
        if self.carried:
            return at.bodies[..., situation.freedoms, :, :]
        fix = self._fix(situation)
        if fix is None:
            return None
        key = (self._localisation, "map")
        if key not in situation.memo:
            x, y, yaw = inverse(fix.odom).tolist()
            situation.memo[key] = transform(np.array([x, y, 0.0]), np.array([0.0, 0.0, yaw]))
        pose: Array = situation.memo[key]
        return pose

    def local(self, ends: Array, at: Posture, situation: BodySituation) -> Array:
        """Segments ``ends`` (..., k, 2, 3) of capsules in postures ``at`` (...), m over ground, as seen from it."""
        pose = self.pose(at, situation)
        return ends if pose is None else into(ends, pose)

    def around(self, ball: tuple[Array, float], situation: BodySituation) -> tuple[Array, float] | None:
        """A ball in it, centre (3,) and radius, m, over ground; None where it is carried along."""
        if self.carried:
            return None
        pose, (centre, radius) = self.pose(situation.now, situation), ball
        return ball if pose is None else (pose[:3, :3] @ centre + pose[:3, 3], radius)

    def unsure(self, situation: BodySituation, which: Indices, travel: Array | float = 0.0) -> Array | float:
        """How far distances of capsules ``which`` (k,) may be wrong for the map's sake, m, after ``travel`` (..., k) m.

        A wrong heading leads astray by as far as the capsule ever is from the base's axis, and by its way.
        """
        fix = self._fix(situation)
        if fix is None:
            return 0.0
        away = situation.levers[situation.freedoms - 1, which] if situation.freedoms else 0.0
        return fix.shift + fix.turn * (away + travel)

    def _fix(self, situation: BodySituation) -> Fix | None:
        return None if self._localisation is None else situation.sensed.fixes[self._localisation]


def into(ends: Array, frame: Array) -> Array:
    """Segments ``ends`` (..., k, 2, 3), seen from a ``frame`` (..., 4, 4)."""
    moved: Array = (ends - frame[..., None, None, :3, 3]) @ frame[..., None, :3, :3]
    return moved
