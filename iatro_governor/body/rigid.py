"""Rigid motion in space: a pose is a rotation (3, 3) and a place (3,), m; a twist is [v, w] (6,) in the moving frame.

Exponential and logarithm of SE(3) as in Lynch and Park, "Modern Robotics", 2017, section 3.3.3, with the linear part
first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.model import skew
from iatro_governor.body.planar import Array

SMALL = 1e-4
"""Below this angle, rad, series stand for quotients: what they leave out is below rounding."""


@dataclass(frozen=True)
class Pose:
    """rotation: (3, 3). place: (3,) m."""

    rotation: Array
    place: Array

    @classmethod
    def of(cls, frame: Array) -> Pose:
        """Of a homogeneous matrix (4, 4)."""
        return cls(frame[:3, :3], frame[:3, 3])

    @classmethod
    def read(cls, values: Array) -> Pose:
        """Of [x, y, z, qx, qy, qz, qw]; the quaternion need not be exactly normalised."""
        x, y, z, w = values[3:] / np.linalg.norm(values[3:])
        vector = np.array([x, y, z])
        rotation = np.eye(3) * (w * w - vector @ vector) + 2 * (np.outer(vector, vector) + w * skew(vector))
        return cls(rotation, np.asarray(values[:3], dtype=float))

    def values(self) -> Array:
        """[x, y, z, qx, qy, qz, qw] (7,), qw not negative."""
        return np.concatenate([self.place, quaternion(self.rotation)])

    def moved(self, way: Array) -> Pose:
        """After ``way`` (6,) = twist * time."""
        turn, carry = exponential(way)
        # Rotations multiplied many times stop being rotations; a quaternion is one again.
        rotation = self.rotation @ turn
        rotation = Pose.read(np.concatenate([self.place, quaternion(rotation)])).rotation
        return Pose(rotation, self.place + self.rotation @ carry)

    def way_to(self, goal: Pose) -> Array:
        """The shortest ``way`` (6,) with ``moved(way)`` = ``goal``: a screw of at most half a turn."""
        back = self.rotation.T
        return logarithm(back @ goal.rotation, back @ (goal.place - self.place))


def exponential(way: Array) -> tuple[Array, Array]:
    """Rotation (3, 3) and displacement (3,) of ``way`` (6,) = twist * time."""
    turn = way[3:]
    angle = float(np.linalg.norm(turn))
    across = skew(turn)
    twice = across @ across
    if angle < SMALL:
        first, second, third = 1.0 - angle**2 / 6, 0.5 - angle**2 / 24, 1 / 6 - angle**2 / 120
    else:
        first, second = math.sin(angle) / angle, (1.0 - math.cos(angle)) / angle**2
        third = (angle - math.sin(angle)) / angle**3
    rotation = np.eye(3) + first * across + second * twice
    return rotation, (np.eye(3) + second * across + third * twice) @ way[:3]


def logarithm(rotation: Array, place: Array) -> Array:
    """``way`` (6,) whose exponential is ``rotation`` (3, 3) and ``place`` (3,)."""
    q = quaternion(rotation)
    sine = float(np.linalg.norm(q[:3]))
    angle = 2 * math.atan2(sine, float(q[3]))
    turn = q[:3] * (angle / sine if sine > SMALL / 2 else 2.0 + angle**2 / 12)
    across = skew(turn)
    if angle < SMALL:
        bend = 1 / 12 + angle**2 / 720
    else:
        half = angle / 2
        bend = (1.0 - half * math.cos(half) / math.sin(half)) / angle**2
    return np.concatenate([(np.eye(3) - across / 2 + bend * across @ across) @ place, turn])


def quaternion(rotation: Array) -> Array:
    """[qx, qy, qz, qw] (4,) of ``rotation`` (3, 3), qw not negative.

    From its largest component, so that none is lost in rounding (Shepperd 1978, "Quaternion from rotation matrix").
    """
    r = rotation
    trace = float(np.trace(r))
    parts = np.array([r[0, 0], r[1, 1], r[2, 2], trace])
    largest = int(np.argmax(parts))
    if largest == 3:
        q = np.array([r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1], 1.0 + trace])
    else:
        i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
        q = np.empty(4)
        q[i] = 1.0 - trace + 2 * r[i, i]
        q[j], q[k] = r[j, i] + r[i, j], r[k, i] + r[i, k]
        q[3] = r[k, j] - r[j, k]
    q = q / np.linalg.norm(q)
    out: Array = q if q[3] >= 0 else -q
    return out
