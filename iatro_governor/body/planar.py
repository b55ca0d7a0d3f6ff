"""Rigid motion in the plane: poses ``[x, y, yaw]`` in metres and radians, twists ``[vx, vy, wz]`` in m/s and rad/s."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

IDENTITY: Array = np.zeros(3)
IDENTITY.setflags(write=False)


def compose(a: Array, b: Array) -> Array:
    """Pose of frame b in a's parent, for ``a`` (3,) and ``b`` (..., 3) given in frame a."""
    x, y, yaw = a.tolist()
    c, s = math.cos(yaw), math.sin(yaw)
    out = np.empty(b.shape)
    out[..., 0] = x + c * b[..., 0] - s * b[..., 1]
    out[..., 1] = y + s * b[..., 0] + c * b[..., 1]
    out[..., 2] = yaw + b[..., 2]
    return out


def inverse(a: Array) -> Array:
    """Pose of a's parent seen from frame a."""
    x, y, yaw = a.tolist()
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([-c * x - s * y, s * x - c * y, -yaw])


def seen_from(a: Array, b: Array) -> Array:
    """Pose (3,) of frame ``b`` (3,) in frame ``a`` (3,), both given in one parent."""
    x, y, yaw = a.tolist()
    other_x, other_y, other_yaw = b.tolist()
    c, s = math.cos(yaw), math.sin(yaw)
    dx, dy = other_x - x, other_y - y
    return np.array([c * dx + s * dy, c * dy - s * dx, other_yaw - yaw])


def transform(pose: Array, points: Array) -> Array:
    """Points (..., 2) given in the frame of ``pose`` (3,), expressed in its parent."""
    x, y, yaw = pose.tolist()
    c, s = math.cos(yaw), math.sin(yaw)
    along, across = points[..., 0], points[..., 1]
    out = np.empty(points.shape)
    out[..., 0] = x + c * along - s * across
    out[..., 1] = y + s * along + c * across
    return out


def placed_at_each(poses: Array, points: Array) -> Array:
    """``points`` (p, 2), given in the frame of each of ``poses`` (..., 3), in the poses' parent: (..., p, 2)."""
    c, s = np.cos(poses[..., 2, None]), np.sin(poses[..., 2, None])
    x = poses[..., 0, None] + c * points[:, 0] - s * points[:, 1]
    y = poses[..., 1, None] + s * points[:, 0] + c * points[:, 1]
    return np.stack([x, y], axis=-1)


def seen_from_each(poses: Array, points: Array) -> Array:
    """``points`` (p, 2), given in the parent of ``poses`` (..., 3), in the frame of each of these: (..., p, 2)."""
    c, s = np.cos(poses[..., 2, None]), np.sin(poses[..., 2, None])
    dx, dy = points[:, 0] - poses[..., 0, None], points[:, 1] - poses[..., 1, None]
    return np.stack([c * dx + s * dy, c * dy - s * dx], axis=-1)


def arc(displacement: Array) -> Array:
    """Poses reached by moving with constant curvature, for ``displacement`` (..., 3) = twist * time.

    The exponential map of SE(2): exact for any turn, and well behaved near zero turn.
    """
    dx, dy, turn = displacement[..., 0], displacement[..., 1], displacement[..., 2]
    half = turn / 2
    # sin(x) / x; below 1e-9 it is 1 to the last bit.
    sine, ratio = np.sin(half), np.ones(half.shape)
    np.divide(sine, half, out=ratio, where=np.abs(half) >= 1e-9)
    along, across = ratio * np.cos(half), ratio * sine
    out = np.empty(displacement.shape)
    out[..., 0] = along * dx - across * dy
    out[..., 1] = across * dx + along * dy
    out[..., 2] = turn
    return out


def from_quaternion(pose: Array) -> Array:
    """Planar pose (3,) of ``[x, y, z, qx, qy, qz, qw]``, m; the quaternion need not be exactly normalised."""
    _, _, _, qx, qy, qz, qw = pose[:7]
    x, y = pose[0], pose[1]
    yaw = math.atan2(2 * (qw * qz + qx * qy), qw * qw + qx * qx - qy * qy - qz * qz)
    return np.array([x, y, yaw])


def level_twist(pose: Array, twist: Array) -> Array:
    """[vx, vy, vz, wz] of a body that may be tilted, in the frame that has its heading and is level.

    pose: [x, y, z, qx, qy, qz, qw]. twist: (6,) in the body's own frame. wz is the rate of the heading as far as the
    body turns about the vertical.
    """
    qx, qy, qz, qw = pose[3:7] / np.linalg.norm(pose[3:7])
    turn = np.array(
        [
            [1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy - qz * qw), 2 * (qx * qz + qy * qw)],
            [2 * (qx * qy + qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qx * qw)],
            [2 * (qx * qz - qy * qw), 2 * (qy * qz + qx * qw), 1 - 2 * (qx * qx + qy * qy)],
        ]
    )
    linear, angular = turn @ twist[:3], turn @ twist[3:]
    yaw = from_quaternion(pose)[2]
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([c * linear[0] + s * linear[1], c * linear[1] - s * linear[0], linear[2], angular[2]])
