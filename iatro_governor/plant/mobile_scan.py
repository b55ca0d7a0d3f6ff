"""What a laser sees that looks level around it: distances to the sides of prisms and to people's legs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iatro_governor.plant.drone_world import PERSON_RADIUS, Solid


def ranges(
    origin: np.ndarray, angles: np.ndarray, solids: Sequence[Solid], people: Sequence[np.ndarray]
) -> np.ndarray:
    """(n,) m from ``origin`` (2,) along ``angles`` (n,) rad to what is nearest; infinite where there is nothing."""
    way = np.column_stack((np.cos(angles), np.sin(angles)))
    out = np.full(len(angles), np.inf)
    for solid in solids:
        corners = np.asarray(solid.corners)
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            out = np.minimum(out, _side(origin, way, start, end))
    for person in people:
        out = np.minimum(out, _circle(origin, way, person, PERSON_RADIUS))
    return out


def _side(origin: np.ndarray, way: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    edge, to = end - start, start - origin
    across = way[:, 0] * edge[1] - way[:, 1] * edge[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (to[0] * edge[1] - to[1] * edge[0]) / across
        along = (to[0] * way[:, 1] - to[1] * way[:, 0]) / across
    hit = (np.abs(across) > 1e-12) & (far >= 0.0) & (along >= 0.0) & (along <= 1.0)
    return np.where(hit, far, np.inf)


def _circle(origin: np.ndarray, way: np.ndarray, centre: np.ndarray, radius: float) -> np.ndarray:
    to = centre - origin
    nearest = way @ to
    left = radius**2 - (float(to @ to) - nearest**2)
    far = nearest - np.sqrt(np.maximum(left, 0.0))
    return np.where((left >= 0.0) & (far >= 0.0), far, np.inf)
