"""What a sensor saw before and has not looked past since: what stands behind a base that has turned away from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.cells import Indices, grouped, thinned
from iatro_governor.body.planar import Array, compose, inverse, transform
from iatro_governor.body.scan import Sweep

SAME = 0.05
"""A range no further off than this from where something was, m, is of the same thing."""
SURFACE = 0.3
"""Neighbouring beams whose ranges differ by less than this, m, see one surface."""
THIN = 0.01
"""Only beams closer together than this, m, show that something is gone: wider ones may pass beside it."""
BESIDE = 2
"""So many beams on either side must have looked past it, too, for its place is known no better."""
CELL = 0.02
"""Points in a square of this side, m, are remembered as one."""
GAP = 0.3
"""Remembered points further apart than this, m, do not join one obstacle."""
MOST = 4000
"""So many points of a source are remembered at most: each is measured at every step near it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Points (n, 2) m in odom, and when each was seen last (n,) s.

    there: (n,) whether it counts as an obstacle; what does not was missed by the newest sweep, but might have been.
    """

    points: Array
    last: Array
    there: NDArray[np.bool_]

    def beside(self, sweep: Sweep, pose: Array) -> Remembered:
        """These, and the returns of ``sweep`` with the base at ``pose`` (3,) in odom."""
        count = len(sweep.points)
        return Remembered(
            np.concatenate([transform(pose, sweep.points), self.points]),
            np.concatenate([np.full(count, sweep.t), self.last]),
            np.concatenate([np.ones(count, dtype=bool), self.there]),
        )

    def obstacles(self, pose: Array) -> tuple[Array, Indices]:
        """Those that count (m, 2), seen from the base at ``pose``, sorted by the obstacle (m,) that they make."""
        points = transform(inverse(pose), self.points[self.there])
        if not len(points):
            return points, np.zeros(0, dtype=np.int64)
        group = grouped(points.T, GAP)
        order = np.argsort(group, kind="stable")
        return points[order], group[order]


NOTHING = Remembered(np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=bool))


def remembered(before: Remembered, sweep: Sweep, pose: Array, since: float) -> tuple[Remembered, float]:
    """What of ``before`` was seen at or after ``since``, s, and stands for all that ``sweep`` from ``pose`` shows.

    With it the time, s, ``since`` or later, from which on nothing had to be left out: there are no more than ``MOST``.

    It is forgotten where the sweep sees it anew, or looks past it on all sides by beams fine enough to meet it. It
    counts out of the field of view, where beams know nothing, and behind what is nearer. Where coarse beams miss it
    the sweep is believed, but only as long as it looks there.

    A cone tells how far nothing stands, and not where something does: what it calls free, it has looked at whole.
    """
    if len(sweep.seen) == 1 or not len(before.points):
        return NOTHING, since
    local = transform(inverse(compose(pose, sweep.sensor)), before.points)
    away, index = np.hypot(local[:, 0], local[:, 1]), sweep.beams(local)
    beams = sweep.around(sweep.seen, 1)
    least, most = beams.min(axis=0)[index], beams.max(axis=0)[index]
    on_surface = (least > 0) & (most - least <= SURFACE) & (least < away) & (away < most)
    again = on_surface | (np.abs(beams.take(index, axis=1) - away) <= SAME).any(axis=0)
    kept = np.flatnonzero(~again & (before.last >= since))
    if not len(kept):
        return NOTHING, since
    away, index = away[kept], index[kept]
    past = sweep.around(sweep.seen, BESIDE).min(axis=0)[index] > away + SAME
    left = ~past | (away * abs(sweep.step) > THIN)
    kept, there = kept[left], ~past[left]
    one, _ = thinned(before.points[kept].T, CELL, -before.last[kept])
    last = before.last[kept[one]]
    if len(one) > MOST:
        since = float(np.nextafter(np.sort(last)[-MOST - 1], np.inf))
        one, last = one[last >= since], last[last >= since]
    return Remembered(before.points[kept[one]], last, there[one]), since
