"""Volumes that stand still, for all limits on them at once: which of them can matter at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.volumes import Volume
from iatro_governor.limits.survey import Pairs, Survey


class Landmarks:
    """``Z`` keep-out volumes over ground, each with the margin (Z,) that is kept from it, m."""

    def __init__(self, volumes: Sequence[Volume], margins: Sequence[float], kept: Sequence[Indices]) -> None:
        """``kept``: of each volume, the capsules that are kept out of it."""
        self._volumes = VolumeSet(volumes)
        self._margins = np.array(margins)
        self._kept = kept
        self._ids = [id(volume) for volume in volumes]
        self._counts: NDArray[np.bool_] | None = None
        self._near: tuple[frozenset[int], Pairs] | None = None
        """The pairs of what was not far lately, by what was."""
        self._seen: tuple[Array, Array, frozenset[int]] | None = None
        """A posture, how far each capsule (C,) was from the margins of what was far then, m, and what that was."""

    def out_of_reach(self, now: Posture, levers: Array, joints: Array) -> frozenset[int]:
        """Identities of the volumes that no capsule can come too near to while the joints move by ``joints`` (m,).

        By the balls around them: quick, and never wrong about what is far. It is asked first whether the joints have
        moved enough to change what was found lately: 7 us, where all volumes take 35.
        """
        if self._seen is not None:
            then, room, far = self._seen
            if bool((room > (np.abs(now.q - then) + joints) @ levers).all()):
                return far
        apart = self._volumes.bound(now.capsules(), now.model.capsule_radius) - self._margins
        rooms = np.where(self._counted(len(apart)), apart, np.inf)
        missed = (rooms - (joints @ levers)[:, None]).min(axis=0) > 0.0
        far = frozenset(one for one, is_far in zip(self._ids, missed.tolist(), strict=True) if is_far)
        self._seen = now.q, rooms[:, missed].min(axis=1, initial=np.inf), far
        return far

    def survey(self, now: Posture) -> Survey:
        """How the body is to all volumes that were not out of reach when that was asked last."""
        far = frozenset[int]() if self._seen is None else self._seen[2]
        if self._near is None or self._near[0] != far:
            near = [number for number, one in enumerate(self._ids) if one not in far]
            self._near = far, Pairs.of(self._ids, self._kept, self._margins, near)
        return Survey(self._volumes, self._near[1], now)

    def _counted(self, capsules: int) -> NDArray[np.bool_]:
        """Which capsules (C, Z) are kept out of which volumes."""
        if self._counts is None:
            self._counts = np.zeros((capsules, len(self._kept)), dtype=bool)
            for column, which in enumerate(self._kept):
                self._counts[which, column] = True
        return self._counts


class Reach:
    """All outputs between the standing one and the wanted one, each followed to rest. Never too small.

    joints, capsules: how far each (m,), (C,) may move, rad or m, and as far again for what lies between two samples.
    swept: (m,) the same, with no more than may truly lie there. seconds: how long that takes, with the motion in
    flight done. ends: joint velocities (2, m) of the wanted output and of the standing one; any between them is
    between these. most: magnitudes (N,) of the components of ``u``.
    """

    def __init__(
        self,
        now: Posture,
        joints: Array,
        swept: Array,
        levers: Array,
        seconds: float,
        landmarks: Landmarks | None,
        ends: Array,
        most: Array,
    ) -> None:
        self._now = now
        self.joints = joints
        self.swept = swept
        self.capsules: Array = joints @ levers
        self._levers = levers
        self.seconds = seconds
        self.ends = ends
        self.fastest: list[float] = np.abs(ends).max(axis=0).tolist()
        """Magnitudes (m,) of the joint velocities."""
        self.most: tuple[float, ...] = tuple(most.tolist())
        self._far = frozenset() if landmarks is None else landmarks.out_of_reach(now, levers, swept)

    @cached_property
    def swept_capsules(self) -> Array:
        """How far each capsule (C,) may move, with no more between two samples than may truly lie there, m."""
        swept: Array = self.swept @ self._levers
        return swept

    @cached_property
    def lowest(self) -> list[float]:
        """Positions (m,) that no joint gets below."""
        lowest: list[float] = (self._now.q - self.joints).tolist()
        return lowest

    @cached_property
    def highest(self) -> list[float]:
        """Positions (m,) that no joint gets above."""
        highest: list[float] = (self._now.q + self.joints).tolist()
        return highest

    def misses(self, volume: object) -> bool:
        """Whether ``volume`` is a landmark that no capsule can come too near to."""
        return id(volume) in self._far
