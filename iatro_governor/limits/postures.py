"""Postures that bring a jointed body up to something: what the limits on its links are tried with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.limits.body_situation import BodySituation
from iatro_governor.limits.trip import Challenge, Face, Trip

Distance = Callable[[Array], Array]
"""Of postures (k, m): how far (k,) each of them is from what is kept; negative beyond it."""
SAMPLES, DESCENTS, ROUNDS = 256, 3, 40
"""Postures all over the joints' ranges, from how many of them the search goes on, and for how many steps."""
ALONG = 64
"""Places on the way from the furthest posture to the nearest one."""
UNBOUNDED = 3.14159
"""A joint without ends is taken to turn, or to go, this far either way, rad or m."""
WITHIN = 0.01
"""How far within what counts a posture is that is near enough, m."""
BEFORE = 0.01
"""How far outside the margin a posture is that moves on into it, m."""
STILL = 1e-6
"""What moves by less with every joint, m, stands still."""
AROUND, WIDE = 3.0, 20.0
"""How far around a thing a base is looked for, m, and how large a thing is taken to be at most."""
FASTEST = (0.5, 2.0, 10.0)
"""Of the body's points on their way to what is kept, m/s."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """q: (m,) the posture that comes nearest, and how near, m. far: (m,) the one that stays furthest."""

    q: Array
    distance: float
    far: Array

    def before(self, distance: Distance, gap: float) -> tuple[Array, Array]:
        """A posture on the way from far to near that is ``gap`` m off still, and the direction from there on."""
        share = np.linspace(0.0, 1.0, ALONG + 1)[:, None]
        low, high = 0.0, 1.0
        for _ in range(3):
            way = low + share * (high - low)
            near = distance(self.far + way * (self.q - self.far)) < gap
            first = max(int(np.argmax(near)), 1) if near.any() else ALONG
            low, high = float(way[first - 1, 0]), float(way[first, 0])
        direction = self.q - self.far
        return self.far + low * direction, direction / max(float(np.abs(direction).max()), 1e-9)


def nearest(
    scene: BodySituation, distance: Distance, enough: float, ball: tuple[Array, float] | None = None
) -> Nearest:
    """A posture that is nearer than ``enough`` m, or the one that comes nearest, as far as a plain search finds it.

    ``ball``: a centre (3,) and a radius, m, about which a body that moves over ground is to be looked for.
    """
    low, high = _ranges(scene, ball)
    every = low + _spread(SAMPLES, len(low)) * (high - low)
    every = np.concatenate([scene.now.q[None], every])
    found = distance(every)
    best, least = every[0], math.inf
    for start in np.argsort(found)[:DESCENTS]:
        q, value = _descend(every[start], float(found[start]), distance, (low, high), enough)
        if value < least:
            best, least = q, value
        if least < enough:
            break
    return Nearest(best, least, every[int(np.argmax(found))])


def at_margin(
    scene: BodySituation,
    place: slice,
    faces: Sequence[Face],
    distance: Distance,
    kept: tuple[float, float],
    ball: tuple[Array, float] | None = None,
) -> Iterator[Challenge]:
    """Just outside a margin and moving in, and within it and moving fast; by the ``faces`` of the limit.

    ``kept``: the margin, and how far within it counts, m. Where the body cannot be anywhere it likes, it may not come
    so near.
    """
    margin, noise = kept
    found = nearest(scene, distance, margin - noise - WITHIN, ball)
    for face in faces:
        least = margin if face == "clear" else margin - noise
        if found.distance >= least and (ball is None or not scene.freedoms):
            told = (
                f"no posture was found that is nearer than {found.distance:.3f} m, and {least:.3g} m is kept"
            )
            yield Challenge(face, (), told)
        elif face == "clear":
            start, direction = found.before(distance, margin + BEFORE)
            yield Challenge(face, moving_on(scene, place, start, direction))
        else:
            yield Challenge(face, moving_on(scene, place, found.q, found.q - found.far))


def moving_on(scene: BodySituation, place: slice, q: Array, direction: Array) -> Iterator[Trip]:
    """At ``q`` (m,), moving along ``direction`` (m,) already, by the components of ``u`` at ``place``."""
    at = scene.at(q)
    pushes = np.linalg.pinv(scene.drive.matrix[:, place])
    command = np.zeros(len(scene.anchor))
    command[place] = pushes @ direction
    quickest = at.fastest(command)
    for speed in FASTEST:
        asked = command * (speed / max(quickest, 1e-9))
        yield Trip(at.standing(asked), asked)


def _ranges(scene: BodySituation, ball: tuple[Array, float] | None) -> tuple[Array, Array]:
    """Least and largest positions (m,) of the joints; of a base, so that it can be anywhere about ``ball``."""
    model, freedoms = scene.model, scene.freedoms
    low = np.where(np.isfinite(model.lower), model.lower, -UNBOUNDED)
    high = np.where(np.isfinite(model.upper), model.upper, UNBOUNDED)
    if freedoms and ball is not None:
        # The last joint of a base is its turn, which says where the components of u lead: that stays.
        places, (centre, radius) = freedoms - 1, ball
        reach = AROUND + min(radius, WIDE)
        low[:places], high[:places] = centre[:places] - reach, centre[:places] + reach
        low[places] = high[places] = scene.now.q[places]
    return low, high


def _spread(count: int, size: int) -> Array:
    """Points (count, size) spread evenly over the unit cube: Roberts' sequence, of the root of x^(d+1) = x + 1."""
    root = 2.0
    for _ in range(64):
        root = (1.0 + root) ** (1.0 / (size + 1))
    steps = root ** -np.arange(1, size + 1)
    out: Array = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1.0
    return out


def _descend(
    q: Array, value: float, distance: Distance, ends: tuple[Array, Array], enough: float
) -> tuple[Array, float]:
    """Step by step along single joints, with steps that get smaller where none helps."""
    low, high = ends
    step = (high - low) / 8
    for _ in range(ROUNDS):
        if value < enough:
            break
        each = np.diag(step)
        tried = np.clip(np.concatenate([q + each, q - each]), low, high)
        found = distance(tried)
        least = int(np.argmin(found))
        if found[least] < value:
            q, value = tried[least], float(found[least])
        else:
            step = step / 2
    return q, value
