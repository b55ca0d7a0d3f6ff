"""Harm that an arm on a base does, judged from where its links truly are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import ArmModel
from iatro_governor.plant.drone_world import Solid, Standing
from iatro_governor.plant.side_effects import GRAVITY
from iatro_governor.plant.worst_harm import WorstHarm, WorstHarms

ROBOT = "robot"
TOUCH_SPEED = 0.05
"""m/s of its own motion toward what it touches; slower is leaning."""
SAMPLES = 5
"""Points of each capsule's axis that are looked at."""
PERSON_MASS, ARM_OF_A_PERSON = 75.0, 4.0
"""kg that a blow has to move: of the base all of a person, of the arm a forearm or more (chosen)."""
FOOT = 0.20
"""m from the middle of the base to the line that it tips over (of 0.54 m in all, casters inside; chosen)."""
BODY_HEIGHT = 0.45
"""m, the centre of base and torso (chosen)."""
TIPPING_S = 0.1
"""Over which accelerations are taken, s."""


@dataclass(slots=True)
class MobileJudge:
    """Judges one run: person_contact, collision, tip_over (J). ``mass``: of all, ``arm_mass``: of the arm, kg."""

    model: ArmModel
    solids: tuple[Solid, ...]
    mass: float
    arm_mass: float
    person_gap: float = np.inf
    _harms: WorstHarms = field(default_factory=WorstHarms)
    _before: np.ndarray | None = None
    _base_velocity: list[np.ndarray] = field(default_factory=list)
    _arm_capsules: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        names = [self.model.links[link] for link in self.model.capsule_link]
        self._arm_capsules = np.array([name.startswith(("arm_", "wrist_")) for name in names])

    def harms(self) -> tuple[WorstHarm, ...]:
        """All harms so far, in the order in which they began."""
        return self._harms.all()

    def look(self, t: float, dt: float, now: Posture, q: np.ndarray, people: Sequence[Standing]) -> None:
        """Judge the posture at ``t`` (s), ``dt`` (s) after the one before."""
        ends = now.capsules()
        share = np.linspace(0.0, 1.0, SAMPLES)[None, :, None]
        points = ends[:, None, 0] * (1.0 - share) + ends[:, None, 1] * share  # (C, SAMPLES, 3)
        velocity = np.zeros_like(points) if self._before is None else (points - self._before) / dt
        self._before = points
        self.person_gap = np.inf
        for person in people:
            self._person(t, points, velocity, person)
        for solid in self.solids:
            self._solid(t, points, velocity, solid)
        self._tipping(t, dt, q, points)

    def _person(self, t: float, points: np.ndarray, velocity: np.ndarray, person: Standing) -> None:
        at, flat = person.at(t), points.reshape(-1, 3)
        gaps = person.gaps(t, flat).reshape(points.shape[:2])
        gaps = gaps - self.model.capsule_radius[:, None]
        self.person_gap = min(self.person_gap, float(gaps.min()))
        toward = np.append(at, 0.0)[None, None] - points
        toward[..., 2] = 0.0
        toward /= np.maximum(np.linalg.norm(toward, axis=-1, keepdims=True), 1e-9)
        own = np.einsum("csi,csi->cs", velocity, toward)
        for capsule in np.flatnonzero(((gaps < 0.0) & (own > TOUCH_SPEED)).any(axis=1)):
            arm = bool(self._arm_capsules[capsule])
            mass = _reduced(self.arm_mass, ARM_OF_A_PERSON) if arm else _reduced(self.mass, PERSON_MASS)
            speed = float(own[capsule][gaps[capsule] < 0.0].max())
            part = "arm" if arm else "base"
            self._note("person_contact", person.person.name, part, t, 0.5 * mass * speed**2)

    def _solid(self, t: float, points: np.ndarray, velocity: np.ndarray, solid: Solid) -> None:
        flat = points.reshape(-1, 3)
        gaps = np.full(len(flat), np.inf)
        for index in np.flatnonzero(solid.near(flat, float(self.model.capsule_radius.max()))):
            gaps[index] = solid.gap(flat[index])
        touching = gaps.reshape(points.shape[:2]) < self.model.capsule_radius[:, None]
        speeds = np.linalg.norm(velocity, axis=-1)
        for capsule in np.flatnonzero((touching & (speeds > TOUCH_SPEED)).any(axis=1)):
            arm = bool(self._arm_capsules[capsule])
            speed = float(speeds[capsule][touching[capsule]].max())
            mass = self.arm_mass if arm else self.mass
            self._note("collision", solid.name, "arm" if arm else "base", t, 0.5 * mass * speed**2)

    def _tipping(self, t: float, dt: float, q: np.ndarray, points: np.ndarray) -> None:
        """Arm and base as two masses: it tips where the zero-moment point leaves the foot."""
        self._base_velocity.append(q[:2].copy())
        step = max(round(TIPPING_S / dt), 1)
        past = self._base_velocity
        if len(past) < 2 * step + 1:
            return
        fore = np.array([np.cos(q[2]), np.sin(q[2])])
        acceleration = float(fore @ (past[-1] - 2 * past[-1 - step] + past[-1 - 2 * step])) / (step * dt) ** 2
        arm = points[self._arm_capsules].reshape(-1, 3).mean(axis=0)
        ahead, share = float(fore @ (arm[:2] - q[:2])), self.arm_mass / self.mass
        height = share * float(arm[2]) + (1.0 - share) * BODY_HEIGHT
        if share * ahead - height * acceleration / GRAVITY > FOOT:
            self._note("tip_over", "robot", "base", t, self.mass * GRAVITY * height / 2)

    def _note(self, kind: str, victim: str, part: str, t: float, severity: float) -> None:
        self._harms.note(WorstHarm(kind, victim, part, t, t, severity, "J"))


def _reduced(one: float, other: float) -> float:
    return one * other / (one + other)
