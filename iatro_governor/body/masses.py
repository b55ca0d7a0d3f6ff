"""The masses of a whole robot, where they are, and how they accelerate with an arm's joints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iatro_governor.body.kinematics import Posture
from iatro_governor.body.model import Indices
from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class Masses:
    """``k`` point masses. mass: (k,) kg. points: (..., k, 3) m. bodies: (k,) of the arm that carry them."""

    mass: Array
    points: Array
    bodies: Indices

    def centre(self) -> Array:
        """Centre of mass (..., 3), m."""
        centre: Array = self.mass @ self.points / self.mass.sum()
        return centre


def whole_body(posture: Posture, base_mass: float, base_centre: Array) -> Masses:
    """All masses of a robot: those of the arm's model, after ``base_mass``, kg, at ``base_centre`` (3,), m.

    The base counts there only as far as it is no link of the model.
    """
    inertials = posture.model.inertials
    mass = np.array([base_mass, *(inertial.mass for _, inertial in inertials)], dtype=float)
    bodies = np.array([0, *(body for body, _ in inertials)], dtype=np.int64)
    local = np.array([base_centre, *(inertial.centre for _, inertial in inertials)], dtype=float)
    frames = posture.bodies.take(bodies, axis=-3)
    points = (frames[..., :3, :3] @ local[:, :, None])[..., 0] + frames[..., :3, 3]
    return Masses(mass, points, bodies)


def accelerations(posture: Posture, masses: Masses, joints: Array) -> Array:
    """Accelerations (..., k, 3), m/s2, of masses for joint accelerations ``joints`` (..., n), rad/s2 or m/s2.

    First order, ``J qdd``: what the joints' speeds alone make, ``dJ/dt qd``, is not in it.
    """
    jacobians = posture.jacobians(masses.bodies, masses.points)
    out: Array = (jacobians @ joints[..., None, :, None])[..., 0]
    return out
