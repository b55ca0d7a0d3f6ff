"""What surrounds the body now, from all sources that see, carried forward by measured odometry."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import IDENTITY, Array, compose, seen_from, transform
from iatro_governor.body.remembered import NOTHING as NO_MEMORY
from iatro_governor.body.remembered import Remembered, remembered
from iatro_governor.body.scan import Sweep

GLIMPSE_SPACING = 0.1
"""Least time between two remembered sweeps of a source, s."""
LAPSE_S = 2.0
"""For so long free space is kept beyond what counts, s: a stop that was begun when it did may go on through it."""
MOST = 32
"""About so many sweeps of a source are remembered: each is asked about every place that the body may go to."""


@dataclass(slots=True)
class Obstacles:
    """Returns (n, 2) m in the base frame, sorted by the obstacle (n,) they belong to.

    joined: (n,) whether the obstacle's surface runs from a return to the next. grain: how much nearer than each return
    (n,), or than all of them, that may be which it stands for, m. Nobody writes to it; like ``Situation``, it is made
    too often to be frozen.
    """

    points: Array
    cluster: NDArray[np.int64]
    joined: NDArray[np.bool_]
    grain: Array | float = 0.0

    def only(self, which: NDArray[np.bool_]) -> Obstacles:
        """Some of the returns."""
        at = which.nonzero()[0]  # picked out by their numbers: a third of the time that it takes by truths
        grain = self.grain if isinstance(self.grain, float) else self.grain.take(at)
        return Obstacles(self.points.take(at, axis=0), self.cluster.take(at), self.joined.take(at), grain)


NOTHING = Obstacles(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool))


@dataclass(frozen=True, slots=True)
class Placed:
    """A sweep and the pose of the base in odom at its moment.

    memory: what earlier ones saw and this one has not looked past. obstacles: both, in the base frame then. nearest: of
    them, from the base then, m. base, eye: where in odom that and the sensor were then, m. height: of the base over
    odom at its moment, m.
    """

    sweep: Sweep
    pose: Array
    memory: Remembered
    obstacles: Obstacles
    nearest: float
    base: tuple[float, float]
    eye: tuple[float, float]
    height: float = 0.0

    @classmethod
    def of(cls, sweep: Sweep, pose: Array, memory: Remembered, height: float) -> Placed:
        """A sweep among what is remembered."""
        obstacles = Obstacles(sweep.points, sweep.cluster, sweep.joined, sweep.grain)
        if memory.there.any():
            points, cluster = memory.obstacles(pose)
            count = int(sweep.cluster[-1]) + 1 if len(sweep.cluster) else 0
            obstacles = Obstacles(
                np.concatenate([sweep.points, points]),
                np.concatenate([sweep.cluster, cluster + count]),
                np.concatenate([sweep.joined, np.zeros(len(points), dtype=bool)]),
                sweep.grain,
            )
        places = _place(pose, IDENTITY), _place(pose, sweep.sensor)
        return cls(sweep, pose, memory, obstacles, _nearest(obstacles), *places, height)


class Surroundings:
    """The newest sweep of each source, and earlier ones as memory of what was seen."""

    def __init__(self, memory_s: float) -> None:
        self._memory_s = memory_s
        self._spacing_s = max(GLIMPSE_SPACING, memory_s / MOST)
        self._placed: dict[str, deque[Placed]] = {}

    def add(self, source: str, sweep: Sweep, pose: Array, height: float = 0.0) -> None:
        """Take the newest sweep of ``source``, with the pose (3,) of the base in odom at its moment.

        height: m, of the base over odom then.
        """
        past = self._placed.setdefault(source, deque())
        memory, since = NO_MEMORY, sweep.t - self._memory_s
        oldest = since - LAPSE_S if self._memory_s else since
        if past:
            known = past[-1].memory.beside(past[-1].sweep, past[-1].pose)
            memory, complete = remembered(known, sweep, pose, since)
            oldest = oldest if complete == since else complete  # where free space counts, so does what stands
        if len(past) > 1 and sweep.t - past[-2].sweep.t < self._spacing_s:
            past.pop()
        past.append(Placed.of(sweep, pose, memory, height))
        while past[0].sweep.t < oldest and len(past) > 1:
            past.popleft()

    def shift(self, by: Array) -> None:
        """Odom has leapt by the motion ``by`` (3,): what stands stays by the base, and nothing seen is still free.

        How far the base went in the meantime nobody knows.
        """
        for past in self._placed.values():
            last = past[-1]
            blind = replace(last.sweep, seen=np.zeros_like(last.sweep.seen), clear_radius=0.0)
            memory = replace(last.memory, points=transform(by, last.memory.points))
            past.clear()
            past.append(Placed.of(blind, compose(by, last.pose), memory, last.height))

    def obstacles(self, sources: tuple[str, ...], pose: Array) -> Obstacles:
        """Returns of ``sources``, as seen from the base at ``pose`` (3,) in odom."""
        if len(sources) == 1 and sources[0] in self._placed:
            placed = self._placed[sources[0]][-1]
            there, of = seen_from(pose, placed.pose), placed.obstacles
            return Obstacles(transform(there, of.points), of.cluster, of.joined, of.grain)
        parts, offset = [NOTHING], 0
        for name in sources:
            if name in self._placed:
                part = self.obstacles((name,), pose)
                parts.append(Obstacles(part.points, part.cluster + offset, part.joined, part.grain))
                offset += int(part.cluster[-1]) + 1 if len(part.cluster) else 0
        return Obstacles(
            np.concatenate([part.points for part in parts]),
            np.concatenate([part.cluster for part in parts]),
            np.concatenate([part.joined for part in parts]),
            _grain(parts),
        )

    def newest(self, source: str) -> Placed | None:
        """What ``source`` saw last; None: nothing yet."""
        past = self._placed.get(source)
        return past[-1] if past else None

    def points3(self, sources: tuple[str, ...], pose: Array) -> Array:
        """Points (n, 3) m that ``sources`` saw last, in the base frame at ``pose`` in odom; scans at their height.

        Each stands for what is within :meth:`spread3` of it.
        """
        out = [np.zeros((0, 3))]
        for name in sources:
            for placed in list(self._placed.get(name, ()))[-1:]:
                sweep, there = placed.sweep, seen_from(pose, placed.pose)
                flat = sweep.points if sweep.solid is None else sweep.solid[:, :2]
                height = np.full(len(flat), sweep.height) if sweep.solid is None else sweep.solid[:, 2]
                out.append(np.column_stack([transform(there, flat), height]))
        return np.concatenate(out)

    def spread3(self, sources: tuple[str, ...]) -> float:
        """How far from a point of :meth:`points3` that may be which it stands for, m."""
        newest = [self._placed[name][-1].sweep for name in sources if name in self._placed]
        return max((sweep.solid_grain for sweep in newest), default=0.0)

    def all_seen_within(self, sources: tuple[str, ...], pose: Array, radius: float, since: float) -> bool:
        """Whether one sweep alone, from ``since`` or later, shows that nothing within ``radius`` m is unseen."""
        for name in sources:
            placed = self.newest(name)
            if placed is None or placed.sweep.t < since:
                continue
            if placed.sweep.clear_radius >= radius + _apart(pose, placed.eye):
                return True
        return False

    def nearest(self, sources: tuple[str, ...], pose: Array) -> float:
        """Distance, m, of the base at ``pose`` in odom from returns of ``sources``; quick, and never too large."""
        nearest = math.inf
        for name in sources:
            if (placed := self.newest(name)) is not None:
                nearest = min(nearest, placed.nearest - _apart(pose, placed.base))
        return nearest

    def seen(
        self, sources: tuple[str, ...], pose: Array, points: Array, since: float, slack: float
    ) -> NDArray[np.bool_]:
        """Which of ``points`` (n, 2), base frame at ``pose``, were observed at or after ``since`` by any source."""
        out = np.zeros(len(points), dtype=bool)
        every = [p for name in sources for p in self._placed.get(name, ()) if p.sweep.t >= since]
        # The newest sweeps of all sources show most of it, so that few points are left for the older ones.
        for placed in sorted(every, key=lambda p: -p.sweep.t):
            open_ = np.flatnonzero(~out)
            if not len(open_):
                break
            there = transform(seen_from(placed.pose, pose), points[open_])
            out[open_] = placed.sweep.has_seen(there, slack)
        return out


def _nearest(obstacles: Obstacles) -> float:
    """Distance of ``obstacles`` of one grain from the base, m; at least."""
    if not len(obstacles.points):
        return math.inf
    return float(np.hypot(obstacles.points[:, 0], obstacles.points[:, 1]).min() - obstacles.grain)


def _place(pose: Array, on: Array) -> tuple[float, float]:
    """Where in odom the origin of a pose ``on`` (3,) the base is, m, with the base at ``pose`` (3,)."""
    x, y, _ = compose(pose, on).tolist()
    return x, y


def _apart(pose: Array, place: tuple[float, float]) -> float:
    """Distance of the base at ``pose`` from a ``place`` in odom, m."""
    x, y, _ = pose.tolist()
    return math.hypot(place[0] - x, place[1] - y)


def _grain(parts: list[Obstacles]) -> Array | float:
    if not any(np.any(part.grain) for part in parts):
        return 0.0
    return np.concatenate([np.broadcast_to(part.grain, (len(part.points),)) for part in parts])
