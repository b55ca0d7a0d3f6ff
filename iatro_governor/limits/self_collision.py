"""Self-collision: links that could meet are kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.distance import capsule_distance, length, self_gap, self_rows
from iatro_governor.body.kinematics import Posture, posture
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.body_rows import AROUND, bounded_rates, braked_for, tightest, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, grown
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Clearance, Example, Guard, Limit, LimitConfig
from iatro_governor.limits.link_keeping import slow
from iatro_governor.limits.postures import STILL, at_margin
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.survey import LOOKED
from iatro_governor.limits.trip import Challenge
from iatro_governor.profile.base import NonNegative, Positive


class SelfCollisionConfig(LimitConfig):
    """``margin``: m, kept between any two links that are not excused: neighbours, and those of the SRDF."""

    example: ClassVar[Example] = {"margin": 0.02}
    doses: ClassVar[Doses] = {"margin": grown}

    kind: Literal["self_collision"]
    margin: NonNegative
    noise: NonNegative = 0.002
    """How far two measurements of the same posture may differ, m."""
    retreat_speed: Positive = 0.1
    """Fastest point of the body while the margin is broken, m/s."""


class SelfCollisionLimit(Limit[SelfCollisionConfig]):
    """A clearance limit on the model's pairs of capsules, pair by pair: what is too near may only part."""

    model = SelfCollisionConfig
    unit = "m"
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: SelfCollisionConfig) -> None:
        super().__init__(config)
        self._seen: tuple[Array, Array] | None = None

    @property
    def bound(self) -> float:
        """m."""
        return self.config.margin

    @staticmethod
    def _distance(at: Posture, cutoff: float | Array) -> Array:
        """Distances (P,) of all pairs, m; of those beyond ``cutoff`` (P,) at least that of the balls around them."""
        model, ends = at.model, at.capsules()
        first, second = model.pairs.T
        middle = ends.mean(axis=1)
        half = length(ends[:, 1] - ends[:, 0]) / 2 + model.capsule_radius
        out: Array = length(middle[first] - middle[second]) - half[first] - half[second]
        near = np.flatnonzero(out <= cutoff)
        if near.size:
            a, b = first[near], second[near]
            out[near] = capsule_distance(ends[a], model.capsule_radius[a], ends[b], model.capsule_radius[b])
        return out

    def _now(self, situation: BodySituation) -> Array:
        """Distances (P,) of all pairs now, m; of those further than ``LOOKED`` beyond the margin at least that."""
        key = (self, "now")
        if key not in situation.memo:
            situation.memo[key] = self._distance(situation.now, self.config.margin + LOOKED)
        seen: Array = situation.memo[key]
        return seen

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """No pair comes within the margin."""
        if not len(situation.model.pairs):
            return True
        q, margin = situation.now.q, self.config.margin
        if self._seen is not None:  # what was far lately has come no nearer than the joints have moved since
            then, distance = self._seen
            room = distance - (np.abs(q - then) + reach.joints) @ situation.pair_levers
            if room.min() > margin:
                return True
        self._seen = q, self._now(situation)
        return bool((self._seen[1] - reach.joints @ situation.pair_levers).min() > margin)

    def trips(self, scenes: Sequence[Any]) -> Iterator[Challenge]:
        """Two links just outside the margin and closing in, and two within it and moving fast."""
        scene: BodySituation = scenes[0]
        pairs = scene.model.pairs[scene.pair_levers.max(axis=0, initial=0.0) > STILL]
        if not len(pairs):
            yield Challenge("clear", (), "no two links that are kept apart move against each other")
            return

        def distance(q: Array) -> Array:
            first, second = pairs.T
            ends, radius = posture(scene.model, q).capsules(), scene.model.capsule_radius
            each = capsule_distance(ends[:, first], radius[first], ends[:, second], radius[second])
            least: Array = each.min(axis=-1)
            return least

        place, kept = scene.place(self.config.channel), (self.config.margin, self.config.noise)
        yield from at_margin(scene, place, self.faces, distance, kept)

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Part slowly while the margin is broken."""
        clearance = self.clearance(situation)
        if clearance is None or clearance.now >= self.config.margin - self.config.noise:
            return None
        return slow(command, situation, self.config.retreat_speed)

    def clear(
        self, rollouts: Ways, situation: BodySituation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the margin along the way to rest."""
        model = situation.model
        if not len(model.pairs):
            return None
        eased = min(tolerance, self.config.noise)
        margin = self.config.margin - eased
        first, second = model.pairs.T
        reach = 2 * (np.abs(rollouts.steps).sum(axis=1) @ situation.pair_levers).max(axis=0)
        soon = self._distance(rollouts.soon, margin + reach)
        near = np.flatnonzero(soon <= margin + reach)
        if not near.size:
            return None
        a, b = first[near], second[near]
        ends = rollouts.posture.capsules()
        ahead = capsule_distance(
            ends[:, :, a], model.capsule_radius[a], ends[:, :, b], model.capsule_radius[b]
        )
        guard = Guard(soon[near] - eased, ahead, margin, -np.inf, self.config.noise)
        return guard.holds(rollouts.half_steps(a) + rollouts.half_steps(b))

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast each pair that is near may close in."""
        pairs, margin = situation.model.pairs, self.config.margin
        if not len(pairs):
            return None
        ways = travel(situation)[pairs].sum(axis=1)
        distance = self._distance(situation.soon, margin + AROUND + ways)
        near = np.flatnonzero(distance <= margin + AROUND + ways)
        if not near.size:
            return None
        at = near[tightest(distance[near])]
        gap = self_gap(situation.soon, at)
        bounds = braked_for(gap.distance - margin, ways[at], situation)
        return bounded_rates(situation, -self_rows(situation.soon, gap, at), bounds)

    def about(self, situation: BodySituation) -> str | None:
        """The nearest pair."""
        model = situation.model
        if not len(model.pairs):
            return None
        pair = model.capsule_link[model.pairs[int(np.argmin(self._now(situation)))]]
        return " and ".join(model.links[int(link)] for link in pair)

    def clearance(self, situation: BodySituation) -> Clearance | None:
        """Of the nearest pair; of far ones at least this."""
        if not len(situation.model.pairs):
            return None
        return Clearance(float(self._now(situation).min()), self.config.margin)

    def least_ahead(self, rollouts: Ways, situation: BodySituation) -> float | None:
        """Of the nearest pair on the way."""
        first, second = situation.model.pairs.T
        ends, radius = rollouts.posture.capsules()[-1], situation.model.capsule_radius
        if not len(first):
            return None
        return float(capsule_distance(ends[:, first], radius[first], ends[:, second], radius[second]).min())
