"""What surrounds the body now, from all scan sources, carried forward by measured odometry."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array, compose, inverse, transform
from iatro_governor.body.scan import Sweep

GLIMPSE_SPACING = 0.1
"""Least time between two remembered sweeps of a source, s."""


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Returns (n, 2) m in the base frame, sorted by the obstacle (n,) they belong to.

    joined: (n,) whether the obstacle's surface runs from a return to the next.
    """

    points: Array
    cluster: NDArray[np.int64]
    joined: NDArray[np.bool_]


NOTHING = Obstacles(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))


@dataclass(frozen=True, slots=True)
class Placed:
    """A sweep and the pose of the base in odom at its moment."""

    sweep: Sweep
    pose: Array


class Surroundings:
    """The newest sweep of each source, and earlier ones as memory of what was seen."""

    def __init__(self, memory_s: float) -> None:
        self._memory_s = memory_s
        self._placed: dict[str, deque[Placed]] = {}

    def add(self, source: str, sweep: Sweep, pose: Array) -> None:
        """Take the newest sweep of ``source``, with the pose of the base in odom at its moment."""
        past = self._placed.setdefault(source, deque())
        if len(past) > 1 and sweep.t - past[-2].sweep.t < GLIMPSE_SPACING:
            past.pop()
        past.append(Placed(sweep, pose))
        while past[0].sweep.t < sweep.t - self._memory_s and len(past) > 1:
            past.popleft()

    def obstacles(self, sources: tuple[str, ...], pose: Array) -> Obstacles:
        """Returns of ``sources``, as seen from the base at ``pose`` in odom."""
        if len(sources) == 1 and sources[0] in self._placed:
            placed = self._placed[sources[0]][-1]
            there = compose(inverse(pose), placed.pose)
            return Obstacles(transform(there, placed.sweep.points), placed.sweep.cluster, placed.sweep.joined)
        parts, offset = [NOTHING], 0
        for name in sources:
            if name in self._placed:
                part = self.obstacles((name,), pose)
                parts.append(Obstacles(part.points, part.cluster + offset, part.joined))
                offset += int(part.cluster[-1]) + 1 if len(part.cluster) else 0
        return Obstacles(
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.cluster for part in parts]),
            np.concatenate([part.joined for part in parts]),
        )

    def all_seen_within(self, sources: tuple[str, ...], pose: Array, radius: float) -> bool:
        """Whether one sweep alone shows that nothing within ``radius`` m of the base is unseen."""
        for name in sources:
            for placed in list(self._placed.get(name, ()))[-1:]:
                sensor = compose(compose(inverse(pose), placed.pose), placed.sweep.sensor)
                if placed.sweep.clear_radius >= radius + float(np.hypot(sensor[0], sensor[1])):
                    return True
        return False

    def seen(
        self, sources: tuple[str, ...], pose: Array, points: Array, since: float, slack: float
    ) -> NDArray[np.bool_]:
        """Which of ``points`` (n, 2), base frame at ``pose``, were observed at or after ``since`` by any source."""
        out = np.zeros(len(points), dtype=bool)
        for name in sources:
            for placed in reversed(self._placed.get(name, ())):
                if out.all():
                    return out
                if placed.sweep.t < since:
                    break
                open_ = np.flatnonzero(~out)
                there = transform(compose(inverse(placed.pose), pose), points[open_])
                out[open_] = placed.sweep.has_seen(there, slack)
        return out
