"""A simulated body in the air: a point with a radius that follows velocities as a quadrotor does, and what it hits.

Modelled: the lag of leaning before speed changes, gusts, thrust that a steep lean spends, falling after a blow, and the
energy of every blow. Not modelled: attitude, rotors one by one, ground effect, batteries, and what a rotor cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.plant.drone_harm import DroneJudge
from iatro_governor.plant.drone_world import DroneWorld, Standing
from iatro_governor.plant.side_effects import GRAVITY
from iatro_governor.plant.worst_harm import WorstHarm


@dataclass(frozen=True, slots=True)
class DroneSpec:
    """A quadrotor of the Iris' size; mass kg, radius m, ``response_s`` from a velocity asked for to most of it."""

    mass: float = 1.5
    radius: float = 0.3
    response_s: float = 0.2
    largest: float = 5.0
    acceleration: float = 5.0
    climb: float = 2.0
    lift: float = 1.5
    """Greatest thrust, in weights of its own."""
    gust: float = 0.12
    """One sigma of the gusts' speed, m/s; they last about a second."""
    command_timeout_s: float = 0.5


@dataclass(frozen=True, slots=True)
class DroneTruth:
    """At ``t`` (s): ``place`` and ``velocity`` (3,) m and m/s over ground, ``yaw`` rad; ``flies``: no blow yet.

    ``airspeed``: m/s, what it flies itself, without the gusts.
    """

    t: float
    place: np.ndarray
    velocity: np.ndarray
    yaw: float
    flies: bool
    airspeed: float


@dataclass(slots=True)
class Drone:
    """The body in ``world`` from ``start`` [x, y, z, yaw]; ``seed`` moves the gusts and the people's pace alone."""

    world: DroneWorld
    seed: int
    start: tuple[float, float, float, float]
    spec: DroneSpec = field(default_factory=DroneSpec)
    t: float = 0.0
    place: np.ndarray = field(init=False)
    velocity: np.ndarray = field(init=False)
    yaw: float = field(init=False)
    flies: bool = True
    judge: DroneJudge = field(init=False)
    people: tuple[Standing, ...] = field(init=False)
    _wanted: np.ndarray = field(init=False)
    _given_at: float = -np.inf
    _gust: np.ndarray = field(init=False)
    _own: np.ndarray = field(init=False)
    _rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.place, self.yaw = np.array(self.start[:3]), self.start[3]
        self.velocity, self._gust, self._own = np.zeros(3), np.zeros(3), np.zeros(3)
        self._wanted = np.zeros(4)
        streams = [np.random.default_rng(s) for s in np.random.SeedSequence(self.seed).spawn(2)]
        self._rng = streams[0]
        self.people = tuple(person.standing(streams[1]) for person in self.world.people)
        self.judge = DroneJudge(self.world, self.spec.mass, self.spec.radius)

    def command(self, values: Sequence[float]) -> None:
        """Take a twist [vx, vy, vz, wx, wy, wz] of the body's own level frame, m/s and rad/s."""
        vx, vy, vz, _, _, wz = values
        self._wanted, self._given_at = np.array([vx, vy, vz, wz]), self.t

    def step(self, dt: float) -> None:
        """Let ``dt`` s pass."""
        noise = self._rng.standard_normal(3)  # drawn whatever happens, so that twins share their gusts
        self._gust += -self._gust * dt + self.spec.gust * np.sqrt(2 * dt) * noise
        before = self.velocity.copy()
        if self.flies:
            self._fly(dt)
        else:
            self._own[2] -= GRAVITY * dt
            self.velocity = self._own.copy()
        self.place = self.place + self.velocity * dt
        self.t += dt
        self._meet(before)

    def harms(self) -> tuple[WorstHarm, ...]:
        """Every harm so far."""
        return self.judge.harms()

    def truth(self) -> DroneTruth:
        """What is really so now."""
        airspeed = float(np.linalg.norm(self._own))
        return DroneTruth(self.t, self.place.copy(), self.velocity.copy(), self.yaw, self.flies, airspeed)

    def person_gap(self) -> float:
        """The distance (m) to the nearest person, skin to skin; infinite where there is nobody."""
        return min((p.gap(self.t, self.place) for p in self.people), default=np.inf) - self.spec.radius

    def _fly(self, dt: float) -> None:
        spec = self.spec
        fresh = self.t - self._given_at <= spec.command_timeout_s
        vx, vy, vz, wz = self._wanted if fresh else np.zeros(4)
        c, s = np.cos(self.yaw), np.sin(self.yaw)
        wanted = np.array([c * vx - s * vy, s * vx + c * vy, np.clip(vz, -spec.climb, spec.climb)])
        wanted *= min(1.0, spec.largest / max(float(np.linalg.norm(wanted)), 1e-9))
        pull = (wanted - self._own) / spec.response_s
        pull *= min(1.0, spec.acceleration / max(float(np.linalg.norm(pull)), 1e-9))
        sideways = float(np.hypot(pull[0], pull[1]))
        # Thrust T at a lean of atan(a / g) holds up T cos(lean): where that is less than the weight, it sinks.
        held = self.world.lift * GRAVITY / np.hypot(1.0, sideways / GRAVITY)
        pull[2] = min(pull[2], held - GRAVITY)
        self._own += pull * dt
        self.velocity = self._own + self._gust
        self.yaw += float(np.clip(wz, -2.0, 2.0)) * dt

    def _meet(self, before: np.ndarray) -> None:
        """What it touches now: a blow ends its flight, and the ground ends its fall."""
        flew = self.flies
        if self.judge.look(self.t, self.place, before, self.people, flew):
            self.flies, self._own = False, np.zeros(3)
        if self.place[2] <= self.spec.radius / 2:
            self.place[2] = self.spec.radius / 2
            self._own[2] = max(self._own[2], 0.0)
            if not self.flies:
                self._own[:] = 0.0
