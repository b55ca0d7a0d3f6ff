"""Power and force limiting (PFL): near people, links close in so slowly that a contact stays within a force."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from iatro_governor.body.distance import length
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.limits.affine import convex_shares
from iatro_governor.limits.approach import approach_speeds
from iatro_governor.limits.body_rows import AROUND, closing_rows, hardest_braking, stopping_s, travel
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.doses import Doses, Rule, divided, grown, inside
from iatro_governor.limits.felt_by_joints import feeling, untold
from iatro_governor.limits.kinds import BODY_MOTION
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.limit import Cap, Example, Limit, LimitConfig, excess
from iatro_governor.limits.link_keeping import capsules_of
from iatro_governor.limits.link_zone import Links
from iatro_governor.limits.people import AHEAD_S, Apart, Pairs, approaching, away, closing, cone, pairs_within
from iatro_governor.limits.pfl import CLAMPED, contact_speed, robot_mass
from iatro_governor.limits.rows import Rows
from iatro_governor.limits.sensed import People
from iatro_governor.profile.base import Name, NonNegative, Part, Positive, Source
from iatro_governor.profile.volumes import Volume3

OPPOSITE = 0.5
"""Cosine of how far two pushes that hold a region between them may be from straight at each other: 60 degrees."""
PAIRS = 6
"""Nearest pairs that give rows, each for several directions."""
BORNE: dict[str, Rule] = {"force": divided, "clamped_force": divided}
"""How a dose changes what a region bears."""
Stiffness = Annotated[float, Field(strict=True, gt=0, le=1e7, allow_inf_nan=False)]


class RegionBound(Part):
    """What a region of a body bears, and how it gives way."""

    force: Positive
    """Largest force of a blow, N."""
    clamped_force: Positive | None = None
    """Largest force on it while it cannot give way, N."""
    stiffness: Stiffness
    """Of its tissue, N/m."""
    mass: Positive
    """That a blow has to move, kg."""
    source: Source

    @model_validator(mode="after")
    def _ordered(self) -> RegionBound:
        if self.clamped_force is not None and self.clamped_force > self.force:
            raise ValueError("clamped_force must be at most force")
        return self


class PowerAndForceConfig(LimitConfig):
    """``regions``: bounds of the regions that the tracker of ``bodies`` names; ``default``: of all others."""

    example: ClassVar[Example] = {
        "bodies": "people",
        "distance": 0.1,
        "contact_detection": "wrist",
        "default": {"force": 60.0, "stiffness": 40000.0, "mass": 1.0, "source": "measured"},
    }
    doses: ClassVar[Doses] = {
        "regions": inside(BORNE),
        "default": inside(BORNE),
        "detected_force": divided,
        "distance": grown,
    }

    kind: Literal["power_and_force"]
    bodies: Name
    regions: dict[str, RegionBound] = Field(default_factory=dict)
    default: RegionBound
    links: Links | None = None
    """The links that are slowed; all by default."""
    distance: NonNegative
    """Within which a link closes in at the speed of a contact, m; further away it slows down to be that slow there."""
    contact_detection: Name
    """The source that tells of a contact: a wrench, or joints with their efforts."""
    detected_force: NonNegative = 0.0
    """Force, N, at which a contact surely stops the robot: ``stop`` of the limit on contact force, and of its task, and
    the weight of ``robot.model.payload``, which hides as much of it."""
    behind: tuple[Volume3, ...] = ()
    """Solid things that a region may be clamped against; in the frame of the bodies."""
    behind_gap: NonNegative = 0.05
    """How near behind a region such a thing, or another link, clamps it, m."""
    velocity_noise: NonNegative = 0.0
    """Speed below which a tracked body counts as standing, m/s."""

    @model_validator(mode="after")
    def _clampable(self) -> PowerAndForceConfig:
        for name, region in [("default", self.default), *self.regions.items()]:
            if self.behind and region.clamped_force is None:
                raise ValueError(f"{name} needs clamped_force: there is something behind to clamp it against")
            if region.clamped_force is not None and region.clamped_force <= self.detected_force:
                raise ValueError(f"clamped_force of {name} must be more than detected_force")
        return self


class PowerAndForceLimit(Limit[PowerAndForceConfig]):
    """``v <= F_max / sqrt(mu k)`` for both together, where robot and person would meet: a level limit.

    ``1/mu = 1/m_H + 1/m_R``; m_R is the mass that the robot brings to its point nearest to the body, towards it: the
    links', with the rotors' inertia (three times the links' where it is not known), and the payload (see
    ``limits.pfl``). What the person adds to the closing speed is taken from the robot's. The body may be anywhere in
    its ball, so every direction counts that leads into it.

    A region between the robot and something solid cannot give way: ``m_H`` is infinite, and the tissue gives by F / k.
    The robot comes on at its speed until the contact is felt, and must come to rest within that, from
    ``detected_force`` on: ``v <= -aT + sqrt((aT)^2 + 2 a (F - F_detected) / k)``. T holds the age that what feels it
    reached of late before its next message. A wrist feels nothing of what the links before it clamp, nor do joints of
    what the channel's own do not carry: none of these closes in on that at all. Another link on the other side of the
    region is as solid as a table.
    """

    model = PowerAndForceConfig
    unit = "m/s"
    fits = BODY_MOTION
    view = "body"
    foresees = True

    def __init__(self, config: PowerAndForceConfig) -> None:
        super().__init__(config)
        self._which: Indices | None = None
        self._apart = Apart()
        self._behind = VolumeSet([volume.volume() for volume in config.behind])
        each = [*config.regions.values(), config.default]
        self._numbers = {name: index for index, name in enumerate(config.regions)}
        self._force = np.array([region.force for region in each])
        self._clamped = np.array([region.clamped_force or region.force for region in each])
        self._stiffness = np.array([region.stiffness for region in each])
        self._mass = np.array([region.mass for region in each])

    @property
    def weighs(self) -> bool:
        """For the mass that the robot brings to a contact."""
        return True

    def cap(self, command: Array, situation: BodySituation) -> Cap | None:
        """Scale down to the speed of a contact that everybody bears."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        outputs = np.stack([command, situation.anchor])
        rates = situation.rates(outputs)
        ramp = situation.comfort.time(outputs, rates)
        quick = (np.abs(rates) @ situation.levers).max(axis=0)
        robot = quick * (situation.held_s + float(ramp.max()) / 2)
        pairs = self._pairs(people, situation, robot, situation.held_s + float(ramp.max()))
        if pairs is None:
            return None
        still = situation.still
        every = closing(pairs, situation, np.stack([*rates, still, rates[0] - still]), people.radius)
        if every[:2].max() <= 0.0:
            return None
        return self._bounded(every, ramp, pairs, people, situation)

    def rows(self, situation: BodySituation) -> Rows | None:
        """How fast each near pair may close in, by the hardest braking that any way to rest has."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return None
        seconds = 2 * stopping_s(situation) - situation.held_s
        pairs = self._pairs(people, situation, travel(situation) + AROUND, seconds)
        if pairs is None:
            return None
        pairs = pairs.part(np.argsort(pairs.distance)[:PAIRS])
        braking = hardest_braking(situation)[pairs.capsule]
        # What the person walks on while the robot brakes is no way that the robot must brake for.
        bounds = self._allowed(braking[None], pairs, people, situation, walked=True)[0]
        toward = cone(pairs, people.radius)
        count = toward.shape[1]
        bodies = np.repeat(situation.model.capsule_body[pairs.capsule], count)
        points = np.repeat(pairs.point, count, axis=0)
        return closing_rows(situation, bodies, points, toward.reshape(-1, 3), np.repeat(bounds, count))

    def _bounded(
        self, every: Array, ramp: Array, pairs: Pairs, people: People, situation: BodySituation
    ) -> Cap:
        """``every`` (4, P): closing speeds as asked, as they stand, at the stop itself, and asked beyond that."""
        asked, standing, idle, added = every
        braking = np.maximum(every[:2], 0.0) / np.maximum(ramp, 1e-9)[:, None]
        allowed, then = self._allowed(braking, pairs, people, situation)
        shares = convex_shares(asked, np.maximum(idle, 0.0), added, allowed)
        worst = int(np.argmin(shares)) if shares.min() < 1.0 else int(np.argmax(asked - allowed))
        over = max(excess(float(v), float(a)) for v, a in zip(standing, then, strict=True))
        return Cap(float(shares[worst]), max(float(asked[worst]), 0.0), float(allowed[worst]), over)

    def _allowed(
        self,
        braking: Array,
        pairs: Pairs,
        people: People,
        situation: BodySituation,
        walked: bool = False,
    ) -> Array:
        """Closing speeds (k, P), m/s, of the robot alone, for decelerations ``braking`` (k, P), m/s2."""
        walks = length(people.velocities)[pairs.body] > self.config.velocity_noise
        human = walks * approaching(pairs, people, people.radius)
        late = people.age_s + situation.delay_s
        way = pairs.distance - self.config.distance - human * late
        if walked:
            way = way + human * human / (2 * np.maximum(braking, 1e-9))
        contact = self._contact(braking, pairs, people, situation)
        return np.maximum(approach_speeds(way, contact, braking, situation.held_s) - human, 0.0)

    def _contact(self, braking: Array, pairs: Pairs, people: People, situation: BodySituation) -> Array:
        """Speeds (2, P), m/s, of both together at which each pair may touch; 0 where nobody would feel it."""
        if not self._feels(situation):
            return np.zeros_like(braking)
        region = np.array([self._numbers.get(name or "", -1) for name in people.regions])[pairs.body]
        stiffness, mass = self._stiffness[region], self._masses(pairs, situation)
        free = contact_speed(self._force[region], stiffness, mass, self._mass[region])
        out = np.broadcast_to(free, braking.shape).copy()
        held = self._held(pairs, people, situation)
        if held.any():
            force, k = self._clamped[region][held], stiffness[held]
            blow = contact_speed(force, k, mass[held], CLAMPED)
            gives = (force - self.config.detected_force) / k
            felt = self._felt_s(situation)
            out[:, held] = np.minimum(blow, approach_speeds(gives, np.zeros(()), braking[:, held], felt))
            out[:, held & ~self._carried(situation)[pairs.capsule]] = 0.0
        return out

    def _feels(self, situation: BodySituation) -> bool:
        """Whether a contact would be noticed."""
        by_wrist = self.config.contact_detection in situation.sensed.felt
        return by_wrist or not untold(situation, self.config.channel)

    def _felt_s(self, situation: BodySituation) -> float:
        """From a contact until the robot brakes for it, s: measured, told, decided on and acted upon."""
        by, seen = self.config.contact_detection, situation.sensed
        joints_s = 0.0 if situation.ages is None else float(situation.ages.max())
        wrist_s = seen.felt[by].age_s if by in seen.felt else 0.0
        told_s = max(joints_s, wrist_s, seen.silence.get(by, 0.0))
        return situation.delay_s + told_s + situation.period

    def _carried(self, situation: BodySituation) -> NDArray[np.bool_]:
        """The capsules (C,) whose contacts are felt: those of what a wrist, or a joint of the channel, moves."""
        model, felt = situation.model, situation.sensed.felt.get(self.config.contact_detection)
        if felt is None:
            return feeling(situation, self.config.channel)
        body = int(model.link_body[model.link(felt.frame)])
        if body == 0:
            return np.ones(len(model.capsule_body), dtype=bool)
        moved: NDArray[np.bool_] = model.supports[model.capsule_body, body - 1]
        return moved

    @staticmethod
    def _masses(pairs: Pairs, situation: BodySituation) -> Array:
        """What the robot brings to each contact (P,), kg."""
        mechanics, at = situation.mechanics, situation.soon
        if mechanics is None:
            raise ValueError("power and force need the robot's inertia; the situation was built without it")
        rows = at.rows(situation.model.capsule_body[pairs.capsule], pairs.point, pairs.toward)
        links = mechanics.dynamics.effective_mass(at.q, rows)
        mass: Array = robot_mass(links, mechanics.payload, mechanics.rotors_known)
        return mass

    def _held(self, pairs: Pairs, people: People, situation: BodySituation) -> NDArray[np.bool_]:
        """Which pairs (P,) have something solid behind the body."""
        between = self._between(pairs, people, situation)
        if not len(self._behind):
            return between
        centre = people.positions[pairs.body]
        through = centre + pairs.toward * (people.radius + self.config.behind_gap)
        segments = np.stack([centre, through], axis=1)
        distance = self._behind.distance(segments, np.zeros(len(centre)), 0.0)
        held: NDArray[np.bool_] = between | (distance.min(axis=1) <= 0.0)
        return held

    def _between(self, pairs: Pairs, people: People, situation: BodySituation) -> NDArray[np.bool_]:
        """Which pairs (P,) have another link right behind the body, of those that move against theirs.

        Any link: also one that is not among ``links``, or that stands further off than ``distance``.
        """
        gap = np.full((len(situation.model.capsule_body), len(people.positions)), self.config.behind_gap)
        behind = pairs_within(situation, self.config.bodies, gap)
        if behind is None:
            return np.zeros(len(pairs.distance), dtype=bool)
        carrier, other = (situation.model.capsule_body[each.capsule] for each in (pairs, behind))
        apart = (carrier[:, None] != other) & (pairs.body[:, None] == behind.body)
        opposite = pairs.toward @ behind.toward.T <= -OPPOSITE
        found: NDArray[np.bool_] = (apart & opposite).any(axis=1)
        return found

    def _pairs(self, people: People, situation: BodySituation, robot: Array, seconds: float) -> Pairs | None:
        """Pairs that may meet within ``seconds``, where the capsules move no further than ``robot`` (C,) m."""
        if self._which is None:
            self._which = capsules_of(situation.model, self.config.links)
        within = np.full((len(robot), len(people.positions)), -np.inf)
        within[self._which] = self._within(people, situation, robot, seconds)[self._which]
        return pairs_within(situation, self.config.bodies, within)

    def _within(self, people: People, situation: BodySituation, robot: Array, seconds: float) -> Array:
        """Distances (C, Z), m, from which they can come as near as ``distance`` by then."""
        human = np.linalg.norm(people.velocities, axis=1) * (people.age_s + situation.delay_s + seconds)
        within: Array = robot[:, None] + human + self.config.distance
        return within

    def idle(self, situation: BodySituation, reach: Reach) -> bool:
        """Nobody near."""
        people = situation.sensed.people[self.config.bodies]
        if not len(people.positions):
            return True
        seconds = people.age_s + situation.delay_s + reach.seconds
        if self._apart.still(situation, people, reach, seconds):
            return True
        seconds += AHEAD_S
        human = length(people.velocities) * seconds
        room = away(situation, self.config.bodies) - (human + self.config.distance)
        return self._apart.look(situation, people, reach, room.min(axis=1), seconds)
