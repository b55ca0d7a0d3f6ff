"""Whether an arm follows the path that it was given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.path import JointPath, JointState
from iatro_governor.body.planar import Array

MOMENTS = 9
"""Moments of the time by which joints may lag at which the path is looked at."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far joints may be from their path. position: (n,) rad. velocity: (n,) rad/s. lag_s: by how much they may be
    late: they are compared with the path from that long ago until now.
    """

    position: Array
    velocity: Array
    lag_s: float


@dataclass(frozen=True, slots=True)
class Deviation:
    """position, velocity: (n,) how far each joint is from its path, rad and rad/s. joint: the one that is worst, for
    its tolerance. exceeded: it is beyond it, or nobody knows.
    """

    position: Array
    velocity: Array
    joint: int
    exceeded: bool


def deviation(path: JointPath, since_start: float, measured: JointState, tolerance: Tolerance) -> Deviation:
    """How far the joints are from ``path`` at ``since_start`` s. A measurement that is no number exceeds."""
    moments = since_start - np.linspace(tolerance.lag_s, 0.0, MOMENTS)
    position = _outside(path.positions(moments), measured.positions)
    velocity = _outside(path.velocities(moments), measured.velocities)
    shares = np.maximum(position / tolerance.position, velocity / tolerance.velocity)
    lost = ~np.isfinite(shares)
    joint = int(np.argmax(np.where(lost, np.inf, shares)))
    return Deviation(position, velocity, joint, bool(lost[joint] or shares[joint] > 1.0))


def nearest(times: Array, places: Array, measured: Array) -> tuple[float, Array]:
    """When (s) the lines through ``places`` (k, n), of ``times`` (k,), are nearest to ``measured`` (n,), and how far
    (n,) that is from there. Of places that are equally near, the first.
    """
    steps, away = np.diff(places, axis=0), measured - places[:-1]
    size = (steps * steps).sum(axis=1)
    share = np.clip((away * steps).sum(axis=1) / np.where(size > 0, size, 1.0), 0.0, 1.0)
    left = away - share[:, None] * steps
    best = int(np.argmin((left * left).sum(axis=1)))
    return float(times[best] + share[best] * (times[best + 1] - times[best])), left[best]


def _outside(expected: Array, measured: Array) -> Array:
    """How far ``measured`` (n,) is outside of what was expected at some moment (k, n)."""
    beyond = np.maximum(measured - expected.max(axis=0), expected.min(axis=0) - measured)
    return np.asarray(np.where(np.isnan(measured), np.nan, np.maximum(beyond, 0.0)))
