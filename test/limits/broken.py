"""Situations at rest in which one limit's margin is broken by one thing, and how far a way is from that thing."""

from __future__ import annotations

from typing import Any

import numpy as np

from iatro_governor.body.localisation import Fix
from iatro_governor.limits.sensed import Cloud, People, Sensed
from test.limits.bodies import NOTHING, body_situation, three_links
from test.limits.situations import make, persons, situation

SURE = Fix(0.0, np.zeros(3), 0.0, 0.0)


def _near(x: float) -> Any:
    """A base with a return and somebody straight ahead; the return is on the one's skin."""
    return situation(np.array([[x, 0.0]]), people=persons([(x + 0.3, 0.0, 0.0, 0.0)]), fix=SURE)


def _standing(x: float) -> Any:
    """A base at ``x`` on the example's ground, facing along it, with nothing around."""
    return situation(np.zeros((0, 2)), pose=np.array([x, 0.0, 0.0]), fix=SURE)


def _beside(y: float) -> Any:
    """A stretched arm with a point beside its lower link, and somebody of 0.1 m whose skin it is on."""
    q, point = np.zeros(2), np.array([[0.8, y, 0.0]])
    somebody = People(point + np.array([0.0, 0.1, 0.0]), np.zeros((1, 3)), 0.0, 0.1, ("0",), (None,))
    return body_situation(
        q, sensed=Sensed({"people": somebody}, NOTHING.felt, {"camera": Cloud(point, 0.0, q)})
    )


BROKEN: dict[str, Any] = {
    "obstacle": _near(0.26),
    "separation": _near(0.26),
    "zone": _standing(0.8),
    "zone in the map": _standing(0.8),
    "zone of a solid": _standing(0.7),
    "zone on the body": _near(0.92),
    "geofence": _standing(2.8),
    "geofence in the map": _standing(2.8),
    "round geofence": _standing(2.3),
    "joint_position": body_situation(np.array([1.1, 0.0])),
    "workspace": body_situation(np.array([-0.9, 0.8])),
    "workspace in the map": body_situation(np.array([-0.9, 0.8])),
    "link_zone": body_situation(np.array([0.5, 0.7])),
    "link_zone in the map": body_situation(np.array([0.5, 0.7])),
    "link_obstacle": _beside(0.1),
    "link_separation": _beside(0.1),
    "self_collision": body_situation(np.array([0.2, 1.8, 2.3]), model=three_links()),
}
MEASURE = {"separation": "obstacle", "link_separation": "link_obstacle"}
"""What tells the distance of who may walk meanwhile: the same place as if it were a thing."""


def broken(kind: str) -> Any:
    """A situation at rest in which the margin of ``kind``, or of a variant, is broken."""
    return BROKEN[kind]


def room(kind: str, output: np.ndarray, at: Any) -> float:
    """The least distance on the way of one output from what is too near, m or rad."""
    ways = at.roll_out(output[None])
    if kind == "joint_position":
        return float((1.0 - np.abs(ways.ahead[0])).min())
    least = make(MEASURE.get(kind, kind)).least_ahead(ways, at)
    assert least is not None
    return least
