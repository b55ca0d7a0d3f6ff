"""Separation: far enough from people to come to rest before anybody meets (SSM), for every link of a body."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from iatro_governor.body.distance import ball_distance, length
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.ways import Ways
from iatro_governor.limits.affine import convex_shares
from iatro_governor.limits.body_rows import AROUND, braked_for, closing_rows, stopping_s, tightest, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import ROUNDING, Cap, Clearance, excess
from iatro_governor.limits.link_keeping import capsules_of, slow
from iatro_governor.limits.link_zone import Links
from iatro_governor.limits.people import AHEAD_S, Apart, Pairs, away, bounds, closing, pairs_within
from iatro_governor.limits.reserve import ReserveConfig, ReserveLimit
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.sensed import People
from iatro_governor.limits.ssm import allowed_closing_speed
from iatro_governor.profile.base import Name


class LinkSeparationConfig(ReserveConfig):
    """``intrusion`` C, ``uncertainty`` Z_d and ``robot_uncertainty`` Z_r, m: what is left when the robot rests."""

    kind: Literal["link_separation"]
    bodies: Name
    """The tracker; what it tracks is a ball of its ``radius``."""
    regions: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The regions of people that are kept away from, of the tracker's ``regions``; all by default.

    A body whose region the tracker's ``regions`` do not hold always is.
    """
    links: Links | None = None
    """The links that are kept away; all by default."""


class LinkSeparationLimit(ReserveLimit[LinkSeparationConfig]):
    """A clearance limit from balls that grow by ``v_h t``, and the same in closed form as a bound on closing speeds.

    ``S_p = v_h (T + v/a) + v T + v^2 / (2 a) + C + Z_d + Z_r`` (ISO/TS 15066, see ``limits.ssm``). The person moves
    from the moment of the data on; the robot's motion in flight is worked out, and not taken for ``v T``. A stop along
    the commanded direction within R s brakes a closing speed v by ``a = v / R``. Where somebody is too near already,
    nothing closes in, and leaving stays free at ``retreat_speed``.
    """

    model = LinkSeparationConfig
    fits = BODY_MOTION
    view = "body"

    def __init__(self, config: LinkSeparationConfig) -> None:
        super().__init__(config)
        self._which: Indices | None = None
        self._apart = Apart()

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Close in no faster than lets the robot rest in time; inside the reserve, move slowly."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        outputs = np.stack([command, situation.anchor])
        rates = situation.rates(outputs)
        ramp = situation.comfort.time(outputs, rates)
        period, human = situation.held_s, self._human(people)
        quick = (np.abs(rates) @ situation.levers).max(axis=0)
        robot = quick * (period + float(ramp.max()) / 2)
        walked = human * (self._since(people, situation) + period + float(ramp.max()))
        pairs = self._pairs(situation, robot[:, None] + walked + self._reserve)
        if pairs is None:
            return None
        room = pairs.distance - (human * self._since(people, situation))[pairs.body]
        found = self._closing(rates, ramp, pairs, room, human[pairs.body], situation)
        if room.min() >= self._reserve - self.config.noise:
            return found
        retreat = slow(command, situation, self.config.retreat_speed)
        return retreat if retreat.scale < found.scale else found

    def _closing(
        self, rates: Array, ramp: Array, pairs: Pairs, room: Array, human: Array, situation: BodySituation
    ) -> Cap:
        """Of the pair that decides; ``room`` (P,) m, without what the person may have walked until now."""
        still = situation.still
        every = np.stack([*rates, still, rates[0] - still])
        asked, standing, idle, added = closing(pairs, situation, every, self.config.uncertainty)
        both = np.maximum(np.stack([asked, standing]), 0.0)
        braking = both / np.maximum(ramp, 1e-9)[:, None]
        allowed, then = allowed_closing_speed(room, human, situation.held_s, braking, self._reserve)
        shares = convex_shares(asked, np.maximum(idle, 0.0), added, allowed)
        worst = int(np.argmin(shares)) if shares.min() < 1.0 else int(np.argmax(asked - allowed))
        over = max(excess(float(v), float(a)) for v, a in zip(standing, then, strict=True))
        return Cap(float(shares[worst]), max(float(asked[worst]), 0.0), float(allowed[worst]), over, "m/s")

    def clear(
        self, rollouts: Ways, situation: BodySituation, tolerance: float = 0.0
    ) -> NDArray[np.bool_] | None:
        """Keep the reserve on the way to rest, whoever walks meanwhile; nothing closes in where it is used up."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        human, since = self._human(people), self._since(people, situation)
        eased = min(tolerance, self.config.noise)
        longest = since + float(rollouts.seconds.max())
        within = 2 * rollouts.travel.max(axis=0)[:, None] + human * longest + self._reserve
        pairs = self._pairs(situation, within)
        if pairs is None:
            return None
        capsule, body = pairs.capsule, pairs.body
        ends = rollouts.posture.capsules()[:, :, capsule]
        radius = situation.model.capsule_radius[capsule]
        ahead = ball_distance(ends, radius, people.positions[body], people.radius)
        walked = (since + rollouts.seconds)[..., None] * human[body]
        needed = self._reserve - eased + walked + rollouts.half_steps(capsule)[:, None]
        short = ahead < np.minimum(needed, pairs.distance - eased) - ROUNDING
        kept: NDArray[np.bool_] = ~np.any(short, axis=(1, 2))
        return kept

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast each near pair may close in, with what the person may walk until the robot rests."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        ways, seconds = travel(situation), 2 * stopping_s(situation) - situation.held_s
        walked = self._human(people) * (self._since(people, situation) + seconds)
        pairs = self._pairs(situation, ways[:, None] + walked + (self._reserve + AROUND))
        if pairs is None:
            return None
        room = pairs.distance - walked[pairs.body] - self._reserve
        at = tightest(room)
        capsule = pairs.capsule[at]
        bounds = braked_for(room[at], ways[capsule], situation)
        bodies = situation.model.capsule_body[capsule]
        return closing_rows(situation, bodies, pairs.point[at], pairs.toward[at], bounds)

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Nobody near, however fast they walk until the robot rests."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return True
        seconds = self._since(people, situation) + reach.seconds
        if self._apart.still(situation, people, reach, seconds):
            return True
        seconds += AHEAD_S
        room = away(situation, self.config.bodies) - (self._human(people) * seconds + self._reserve)
        counted = self._counted(situation, np.ones(room.shape, dtype=bool))
        least = np.where(counted, room, np.inf).min(axis=1)
        return self._apart.look(situation, people, reach, least, seconds)

    def clearance(self, situation: BodySituation) -> Clearance | None:
        """Of the nearest pair, less what the person may have walked since the data; of far ones at least this."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        walked = self._human(people) * self._since(people, situation)
        pairs = self._pairs(
            situation, np.broadcast_to(walked + self._reserve, (len(situation.levers.T), len(walked)))
        )
        if pairs is not None:
            return Clearance(float((pairs.distance - walked[pairs.body]).min()), self._reserve)
        far = bounds(situation, self.config.bodies) - walked
        return Clearance(max(float(far.min()), self._reserve), self._reserve)

    def least_ahead(self, rollouts: Ways, situation: BodySituation) -> float | None:
        """Of the nearest pair along the last way, less what the person may have walked until then."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        seconds = self._since(people, situation) + rollouts.seconds[-1]
        every = self._pairs(situation, np.full((len(situation.levers.T), len(people.positions)), np.inf))
        if every is None:
            return None
        ends = rollouts.posture.capsules()[-1][:, every.capsule]
        radius = situation.model.capsule_radius[every.capsule]
        ahead = ball_distance(ends, radius, people.positions[every.body], people.radius)
        return float((ahead - seconds[:, None] * self._human(people)[every.body]).min())

    def _human(self, people: People) -> Array:
        """How fast each body (Z,) may come nearer, m/s."""
        return self._coming(length(people.velocities))

    @staticmethod
    def _since(people: People, situation: BodySituation) -> float:
        """How long people have walked when the motion in flight is done, s."""
        return people.age_s + situation.delay_s

    def _pairs(self, situation: BodySituation, within: Array) -> Pairs | None:
        """The pairs that are kept apart, as far as they are nearer than ``within`` (C, Z) m."""
        counted = self._counted(situation, np.ones(within.shape, dtype=bool))
        return pairs_within(situation, self.config.bodies, np.where(counted, within, -np.inf))

    def _counted(self, situation: BodySituation, of: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """``of`` (C, Z) without the links and regions that are not kept apart."""
        if self._which is None:
            self._which = capsules_of(situation.model, self.config.links)
        out = np.zeros_like(of)
        out[self._which] = of[self._which]
        regions = self.config.regions
        if regions is not None:
            named = situation.sensed.people[self.config.bodies].regions
            out[:, [region is not None and region not in regions for region in named]] = False
        return out
