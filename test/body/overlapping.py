"""An oracle for how far two convex figures are in each other, by looking all around instead of along normals."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.planar import transform

AROUND = np.arange(3600) * (2 * np.pi / 3600)
DIRECTIONS = np.stack([np.cos(AROUND), np.sin(AROUND)])
"""Unit vectors (2, 3600): on bodies of some metres the least of them is right to 2 mm, and never too small."""


def least_way_out(standing: np.ndarray, moving: np.ndarray, pose: np.ndarray) -> float:
    """Least translation, m, that takes ``moving`` (m, 2) at ``pose`` off ``standing`` (n, 2); negative off it."""
    there = transform(pose, moving)
    return float(((standing @ DIRECTIONS).max(axis=0) - (there @ DIRECTIONS).min(axis=0)).min())
