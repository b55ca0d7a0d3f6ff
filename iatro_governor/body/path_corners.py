"""Corners of a joint path, where a velocity steps: how fast they may be passed, and how they are rounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.path import JointPath
from iatro_governor.body.path_bounds import JointBounds, corner_times, knot_steps
from iatro_governor.body.planar import Array

NONE = 1e-9
"""A step of velocity below this, rad/s, is rounding."""
WORTHWHILE = 0.5
"""A corner that could only be passed at a lower pace is passed at rest: that is sooner over than creeping round it."""


@dataclass(frozen=True, slots=True)
class Corner:
    """time: of the path, s. pace: the highest at which it may be passed, 0 to 1. seconds: that passing it takes.

    parts: (n,) of what each joint may accelerate, that passing it at that pace takes.
    """

    time: float
    pace: float
    seconds: float
    parts: Array

    @property
    def span(self) -> tuple[float, float]:
        """From when to when, in the path's own time, it is rounded."""
        half = self.seconds * self.pace / 2
        return self.time - half, self.time + half


def corners(path: JointPath, bounds: JointBounds, share: float, own: bool) -> list[Corner]:
    """Those between segments.

    own: what the path itself does is allowed where it is within the bounds; else ``share`` of them is used for a corner
    and what the joints do on both sides of it.
    """
    steps = np.abs(knot_steps(path, 1, path.entry))
    seconds = corner_times(path, bounds.corner_s)
    allowed = bounds.lesser * seconds[:, None]
    out = []
    for knot in np.nonzero((steps > NONE).any(axis=1))[0]:
        if 0 < knot < len(seconds) - 1:
            parts = steps[knot] / allowed[knot]
            used = share if own else share / 2
            pace = 1.0 if own and parts.max() <= 1.0 else min(used / parts.max(), 1.0)
            pace = pace if pace >= WORTHWHILE else 0.0
            out.append(Corner(float(path.knots.times[knot]), pace, float(seconds[knot]), parts * pace))
    return out


def slow_for(corners: list[Corner], times: Array, highest: Array, room: Array, own: bool) -> None:
    """Lower ``highest`` (i + 1,), squares of the pace at ``times`` (i + 1,), where corners are rounded.

    room: (i, n) the part of its bounds that each joint has for changes of pace in each interval, lowered as well. own:
    the path's own acceleration before and after a corner is allowed as it is.
    """
    for corner in corners:
        first, last = (int(index) for index in np.searchsorted(times, corner.span))
        around = slice(first - 1, last + 1) if corner.pace > 0 else slice(first, first + 1)
        rest = 1.0 if own else 1.0 - corner.parts.max()
        highest[around] = np.minimum(highest[around] * rest, corner.pace**2)
        room[first - 1 : last] = np.minimum(room[first - 1 : last], 1.0 - corner.parts)


def without(corners: list[Corner], times: Array) -> Array:
    """``times`` (i,) of the path at which it is to have points: none within a corner, one on either side.

    A cubic between those two goes from one velocity to the other in the time that the step may take. Where a corner is
    passed at rest nothing has to be rounded.
    """
    kept = np.ones(len(times), dtype=bool)
    beside: list[float] = []
    for corner in corners:
        first, last = corner.span
        if corner.pace > 0 and last <= times[-1]:
            kept &= (times <= first) | (times >= last)
            beside += [first, last]
    return np.unique(np.concatenate([times[kept], beside]))
