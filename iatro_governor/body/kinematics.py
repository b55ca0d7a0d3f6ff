"""Where an arm's bodies are, and how they move with its joints.

Everything is batched over leading axes and given in the base frame. The motion of moving joint ``i`` is the screw
``(v, w)`` at the base origin: a point ``x`` that the joint carries moves by ``v + w x x`` for each rad (or m) of it
(Murray, Li and Sastry, "A Mathematical Introduction to Robotic Manipulation", 1994, section 3.4; the spatial Jacobian).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iatro_governor.body.model import ArmModel, Indices
from iatro_governor.body.planar import Array


@dataclass(frozen=True)
class Posture:
    """An arm at joint positions ``q`` (..., n). bodies: (..., B, 4, 4) of every body in the base frame.

    What many limits ask for is computed once, when it is first asked for, and cannot be written to.
    """

    model: ArmModel
    q: Array
    bodies: Array

    def part(self, rows: int | slice, shape: tuple[int, ...] = (-1,)) -> Posture:
        """One of the postures (r,), or some of them laid out as ``shape``, with the capsules that all of them have."""
        if isinstance(rows, int):
            shape = ()
        q, bodies = self.q[rows].reshape(*shape, self.q.shape[-1]), self.bodies[rows]
        out = Posture(self.model, q, bodies.reshape(*shape, *bodies.shape[-3:]))
        capsules = self.capsules()[rows]
        out.__dict__["_capsules"] = capsules.reshape(*shape, *capsules.shape[-3:])
        return out

    def links(self) -> Array:
        """Poses (..., L, 4, 4) of all links."""
        poses: Array = self.bodies.take(self.model.link_body, axis=-3) @ self.model.link_placement
        return poses

    def link(self, name: str) -> Array:
        """Pose (..., 4, 4) of one link."""
        index = self.model.link(name)
        pose: Array = self.bodies[..., self.model.link_body[index], :, :] @ self.model.link_placement[index]
        return pose

    def capsules(self) -> Array:
        """Ends (..., C, 2, 3) of all capsules' segments, m."""
        return self._capsules

    def ends(self, which: Indices) -> Array:
        """The same (..., k, 2, 3) of the capsules ``which`` (k,) alone: of few in many postures soon told."""
        if "_capsules" in self.__dict__:
            return self._capsules.take(which, axis=-3)
        return self._carried(self.model.capsule_body[which], self.model.capsule_columns[which])

    def screws(self) -> tuple[Array, Array]:
        """``v`` and ``w`` (..., m, 3) of every moving joint, at the base origin."""
        return self._screws

    @cached_property
    def _capsules(self) -> Array:
        return _fixed(self._carried(self.model.capsule_body, self.model.capsule_columns))

    def _carried(self, bodies: Indices, columns: Array) -> Array:
        """Points (..., k, 2, 3) in the base frame, given as ``columns`` (k, 4, 2) in the frames of ``bodies`` (k,)."""
        frames = self.bodies.take(bodies, axis=-3)
        points: Array = np.swapaxes(frames[..., :3, :] @ columns, -1, -2)
        return points

    @cached_property
    def _screws(self) -> tuple[Array, Array]:
        model = self.model
        frames = self.bodies[..., 1:, :, :]
        axes = (frames[..., :3, :3] @ model.axes[:, :, None])[..., 0]
        slides = model.prismatic[:, None]
        linear = np.where(slides, axes, cross(frames[..., :3, 3], axes))
        return _fixed(linear), _fixed(np.where(slides, 0.0, axes))

    def rows(self, bodies: Indices, points: Array, directions: Array) -> Array:
        """How fast points move along directions with each joint: ``d^T J`` (..., p, n).

        ``points`` (..., p, 3) m and ``directions`` (..., p, 3), in the base frame; ``bodies`` (p,) that carry them.
        Their velocity along the directions, for joint velocities ``qd`` (..., n), is ``rows @ qd``.
        """
        linear, angular = self.screws()
        rows = directions @ np.swapaxes(linear, -1, -2)
        rows += cross(points, directions) @ np.swapaxes(angular, -1, -2)
        rows *= self.model.supports[bodies]
        return self._commanded(rows)

    def jacobians(self, bodies: Indices, points: Array) -> Array:
        """Linear Jacobians (..., p, 3, n) of ``points`` (..., p, 3), base frame, on ``bodies`` (p,)."""
        linear, angular = self.screws()
        columns = linear[..., None, :, :] + cross(angular[..., None, :, :], points[..., :, None, :])
        columns = columns * self.model.supports[bodies][:, :, None]
        return self._commanded(np.swapaxes(columns, -1, -2))

    def frame_jacobian(self, link: str, point: Array | None = None) -> Array:
        """Geometric Jacobian (..., 6, n) of a link: linear velocity of a point of it over its angular velocity.

        ``point`` (..., 3) in the base frame; the link's origin by default. The axes are the base's: the convention that
        Pinocchio calls LOCAL_WORLD_ALIGNED.
        """
        index = self.model.link(link)
        body = self.model.link_body[index]
        at = self.link(link)[..., :3, 3] if point is None else point
        linear, angular = self.screws()
        columns = np.concatenate([linear + cross(angular, at[..., None, :]), angular], axis=-1)
        columns = columns * self.model.supports[body][:, None]
        return self._commanded(np.swapaxes(columns, -1, -2))

    def twists(self, velocity: Array) -> tuple[Array, Array]:
        """``v`` at the base origin and ``w``, (..., B, 3) each, of all bodies, for joint velocities (..., n)."""
        rates = velocity @ self.model.gain.T
        linear, angular = self.screws()
        carried = self.model.supports * rates[..., None, :]
        return carried @ linear, carried @ angular

    def capsule_speeds(self, velocity: Array) -> Array:
        """Speed (..., C), m/s, that no point of each capsule exceeds, for joint velocities (..., n).

        The speed of a rigid segment's points is convex along it, so an end is the fastest; the radius adds
        ``r |w|`` at most.
        """
        linear, angular = self.twists(velocity)
        body = self.model.capsule_body
        turning = angular.take(body, axis=-2)
        ends = linear.take(body, axis=-2)[..., None, :] + cross(turning[..., None, :], self.capsules())
        fastest = np.linalg.norm(ends, axis=-1).max(axis=-1)
        speeds: Array = fastest + self.model.capsule_radius * np.linalg.norm(turning, axis=-1)
        return speeds

    def _commanded(self, columns: Array) -> Array:
        """From moving joints to commanded ones."""
        return columns if self.model.plain else columns @ self.model.gain


def posture(model: ArmModel, q: Array) -> Posture:
    """Forward kinematics for joint positions ``q`` (..., n), rad and m.

    Raises ValueError for a number of joints that is not the model's.
    """
    q = np.asarray(q, dtype=float)
    if q.shape[-1:] != (len(model.joints),):
        raise ValueError(f"{len(model.joints)} joint positions are needed, the last axis of q is {q.shape}")
    moving = q if model.plain else q @ model.gain.T + model.offset
    x, y = np.sin(moving), 1.0 - np.cos(moving)
    if model.slides:
        x = np.where(model.prismatic, moving, x)
    return Posture(model, q, _all_at_once(model, x, y) if q.ndim == 1 else _one_by_one(model, x, y))


def _turned(model: ArmModel, x: Array, y: Array) -> Array:
    """Poses (B, r, 4, 4) of all bodies, each in its parent, of ``x`` and ``y`` (r, m) as of ``model.turn``."""
    shares = np.empty((len(model.parents), len(x), 3))
    shares[..., 0], shares[0, :, 1:] = 1.0, 0.0
    shares[1:, :, 1], shares[1:, :, 2] = x.T, y.T
    poses: Array = (shares @ model.turn_rows).reshape(*shares.shape[:2], 4, 4)
    return poses


def _all_at_once(model: ArmModel, x: Array, y: Array) -> Array:
    """Bodies (B, 4, 4) of one posture, of ``x`` and ``y`` (m,)."""
    bodies = _turned(model, x[None], y[None])[:, 0]
    for ancestors in model.jumps:
        bodies = bodies.take(ancestors, axis=0) @ bodies
    return bodies


def _one_by_one(model: ArmModel, x: Array, y: Array) -> Array:
    """Bodies (..., B, 4, 4) of many postures (..., m), each from its parent's: half the products that jumps take."""
    flat = math.prod(x.shape[:-1]), x.shape[-1]
    bodies = _turned(model, x.reshape(flat), y.reshape(flat))
    for body, parent in enumerate(model.parents[1:].tolist(), start=1):
        bodies[body] = bodies[parent] @ bodies[body]
    return np.swapaxes(bodies, 0, 1).reshape(*x.shape[:-1], *bodies.shape[:1], 4, 4)


def _fixed(array: Array) -> Array:
    array.setflags(write=False)
    return array


def cross(a: Array, b: Array) -> Array:
    """Cross product along the last axis, with broadcasting; several times as fast as numpy's own."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    first = ay * bz - az * by
    out: Array = np.empty((*first.shape, 3))
    out[..., 0] = first
    out[..., 1] = az * bx - ax * bz
    out[..., 2] = ax * by - ay * bx
    return out
