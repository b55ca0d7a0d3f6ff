"""What an arm weighs against: inertia, gravity, and the mass that somebody who is hit feels. By Pinocchio."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from iatro_governor.body.model import ArmModel
from iatro_governor.body.planar import Array
from iatro_governor.errors import MissingPart, ModelError

GRAVITY = 9.81
"""m/s2."""
EARTH = (0.0, 0.0, -GRAVITY)
"""Gravity in an upright base frame, m/s2."""


class Dynamics:
    """Inertia and gravity of one arm. Holds scratch memory of its own, so it belongs to one thread.

    Args:
        model: the arm.
        armature: (n,) inertia of the rotors as the joints feel it (rotor inertia times the square of the gear ratio),
            kg m2 or kg; it is in no URDF, and 2 to 3 times the links' inertia on some arms.

    Raises:
        MissingPart: Pinocchio is not installed.
        ModelError: the armature does not fit, or no link has a mass.
    """

    def __init__(self, model: ArmModel, armature: Array) -> None:
        self.model = model
        self.armature = np.asarray(armature, dtype=float)
        if self.armature.shape != (len(model.joints),) or not (self.armature >= 0).all():
            raise ModelError(
                [f"armature: {len(model.joints)} numbers, none negative, are needed; given {armature!r}"]
            )
        if not any(body > 0 for body, _ in model.inertials):
            raise ModelError([f"robot {model.name!r}: no moving link has a mass"])
        self._pin = _pinocchio()
        self._tree = self._build()
        self._data: Any = self._tree.createData()

    def mass_matrix(self, q: Array) -> Array:
        """Joint-space inertia M + diag(armature) (n, n) at ``q`` (n,), kg m2 (kg m, kg for joints that slide)."""
        moving: Array = self._pin.crba(self._tree, self._data, self._moving(q), self._pin.Convention.WORLD)
        upper = np.triu(moving)
        full = upper + np.triu(upper, 1).T
        gain = self.model.gain
        return (full if self.model.plain else gain.T @ full @ gain) + np.diag(self.armature)

    def gravity(self, q: Array, gravity: tuple[float, float, float] = EARTH) -> Array:
        """Torques (n,), Nm (or N), that hold the arm still at ``q`` (n,); ``gravity`` m/s2 in the base frame."""
        self._tree.gravity.linear = np.asarray(gravity, dtype=float)
        moving = self._pin.computeGeneralizedGravity(self._tree, self._data, self._moving(q))
        torques: Array = np.asarray(moving) @ self.model.gain
        return torques

    def effective_mass(self, q: Array, rows: Array, payload: float = 0.0) -> Array:
        """Mass (p,), kg, that resists a push along each direction, for ``rows`` (p, n) = n^T J of ``Posture.rows``.

        ``1 / (n^T J (M + diag(armature))^-1 J^T n) + payload`` (Khatib 1995, "Inertial properties in robotic
        manipulation", eq. 9), infinite where the joints cannot move that way. ``payload``: kg at the contact.
        """
        mobility = np.einsum("pn,pn->p", rows, np.linalg.solve(self.mass_matrix(q), rows.T).T)
        masses: Array = np.where(mobility > 1e-12, 1.0 / np.maximum(mobility, 1e-12), np.inf) + payload
        return masses

    def _moving(self, q: Array) -> Array:
        return q if self.model.plain else q @ self.model.gain.T + self.model.offset

    def _build(self) -> Any:
        """The same tree for Pinocchio: one joint of one degree of freedom a body, numbered as the bodies are."""
        pin, model = self._pin, self.model
        tree = pin.Model()
        for body, (axis, slides) in enumerate(zip(model.axes, model.prismatic, strict=True), start=1):
            kind = pin.JointModelPrismaticUnaligned if slides else pin.JointModelRevoluteUnaligned
            place = model.placements[body]
            at = pin.SE3(place[:3, :3].copy(), place[:3, 3].copy())
            tree.addJoint(int(model.parents[body]), kind(axis), at, f"joint_{body}")
        for body, inertial in model.inertials:
            inertia = pin.Inertia(inertial.mass, inertial.centre, inertial.inertia)
            tree.appendBodyToJoint(body, inertia, pin.SE3.Identity())
        return tree


def _pinocchio() -> Any:
    try:
        return import_module("pinocchio")
    except ImportError as error:
        raise MissingPart(
            "inertia is computed with Pinocchio, which is not installed: pip install 'iatro_governor[arm]', "
            "or ros-$ROS_DISTRO-pinocchio on a robot"
        ) from error
