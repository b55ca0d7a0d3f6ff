"""Formulas of contact: what joint torques or a wrist's wrench say about the force between a robot and what it touches.

A wrench (..., 6) is a force, N, over a torque, Nm, about the origin of the frame it is given in. Two thresholds judge
it: beyond the lower there is contact, beyond the upper a collision.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array


class Touch(IntEnum):
    """What a threshold says; the higher, the worse."""

    NONE = 0
    CONTACT = 1
    COLLISION = 2


def judge(values: Array, contact: Array, collision: Array) -> NDArray[np.int64]:
    """The worst ``Touch`` (...) of ``values`` (..., k), by thresholds ``contact`` and ``collision`` (k,) on their size.

    A value is within a threshold up to and with it. What is no number is a collision: it is within nothing.
    """
    size = np.abs(values)
    beyond = (~(size <= contact)).any(axis=-1).astype(np.int64)
    return np.where((~(size <= collision)).any(axis=-1), int(Touch.COLLISION), beyond)


def pushing_torques(measured: Array, gravity: Array) -> Array:
    """Torques (..., n), Nm (or N), with which an arm pushes against something: ``tau - g(q)``.

    ``measured`` (..., n) from the joints' torque sensors or currents; ``gravity`` (..., n) that holds the arm still,
    ``Dynamics.gravity``; what it carries pushes. Quasi-static: the inertial torques ``M qdd + C(q, qd) qd`` of motion,
    and friction where the measurement has it in, are taken for pushing, so thresholds must lie above what free motion
    shows of them
    (De Luca and Mattone 2005, "Sensorless robot collision detection and hybrid force/motion control", where an observer
    of momentum takes the place of this difference).
    """
    pushing: Array = measured - gravity
    return pushing


def magnitudes(wrench: Array) -> Array:
    """Sizes (..., 2) of the force, N, and of the torque, Nm, of wrenches (..., 6)."""
    return np.stack(
        [np.linalg.norm(wrench[..., :3], axis=-1), np.linalg.norm(wrench[..., 3:], axis=-1)], axis=-1
    )


def turned(wrench: Array, rotation: Array) -> Array:
    """Wrenches (..., 6) along other axes, about the same point; ``rotation`` (..., 3, 3) of theirs in the others."""
    parts = wrench.reshape(*wrench.shape[:-1], 2, 3) @ np.swapaxes(rotation, -1, -2)
    return parts.reshape(*parts.shape[:-2], 6)
