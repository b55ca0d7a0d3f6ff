"""Violating inputs of the limits on areas: a base at the edge of one, and one on its way there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from iatro_governor.body.planar import Array
from iatro_governor.body.shape import Shape
from iatro_governor.limits.situation import Situation
from iatro_governor.limits.trip import Trip

PLACES = 8
"""Points of the outline that are tried."""
HEADINGS = 8
GAPS = (0.02, 0.2)
"""From the margin, m, of a base on its way to an area."""
SPEEDS = (0.5, 2.0, 10.0)
"""m/s: the slowest that breaks the bound is the best to try, and nobody knows it."""

Distance = Callable[[Situation], float]


def _edges(area: Shape) -> Iterator[tuple[Array, float]]:
    """Points (2,) of its outline, with each heading."""
    outline = area.outline(0.25)
    for index in np.unique(np.linspace(0, len(outline) - 1, PLACES).astype(int)):
        for turn in range(HEADINGS):
            yield outline[index], turn * (2 * math.pi / HEADINGS)


def on_the_edge(area: Shape, scene: Situation) -> Iterator[Trip]:
    """Half over the edge, and driving."""
    for (x, y), heading in _edges(area):
        for speed in SPEEDS:
            command = _ahead(scene, speed)
            yield Trip(scene.at(np.array([x, y, heading])).standing(command), command)


def on_the_way(area: Shape, scene: Situation, distance: Distance, margin: float) -> Iterator[Trip]:
    """A little more than the margin off, and driving towards the nearest of it."""
    for (x, y), heading in _edges(area):
        back = np.array([math.cos(heading), math.sin(heading)])
        for gap in GAPS:
            away = scene.reach + margin + gap
            far = scene.at(np.array([x - away * back[0], y - away * back[1], heading]))
            away -= max(distance(far) - margin - gap, 0.0)  # the front of the body is nearer than its reach
            at = scene.at(np.array([x - away * back[0], y - away * back[1], heading]))
            if margin < distance(at) <= margin + 2 * gap:
                for speed in SPEEDS:
                    command = _ahead(scene, speed)
                    yield Trip(at.standing(command), command)


def _ahead(scene: Situation, speed: float) -> Array:
    command = np.zeros(len(scene.anchor))
    command[0] = speed
    return command
