"""Where people want to walk, from waypoints, manners and a seed."""

from __future__ import annotations

import numpy as np

from iatro_governor.plant.world import Person

ARRIVED_M = 0.05
PERSONAL_SPACE_M = 0.7  # gap to the robot at which a polite walker waits
SIDESTEP_M = 1.2  # gap at which one who avoids begins to step aside
SLOWING = 1.5  # m/s2, how a walker comes to a waypoint
CREEP = 0.2  # m/s left there, so that the waypoint is reached


class Walker:
    """One person's choice of velocity. ``robot_radius`` (m) lets gaps be measured from skin to skin."""

    def __init__(self, person: Person, robot_radius: float, rng: np.random.Generator) -> None:
        self.person = person
        self._path = np.asarray(person.path, dtype=float)
        self._reach = person.radius + robot_radius
        self._speed = person.speed * float(
            np.clip(1.0 + person.pace_spread * rng.standard_normal(), 0.5, 1.5)
        )
        self._next = 1 % len(self._path)
        self._standing = len(self._path) == 1

    def velocity(self, t: float, here: np.ndarray, robot: np.ndarray) -> np.ndarray:
        """The velocity (m/s) this person wants at ``t`` (s) from ``here`` (m), with the robot at ``robot`` (m)."""
        if self._standing or t < self.person.starts_at:
            return np.zeros(2)
        if np.linalg.norm(self._path[self._next] - here) < ARRIVED_M:
            self._turn_to_next()
        way = self._path[self._next] - here
        distance = max(float(np.linalg.norm(way)), 1e-9)
        pace = min(self._speed, CREEP + float(np.sqrt(2 * SLOWING * distance)))
        return pace * self._mind(way / distance, robot - here)

    def _turn_to_next(self) -> None:
        last = self._next == len(self._path) - 1
        self._standing = last and not self.person.loop
        self._next = (self._next + 1) % len(self._path)

    def _mind(self, way: np.ndarray, to_robot: np.ndarray) -> np.ndarray:
        """The direction after minding the robot, length 0 to 1."""
        distance = float(np.linalg.norm(to_robot))
        gap, ahead = distance - self._reach, float(way @ to_robot) > 0
        if self.person.manners == "stops" and ahead and gap < PERSONAL_SPACE_M:
            return np.zeros(2)
        if self.person.manners == "avoids" and ahead and gap < SIDESTEP_M:
            left = np.array([-to_robot[1], to_robot[0]]) / max(distance, 1e-9)
            aside = left if float(left @ way) >= 0 else -left
            closeness = 1.0 - max(gap, 0.0) / SIDESTEP_M
            mixed = (1.0 - closeness) * way + closeness * aside
            return mixed / max(float(np.linalg.norm(mixed)), 1e-9)
        return way
