"""How far capsules are within a volume that they must not leave: a workspace, a geofence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.distance import Gap, length
from iatro_governor.body.planar import Array
from iatro_governor.body.prism import SAMPLES
from iatro_governor.body.volumes import Volume


@dataclass(frozen=True, slots=True)
class KeepIn:
    """Clearance of whole capsules from the outside of ``volume``: positive within, negative where a part sticks out.

    A signed distance from a convex set is a convex function of the point (Boyd and Vandenberghe, "Convex Optimization",
    2004, section 8.1 and example 3.9), so along a segment it is greatest at an end: the clearance is exact, and a
    capsule is inside when the balls at its ends are. In a volume that is not convex it is a lower bound, too small by
    half the step between ``SAMPLES`` points along the axis at most, because a signed distance changes no faster than
    the point moves.
    """

    volume: Volume

    def distance(self, ends: Array, radius: Array, cutoff: float = np.inf) -> Array:
        """Clearances (..., C), m, of capsules ``ends`` (..., C, 2, 3) with ``radius`` (C,), whatever the ``cutoff``."""
        return -self._beyond(ends, self.volume.signed(self._points(ends))) - radius

    def gap(self, ends: Array, radius: Array) -> Gap:
        """Gaps (..., C): clearances, the capsule's outermost point, the surface next to it, the direction back in.

        ``normal`` is the derivative of the clearance where the volume is convex, else that of its outermost point's.
        """
        points = self._points(ends)
        signed = self.volume.signed(points)
        outermost = np.argmax(signed, axis=-1)[..., None, None]
        at = np.take_along_axis(points, outermost, axis=-2)
        found = self.volume.gap(np.concatenate([at, at], axis=-2), np.zeros_like(radius))
        first = at[..., 0, :] + radius[:, None] * found.normal
        return Gap(-self._beyond(ends, signed) - radius, first, found.second, -found.normal)

    def _points(self, ends: Array) -> Array:
        """Points (..., C, k, 3) on the axes at which the volume is measured."""
        if self.volume.convex:
            return ends
        share = np.linspace(0.0, 1.0, SAMPLES)[:, None]
        points: Array = ends[..., :1, :] + share * (ends[..., 1:, :] - ends[..., :1, :])
        return points

    def _beyond(self, ends: Array, signed: Array) -> Array:
        """How far (..., C) an axis is outside at most, by the signed distances (..., C, k) of its points."""
        if self.volume.convex:
            return np.maximum(signed[..., 0], signed[..., 1])
        step = length(ends[..., 1, :] - ends[..., 0, :]) / (SAMPLES - 1)
        between: Array = ((signed[..., 1:] + signed[..., :-1]).max(axis=-1) + step) / 2
        return between
