"""How the links of a body stand to the people that a tracker sees, and how fast they close in on them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from iatro_governor.body.distance import ball_gap, length
from iatro_governor.body.kinematics import cross
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.landmarks import Reach
from iatro_governor.limits.sensed import People
from iatro_governor.limits.ssm import largest_closing_speed

AHEAD_S = 0.05
"""What is asked about people is asked for so much longer, s, that the answer holds for some decisions."""
WIDEST = 0.866
"""Sine of the widest cone of directions in which a body may be: within 30 degrees of straight away is always away."""

RIM = 6
"""Directions that stand for the rim of a cone."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """``P`` pairs of a capsule and a tracked body, with the motion in flight done.

    capsule, body: (P,) their numbers. distance: (P,) m between their surfaces. point: (P, 3) m, the capsule's that is
    nearest. toward: (P, 3) unit, from there to the body's centre, which is ``centre`` (P,) m away.
    """

    capsule: Indices
    body: Indices
    distance: Array
    point: Array
    toward: Array
    centre: Array

    def part(self, which: Indices) -> Pairs:
        """Some of them."""
        return Pairs(*(getattr(self, field.name)[which] for field in fields(self)))


def bounds(situation: BodySituation, source: str) -> Array:
    """Distances (C, Z) m of all capsules from all bodies of ``source`` that are never too large, and soon told.

    By the balls around the capsules, with the motion in flight done.
    """
    return away(situation, source) - situation.flown[:, None]


def away(situation: BodySituation, source: str) -> Array:
    """The same (C, Z), m, as things are now."""
    key = (source, "people")
    if key not in situation.memo:
        people, model = situation.sensed.people[source], situation.model
        ends = situation.now.capsules()
        middles = (ends[:, 0] + ends[:, 1]) / 2
        apart = length(middles[:, None] - people.positions)
        situation.memo[key] = apart - (model.capsule_reach + people.radius)[:, None]
    out: Array = situation.memo[key]
    return out


class Apart:
    """How far the capsules were of late from the people of one message: what was far is no nearer than it has moved."""

    def __init__(self) -> None:
        self._seen: tuple[People, Array, Array, float] | None = None

    def still(self, situation: BodySituation, people: People, reach: Reach, seconds: float) -> bool:
        """Whether that was far enough for all that ``people`` and capsules do within ``seconds`` of the data."""
        if self._seen is None:
            return False
        then, q, room, until = self._seen
        if then.positions is not people.positions or seconds > until:
            return False
        return bool((room > np.abs(situation.now.q - q) @ situation.levers + reach.capsules).all())

    def look(
        self, situation: BodySituation, people: People, reach: Reach, room: Array, seconds: float
    ) -> bool:
        """The same, by how far each capsule (C,) has ``room`` to move for ``seconds`` of the data, m."""
        self._seen = people, situation.now.q, room, seconds
        return bool((room > reach.capsules).all())


def pairs_within(situation: BodySituation, source: str, within: Array) -> Pairs | None:
    """The pairs that may be nearer than ``within`` (C, Z) m, or None."""
    capsule, body = np.nonzero(bounds(situation, source) <= within)
    if not capsule.size:
        return None
    people, model, at = situation.sensed.people[source], situation.model, situation.soon
    gap = ball_gap(
        at.capsules()[capsule], model.capsule_radius[capsule], people.positions[body], people.radius
    )
    near = gap.distance <= within[capsule, body]
    if not near.any():
        return None
    distance = gap.distance[near]
    centre = np.maximum(distance + people.radius, 0.0)
    return Pairs(capsule[near], body[near], distance, gap.first[near], -gap.normal[near], centre)


def closing(pairs: Pairs, situation: BodySituation, rates: Array, uncertainty: float) -> Array:
    """Closing speeds (k, P), m/s, of the pairs' points for joint velocities ``rates`` (k, m), as of the SSM's cone.

    ``uncertainty``: m, how far from its centre the body may truly be. However near that is, a way out stays.
    """
    linear, angular = situation.soon.twists(rates)
    carrier = situation.model.capsule_body[pairs.capsule]
    velocity = linear[:, carrier] + cross(angular[:, carrier], pairs.point)
    return largest_closing_speed(velocity, pairs.toward, _away(pairs, uncertainty), uncertainty)


def approaching(pairs: Pairs, people: People, uncertainty: float) -> Array:
    """Speeds (P,), m/s, at which the bodies themselves come towards the pairs' points; receding is none."""
    velocity, away = people.velocities[pairs.body], _away(pairs, uncertainty)
    return np.maximum(largest_closing_speed(velocity, -pairs.toward, away, uncertainty), 0.0)


def cone(pairs: Pairs, uncertainty: float) -> Array:
    """Directions (P, 1 + RIM, 3), unit, in which the pairs' bodies may be: the middle and the rim of the SSM's cone."""
    sine = np.minimum(uncertainty / np.maximum(_away(pairs, uncertainty), 1e-9), 1.0)[:, None, None]
    axis = np.eye(3)[np.argmin(np.abs(pairs.toward), axis=1)]
    side = cross(pairs.toward, axis)
    side /= length(side)[:, None]
    angle = np.arange(RIM)[:, None] * (2 * np.pi / RIM)
    around = np.cos(angle) * side[:, None] + np.sin(angle) * cross(pairs.toward, side)[:, None]
    middle = pairs.toward[:, None]
    return np.concatenate([middle, np.sqrt(1.0 - sine * sine) * middle + sine * around], axis=1)


def _away(pairs: Pairs, uncertainty: float) -> Array:
    """Distances (P,) of the bodies' centres, m, no less than makes the cone its widest."""
    return np.maximum(pairs.centre, uncertainty / WIDEST)
