"""What sensors saw in space, once a message: where it is, and how the body stood when it was seen."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from iatro_governor.body.mobile import Base
from iatro_governor.body.planar import Array
from iatro_governor.body.surroundings import Placed, Surroundings
from iatro_governor.limits.sensed import Cloud

REMEMBERED_S = 1.0
"""Postures kept to tell how the body stood when a message was stamped, s."""
HERE = np.zeros(3)


class Clouds:
    """The newest points of ``sources``, over ground.

    base: where the base stood then is what its points are placed by; between two measured headings it may be a turn.
    """

    def __init__(self, sources: Iterable[str], surroundings: Surroundings, base: Base = "fixed") -> None:
        self._sources = tuple(sources)
        self._surroundings = surroundings
        self._base = base
        self._past: deque[tuple[float, Array]] = deque()
        self._known: dict[str, tuple[Placed, Cloud]] = {}

    def seen(self, measured_t: float, q: Array) -> dict[str, Cloud]:
        """By source. q: (m,) joints as measured at ``measured_t`` s."""
        if not self._sources:
            return {}
        if not self._past or measured_t > self._past[-1][0]:
            self._past.append((measured_t, q))
        while len(self._past) > 2 and self._past[1][0] < measured_t - REMEMBERED_S:
            self._past.popleft()
        for name in self._sources:
            newest = self._surroundings.newest(name)
            if newest is not None and (name not in self._known or self._known[name][0] is not newest):
                self._known[name] = newest, self._cloud(name, newest)
        return {name: cloud for name, (_, cloud) in self._known.items()}

    def _cloud(self, name: str, placed: Placed) -> Cloud:
        points = self._surroundings.points3((name,), HERE)
        q = self._posture_at(placed.sweep.t).copy()
        if self._base == "planar":
            q[:3] = placed.pose
        elif self._base == "aerial":
            points[:, 2] += placed.height
            q[:4] = [*placed.pose[:2], placed.height, placed.pose[2]]
        return Cloud(points, self._surroundings.spread3((name,)), q)

    def _posture_at(self, t: float) -> Array:
        """Joints (m,) at ``t`` s, between the postures before and after it; the nearest one where there is none."""
        before = [known for known in self._past if known[0] <= t][-1:]
        after = [known for known in self._past if known[0] > t][:1]
        if not before or not after:
            return (before or after)[0][1]
        (start, first), (end, second) = before[0], after[0]
        between: Array = first + (second - first) * ((t - start) / (end - start))
        return between
