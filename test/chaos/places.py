"""Where a robot is, as it was told when an output was sent, and where a base's output leads from there."""

from __future__ import annotations

import math
from collections import deque
from typing import Generic, TypeVar

Pose = tuple[float, float, float]
Place = TypeVar("Place", bound=tuple[float, ...])
Corners = tuple[tuple[float, float], ...]
KEPT_S = 2.0
"""How long places are kept: a judge that was held up itself is that much behind at most, s."""
PLACED_S = 0.5
"""A place that was told longer before an output than this may be of a plant that was killed since, s."""
STEP_S = 0.02


class Places(Generic[Place]):
    """What was heard of where the robot is: a pose, or its joints. Times are of one clock, the middleware's, s."""

    def __init__(self) -> None:
        self._told: deque[tuple[float, Place]] = deque()

    def hear(self, sent: float, place: Place) -> None:
        """The robot is at ``place``, which was ``sent`` then."""
        self._told.append((sent, place))
        while sent - self._told[0][0] > KEPT_S:
            self._told.popleft()

    def at(self, sent: float) -> Place | None:
        """The newest place that was told by ``sent``, and not the newest of all: what was heard after an output, nobody
        could have judged it by. None where nobody had said so lately: a plant that is new stands elsewhere."""
        before = [(told, place) for told, place in self._told if told <= sent]
        if not before:
            return None
        told, place = max(before)
        return place if sent - told <= PLACED_S else None


def enters(
    pose: Pose, twist: tuple[float, float], ease: float, held_s: float, keep_out: Corners, radius: float
) -> bool:
    """Whether a circle touches ``keep_out`` before it can come to rest, on the arc of ``twist`` (m/s, rad/s).

    It goes on for ``held_s``, and then loses ``ease`` m/s in a second.
    """
    (x, y, yaw), (vx, wz) = pose, twist
    speed, left = abs(vx), held_s
    while True:
        if distance(x, y, keep_out) < radius:
            return True
        if speed <= 0:
            return False
        share = speed / abs(vx)
        x += vx * share * math.cos(yaw) * STEP_S
        y += vx * share * math.sin(yaw) * STEP_S
        yaw += wz * share * STEP_S
        left -= STEP_S
        if left <= 0:
            speed -= ease * STEP_S


def distance(x: float, y: float, corners: Corners) -> float:
    """From a point to a polygon, m; 0 inside."""
    inside, nearest = False, math.inf
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
        ux, uy = bx - ax, by - ay
        along = min(max(((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy), 0.0), 1.0)
        nearest = min(nearest, math.hypot(x - ax - along * ux, y - ay - along * uy))
    return 0.0 if inside else nearest
