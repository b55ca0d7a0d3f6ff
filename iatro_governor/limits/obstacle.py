"""Obstacles: whatever the scans see, kept at a margin from the footprint by the braking rollout."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.keeping import Keeper
from iatro_governor.limits.limit import Cap, Clearance, Example, Limit, LimitConfig
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.profile.base import Name, NonNegative, Positive


class ObstacleConfig(LimitConfig):
    """``margin``: m, kept between the footprint and every return."""

    example: ClassVar[Example] = {"sources": ["lidar"], "margin": 0.08, "noise": 0.02, "retreat_speed": 0.15}
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["obstacle"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    margin: Positive
    floor: NonNegative = 0.01
    """Clearance below which the body is as good as touching, m."""
    noise: NonNegative
    """How far two measurements of an unmoved obstacle may differ, m; three standard deviations."""
    retreat_speed: Positive
    """Fastest point of the body while the margin is broken, m/s."""

    @model_validator(mode="after")
    def _ordered(self) -> ObstacleConfig:
        if self.margin < self.floor + self.noise:
            raise ValueError("margin must be at least floor + noise")
        return self


class ObstacleLimit(Limit[ObstacleConfig]):
    """A clearance limit on all returns, obstacle by obstacle: sliding along one that is too near stays free."""

    model = ObstacleConfig
    unit = "m"

    def __init__(self, config: ObstacleConfig) -> None:
        super().__init__(config)
        self._keeper = Keeper(config.sources, config.margin, config.floor, config.noise, config.retreat_speed)

    @property
    def bound(self) -> float:
        """m."""
        return self.config.margin

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Retreat slowly while the margin is broken."""
        return self._keeper.retreat(command, situation.footprint, situation)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the margin along the way to rest."""
        eased = min(tolerance, self.config.noise)
        return self._keeper.clear(situation.footprint, rollouts, situation, eased)

    def idle(self, situation: Situation, reach: Span) -> bool:
        """Nothing is seen so near."""
        return self._keeper.idle(situation, reach)

    def eased(self, margin: float, speed: float) -> ObstacleLimit:
        """Nearer, and never touching."""
        return ObstacleLimit(self.config.model_copy(update={"margin": max(margin, self.config.floor)}))

    def rows(self, situation: Situation) -> Rows | None:
        """How fast each return may be closed in on."""
        return self._keeper.rows(situation.footprint, situation)

    def clearance(self, situation: Situation) -> Clearance:
        """Nearest return."""
        return self._keeper.clearance(situation.footprint, situation)

    def least_ahead(self, rollouts: Rollouts, situation: Situation) -> float | None:
        """Nearest return on the way."""
        return self._keeper.least_ahead(situation.footprint, rollouts, situation)
