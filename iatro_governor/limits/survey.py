"""Distances of a body from all volumes over ground that it may come near to, told for all of their limits at once.

Of a few capsules and volumes numpy takes nearly as long as of one: a limit that measured its own alone would take as
long for itself as this takes for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.ways import Ways

LOOKED = 0.15
"""What is further than this beyond a margin, m, is not measured exactly."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (p,) of a capsule and a volume that it is kept out of; those of one volume stand together.

    margin: (p,) m. spans: of each volume, by its identity, its pairs.
    """

    capsule: Indices
    number: Indices
    margin: Array
    spans: dict[int, slice]

    @classmethod
    def of(cls, ids: Sequence[int], kept: Sequence[Indices], margins: Array, near: Sequence[int]) -> Pairs:
        """Of the volumes ``near``, by their numbers among ``ids``, and the capsules ``kept`` out of each."""
        counts = [len(kept[number]) for number in near]
        numbers = np.repeat(np.array(near, dtype=np.int64), counts)
        ends = np.cumsum([0, *counts]).tolist()
        spans = {ids[number]: slice(*ends[at : at + 2]) for at, number in enumerate(near)}
        capsules = np.concatenate([np.zeros(0, dtype=np.int64), *(kept[number] for number in near)])
        return cls(capsules, numbers, margins[numbers], spans)


@dataclass(frozen=True, slots=True)
class Along:
    """Distances, m, of some of the pairs of one volume along ways of c candidates.

    soon: (n,) where the ways start. ahead: (c, k, n) at the samples. half_step: (c, n) as of ``Ways``.
    """

    soon: Array
    ahead: Array
    half_step: Array


class Survey:
    """Of ``pairs`` in one posture."""

    def __init__(self, volumes: VolumeSet, pairs: Pairs, at: Posture) -> None:
        self._volumes, self._pairs = volumes, pairs
        self._radius = at.model.capsule_radius[pairs.capsule]
        self.now = volumes.each(at.ends(pairs.capsule), self._radius, pairs.number, pairs.margin + LOOKED)
        """Distances (p,), m; of those further than ``LOOKED`` beyond their margin at least that."""
        self._along: dict[int, tuple[Ways, dict[int, Along]]] = {}

    def place(self, volume: object) -> slice | None:
        """The pairs of ``volume`` in ``now``; None where they are not among these."""
        return self._pairs.spans.get(id(volume))

    def along(self, ways: Ways, volume: object, flown: Array) -> Along | None:
        """Of what any of ``ways`` may lead within the margin of ``volume``, and half a step; None where nothing is.

        flown: bound (C,) on how far each capsule moves from the posture to where the ways start, m.
        """
        if id(ways) not in self._along:
            self._along[id(ways)] = ways, self._followed(ways, flown)
        return self._along[id(ways)][1].get(id(volume))

    def _followed(self, ways: Ways, flown: Array) -> dict[int, Along]:
        pairs = self._pairs
        reach = pairs.margin + ways.swept.max(axis=0)[pairs.capsule]
        near = np.flatnonzero(self.now - flown[pairs.capsule] <= reach)
        if not near.size:
            return {}
        capsule = pairs.capsule[near]
        ends = ways.rows.ends(capsule)
        half_step = ways.half_steps(capsule, ends)
        need = pairs.margin[near] + half_step
        # What is further than any candidate needs may be told too small: it is far enough all the same.
        distance = self._volumes.each(ends, self._radius[near], pairs.number[near], need.max(axis=0))
        ahead = distance[1:].reshape(*ways.ahead.shape[:2], -1)
        close = np.logical_or.reduce(ahead < need[:, None], axis=(0, 1))
        found = {}
        for volume, span in pairs.spans.items():
            own = slice(*near.searchsorted((span.start, span.stop)).tolist())
            if close[own].any():  # else all keep their margin, and half a step, all the way
                found[volume] = Along(distance[0, own], ahead[..., own], half_step[:, own])
        return found
