"""Harm done, judged from the true state of the world and never from what the governor believes.

A harm is keyed by (kind, victim, object): one continuing or repeated event of the same three is one harm
with a count, so that two runs of one scenario can be compared harm by harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from iatro_governor.plant.world import World

Kind = Literal["collision", "person_contact", "overspeed_in_zone", "keep_out"]
Key = tuple[str, str, str]

TOUCH_SPEED = 0.02  # m/s of closing; slower is leaning, not hitting
PERSON_TOUCH_SPEED = 0.05  # m/s of the robot's own motion toward the person
SPEED_TOLERANCE = 0.03  # m/s over a zone's limit that measurement could not tell from the limit
DEPTH_TOLERANCE = 0.01  # m into a zone
APART_S = 0.5  # a key that was quiet for so long and comes back is a second event


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm. ``speed`` (m/s) is the robot's where it began; ``severity`` its worst, in ``unit``.

    collision and person_contact: kinetic energy of the closing motion (J), with the reduced mass for a
    person; overspeed_in_zone: m/s over the limit; keep_out: m of the robot's body inside the zone.
    """

    kind: Kind
    victim: str
    object: str
    t: float
    until: float
    speed: float
    severity: float
    unit: Literal["J", "m/s", "m"]
    count: int = 1

    @property
    def key(self) -> Key:
        """What makes harms of two runs the same harm."""
        return (self.kind, self.victim, self.object)


@dataclass(frozen=True, slots=True)
class Touch:
    """The robot's shell against something: unit normal from the robot to it, both velocities there (m/s)."""

    name: str
    normal: np.ndarray
    robot_velocity: np.ndarray
    other_velocity: np.ndarray


class Judge:
    """Collects the harms of one run."""

    def __init__(self, world: World, robot_mass: float, robot_radius: float, name: str = "base") -> None:
        self._zones = world.zones
        self._people = {person.name: person.mass for person in world.people}
        self._mass, self._radius, self._name = robot_mass, robot_radius, name
        self._harms: dict[Key, Harm] = {}
        self.peak_speed: dict[str, float] = {zone.name: 0.0 for zone in world.zones}

    def harms(self) -> tuple[Harm, ...]:
        """All harms so far, in the order in which they began."""
        return tuple(self._harms.values())

    def contacts(self, t: float, touches: Iterable[Touch]) -> None:
        """Judge what the shell touches at ``t`` (s), with the velocities from just before the touch."""
        for touch in touches:
            own = float(touch.robot_velocity @ touch.normal)
            closing = own - float(touch.other_velocity @ touch.normal)
            speed = float(np.linalg.norm(touch.robot_velocity))
            mass = self._people.get(touch.name)
            if mass is None:
                if closing > TOUCH_SPEED:
                    self._note("collision", touch.name, t, speed, 0.5 * self._mass * closing**2, "J")
            elif (
                own > PERSON_TOUCH_SPEED and closing > 0
            ):  # who walks into a standing robot is not its victim
                reduced = mass * self._mass / (mass + self._mass)
                self._note("person_contact", touch.name, t, speed, 0.5 * reduced * closing**2, "J")

    def place(self, t: float, centre: np.ndarray, speed: float) -> None:
        """Judge where the robot's disc is at ``t`` (s) and how fast (m/s) it moves there."""
        for zone in self._zones:
            depth = zone.overlap(centre, self._radius)
            if depth <= DEPTH_TOLERANCE:
                continue
            self.peak_speed[zone.name] = max(self.peak_speed[zone.name], speed)
            if zone.kind == "keep_out":
                self._note("keep_out", zone.name, t, speed, depth, "m")
            elif zone.limit is not None and speed > zone.limit + SPEED_TOLERANCE:
                self._note("overspeed_in_zone", zone.name, t, speed, speed - zone.limit, "m/s")

    def _note(
        self, kind: Kind, victim: str, t: float, speed: float, severity: float, unit: Literal["J", "m/s", "m"]
    ) -> None:
        key = (kind, victim, self._name)
        known = self._harms.get(key)
        if known is None:
            self._harms[key] = Harm(kind, victim, self._name, t, t, speed, severity, unit)
        else:
            again = t - known.until > APART_S
            self._harms[key] = replace(
                known, until=t, severity=max(known.severity, severity), count=known.count + again
            )
