"""Violating inputs of the limits on single joints: each joint too fast, and each at its end and going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.trip import Challenge, Trip, beyond_each

NEAR = 0.01
"""How far from its end, as a share of its range, a joint is that goes on towards it."""
TOWARDS = (0.5, 5.0)
"""Speeds at which it goes on, rad/s or m/s."""


def too_fast(scene: BodySituation, channel: str, bounds: Sequence[float]) -> Iterator[Challenge]:
    """Each joint of ``channel``, both ways, at twice the speed that it is allowed."""
    place, own = scene.place(channel), scene.joints[channel]
    # Where u is no velocity, it takes so much more of it to make a joint so fast.
    faster = np.abs(scene.drive.matrix[own, np.arange(len(scene.anchor))[place]])
    needed = (np.array(bounds) + np.abs(scene.still[own])) / np.maximum(faster, 1e-9)
    yield from beyond_each(scene, place, needed.tolist())


def at_ends(scene: BodySituation, channel: str, lower: Array, upper: Array) -> Iterator[list[Trip]]:
    """Of each joint of ``channel`` and each of its finite ends (n,): close to it, and moving on towards it."""
    place, own = scene.place(channel), scene.joints[channel]
    for index, joint in enumerate(own):
        for end, way in ((lower[index], -1.0), (upper[index], 1.0)):
            if not np.isfinite(end):
                continue
            span = upper[index] - lower[index]
            q = scene.now.q.copy()
            q[joint] = end - way * NEAR * (span if np.isfinite(span) else 1.0)
            trips = []
            for speed in TOWARDS:
                command = np.zeros(len(scene.anchor))
                command[place.start + index] = way * speed
                command /= max(abs(float(scene.drive.matrix[joint, place.start + index])), 1e-9)
                trips.append(Trip(scene.at(q).standing(command), command))
            yield trips
