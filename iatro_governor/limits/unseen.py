"""Unseen is occupied: where no sensor has looked lately, the body does not go, or goes at ``speed``."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatro_governor.body.planar import Array, placed_at_each
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.surroundings import LAPSE_S
from iatro_governor.limits.doses import Doses, divided
from iatro_governor.limits.limit import Example, Limit, LimitConfig
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.profile.base import Name, NonNegative, Positive

OUTLINE_SPACING = 0.1
"""Distance of the outline points that are looked up, m."""
SLACK = 0.05
"""Range error allowed between the observed free space and a looked-up point, m."""


class UnseenConfig(LimitConfig):
    """``speed``: m/s, the fastest point of the body on a way that enters unseen space."""

    example: ClassVar[Example] = {"sources": ["lidar"], "speed": 0.0}
    doses: ClassVar[Doses] = {"speed": divided}

    kind: Literal["unseen"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    speed: NonNegative = 0.0
    memory_s: Positive = 1.0
    """How long what was seen counts where its source does not look now, s: free space, and what stands in it."""


class UnseenLimit(Limit[UnseenConfig]):
    """A clearance limit on areas instead of things: reversing and retreat are no exception.

    Free space that was seen before counts for ``memory_s``, and so does what stood in it, as an obstacle to whatever
    keeps off the same sources: until a sweep sees it anew, or looks past it with beams fine enough to meet a post.
    """

    model = UnseenConfig
    unit = "m/s"

    def __init__(self, config: UnseenConfig) -> None:
        super().__init__(config)
        self._outline: Array | None = None

    @property
    def bound(self) -> float:
        """m/s."""
        return self.config.speed

    def idle(self, situation: Situation, reach: Span) -> bool:
        """One sweep alone has seen all around."""
        radius = situation.reach + reach.travel
        since = situation.t - self.config.memory_s
        return situation.surroundings.all_seen_within(self.config.sources, situation.pose, radius, since)

    def clear(
        self, rollouts: Rollouts, situation: Situation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Only ways through observed space, or slow ones."""
        surroundings, sources = situation.surroundings, self.config.sources
        # On a way that was verified before, what was seen for it has only grown older, and the body has hardly strayed.
        verified = math.isinf(tolerance)
        since = situation.t - self.config.memory_s - (LAPSE_S if verified else 0.0)
        radius = situation.reach + float(rollouts.travel.max())
        if surroundings.all_seen_within(sources, situation.pose, radius, since):
            return None
        if self._outline is None:
            self._outline = situation.footprint.outline(OUTLINE_SPACING)
        points = self._swept(self._outline, rollouts.poses)
        beside = SLACK if verified else 1e-6
        covered = situation.footprint.distance(points) <= beside  # the body is there already
        look = np.flatnonzero(~covered)
        seen = covered.copy()
        seen[look] = surroundings.seen(sources, situation.pose, points[look], since, SLACK)
        enters = ~seen.reshape(len(rollouts.outputs), -1).all(axis=1)
        outputs = rollouts.outputs
        fastest = np.hypot(outputs[:, 0], outputs[:, 1]) + np.abs(outputs[:, 2]) * situation.reach
        slow: NDArray[np.bool_] = ~enters | (fastest <= self.config.speed + 1e-9)
        return slow

    def eased(self, margin: float, speed: float) -> UnseenLimit:
        """As slowly as the operator's eyes, in the place of the sensors, make it safe."""
        return UnseenLimit(self.config.model_copy(update={"speed": max(speed, self.config.speed)}))

    def blocked(self, wanted: Array, situation: Situation, ways: Any = None) -> tuple[float, float, float]:
        """The speed of the whole command, and what unseen space allows."""
        return situation.fastest(wanted), self.config.speed, 0.0

    @staticmethod
    def _swept(outline: Array, poses: Array) -> Array:
        """The outline (n, 2) at every pose (c, k, 3), as (c * k * n, 2) points in the base frame of now."""
        return placed_at_each(poses, outline).reshape(-1, 2)
