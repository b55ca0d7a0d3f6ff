"""Oracles for how far two figures are in each other, by looking all around instead of along normals."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import transform

AROUND = np.arange(3600) * (2 * np.pi / 3600)
DIRECTIONS = np.stack([np.cos(AROUND), np.sin(AROUND)])
"""Unit vectors (2, 3600): on bodies of some metres the least of them is right to 2 mm, and never too small."""


def rectangle(low_x: float, low_y: float, high_x: float, high_y: float) -> np.ndarray:
    """Its corners (4, 2)."""
    return np.array([[high_x, high_y], [low_x, high_y], [low_x, low_y], [high_x, low_y]])


L_SHAPE = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 0.0], [0.5, 0.0], [0.5, 2.0], [-2.0, 2.0]])
U_SHAPE = np.array([[-2, -2], [2, -2], [2, 2.1], [1, 2.1], [1, -1], [-1, -1], [-1, 2], [-2, 2]], dtype=float)
PLUS = np.array(
    [
        *([-0.5, -2], [0.4, -2], [0.4, -0.5], [2, -0.5], [2, 0.4], [0.5, 0.4]),
        *([0.5, 2], [-0.4, 2], [-0.4, 0.5], [-2, 0.5], [-2, -0.4], [-0.5, -0.4]),
    ]
)
TEE = np.array(
    [[0.5, -0.1], [0.5, 0.1], [0.0, 0.1], [0.0, 0.3], [-0.3, 0.3], [-0.3, -0.3], [0.0, -0.3], [0.0, -0.1]]
)
RECTANGLES = {
    "L": (L_SHAPE, [rectangle(-2, -2, 2, 0), rectangle(-2, -2, 0.5, 2)]),
    "U": (U_SHAPE, [rectangle(-2, -2, 2, -1), rectangle(-2, -2, -1, 2), rectangle(1, -2, 2, 2.1)]),
    "plus": (
        PLUS,
        [
            *(rectangle(-0.5, -2, 0.4, 0.5), rectangle(-0.4, -0.5, 0.5, 2)),
            *(rectangle(-2, -0.4, 0.4, 0.5), rectangle(-0.5, -0.5, 2, 0.4)),
        ],
    ),
    "tee": (TEE, [rectangle(0.0, -0.1, 0.5, 0.1), rectangle(-0.3, -0.3, 0.0, 0.3)]),
}
"""Figures that are not convex, and rectangles that cover them and nothing else, cut by hand."""


def least_way_out(standing: np.ndarray, moving: np.ndarray, pose: np.ndarray) -> float:
    """Least translation, m, that takes ``moving`` (m, 2) at ``pose`` off ``standing`` (n, 2); negative off it."""
    there = transform(pose, moving)
    return float(((standing @ DIRECTIONS).max(axis=0) - (there @ DIRECTIONS).min(axis=0)).min())


def least_way_out_of_all(standing: list[np.ndarray], moving: list[np.ndarray], pose: np.ndarray) -> float:
    """Least translation, m, that takes all of the convex figures ``moving`` at ``pose`` off all of ``standing``.

    On the way in each of ``DIRECTIONS`` a pair overlaps from when the last line between them, along an edge of
    either, is crossed until the first is; the way ends where no pair overlaps. Right to 2 mm where some metres long.
    """
    low, high = [], []
    for figure in standing:
        for body in (transform(pose, part) for part in moving):
            across = np.vstack([_across(figure), _across(body)])
            across = np.vstack([across, -across])
            room = (figure @ across.T).max(axis=0) - (body @ across.T).min(axis=0)
            speed = across @ DIRECTIONS
            ends = room[:, None] / np.where(speed == 0.0, 1e-15, speed)
            low.append(np.where(speed < 0.0, ends, -np.inf).max(axis=0))
            high.append(np.where(speed < 0.0, np.inf, ends).min(axis=0))
    way = np.zeros(len(AROUND))
    for _ in low:  # each may end within another one
        for first, last in zip(low, high, strict=True):
            way = np.where((first < way + 1e-9) & (way < last), last, way)
    return float(way.min())


def _across(corners: np.ndarray) -> np.ndarray:
    """Unit normals (n, 2) of the edges of ``corners`` (n, 2), to one side or the other."""
    edges = np.roll(corners, -1, axis=0) - corners
    normals: np.ndarray = np.stack([edges[:, 1], -edges[:, 0]], axis=-1) / np.hypot(*edges.T)[:, None]
    return normals
