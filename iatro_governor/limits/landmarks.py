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
        self._all = [True] * len(volumes)
        self._seen: tuple[Array, Array] | None = None
        """A posture of late, and how far each capsule (C,) was from the nearest margin then, m."""

    def column(self, volume: object) -> int | None:
        """Number of a volume, None: it is none of them."""
        return self._columns.get(id(volume))

    def out_of_reach(self, now: Posture, levers: Array, joints: Array) -> list[bool]:
        """Of each volume, whether no capsule comes within its margin while the joints move by ``joints`` (m,) from now.

        By the balls around them: quick, and never wrong about what is far. Where all was far lately, it is asked first
        whether the joints have moved enough since to change that: 7 us, where all volumes take 35.
        """
        if self._seen is not None:
            then, room = self._seen
            if bool((room > (np.abs(now.q - then) + joints) @ levers).all()):
                return self._all
        rooms = self._volumes.bound(now.capsules(), now.model.capsule_radius) - self._margins
        self._seen = now.q, rooms.min(axis=1)
        far: list[bool] = ((rooms - (joints @ levers)[:, None]).min(axis=0) > 0.0).tolist()
        return far


class Reach:
    """All outputs between the standing one and the wanted one, each followed to rest. Never too small.

    joints, capsules: how far each (m,), (C,) may move, rad or m. seconds: how long that takes, with the motion in
    flight done. ends: joint velocities (2, m) of the wanted output and of the standing one; any between them is
    between these. most: magnitudes (N,) of the components of ``u``.
    """

    def __init__(
        self,
        now: Posture,
        joints: Array,
        levers: Array,
        seconds: float,
        landmarks: Landmarks | None,
        ends: Array,
        most: Array,
    ) -> None:
        self.joints = joints
        self.capsules: Array = joints @ levers
        self.seconds = seconds
        self.ends = ends
        self.fastest: list[float] = np.abs(ends).max(axis=0).tolist()
        """Magnitudes (m,) of the joint velocities."""
        self.most: tuple[float, ...] = tuple(most.tolist())
        self._landmarks = landmarks
        self._far = None if landmarks is None else landmarks.out_of_reach(now, levers, joints)

    def misses(self, volume: object) -> bool | None:
        """Whether no capsule can come too near to a landmark; None where ``volume`` is none."""
        column = None if self._landmarks is None else self._landmarks.column(volume)
        return None if column is None or self._far is None else self._far[column]
