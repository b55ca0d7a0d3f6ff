"""From the output that stands to the next one: rate shaping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
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
    """Bounds (n,) on the growth and on the decrease of each component's magnitude, and the limits they come from."""

    growth: Array
    decrease: Array
    rows: tuple[RateRow, ...]

    @classmethod
    def of(cls, limits: Iterable[Limit[Any]], axes: Mapping[str, Indices], size: int) -> Rates:
        """The tightest bounds among ``limits`` on a channel whose ``axes`` are these components of ``size``."""
        bounds = {name: np.full(size, UNBOUNDED) for name in ("acceleration", "deceleration")}
        rows = []
        for limit in limits:
            if isinstance(limit, RateLimit):
                at = axes[limit.axis]
                row = RateRow(limit, at, limit.bounds(len(at)))
                rows.append(row)
                bounds[limit.way][at] = np.minimum(bounds[limit.way][at], row.bounds)
        return cls(bounds["acceleration"], bounds["deceleration"], tuple(rows))

    @classmethod
    def stacked(cls, parts: Sequence[Rates]) -> Rates:
        """The rates of several channels as one."""
        rows, offset = [], 0
        for part in parts:
            rows += [RateRow(row.limit, row.components + offset, row.bounds) for row in part.rows]
            offset += len(part.growth)
        growth = np.concatenate([part.growth for part in parts])
        return cls(growth, np.concatenate([part.decrease for part in parts]), tuple(rows))

    def step(self, anchor: Array, targets: Array, dt: float, most: float) -> Array:
        """Outputs (c, 3) after ``dt`` s on the straight way from ``anchor`` (3,) to ``targets`` (c, 3).

        A late loop makes up for lost braking, but a pause saves up no more than ``most`` s of gaining speed.
        """
        change = targets - anchor
        size = np.abs(change)
        back = np.minimum(np.abs(anchor), self.decrease * dt)
        gain = min(dt, most)
        rest = np.clip(dt - np.abs(anchor) / self.decrease, 0.0, gain)
        towards = anchor * change < 0
        allowed = np.where(
            towards, back + np.where(size > np.abs(anchor), self.growth * rest, 0.0), self.growth * gain
        )
        share = np.where(size > allowed, allowed / np.where(size > 0, size, 1.0), 1.0).min(
            axis=-1, keepdims=True
        )
        # The end is taken as it stands: anchor + 1.0 * change would round.
        result: Array = np.where(share >= 1.0, targets, anchor + share * change)
        return result
