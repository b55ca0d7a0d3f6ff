"""What the limits that keep returns at a distance from a figure have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Shape
from iatro_governor.limits.limit import Cap, Clearance, Guard, excess
from iatro_governor.limits.returns import distances_ahead
from iatro_governor.limits.rows import Rows, off_returns
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span

FAR = 1e3
"""Clearance reported where nothing is seen, m."""


class Keeper:
    """Keeps the returns of ``sources`` at least ``margin`` m from ``figure``, a figure fixed to the body."""

    def __init__(
        self, sources: tuple[str, ...], margin: float, floor: float, noise: float, retreat_speed: float
    ) -> None:
        self.sources = sources
        self.margin = margin
        self.floor = floor
        self.noise = noise
        self.retreat_speed = retreat_speed

    def clear(
        self, figure: Shape, rollouts: Rollouts, situation: Situation, tolerance: float
    ) -> NDArray[np.bool_] | None:
        """Which candidates (c,) keep the margin; None where nothing is near enough to matter."""
        margin = self.margin - tolerance
        within = margin + float((rollouts.travel + rollouts.half_step).max())
        obstacles, now = situation.returns(self.sources, figure).near(within)
        if not len(now):
            return None
        ahead = distances_ahead(obstacles, figure, rollouts)
        # What was verified before stays valid although the measurement moved by its noise.
        return Guard(now - tolerance, ahead, margin, self.floor, self.noise).holds(
            rollouts.half_step[:, None]
        )

    def idle(self, situation: Situation, span: Span) -> bool:
        """Whether nothing is near enough to the footprint of a body that gets no further than ``span``."""
        return situation.nearest(self.sources) > self.margin + span.room

    def rows(self, figure: Shape, situation: Situation) -> Rows | None:
        """How fast each return may be closed in on."""
        return off_returns(self.sources, figure, self.margin, situation)

    def clearance(self, figure: Shape, situation: Situation) -> Clearance:
        """Distance now of the nearest return."""
        return Clearance(min(situation.returns(self.sources, figure).nearest, FAR), self.margin)

    def least_ahead(self, figure: Shape, rollouts: Rollouts, situation: Situation) -> float | None:
        """Least distance of any return along the last rollout, m."""
        obstacles = situation.obstacles(self.sources)
        if not len(obstacles.points):
            return None
        return float(distances_ahead(obstacles, figure, rollouts.last).min())

    def retreat(self, command: Array, figure: Shape, situation: Situation) -> Cap | None:
        """Inside the margin the way out is taken slowly: no point of the body faster than ``retreat_speed``."""
        if self.clearance(figure, situation).now >= self.margin - self.noise:
            return None
        return slow(command, situation, self.retreat_speed)


def slow(command: Array, situation: Situation, speed: float) -> Cap:
    """Cap that keeps every point of the body at or below ``speed`` m/s."""
    value = situation.fastest(command)
    scale = 1.0 if value <= speed else speed / value
    return Cap(scale, value, speed, excess(situation.fastest(situation.anchor), speed), "m/s")
