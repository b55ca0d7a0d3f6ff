"""How freely a hand can move: the singular values of its Jacobian, and where they are going."""

from __future__ import annotations

import numpy as np

from iatro_governor.body.kinematics import Posture, cross
from iatro_governor.body.levers import origin_levers
from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array


def least_singular_value(posture: Posture, link: str, reach: float) -> float:
    """sigma of ``singularity``, m, alone, for one posture."""
    jacobian = posture.frame_jacobian(link)
    jacobian[3:] *= reach
    return float(np.linalg.svd(jacobian, compute_uv=False)[-1])


def steepest_falls(model: ArmModel, link: str, reach: float) -> Array:
    """Bound (n,) on how fast sigma of ``singularity`` changes with each joint, m/rad (or 1), whatever the posture.

    A singular value changes by no more than the matrix does (Weyl 1912). With L_i the distance of joint i from
    ``link``'s origin at most: joint j turns the column of each joint i that it carries, itself too, which changes it by
    ``L_i`` and by ``reach``, and moves the origin under each joint before it, by ``L_j``.
    """
    lever = origin_levers(model, link)
    carries = model.supports[model.link_body[model.link(link)]]
    order = np.cumsum(carries)  # along the way from the root to the link
    after = carries & (order >= order[:, None])
    before = carries & (order < order[:, None])
    square = after @ (lever**2 + reach**2) + before.sum(axis=1) * lever**2
    bound: Array = (np.sqrt(square) * carries) @ np.abs(model.gain)
    return bound


def singularity(posture: Posture, link: str, velocity: Array, reach: float) -> tuple[Array, Array, Array]:
    """How near a hand is to where it cannot move any way it likes, and whether ``velocity`` (..., n) takes it there.

    Returns smallest singular value sigma (...), m; condition number (...); d sigma / dt (...), m/s: for the Jacobian
    of ``link``'s origin with its angular rows multiplied by ``reach`` m, which makes all six rows lengths. With the
    singular vectors u, v of sigma, ``d sigma / dt = u^T (dJ/dt) v`` (where sigma is the only one of its size). An arm
    with fewer than six joints is measured by the motions that it has.
    """
    scale = np.array([1.0, 1.0, 1.0, reach, reach, reach])[:, None]
    jacobian = posture.frame_jacobian(link) * scale
    left, values, right = np.linalg.svd(jacobian, full_matrices=False)
    change = jacobian_rate(posture, link, velocity) * scale
    trend = np.einsum("...i,...ij,...j->...", left[..., :, -1], change, right[..., -1, :])
    least = values[..., -1]
    return least, values[..., 0] / np.maximum(least, 1e-12), trend


def jacobian_rate(posture: Posture, link: str, velocity: Array) -> Array:
    """Time derivative (..., 6, n) of ``Posture.frame_jacobian(link)`` for joint velocities ``velocity`` (..., n).

    A screw moves with the body that carries it: ``dw/dt = W x w, dv/dt = W x v + V x w`` for that body's twist (V, W).
    """
    model = posture.model
    linear, angular = posture.screws()
    body_linear, body_angular = posture.twists(velocity)
    v, w = body_linear[..., 1:, :], body_angular[..., 1:, :]
    linear_rate = cross(w, linear) + cross(v, angular)
    angular_rate = cross(w, angular)
    body = int(model.link_body[model.link(link)])
    at = posture.link(link)[..., :3, 3]
    moved = body_linear[..., body, :] + cross(body_angular[..., body, :], at)
    at, moved = at[..., None, :], moved[..., None, :]
    top = linear_rate + cross(angular_rate, at) + cross(angular, moved)
    columns = np.concatenate([top, angular_rate], axis=-1) * model.supports[body][:, None]
    rate: Array = np.swapaxes(columns, -1, -2) @ model.gain
    return rate
