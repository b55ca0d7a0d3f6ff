"""Volumes that stand still, for all limits on them at once: which of them can matter at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.planar import Array
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.volumes import Volume


class Landmarks:
    """``Z`` keep-out volumes over ground, each with the margin (Z,) that is kept from it, m."""

    def __init__(self, volumes: Sequence[Volume], margins: Sequence[float]) -> None:
        self._volumes = VolumeSet(volumes)
        self._margins = np.array(margins)
        self._columns = {id(volume): column for column, volume in enumerate(volumes)}

    def column(self, volume: object) -> int | None:
        """Number of a volume, None: it is none of them."""
        return self._columns.get(id(volume))

    def out_of_reach(self, now: Posture, reach: Array) -> list[bool]:
        """Of each volume, whether no capsule comes within its margin by moving ``reach`` (C,) m from ``now``.

        By the balls around them: quick, and never wrong about what is far.
        """
        bounds = self._volumes.bound(now.capsules(), now.model.capsule_radius)
        far: list[bool] = ((bounds - reach[:, None]).min(axis=0) > self._margins).tolist()
        return far


class Reach:
    """How far each joint (m,) and each capsule (C,) may move until rest, and which landmarks are beyond that.

    ``seconds``: how long that takes, with the motion in flight done.
    """

    def __init__(
        self, now: Posture, joints: Array, capsules: Array, seconds: float, landmarks: Landmarks | None
    ) -> None:
        self.joints = joints
        self.capsules = capsules
        self.seconds = seconds
        self._landmarks = landmarks
        self._far = None if landmarks is None else landmarks.out_of_reach(now, capsules)

    def misses(self, volume: object) -> bool | None:
        """Whether no capsule can come too near to a landmark; None where ``volume`` is none."""
        column = None if self._landmarks is None else self._landmarks.column(volume)
        return None if column is None or self._far is None else self._far[column]
