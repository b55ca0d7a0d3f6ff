"""Time to collision: nothing may be approached faster than its distance allows."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig
from iatro_governor.limits.situation import Situation
from iatro_governor.profile.base import Name, NonNegative, Positive

STEP = 1e-4
"""Step of the numerical gradient of the distance, m."""


class TimeToCollisionConfig(LimitConfig):
    """``bound``: s, least time to reach ``margin`` m from a return at the present closing speed."""

    example: ClassVar[Example] = {"sources": ["lidar"], "bound": 1.0}

    kind: Literal["time_to_collision"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    bound: Positive
    margin: NonNegative = 0.0


class TimeToCollisionLimit(Limit[TimeToCollisionConfig]):
    """``n_i . v_i <= max(d_i - margin, 0) / bound`` for every return i: a level limit.

    ``n_i`` points from the body to the return; ``v_i = v + w x c_i`` is the velocity of the body's nearest point
    ``c_i``.
    """

    model = TimeToCollisionConfig
    unit = "s"

    @property
    def bound(self) -> float:
        """s."""
        return self.config.bound

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Scale down to the slowest closing that is asked for."""
        points = situation.obstacles(self.config.sources).points
        rows, room = self._rows(
            points,
            situation.footprint,
            float(np.linalg.norm(command[:2])) + 1e-9,
            situation.reach,
            abs(float(command[2])),
        )
        if not len(rows):
            return None
        closing = rows @ command
        limit = room / self.config.bound
        approaching = closing > 1e-9
        if not approaching.any():
            return None
        scales = np.where(approaching, limit / np.where(approaching, closing, 1.0), np.inf)
        worst = int(np.argmin(scales))
        scale = min(1.0, float(scales[worst]))
        return Cap(scale, float(room[worst] / closing[worst]), self.config.bound)

    def _rows(
        self, points: Array, figure: Shape, speed: float, reach: float, turn: float
    ) -> tuple[Array, Array]:
        """Rows (n, 3) whose product with a twist is the closing speed, m/s, and the room (n,) m, of near returns."""
        none = np.zeros((0, 3)), np.zeros(0)
        if not len(points):
            return none
        distance = figure.distance(points)
        matters = distance - self.config.margin < (speed + turn * reach) * self.config.bound
        points, distance = points[matters], distance[matters]
        if not len(points):
            return none
        gradient = np.stack(
            [
                figure.distance(points + shift) - figure.distance(points - shift)
                for shift in (np.array([STEP, 0.0]), np.array([0.0, STEP]))
            ],
            axis=-1,
        )
        length = np.hypot(gradient[:, 0], gradient[:, 1])
        normal = gradient / np.where(length > 0, length, 1.0)[:, None]
        contact = points - normal * distance[:, None]
        lever = contact[:, 0] * normal[:, 1] - contact[:, 1] * normal[:, 0]
        rows = np.concatenate([normal, lever[:, None]], axis=1)
        return rows, np.maximum(distance - self.config.margin, 0.0)
