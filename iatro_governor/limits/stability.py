"""Formulas of tip-over: where the weight of a braking robot presses on the ground, and how hard it may brake.

The zero-moment point is where ground forces alone balance gravity and acceleration (Vukobratovic and Borovac,
"Zero-moment point: thirty five years of its life", International Journal of Humanoid Robotics 1, 2004). The robot
stands as long as it is within the polygon of its contacts. Everything is in a base frame with its z axis upright to the
ground.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from iatro_governor.body.dynamics import EARTH
from iatro_governor.body.masses import Masses
from iatro_governor.body.planar import Array


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a robot presses on the ground, and how that moves.

    point: (..., 2) m, the zero-moment point while the base keeps its velocity. lever: (...) s2, by how many metres the
    point moves against each m/s2 of the base: the height of the centre of mass over gravity, ``h / g``, at rest.
    """

    point: Array
    lever: Array

    def under(self, acceleration: Array) -> Array:
        """Zero-moment point (..., 2), m, while the base accelerates by (..., 2) m/s2."""
        point: Array = self.point - self.lever[..., None] * acceleration
        return point


@dataclass(frozen=True, slots=True)
class Support:
    """What a robot stands on: the convex hull of its ``contacts`` (n, 2) with the ground, m.

    normals: (e, 2) outward unit vectors of its edges. offsets: (e,) m, of the lines along them.

    Raises:
        ValueError: the contacts lie on a line.
    """

    contacts: Array
    normals: Array = field(init=False)
    offsets: Array = field(init=False)

    def __post_init__(self) -> None:
        corners = _hull(self.contacts)
        if len(corners) < 3:
            raise ValueError(
                f"contacts {self.contacts.tolist()} lie on a line: nothing stands on it; three corners are needed"
            )
        along = np.roll(corners, -1, axis=0) - corners
        normals = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.linalg.norm(along, axis=1)[:, None]
        object.__setattr__(self, "normals", normals)
        object.__setattr__(self, "offsets", (normals * corners).sum(axis=1))

    def margin(self, points: Array) -> Array:
        """How far (...) points (..., 2) are from the nearest edge's line, m: positive within, negative beyond it."""
        margin: Array = (self.offsets - points @ self.normals.T).min(axis=-1)
        return margin

    def largest_deceleration(self, balance: Balance, direction: Array, margin: float) -> Array:
        """Hardest braking (...), m/s2, of a motion along ``direction`` (..., 2), unit, that keeps ``margin`` m.

        Braking by ``a`` moves the zero-moment point by ``lever a`` ahead: for each edge that this approaches,
        ``a <= (distance - margin) / (lever n . direction)``. 0 where an edge that is approached has less than the
        margin already, infinite where none is approached.
        """
        closing = balance.lever[..., None] * (direction @ self.normals.T)
        room = self.offsets - balance.point @ self.normals.T - margin
        approached = ~(closing <= 0)
        allowed = np.where(approached, np.maximum(room, 0.0) / np.where(approached, closing, 1.0), np.inf)
        hardest: Array = allowed.min(axis=-1)
        return hardest


def balance(
    of: Masses, accelerations: Array, ground: float, gravity: tuple[float, float, float] = EARTH
) -> Balance:
    """Where masses press on the ground at the height ``ground``, m, while they accelerate beside the base.

    ``accelerations`` (..., k, 3), m/s2, relative to the base, as of ``masses.accelerations``; ``gravity`` in the base
    frame, which on a slope is not along z. With ``f_i = a_i - g``, the force per mass that the ground brings up,
    ``p = sum m_i (f_iz x_i - h_i f_ixy) / sum m_i f_iz``. At rest that is the centre of mass, and under a base
    acceleration ``c_xy - h a_xy / g``. Links are taken as points: that they turn about their own centres is not in it.
    No number where nothing presses on the ground.
    """
    force = accelerations - np.asarray(gravity)
    height = of.points[..., 2] - ground
    pressing = (of.mass * force[..., 2]).sum(axis=-1)
    pressing = np.where(pressing > 0, pressing, np.nan)
    moment = of.points[..., :2] * force[..., 2:] - height[..., None] * force[..., :2]
    point = (of.mass[:, None] * moment).sum(axis=-2) / pressing[..., None]
    return Balance(point, (of.mass * height).sum(axis=-1) / pressing)


def _hull(points: Array) -> Array:
    """Corners (e, 2) of the convex hull of points (n, 2), counter-clockwise (Andrew 1979, the monotone chain)."""
    ordered = np.unique(points, axis=0)

    def chain(along: Array) -> list[Array]:
        kept: list[Array] = []
        for point in along:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return np.array(chain(ordered) + chain(ordered[::-1]))


def _turn(a: Array, b: Array, c: Array) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
