"""From the output that stands to the next one: rate shaping and stops."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Braking
from iatro_governor.limits.limit import Limit
from iatro_governor.limits.rate import RateLimit

UNBOUNDED = 1e6
"""Rate where no limit is configured, m/s2 or rad/s2: any step of a period is allowed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Bounds (3,) on the growth and on the decrease of |vx|, |vy|, |wz|, and the limits they come from."""

    growth: Array
    decrease: Array
    limits: tuple[RateLimit, ...]

    @classmethod
    def of(cls, limits: Iterable[Limit[Any]]) -> Rates:
        """The tightest bound of each kind among ``limits``."""
        rates = tuple(limit for limit in limits if isinstance(limit, RateLimit))
        bounds = {"acceleration": np.full(3, UNBOUNDED), "deceleration": np.full(3, UNBOUNDED)}
        for limit in rates:
            axes = slice(2, 3) if limit.config.axis == "angular" else slice(0, 2)
            bounds[limit.config.kind][axes] = np.minimum(bounds[limit.config.kind][axes], limit.bound)
        return cls(bounds["acceleration"], bounds["deceleration"], rates)

    def comfort(self, braking: Braking) -> Braking:
        """Deceleration of ordinary driving, never counted as more than a stop is sure to reach."""
        return Braking(
            min(float(self.decrease[:2].min()), braking.linear), min(float(self.decrease[2]), braking.angular)
        )

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


def ramp_to_rest(anchor: Array, braking: Braking, dt: float) -> Array:
    """The output (3,) after ``dt`` s of a stop: along the same direction, ending in exact zeros."""
    time = float(braking.time(anchor))
    if time <= dt + 1e-12:
        return np.zeros(3)
    return anchor * (1.0 - dt / time)
