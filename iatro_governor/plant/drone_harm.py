"""Harm that a body in the air does, judged from where it truly was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.plant.drone_world import PERSON_HEIGHT, PERSON_RADIUS, DroneWorld, Standing
from iatro_governor.plant.side_effects import GRAVITY
from iatro_governor.plant.worst_harm import WorstHarm, WorstHarms

DRONE = "drone"
TOUCH_SPEED = 0.3
"""m/s: slower it brushes past and flies on."""
UNDER = 0.5
"""m sideways within which somebody is under a fall, beyond their own radius."""
OVER = 1.0
"""m sideways within which it flies over somebody."""
OUTSIDE = 0.1
"""m outside of the fence that count as none."""
LANDING = 0.7
"""m/s: a landing by an autopilot is slower."""


@dataclass(slots=True)
class DroneJudge:
    """Judges one run.

    flying_contact, crash, fall_on_person (J), over_people (s), fence_breach (m), hard_landing (m/s).
    """

    world: DroneWorld
    mass: float
    radius: float
    _harms: WorstHarms = field(default_factory=WorstHarms)
    _over: dict[str, float] = field(default_factory=dict)
    _before: float | None = None
    _on_ground: bool = False

    def harms(self) -> tuple[WorstHarm, ...]:
        """All harms so far, in the order in which they began."""
        return self._harms.all()

    def look(
        self, t: float, place: np.ndarray, velocity: np.ndarray, people: Iterable[Standing], flies: bool
    ) -> bool:
        """Judge the body at ``place`` that came with ``velocity``; returns whether a blow ends its flight."""
        dt, self._before = t - (self._before if self._before is not None else t), t
        speed = float(np.linalg.norm(velocity))
        energy = 0.5 * self.mass * speed**2
        blow = False
        for person in people:
            blow |= self._person(t, dt, place, person, energy, flies and speed > TOUCH_SPEED)
        for solid in self.world.solids:
            if flies and solid.gap(place) < self.radius and speed > TOUCH_SPEED:
                self._note("crash", solid.name, t, energy, "J")
                blow = True
        self._ground(t, place, velocity, flies)
        if self.world.fence is not None and flies:
            outside = self.world.fence.outside(place)
            if outside > OUTSIDE:
                self._note("fence_breach", "fence", t, outside, "m")
        if blow:
            for person in people:
                self._under(t, place, person)
        return blow

    def _person(
        self, t: float, dt: float, place: np.ndarray, person: Standing, energy: float, fast: bool
    ) -> bool:
        name = person.person.name
        if fast and person.gap(t, place) < self.radius:
            self._note("flying_contact", name, t, energy, "J")
            return True
        beside = float(np.linalg.norm(place[:2] - person.at(t)))
        if beside < OVER and place[2] > PERSON_HEIGHT:
            self._over[name] = self._over.get(name, 0.0) + dt
            self._note("over_people", name, t, self._over[name], "s")
        return False

    def _under(self, t: float, place: np.ndarray, person: Standing) -> None:
        """Whoever stands where it will fall is hit by the energy of the fall."""
        beside = float(np.linalg.norm(place[:2] - person.at(t)))
        height = float(place[2]) - PERSON_HEIGHT
        if beside < PERSON_RADIUS + UNDER and height > 0.1:
            self._note("fall_on_person", person.person.name, t, self.mass * GRAVITY * height, "J")

    def _ground(self, t: float, place: np.ndarray, velocity: np.ndarray, flies: bool) -> None:
        down = place[2] <= self.radius / 2
        if down and not self._on_ground and flies and -velocity[2] > LANDING:
            self._note("hard_landing", "ground", t, float(-velocity[2]), "m/s")
        self._on_ground = bool(down)

    def _note(self, kind: str, victim: str, t: float, severity: float, unit: str) -> None:
        self._harms.note(WorstHarm(kind, victim, DRONE, t, t, severity, unit))
