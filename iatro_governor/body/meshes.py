"""Distances from the real surfaces of an arm's links, by coal: slower than capsules, and free of their padding.

One posture at a time, a few microseconds a pair. Distances are 0 where surfaces touch or overlap. No limit asks for
them: a governor uses coal only to read the files of meshes, to which capsules are fitted. Tests try those on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.boxes import Boxes
from iatro_governor.body.capsules import Surface
from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array

FLAT = 1e-9
"""A triangle of a mesh that is nowhere wider than this, m, is a line."""


@dataclass(frozen=True, slots=True)
class Part:
    """One shape of a link: coal's geometry, the number of its link, and its placement (4, 4) in the link's body."""

    link: int
    geometry: Any
    placement: Array


class LinkMeshes:
    """All shapes of an arm (``load.load_meshes`` makes them). Holds scratch memory, so it belongs to one thread."""

    def __init__(self, model: ArmModel, parts: tuple[Part, ...], coal: Any) -> None:
        self.model = model
        self.parts = parts
        self._coal = coal
        self._request = coal.DistanceRequest()
        kept = {frozenset(row) for row in model.capsule_link[model.pairs].tolist()}
        self.pairs = tuple(
            (a, b)
            for a in range(len(parts))
            for b in range(a + 1, len(parts))
            if frozenset((parts[a].link, parts[b].link)) in kept
        )

    def to_boxes(self, posture: Posture, boxes: Boxes) -> Array:
        """Distances (G, Z), m, of all parts from boxes."""
        shapes = [
            (self._coal.Box(*(2 * half)), self._at(pose))
            for pose, half in zip(boxes.poses, boxes.half, strict=True)
        ]
        return self._table(posture, shapes)

    def to_capsules(self, posture: Posture, ends: Array, radius: Array) -> Array:
        """Distances (G, Z), m, of all parts from capsules ``ends`` (Z, 2, 3), ``radius`` (Z,); balls are short ones."""
        shapes = []
        for (start, end), size in zip(ends, radius, strict=True):
            length = float(np.linalg.norm(end - start))
            solid = self._coal.Capsule(float(size), length) if length > 0 else self._coal.Sphere(float(size))
            shapes.append((solid, self._at(_upright_on(end - start, (start + end) / 2))))
        return self._table(posture, shapes)

    def among(self, posture: Posture) -> Array:
        """Distances, m, of the parts in ``pairs`` from each other: those whose links' capsules are kept apart."""
        placed = self._placed(posture)
        return np.array([self._distance(placed[a], placed[b]) for a, b in self.pairs])

    def _table(self, posture: Posture, shapes: list[tuple[Any, Any]]) -> Array:
        rows = [[self._distance(part, shape) for shape in shapes] for part in self._placed(posture)]
        return np.array(rows).reshape(len(self.parts), len(shapes))

    def _placed(self, posture: Posture) -> list[tuple[Any, Any]]:
        bodies, of = posture.bodies, self.model.link_body
        return [(part.geometry, self._at(bodies[of[part.link]] @ part.placement)) for part in self.parts]

    def _distance(self, first: tuple[Any, Any], second: tuple[Any, Any]) -> float:
        found = self._coal.distance(*first, *second, self._request, self._coal.DistanceResult())
        return max(float(found), 0.0)

    def _at(self, pose: Array) -> Any:
        return self._coal.Transform3s(pose[:3, :3].copy(), pose[:3, 3].copy())


def shell(surface: Surface, coal: Any) -> Any:
    """coal's geometry of the triangles of a mesh, without lines that are sides of other triangles anyway.

    By coal (``Project::projectTriangle``) any ball touches a triangle without area, however far it is.
    """
    kept = surface.triangles[~_lines_on_others(surface)]
    made = coal.BVHModelOBBRSS()
    made.beginModel(len(kept), 3 * len(kept))
    for corners in surface.points[kept]:
        made.addTriangle(*corners)
    made.endModel()
    return made


def _lines_on_others(surface: Surface) -> NDArray[np.bool_]:
    """Which triangles (t,) are lines whose longest side, or both others, are sides of triangles that are none."""
    corners = surface.points[surface.triangles]
    sides = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(sides, axis=-1)
    flat = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=-1) <= FLAT * length.max(axis=1)
    _, place = np.unique(surface.points, axis=0, return_inverse=True)
    numbers = place.reshape(-1)[surface.triangles]
    pairs = np.sort([numbers, np.roll(numbers, -1, axis=1)], axis=0)
    names = pairs[0] * len(surface.points) + pairs[1]
    known = np.isin(names, names[~flat])
    longest = np.eye(3, dtype=bool)[length.argmax(axis=1)]
    found: NDArray[np.bool_] = flat & ((known & longest).any(axis=1) | (known | longest).all(axis=1))
    return found


def _upright_on(direction: Array, middle: Array) -> Array:
    """A frame (4, 4) at ``middle`` whose z axis is along ``direction`` (3,), any where that is zero."""
    size = float(np.linalg.norm(direction))
    z = direction / size if size > 0 else np.array([0.0, 0.0, 1.0])
    x = np.cross(np.eye(3)[int(np.argmin(np.abs(z)))], z)
    x /= np.linalg.norm(x)
    pose: Array = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = x, np.cross(z, x), z, middle
    return pose
