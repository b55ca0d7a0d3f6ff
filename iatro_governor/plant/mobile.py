"""A simulated arm on a base: joints and base follow what they are told, and every link is where its model puts it.

Modelled: lag and hard limits of the base and the joints, contact of every capsule of the model with people and solid
things, the energy of a blow, tipping over by the zero-moment point, a planar scan. Not modelled: dynamics, gravity,
that anything gives way when touched (it is passed through), wheels that slip, and what a gripper does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.body.kinematics import posture
from iatro_governor.body.model import ArmModel
from iatro_governor.plant.drone_world import Solid, Standing, Walking
from iatro_governor.plant.mobile_harm import MobileJudge
from iatro_governor.plant.mobile_scan import ranges
from iatro_governor.plant.worst_harm import WorstHarm


@dataclass(frozen=True, slots=True)
class MobileWorld:
    """What stands and walks around it."""

    name: str
    solids: tuple[Solid, ...] = ()
    people: tuple[Walking, ...] = ()


@dataclass(frozen=True, slots=True)
class MobileSpec:
    """A base with a lifting torso and an arm, of TIAGo's size; SI units, as remembered from its data sheet."""

    mass: float = 70.0
    arm_mass: float = 8.0
    radius: float = 0.27
    speed: float = 1.0
    turn: float = 1.5
    acceleration: float = 1.2
    turn_acceleration: float = 2.5
    lag_s: float = 0.05
    command_timeout_s: float = 0.5
    beams: int = 220
    field_of_view: float = 1.91986
    laser: tuple[float, float] = (0.202, 0.0945)
    range_max: float = 10.0
    range_noise: float = 0.01


@dataclass(slots=True)
class Mobile:
    """The robot of ``model`` in ``world``; ``joints``: the arm's names, ``start`` [x, y, yaw], ``pose`` of the arm."""

    model: ArmModel
    world: MobileWorld
    seed: int
    joints: tuple[str, ...]
    start: tuple[float, float, float]
    pose: tuple[float, ...]
    spec: MobileSpec = field(default_factory=MobileSpec)
    t: float = 0.0
    twist: np.ndarray = field(init=False)
    rates: np.ndarray = field(init=False)
    judge: MobileJudge = field(init=False)
    people: tuple[Standing, ...] = field(init=False)
    q: np.ndarray = field(init=False)
    _own: list[int] = field(init=False)
    _drive: tuple[np.ndarray, float] = field(init=False)
    _arm: tuple[np.ndarray, float] = field(init=False)
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        streams = [np.random.default_rng(s) for s in np.random.SeedSequence(self.seed).spawn(2)]
        self._rng = streams[0]
        self.people = tuple(person.standing(streams[1]) for person in self.world.people)
        self._own = [self.model.joints.index(name) for name in self.joints]
        self.q = self.model.rest.copy()
        self.q[:3] = self.start
        self.q[self._own] = self.pose
        self.twist, self.rates = np.zeros(2), np.zeros(len(self.joints))
        self._drive, self._arm = (np.zeros(2), -np.inf), (np.zeros(len(self.joints)), -np.inf)
        self.judge = MobileJudge(self.model, self.world.solids, self.spec.mass, self.spec.arm_mass)

    def drive(self, values: Sequence[float]) -> None:
        """Take a twist [vx, vy, vz, wx, wy, wz] of the base, m/s and rad/s."""
        self._drive = (np.array([values[0], values[5]]), self.t)

    def move(self, values: Sequence[float]) -> None:
        """Take speeds of the arm's joints, rad/s and m/s."""
        self._arm = (np.asarray(values, dtype=float), self.t)

    def step(self, dt: float) -> None:
        """Let ``dt`` s pass."""
        spec = self.spec
        wanted = np.clip(self._fresh(self._drive), [-spec.speed, -spec.turn], [spec.speed, spec.turn])
        most = np.array([spec.acceleration, spec.turn_acceleration]) * dt
        self.twist = self.twist + np.clip((wanted - self.twist) * min(dt / spec.lag_s, 1.0), -most, most)
        self.rates = self.rates + (self._fresh(self._arm) - self.rates) * min(dt / spec.lag_s, 1.0)
        v, w = self.twist
        yaw = self.q[2] + w * dt / 2
        self.q[:3] += np.array([v * np.cos(yaw), v * np.sin(yaw), w]) * dt
        low, high = self.model.lower[self._own], self.model.upper[self._own]
        self.q[self._own] = np.clip(self.q[self._own] + self.rates * dt, low, high)
        self.t += dt
        self.judge.look(self.t, dt, posture(self.model, self.q), self.q, self.people)

    def tool(self, link: str) -> np.ndarray:
        """Where ``link`` is, (3,) m in the world."""
        return np.asarray(posture(self.model, self.q).link(link)[:3, 3])

    def scan(self) -> np.ndarray:
        """What the laser ahead sees, (beams,) m; infinite where nothing is near enough."""
        spec, (x, y, yaw) = self.spec, self.q[:3]
        ahead, height = spec.laser
        origin = np.array([x + ahead * np.cos(yaw), y + ahead * np.sin(yaw)])
        angles = yaw + np.linspace(-spec.field_of_view, spec.field_of_view, spec.beams)
        people = [person.at(self.t) for person in self.people]
        seen = ranges(origin, angles, [s for s in self.world.solids if s.height > height], people)
        noisy = np.maximum(seen + spec.range_noise * self._rng.standard_normal(spec.beams), 0.0)
        return np.where(seen <= spec.range_max, noisy, np.inf)

    def harms(self) -> tuple[WorstHarm, ...]:
        """Every harm so far."""
        return self.judge.harms()

    def person_gap(self) -> float:
        """The distance (m) to the nearest person, skin to skin; infinite where there is nobody."""
        return self.judge.person_gap

    def _fresh(self, given: tuple[np.ndarray, float]) -> np.ndarray:
        return given[0] if self.t - given[1] <= self.spec.command_timeout_s else np.zeros_like(given[0])
