"""From the output that stands to the next one: rate shaping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.governor.smooth import jerk_shares
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.rate import RateLimit

UNBOUNDED = 1e6
"""Rate where no limit is configured, m/s2 or rad/s2: any step of a period is allowed."""


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate limit, the components (k,) of ``u`` that it bounds, and its bound (k,) for each."""

    limit: RateLimit[Any]
    components: Indices
    bounds: Array


@dataclass(frozen=True, slots=True)
class Rates:
    """Bounds (n,) on the growth and on the decrease of each component's magnitude, and the limits they come from.

    jerk: (n,) on the change of both, infinite where there is none.
    """

    growth: Array
    decrease: Array
    jerk: Array
    rows: tuple[RateRow, ...]

    @classmethod
    def of(cls, limits: Iterable[Limit[Any]], axes: Mapping[str, Indices], size: int) -> Rates:
        """The tightest bounds among ``limits`` on a channel whose ``axes`` are these components of ``size``."""
        bounds = {name: np.full(size, UNBOUNDED) for name in ("acceleration", "deceleration")}
        bounds["jerk"] = np.full(size, np.inf)
        rows = []
        for limit in limits:
            if isinstance(limit, RateLimit):
                at = axes[limit.axis]
                row = RateRow(limit, at, limit.bounds(len(at)))
                rows.append(row)
                bounds[limit.way][at] = np.minimum(bounds[limit.way][at], row.bounds)
        return cls(bounds["acceleration"], bounds["deceleration"], bounds["jerk"], tuple(rows))

    @classmethod
    def stacked(cls, parts: Sequence[Rates]) -> Rates:
        """The rates of several channels as one."""
        rows, offset = [], 0
        for part in parts:
            rows += [RateRow(row.limit, row.components + offset, row.bounds) for row in part.rows]
            offset += len(part.growth)
        each = [
            np.concatenate([getattr(part, name) for part in parts]) for name in ("growth", "decrease", "jerk")
        ]
        return cls(each[0], each[1], each[2], tuple(rows))

    @property
    def smooth(self) -> bool:
        """Whether any jerk is bounded."""
        return bool(np.isfinite(self.jerk).any())

    def step(self, anchor: Array, targets: Array, dt: float, most: float, pace: Array | None = None) -> Array:
        """Outputs (c, 3) after ``dt`` s on the straight way from ``anchor`` (3,) to ``targets`` (c, 3).

        A late loop makes up for lost braking, but a pause saves up no more than ``most`` s of gaining speed.
        ``pace`` (3,): how fast the output changes already, where jerk is bounded.
        """
        change = targets - anchor
        share = self._share(anchor, change, self.growth, dt, most)
        if pace is not None and dt > 0:
            least, largest = jerk_shares(change, pace, self.jerk, dt)
            share = np.minimum(share, largest)
            if (share < least).any():  # jerk outweighs the bound on acceleration, not the one on deceleration
                free = np.full(len(self.growth), UNBOUNDED)
                share = np.maximum(share, np.minimum(least, self._share(anchor, change, free, dt, most)))
        # The end is taken as it stands: anchor + 1.0 * change would round.
        result: Array = np.where(share >= 1.0, targets, anchor + share * change)
        return result

    def one(self, anchor: Array, target: Array, dt: float, most: float) -> Array:
        """As ``step`` for one target (n,), where no jerk is bounded; in plain numbers, for that takes a third."""
        share, gain = 1.0, min(dt, most)
        ways = zip(
            anchor.tolist(), target.tolist(), self.growth.tolist(), self.decrease.tolist(), strict=True
        )
        for start, end, growth, decrease in ways:
            change, at = end - start, abs(start)
            if start * change < 0:
                allowed = min(at, decrease * dt)
                if abs(change) > at:
                    allowed += growth * min(max(dt - at / decrease, 0.0), gain)
            else:
                allowed = growth * gain
            if abs(change) > allowed:
                share = min(share, allowed / abs(change))
        return target if share >= 1.0 else anchor + share * (target - anchor)

    def alone(self, anchor: Array, target: Array, dt: float, most: float, pace: Array | None = None) -> Array:
        """As ``step``, each component (n,) of ``anchor`` as far towards ``target`` (n,) as it gets by itself."""
        each = np.where(np.eye(len(anchor), dtype=bool), target, anchor)
        place: Array = np.diagonal(self.step(anchor, each, dt, most, pace)).copy()
        return place

    def _share(self, anchor: Array, change: Array, growth: Array, dt: float, most: float) -> Array:
        """The largest share (c, 1) of ``change`` (c, n) within ``growth`` (n,) and the bounds on decrease."""
        size, start = np.abs(change), np.abs(anchor)
        back = np.minimum(start, self.decrease * dt)
        gain = min(dt, most)
        rest = np.minimum(np.maximum(dt - start / self.decrease, 0.0), gain)
        towards = anchor * change < 0
        allowed = np.where(towards, back + np.where(size > start, growth * rest, 0.0), growth * gain)
        share = np.divide(allowed, size, out=np.ones_like(size), where=size > allowed)
        least: Array = share.min(axis=-1, keepdims=True)
        return least
