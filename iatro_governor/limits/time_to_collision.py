"""Time to collision: whatever lies on the way is approached no faster than its distance allows."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from iatro_governor.body.planar import Array, arc
from iatro_governor.body.rollout import Rollouts
from iatro_governor.limits.doses import Doses, times
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig
from iatro_governor.limits.returns import distances_ahead
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.span import Span
from iatro_governor.profile.base import Name, NonNegative, Positive

STEP = 0.03
"""Distance between the places on the way that are looked at, m; the same places for every speed."""
FARTHEST = 6.0
"""How far along the way is looked, m: a command that leads further may not cost more time to judge."""
ROUNDING = 1e-6
"""A clearance that shrinks by less than this, m, is one that does not shrink."""
UNUSED = np.zeros(1)


class TimeToCollisionConfig(LimitConfig):
    """``bound``: s, least time until the commanded path comes within ``margin`` m of a return."""

    example: ClassVar[Example] = {"sources": ["lidar"], "bound": 1.0}
    doses: ClassVar[Doses] = {"bound": times}

    kind: Literal["time_to_collision"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    bound: Positive
    margin: NonNegative = 0.0


class TimeToCollisionLimit(Limit[TimeToCollisionConfig]):
    """Goes on as commanded for ``bound`` s, and looks whether a return comes nearer than ``margin``: a level limit.

    Scaling a command keeps its path, so the part of the path that is free is the part of the command that is allowed.
    Returns beside the path, and ones that only get further away, do not count.
    """

    model = TimeToCollisionConfig
    unit = "s"

    @property
    def bound(self) -> float:
        """s."""
        return self.config.bound

    def idle(self, situation: Situation, reach: Span) -> bool:
        """Nothing is seen as near as the longest way leads, and that is looked at to its end."""
        speed = math.hypot(reach.most[0], reach.most[1]) + reach.most[2] * situation.reach
        length = speed * self.config.bound + ROUNDING
        return (
            length <= FARTHEST and situation.nearest(self.config.sources) > self.config.margin + length + STEP
        )

    def cap(self, command: Array, situation: Situation) -> Cap | None:
        """Scale down to the free part of the path."""
        whole = command * self.config.bound
        dx, dy, turn = whole.tolist()
        length = math.hypot(dx, dy) + abs(turn) * situation.reach
        if length <= ROUNDING:
            return None
        looked = min(length, FARTHEST)
        returns, margin = situation.returns(self.config.sources, situation.footprint), self.config.margin
        within = margin + looked + STEP
        obstacles = returns.points(within)
        known = looked / length
        if len(obstacles.points):
            # Up to the next place beyond the end: a shorter command sees no place that a longer one has not seen.
            at = np.arange(1.0, math.ceil(looked / STEP) + 1) * (STEP / length)
            way = Rollouts(command[None], arc(whole * at[:, None])[None], UNUSED, UNUSED)
            ahead = distances_ahead(obstacles, situation.footprint, way)[0]
            now = partial(returns.surfaces, within)
            known = min(known, _free_part(now, returns.least, ahead, margin, at, length))
        return None if known >= 1.0 else Cap(known, known * self.config.bound, self.config.bound)


def _free_part(
    now: Callable[[], Array], least: float, ahead: Array, margin: float, at: Array, length: float
) -> float:
    """Part of a way of ``length`` m before any obstacle is nearer than ``margin`` m.

    now: gives the distances (g,) of the obstacles, m, which are no less than ``least``: nearly always that is enough to
    know, and it is known at once. ahead: (k, g) m, at the parts ``at`` (k,) of the way. From the last place that is far
    enough, the way is free for as many metres as are left there: no point of the body moves further than the way is
    long.
    """
    kept: Array | float = margin if least >= margin else np.minimum(margin, now())
    limit = kept - ROUNDING
    hit = np.logical_or.reduce(ahead < limit, axis=1)
    first = int(hit.argmax())
    if not hit[first]:
        return 1.0
    before, start = (now(), 0.0) if first == 0 else (ahead[first - 1], float(at[first - 1]))
    return start + max(float((before - limit).min()), 0.0) / length
