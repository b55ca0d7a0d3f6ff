"""Distances of capsules from many volumes at once, in few steps of numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatro_governor.body.boxes import Boxes
from iatro_governor.body.distance import Gap, capsule_distance, capsule_gap, length
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.volumes import Ball, BoxVolume, CapsuleVolume, PrismVolume, Volume

ROUND, BOX, OTHER = range(3)
"""What is measured together: balls and rods, boxes (upright prisms over a rectangle too), and what is neither."""


class VolumeSet:
    """``Z`` volumes, numbered in the order given; whatever is far from a capsule is passed over by bounding balls."""

    def __init__(self, volumes: Sequence[Volume]) -> None:
        self._volumes = tuple(volumes)
        self._segments, self._radius, round_ones = _rounds(self._volumes)
        self._boxes, box_ones = _boxes(self._volumes)
        self._group = np.full(len(self._volumes), OTHER)
        self._place = np.zeros(len(self._volumes), dtype=np.int64)
        for group, members in ((ROUND, round_ones), (BOX, box_ones)):
            self._group[members] = group
            self._place[members] = np.arange(len(members))
        self._all_boxes = len(box_ones) == len(self._volumes)
        self._centres, self._reach, self._axes = _bounds(self._volumes)

    def __len__(self) -> int:
        return len(self._volumes)

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Distances (..., C, Z), m, of capsules ``ends`` (..., C, 2, 3) with ``radius`` (C,).

        What is further than ``cutoff`` for certain is not looked at closely: a smaller distance above it is given.
        """
        distance = self.bound(ends, radius)
        near = distance <= cutoff
        if near.any():
            capsule, number = np.nonzero(near.reshape(-1, len(self)))
            segments = ends.reshape(-1, 2, 3)[capsule]
            distance[near] = self.each(segments, radius[capsule % len(radius)], number, cutoff)
        return distance

    def bound(self, ends: Array, radius: Array) -> Array:
        """Distances (..., C, Z), m, that are never too large, and soon told: those of bounding balls."""
        start, end = ends[..., 0, :], ends[..., 1, :]
        offset = ((start + end) / 2)[..., None, :] - self._centres
        if self._axes is not None:
            offset *= self._axes
        out: Array = length(offset) - ((length(end - start) / 2 + radius)[..., None] + self._reach)
        return out

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C, Z), as of each volume."""
        shape = (*ends.shape[:-2], len(self))
        segments = np.broadcast_to(ends[..., None, :, :], (*shape, 2, 3)).reshape(-1, 2, 3)
        sizes = np.broadcast_to(radius[:, None], shape).ravel()
        found = self.each_gap(segments, sizes, np.broadcast_to(np.arange(len(self)), shape).ravel())
        first, second, normal = (
            part.reshape(*shape, 3) for part in (found.first, found.second, found.normal)
        )
        return Gap(found.distance.reshape(shape), first, second, normal)

    def each(self, segments: Array, radius: Array, number: Indices, cutoff: Array | float = np.inf) -> Array:
        """Distances (..., s), m, of capsules (..., s, 2, 3), each from the volume of its ``number`` (s,).

        radius: (s,) m. cutoff: one for all or (s,), as of ``distance``.
        """
        if self._all_boxes:
            return self._boxes.each(segments, radius, number, cutoff)
        group, place = self._group[number], self._place[number]
        most, distance = np.broadcast_to(cutoff, number.shape), np.empty(segments.shape[:-2])
        if (at := np.flatnonzero(group == ROUND)).size:
            second, sizes = self._segments[place[at]], self._radius[place[at]]
            distance[..., at] = capsule_distance(segments[..., at, :, :], radius[at], second, sizes)
        if (at := np.flatnonzero(group == BOX)).size:
            distance[..., at] = self._boxes.each(segments[..., at, :, :], radius[at], place[at], most[at])
        if (others := np.flatnonzero(group == OTHER)).size:
            for one in np.unique(number[others]):
                at = others[number[others] == one]
                found = self._volumes[one].distance(
                    segments[..., at, :, :], radius[at], float(most[at].max())
                )
                distance[..., at] = found
        return distance

    def each_gap(self, segments: Array, radius: Array, number: Indices) -> Gap:
        """Gaps (s,) of capsules (s, 2, 3) with ``radius`` (s,), each from the volume of its ``number`` (s,)."""
        n = len(segments)
        gap = Gap(np.empty(n), np.empty((n, 3)), np.empty((n, 3)), np.empty((n, 3)))
        group, place = self._group[number], self._place[number]
        if (at := np.flatnonzero(group == ROUND)).size:
            second, sizes = self._segments[place[at]], self._radius[place[at]]
            _put(gap, at, capsule_gap(segments[at], radius[at], second, sizes))
        if (at := np.flatnonzero(group == BOX)).size:
            found = self._boxes.one_by_one(segments[at], place[at])
            near = found.first - radius[at, None] * found.normal
            _put(gap, at, Gap(found.distance - radius[at], near, found.second, found.normal))
        for one in np.unique(number[group == OTHER]):
            at = np.flatnonzero(number == one)
            _put(gap, at, self._volumes[one].gap(segments[at], radius[at]))
        return gap


def _put(whole: Gap, at: Indices, part: Gap) -> None:
    whole.distance[at], whole.first[at] = part.distance, part.first
    whole.second[at], whole.normal[at] = part.second, part.normal


def _rounds(volumes: Sequence[Volume]) -> tuple[Array, Array, list[int]]:
    """Balls and rods as segments (r, 2, 3) with radii (r,), and their numbers."""
    found = []
    for number, volume in enumerate(volumes):
        if isinstance(volume, Ball):
            found.append((np.stack([volume.centre, volume.centre]), volume.radius, number))
        elif isinstance(volume, CapsuleVolume):
            found.append((volume.ends, volume.radius, number))
    segments = np.array([segment for segment, _, _ in found]).reshape(-1, 2, 3)
    return segments, np.array([radius for _, radius, _ in found]), [number for _, _, number in found]


def _boxes(volumes: Sequence[Volume]) -> tuple[Boxes, list[int]]:
    """All boxes, and their numbers."""
    found = []
    for number, volume in enumerate(volumes):
        boxes = volume.boxes if isinstance(volume, BoxVolume) else None
        if isinstance(volume, PrismVolume):
            boxes = volume.prism.box
        if boxes is not None:
            found.append((boxes, number))
    poses = np.concatenate([np.zeros((0, 4, 4)), *(boxes.poses for boxes, _ in found)])
    half = np.concatenate([np.zeros((0, 3)), *(boxes.half for boxes, _ in found)])
    return Boxes(poses, half), [number for _, number in found]


def _bounds(volumes: Sequence[Volume]) -> tuple[Array, Array, Array | None]:
    """Centres (Z, 3) and radii (Z,) of bounding balls, and which axes (Z, 3) count: 1, or 0 for none of it.

    A prism of infinite height has an upright cylinder around it, which height says nothing about.
    """
    centres, reach, axes = np.zeros((len(volumes), 3)), np.zeros(len(volumes)), np.ones((len(volumes), 3))
    for number, volume in enumerate(volumes):
        centres[number], reach[number] = volume.bounding_ball
        if isinstance(volume, PrismVolume) and np.isinf(reach[number]):
            reach[number] = np.linalg.norm(volume.corners - centres[number, :2], axis=1).max()
            axes[number, 2] = 0.0
    return centres, reach, None if axes.all() else axes
