"""Obstacles for links: what the sensors see in space is kept at a margin from every link, by the braking rollout."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from iatro_governor.body.distance import Gap, ball_distance, ball_gap
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.point_index import PointIndex
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_rows import AROUND, braked_for, closing_rows, tightest, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.keeping import FAR
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Clearance, Example, Guard, Limit, LimitConfig
from iatro_governor.limits.link_keeping import capsules_of, slow
from iatro_governor.limits.link_zone import Links
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.sensed import Cloud
from iatro_governor.limits.survey import LOOKED
from iatro_governor.profile.base import Name, NonNegative, Positive


class LinkObstacleConfig(LimitConfig):
    """``margin``: m, kept between every kept link and what ``sources`` see."""

    example: ClassVar[Example] = {
        "sources": ["camera"],
        "margin": 0.08,
        "noise": 0.01,
        "self_filter": 0.03,
        "retreat_speed": 0.1,
    }
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["link_obstacle"]
    sources: Annotated[tuple[Name, ...], Field(min_length=1)]
    links: Links | None = None
    """The links that are kept; all by default."""
    margin: Positive
    noise: NonNegative
    """How far two measurements of an unmoved obstacle may differ, m."""
    self_filter: NonNegative
    """Points no further than this from any link, where that was when they were seen, are the robot itself, m."""
    retreat_speed: Positive
    """Fastest point of the body while the margin is broken, m/s."""

    @model_validator(mode="after")
    def _ordered(self) -> LinkObstacleConfig:
        if self.margin < self.self_filter + self.noise:
            raise ValueError(
                "margin must be at least self_filter + noise: what is nearer is taken for the robot"
            )
        return self


class LinkObstacleLimit(Limit[LinkObstacleConfig]):
    """A clearance limit on points, cell by cell of space: sliding along a surface that is too near stays free.

    A point stands for what is within its source's voxel. What the arm carries is not the robot: give its link a shape.
    """

    model = LinkObstacleConfig
    unit = "m"
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: LinkObstacleConfig) -> None:
        super().__init__(config)
        self._which: Indices | None = None
        self._sorted: dict[str, tuple[Cloud, PointIndex]] = {}
        self._far: tuple[list[Cloud], Array, Array] | None = None

    @property
    def bound(self) -> float:
        """m."""
        return self.config.margin

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Retreat slowly while the margin is broken."""
        if self.clearance(situation).now >= self.config.margin - self.config.noise:
            return None
        return slow(command, situation, self.config.retreat_speed)

    def clear(
        self, rollouts: Ways, situation: BodySituation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the margin along the way to rest."""
        eased = min(tolerance, self.config.noise)
        margin = self.config.margin - eased
        found = self._along(rollouts, situation, margin + 2 * rollouts.travel.max(axis=0))
        if found is None:
            return None
        capsule, soon, ahead = found
        guard = Guard(soon - eased, ahead, margin, -np.inf, self.config.noise)
        return guard.holds(rollouts.half_steps(capsule))

    def eased(self, margin: float, speed: float) -> LinkObstacleLimit:
        """Nearer, but for what would be taken for the robot itself."""
        least = max(margin, self.config.self_filter)
        return LinkObstacleLimit(self.config.model_copy(update={"margin": least}))

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast each capsule may close in on the nearest point of each cell that is near."""
        ways, model = travel(situation), situation.model
        within = self.config.margin + AROUND + ways
        found = [self._nearest(index, situation, within) for index in self._indices(situation)]
        if not any(len(capsule) for capsule, _ in found):
            return None
        capsule = np.concatenate([capsule for capsule, _ in found])
        distance, first, normal = (
            np.concatenate([getattr(gap, part) for _, gap in found])
            for part in ("distance", "first", "normal")
        )
        at = tightest(distance)
        bounds = braked_for(distance[at] - self.config.margin, ways[capsule[at]], situation)
        return closing_rows(situation, model.capsule_body[capsule[at]], first[at], -normal[at], bounds)

    def _nearest(self, index: PointIndex, situation: BodySituation, within: Array) -> tuple[Indices, Gap]:
        """Capsules (g,), and how each stands to the nearest point of each cell within ``within`` (C,) m."""
        capsule, point, distance = self._pairs(index, situation.soon, within)
        group = _groups(index, capsule, point)
        first = np.lexsort((distance, group))[np.unique(np.sort(group), return_index=True)[1]]
        capsule, point = capsule[first], point[first]
        ends, radius = situation.soon.capsules()[capsule], situation.model.capsule_radius[capsule]
        return capsule, ball_gap(ends, radius, index.points[point], index.spread)

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Nothing near."""
        clouds, q = self._clouds(situation), situation.now.q
        if not clouds:
            return True
        needed = self.config.margin + reach.capsules
        known = self._far
        if known is None or [id(cloud) for cloud in known[0]] != [id(cloud) for cloud in clouds]:
            known = self._far = clouds, q, self._bounds(situation)
        _, then, far = known
        if bool((far - np.abs(q - then) @ situation.levers > needed).all()):
            return True
        self._far = clouds, q, self._bounds(situation)
        return bool((self._far[2] > needed).all())

    def clearance(self, situation: BodySituation) -> Clearance:
        """Of the nearest point now; of far ones at least this."""
        key = (self, "now")
        if key not in situation.memo:
            within = np.full(len(situation.levers.T), self.config.margin + LOOKED)
            least = self.config.margin + LOOKED if self._clouds(situation) else FAR
            for index in self._indices(situation):
                near = self._pairs(index, situation.now, within)[2]
                least = min(least, float(near.min(initial=np.inf)))
            situation.memo[key] = least
        return Clearance(situation.memo[key], self.config.margin)

    def least_ahead(self, rollouts: Ways, situation: BodySituation) -> float:
        """Of the nearest point along the last of ``rollouts``."""
        within = self.config.margin + LOOKED + 2 * rollouts.travel.max(axis=0)
        found = self._along(rollouts, situation, within)
        return self.config.margin + LOOKED if found is None else float(found[2][-1].min())

    def _along(
        self, ways: Ways, situation: BodySituation, within: Array
    ) -> tuple[Indices, Array, Array] | None:
        """Of capsules and cells (g,) within ``within`` (C,) m: which capsule, distances soon and ahead (c, k, g)."""
        parts = [
            part
            for index in self._indices(situation)
            if (part := self._one(index, ways, situation, within)) is not None
        ]
        if not parts:
            return None
        capsule, soon, ahead = (list(each) for each in zip(*parts, strict=True))
        return np.concatenate(capsule), np.concatenate(soon), np.concatenate(ahead, axis=-1)

    def _one(
        self, index: PointIndex, ways: Ways, situation: BodySituation, within: Array
    ) -> tuple[Indices, Array, Array] | None:
        capsule, point, soon = self._pairs(index, situation.soon, within)
        if not capsule.size:
            return None
        ends = ways.posture.capsules()[:, :, capsule]
        radius = situation.model.capsule_radius[capsule]
        ahead = ball_distance(ends, radius, index.points[point], index.spread)
        key = _groups(index, capsule, point)
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        least: Array = np.minimum.reduceat(ahead, starts, axis=-1)
        return capsule[starts], np.minimum.reduceat(soon, starts), least

    def _pairs(self, index: PointIndex, at: Posture, within: Array) -> tuple[Indices, Indices, Array]:
        model = at.model
        kept = np.full(len(within), -np.inf)
        which = self._kept(model)
        kept[which] = within[which]
        return index.pairs(at.capsules(), model.capsule_radius, model.capsule_reach, kept)

    def _bounds(self, situation: BodySituation) -> Array:
        """Distances (C,) from everything that are never too large, m; infinite for links that are not kept."""
        model, out = situation.model, np.full(len(situation.levers.T), np.inf)
        which = self._kept(model)
        for index in self._indices(situation):
            if len(index):
                ends = situation.now.capsules()[which]
                out[which] = np.minimum(
                    out[which], index.bounds(ends, model.capsule_reach[which]).min(axis=1)
                )
        return out

    def _kept(self, model: ArmModel) -> Indices:
        if self._which is None:
            self._which = capsules_of(model, self.config.links)
        return self._which

    def _clouds(self, situation: BodySituation) -> list[Cloud]:
        points = situation.sensed.points
        return [points[name] for name in self.config.sources if name in points]

    def _indices(self, situation: BodySituation) -> list[PointIndex]:
        """Of each source, what it saw last, without the robot itself; sorted once a message."""
        out = []
        for name in self.config.sources:
            if (cloud := situation.sensed.points.get(name)) is None:
                continue
            known = self._sorted.get(name)
            if known is None or known[0] is not cloud:
                known = cloud, self._without_self(cloud, situation.model)
                self._sorted[name] = known
            out.append(known[1])
        return out

    def _without_self(self, cloud: Cloud, model: ArmModel) -> PointIndex:
        index = PointIndex(cloud.points, cloud.spread)
        then = posture(model, cloud.q)
        # Of the robot's own points one was measured; what else such a point stands for does not count here.
        within = np.full(len(model.capsule_radius), self.config.self_filter - cloud.spread)
        own = index.pairs(then.capsules(), model.capsule_radius, model.capsule_reach, within)[1]
        return index.without(np.unique(own))


def _groups(index: PointIndex, capsule: Indices, point: Indices) -> Indices:
    """Numbers (P,), one for each capsule and cell, of pairs of a capsule and a point."""
    return capsule * len(index) + index.cell[point]  # there are no more cells than points
