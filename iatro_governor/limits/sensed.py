"""What the sources of a jointed body say beside its joints: people, points, wrenches; in the model's base frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.body.localisation import Fix
from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class People:
    """Bodies (b,) of one tracker.

    positions, velocities: (b, 3) m, m/s over ground. age_s: of the data. radius: m, of the ball that stands for each.
    ids, regions: who, and which part of them.
    """

    positions: Array
    velocities: Array
    age_s: float
    radius: float
    ids: tuple[str, ...]
    regions: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Felt:
    """Force (3,) N and torque (3,) Nm on the robot, in the sensor's own frame, and which frame that is."""

    force: Array
    torque: Array
    frame: str
    age_s: float


@dataclass(frozen=True, eq=False, slots=True)
class Cloud:
    """What one message of a source showed in space.

    points: (n, 3) m over ground, each for what is within ``spread`` m of it. q: (m,) the joints at its moment.
    """

    points: Array
    spread: float
    q: Array


@dataclass(frozen=True, slots=True)
class Sensed:
    """By source. flags: by name, those that were told and are not stale. fixes: where a map lies.

    silence: of those that feel a contact, the age of their news, s, at which of late the next ones came, at most.
    """

    people: Mapping[str, People] = field(default_factory=dict)
    felt: Mapping[str, Felt] = field(default_factory=dict)
    points: Mapping[str, Cloud] = field(default_factory=dict)
    flags: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    fixes: Mapping[str, Fix] = field(default_factory=dict)
    silence: Mapping[str, float] = field(default_factory=dict)


WALKING = 1.6
"""How fast a person may come nearer, m/s: ISO 13855 for walking."""
NOBODY = np.zeros((0, 3))
