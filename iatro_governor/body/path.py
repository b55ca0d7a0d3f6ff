"""The way that a joint trajectory message describes, as the controller will interpolate it.

Between two points every joint follows a polynomial of time: a line where only positions are given, a cubic where both
points have velocities, a quintic where both have accelerations, too. That is the method ``splines`` of
ros2_controllers' joint_trajectory_controller (``Trajectory::interpolate_between_points``), and so is the point that no
message holds: where the first one is due later than at once, the way to it begins at the current state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.planar import Array
from iatro_governor.body.polynomial import slope, turns, value

MOMENT_S = 1e-3
"""A trajectory of one point that is due at once holds it; its path then lasts this long."""


@dataclass(frozen=True, slots=True)
class JointState:
    """Measured joints: positions and velocities (n,), rad and rad/s (m and m/s where a joint slides)."""

    positions: Array
    velocities: Array


@dataclass(frozen=True, slots=True)
class Knots:
    """Points to go through. times: (k,) s, rising. positions, velocities, accelerations: (k, n) in rad, rad/s, rad/s2.

    given: (k,) how many derivatives each point has: 0, 1 or 2. Those that are not given are zeros here.
    """

    times: Array
    positions: Array
    velocities: Array
    accelerations: Array
    given: NDArray[np.intp]

    @classmethod
    def cubic(cls, times: Array, positions: Array, velocities: Array) -> Knots:
        """Points that all have velocities and no accelerations."""
        return cls(times, positions, velocities, np.zeros_like(positions), np.ones(len(times), dtype=np.intp))


@dataclass(frozen=True)
class JointPath:
    """Where the joints are at each moment from 0 to ``duration``.

    knots: the first one at time 0. entry: (n,) measured velocity of the joints as the path begins, rad/s. gap: (n,)
    from the first knot to where they are measured then, rad. coefficients: (m, n, d + 1) of each segment's position,
    by the part of the segment that has passed, 0 to 1.
    """

    knots: Knots
    entry: Array
    gap: Array
    coefficients: Array

    @classmethod
    def through(cls, knots: Knots, state: JointState) -> JointPath:
        """The path that a controller follows through ``knots`` from ``state``."""
        gap = np.zeros_like(state.positions)
        if knots.times[0] > 0:
            knots = _after(state, knots)
        else:
            gap = state.positions - knots.positions[0]
        if len(knots.times) == 1:
            knots = _held(knots)
        return cls(knots, state.velocities, gap, _coefficients(knots))

    def joined(self) -> JointPath:
        """The same with the way to the first knot, which then comes ``MOMENT_S`` later, as a part of the path."""
        later = replace(self.knots, times=self.knots.times + MOMENT_S)
        return JointPath.through(later, JointState(self.knots.positions[0] + self.gap, self.entry))

    @property
    def duration(self) -> float:
        """Seconds from the start to the last point."""
        return float(self.knots.times[-1])

    @property
    def starts(self) -> Array:
        """When each segment begins, (m,) s."""
        return self.knots.times[:-1]

    @cached_property
    def spans(self) -> Array:
        """How long each segment lasts, (m,) s."""
        return np.diff(self.knots.times)

    def derivative(self, order: int) -> Array:
        """Coefficients (m, n, .) of the position's derivative by time, rad/s^order."""
        return self._derivatives[order] / self.spans[:, None, None] ** order

    def edges(self, order: int) -> Array:
        """Parts (m, n, .) of each segment between which the derivative of that order is monotone."""
        if order not in self._edges:
            self._edges[order] = turns(self._derivatives[order])
        return self._edges[order]

    def segments(self, times: Array) -> NDArray[np.intp]:
        """The segment (s,) that each of ``times`` (s,) is in; at a knot the one that begins there."""
        found = np.searchsorted(self.starts, times, side="right") - 1
        return np.clip(found, 0, len(self.spans) - 1)

    def positions(self, times: Array) -> Array:
        """(..., n) rad at ``times`` (...,) s; before the start and after the end the joints stay."""
        return self._at(times, 0)

    def velocities(self, times: Array) -> Array:
        """(..., n) rad/s; zero from the end on, as the controller then holds. At a corner: what comes after it."""
        return self._at(times, 1)

    def accelerations(self, times: Array) -> Array:
        """(..., n) rad/s2, in the same way."""
        return self._at(times, 2)

    def within(self, segments: NDArray[np.intp], parts: Array, order: int) -> Array:
        """Derivatives (s, n) at ``parts`` (s,) of ``segments`` (s,): at a knot, those of the segment that is meant."""
        values = value(self._derivatives[order][segments], parts[:, None, None])[..., 0]
        out: Array = values / self.spans[segments][:, None] ** order
        return out

    def extremes(self, order: int) -> tuple[Array, Array]:
        """Least and largest value (m, n) of each segment's derivative, exactly; order 0 is the position."""
        values = value(self.derivative(order), self.edges(order))
        return values.min(axis=-1), values.max(axis=-1)

    def stretched(self, factor: float) -> JointPath:
        """The same places, ``factor`` times as slowly; only from rest, for the start's velocity changes, too."""
        knots = replace(
            self.knots,
            times=self.knots.times * factor,
            velocities=self.knots.velocities / factor,
            accelerations=self.knots.accelerations / factor**2,
        )
        return JointPath(knots, self.entry, self.gap, self.coefficients)

    @cached_property
    def _derivatives(self) -> tuple[Array, ...]:
        out = [self.coefficients]
        for _ in range(3):
            out.append(slope(out[-1]))
        return tuple(out)

    @cached_property
    def _edges(self) -> dict[int, Array]:
        return {}

    def _at(self, times: Array, order: int) -> Array:
        flat = np.atleast_1d(np.asarray(times, dtype=float)).ravel()
        segments = self.segments(flat)
        parts = np.clip((flat - self.starts[segments]) / self.spans[segments], 0.0, 1.0)
        values = self.within(segments, parts, order)
        if order:
            values[(flat >= self.duration) | (flat < 0.0)] = 0.0
        return values.reshape((*np.shape(times), values.shape[-1]))


def _after(state: JointState, knots: Knots) -> Knots:
    """With the current state, which has velocities, as the point before the first."""

    def before(first: Array, rest: Array) -> Array:
        return np.concatenate([first[None], rest])

    return Knots(
        np.concatenate([[0.0], knots.times]),
        before(state.positions, knots.positions),
        before(state.velocities, knots.velocities),
        before(np.zeros_like(state.positions), knots.accelerations),
        np.concatenate([[1], knots.given]),
    )


def _held(knots: Knots) -> Knots:
    positions = np.repeat(knots.positions, 2, axis=0)
    still = np.zeros_like(positions)
    return Knots(np.array([0.0, MOMENT_S]), positions, still, still, np.zeros(2, dtype=np.intp))


def _coefficients(knots: Knots) -> Array:
    """Hermite's formulas for a unit interval, by the degree that both ends of a segment allow."""
    both = np.minimum(knots.given[:-1], knots.given[1:])
    spans = np.diff(knots.times)[:, None]
    start, way = knots.positions[:-1], np.diff(knots.positions, axis=0)
    v0, v1 = knots.velocities[:-1] * spans, knots.velocities[1:] * spans
    a0, a1 = knots.accelerations[:-1] * spans**2, knots.accelerations[1:] * spans**2
    out = np.zeros((*way.shape, (2, 4, 6)[int(both.max())]))
    out[..., 0], out[..., 1] = start, way
    cubic, quintic = both == 1, both == 2
    if cubic.any():
        terms = [start, v0, 3 * way - 2 * v0 - v1, v0 + v1 - 2 * way]
        out[cubic, :, :4] = np.stack(terms, axis=-1)[cubic]
    if quintic.any():
        terms = [
            start,
            v0,
            a0 / 2,
            10 * way - 6 * v0 - 4 * v1 - (3 * a0 - a1) / 2,
            -15 * way + 8 * v0 + 7 * v1 + (3 * a0 - 2 * a1) / 2,
            6 * way - 3 * (v0 + v1) - (a0 - a1) / 2,
        ]
        out[quintic] = np.stack(terms, axis=-1)[quintic]
    return out
