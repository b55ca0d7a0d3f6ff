"""Harm that an arm does, judged from the true state of its world and never from what the governor believes.

Keyed by (kind, victim, object) as a base's harms are, so that two runs of one scenario compare harm by harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

import numpy as np

from iatro_governor.plant.arm_mjcf import TIMESTEP
from iatro_governor.plant.arm_model import JOINTS, ArmSpec
from iatro_governor.plant.arm_world import ArmWorld, BodyPart, Bound
from iatro_governor.plant.contact import ForceMeter, Touch, total

ArmKind = Literal[
    "contact_force", "sustained_force", "pinch", "collision", "self_collision", "joint_limit", "drop"
]
Unit = Literal["N", "rad/s", "J"]
ARM = "arm"
GRAVITY = 9.81
OWN_SPEED = 0.05  # m/s of the arm's own motion toward the person when they met
OWN_ADVANCE = 0.002  # m that the arm has moved into the person since they met
APART_S = 0.2  # after which a touch is a new one
AGAIN_S = 0.5  # a key that was quiet for so long and comes back is a second event
SELF_TOUCH_N = 1.0
KNOCK = round(
    0.02 / TIMESTEP
)  # steel on wood is over in a millisecond: over 20 ms a gentle touch stays gentle
STOP_SPEED = 0.02  # rad/s; slower is resting against a joint stop, not hitting it
SQUEEZED = 0.5  # cosine between the arm's push and the region's push on a block: squeezed between them


@dataclass(frozen=True, slots=True)
class ArmHarm:
    """One harm. ``part`` is the link or thing that did it, ``severity`` its worst in ``unit``, ``bound`` likewise.

    contact_force, sustained_force, pinch: force on the region (victim "person/region") over its bound;
    collision: force on a block; self_collision: force between two links; joint_limit: speed into the stop;
    drop: energy of the fall. ``speed`` (m/s, rad/s) is that of ``part`` toward the victim where it began.
    """

    kind: ArmKind
    victim: str
    object: str
    part: str
    t: float
    until: float
    speed: float
    severity: float
    unit: Unit
    bound: float
    count: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes harms of two runs the same harm."""
        return (self.kind, self.victim, self.object)


@dataclass(slots=True)
class _Meeting:
    """Whose doing a touch is: decided by the arm's own motion from where it met the region."""

    last_at: float = -np.inf
    onset: float = 0.0
    advance: float = 0.0

    def add(self, t: float, dt: float, speed: float) -> None:
        if t - self.last_at > APART_S:
            self.onset, self.advance = speed, 0.0
        self.last_at = t
        self.advance += speed * dt

    @property
    def by_the_arm(self) -> bool:
        return self.onset > OWN_SPEED or self.advance > OWN_ADVANCE


@dataclass(slots=True)
class _Load:
    """A thing's way through the gripper; ``let_go_at`` (m) is its height when the fingers last held it."""

    mass: float
    held: bool = False
    let_go_at: float | None = None
    since: float = 0.0


@dataclass(slots=True)
class ArmJudge:
    """Collects the harms of one run, one time step after the other."""

    world: ArmWorld
    arm: ArmSpec
    regions: dict[str, ForceMeter] = field(init=False)
    loads: dict[str, _Load] = field(init=False)
    points: dict[str, np.ndarray] = field(init=False, default_factory=dict)
    _parts: dict[str, BodyPart] = field(init=False)
    _blocks: dict[str, ForceMeter] = field(init=False, default_factory=dict)
    _meetings: dict[str, _Meeting] = field(init=False)
    _harms: dict[tuple[str, str, str], ArmHarm] = field(init=False, default_factory=dict)
    _lower: np.ndarray = field(init=False)
    _upper: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._parts = self.world.parts
        self._lower, self._upper = np.asarray(self.arm.lower), np.asarray(self.arm.upper)
        self.regions = {name: ForceMeter() for name in self._parts}
        self._meetings = {name: _Meeting() for name in self._parts}
        self.loads = {thing.name: _Load(thing.mass) for thing in self.world.things}

    def harms(self) -> tuple[ArmHarm, ...]:
        """All harms so far, in the order in which they began."""
        return tuple(self._harms.values())

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The regions' bounds, in the order of ``regions``."""
        return tuple(part.bound for part in self._parts.values())

    @property
    def held(self) -> frozenset[str]:
        """The things between the fingers."""
        return frozenset(name for name, load in self.loads.items() if load.held)

    def touches(self, t: float, dt: float, touches: Sequence[Touch]) -> None:
        """Judge what touched what in the step of ``dt`` (s) that began at ``t`` (s)."""
        of = {key: list(group) for key, group in groupby(sorted(touches, key=_key), key=_key)}
        for name, part in self._parts.items():
            self._region(t, dt, name, part, of.get(("tissue", name), []), of.get(("support", name), []))
        for name in {n for victim, n in of if victim == "block"} | self._blocks.keys():
            self._block(t, name, of.get(("block", name), []))
        for (victim, name), group in of.items():
            force = float(np.linalg.norm(total(group))) if victim == "self" else 0.0
            if force > SELF_TOUCH_N:
                self._note("self_collision", name, group[0].by, t, group[0].speed, force, "N", SELF_TOUCH_N)

    def joints(self, t: float, q: np.ndarray, dq: np.ndarray) -> None:
        """Judge the joints' positions (rad) and speeds (rad/s) at ``t`` (s)."""
        high, low = q >= self._upper, q <= self._lower
        if not (high.any() or low.any()):
            return
        into = np.where(high, dq, np.where(low, -dq, 0.0))
        for index in np.flatnonzero(into > STOP_SPEED):
            speed, joint = float(into[index]), JOINTS[index]
            self._note("joint_limit", joint, joint, t, speed, speed, "rad/s", STOP_SPEED)

    def things(self, t: float, gripped: frozenset[str], heights: dict[str, float]) -> None:
        """Judge what became of the things at ``heights`` (m), of which the fingers touch ``gripped`` on both sides."""
        for name, load in self.loads.items():
            if name in gripped:
                load.held, load.let_go_at = True, None
            elif load.held:
                load.held, load.let_go_at, load.since = False, heights[name], t
            if load.let_go_at is not None and load.let_go_at - heights[name] > self.world.drop_height:
                fallen = load.let_go_at - heights[name]
                speed = float(np.sqrt(2 * GRAVITY * fallen))
                self._note("drop", name, name, load.since, speed, load.mass * GRAVITY * fallen, "J", 0.0)

    def _region(
        self, t: float, dt: float, name: str, part: BodyPart, touches: list[Touch], supports: list[Touch]
    ) -> None:
        meter, meeting = self.regions[name], self._meetings[name]
        meter.add(total(touches) if touches else None)
        if not touches:
            return
        worst = max(touches, key=lambda touch: float(np.linalg.norm(touch.force)))
        self.points[name] = worst.point
        meeting.add(t, dt, worst.speed)
        if not meeting.by_the_arm:  # who leans on a standing arm is not its victim
            return
        bound = part.bound
        squeezed = any(float(s.normal @ worst.normal) > SQUEEZED for s in supports)
        felt: tuple[tuple[ArmKind, float, float], ...] = (
            ("contact_force", meter.now, bound.peak),
            ("sustained_force", meter.sustained, bound.held),
            ("pinch", meter.now if squeezed else 0.0, bound.held),
        )
        for kind, force, most in felt:
            if force > most:
                self._note(kind, name, worst.by, t, meeting.onset, force, "N", most)

    def _block(self, t: float, name: str, touches: list[Touch]) -> None:
        meter = self._blocks.setdefault(name, ForceMeter(averaged=KNOCK))
        meter.add(total(touches) if touches else None)
        if touches and meter.now > self.world.collision_force:
            worst = max(touches, key=lambda touch: float(np.linalg.norm(touch.force)))
            self._note(
                "collision", name, worst.by, t, worst.speed, meter.now, "N", self.world.collision_force
            )

    def _note(
        self,
        kind: ArmKind,
        victim: str,
        part: str,
        t: float,
        speed: float,
        severity: float,
        unit: Unit,
        bound: float,
    ) -> None:
        key = (kind, victim, ARM)
        known = self._harms.get(key)
        if known is None:
            self._harms[key] = ArmHarm(kind, victim, ARM, part, t, t, speed, severity, unit, bound)
        else:
            again = t - known.until > AGAIN_S
            worst = max(known.severity, severity)
            self._harms[key] = replace(known, until=t, severity=worst, count=known.count + again)


def _key(touch: Touch) -> tuple[str, str]:
    return (touch.victim, touch.name)
