"""Where the joints were and how they moved, as last measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class JointSample:
    """Positions (n,) rad or m and velocities (n,) at ``t`` s; efforts (n,) Nm or N, NaN or None where not measured."""

    t: float
    position: Array
    velocity: Array
    effort: Array | None

    @property
    def felt(self) -> Array | None:
        """Efforts (n,) of all joints; None where not each is measured."""
        return None if self.effort is None or np.isnan(self.effort).any() else self.effort

    def part(self, places: Indices) -> JointSample:
        """The joints at ``places`` (k,) alone."""
        effort = None if self.effort is None else self.effort[places]
        return JointSample(self.t, self.position[places], self.velocity[places], effort)


class JointTrack:
    """The joints ``names`` of one source; it may tell of more, and in any order."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._place = {name: index for index, name in enumerate(self.names)}
        self._sample: JointSample | None = None
        self._told: tuple[str, ...] | None = None
        self._order = np.zeros(0, dtype=np.int64)
        """Of the names that a source told last: it nearly always tells the same ones."""
        self._nothing = JointSample(0.0, np.zeros(len(self.names)), np.zeros(len(self.names)), None)

    def places(self, names: Sequence[str]) -> Indices:
        """Where (n,) each of the n ``names`` stands in a sample."""
        return np.array([self._place[name] for name in names], dtype=np.int64)

    def missing(self, names: Sequence[str]) -> list[str]:
        """Joints that do not stand exactly once among ``names``: it is the state of another robot, or half of one."""
        if names == self._told:
            return []
        return [name for name in self.names if names.count(name) != 1]

    def order(self, names: Sequence[str]) -> Indices:
        """Where each of its joints (n,) stands among ``names``, of which none is missing."""
        if names != self._told:
            self._order = np.array([names.index(name) for name in self.names], dtype=np.int64)
            self._told = tuple(names)
        return self._order

    def add(
        self, t: float, names: Sequence[str], position: Array, velocity: Array, effort: Array | None
    ) -> float:
        """Take a sample; returns how far, rad or m, it is from where the last one leads."""
        order = self.order(names)
        sample = JointSample(t, position[order], velocity[order], None if effort is None else effort[order])
        last, self._sample = self._sample, sample
        if last is None or not len(order):
            return 0.0
        led = last.position + (last.velocity + sample.velocity) / 2 * (t - last.t)
        return float(np.abs(sample.position - led).max())

    @property
    def known(self) -> bool:
        """Whether anything was measured yet."""
        return self._sample is not None

    @property
    def latest(self) -> JointSample:
        """The newest sample, or rest at zero before the first one."""
        return self._sample or self._nothing


class TrackPart:
    """Some joints of a track, in an order of their own."""

    def __init__(self, track: JointTrack, names: Sequence[str]) -> None:
        self._track, self._places = track, track.places(names)
        self._picked: tuple[JointSample, JointSample] | None = None

    @property
    def latest(self) -> JointSample:
        """Their newest sample; picked out of what was told once."""
        latest = self._track.latest
        if self._picked is None or self._picked[0] is not latest:
            self._picked = latest, latest.part(self._places)
        return self._picked[1]
