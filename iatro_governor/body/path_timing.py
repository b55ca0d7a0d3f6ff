"""The same way, more slowly: how fast a joint path may be followed so that every joint keeps its bounds.

The pace ``w`` is how fast the path's own time passes: 1 as it was sent, 0 at rest, never more than 1. With the path
q(s), s its own time, a joint has the velocity ``q' w`` and the acceleration ``q' u + q'' w^2``, u = dw/dt: linear in
``x = w^2`` and in ``u = (dx/ds) / 2``. So the highest pace follows from two passes over a grid, one backward that never
brakes too hard for what comes, one forward that never speeds up too hard (Bobrow, Dubowsky and Gibson 1985; Pham and
Pham, "A new approach to time-optimal path parameterization", IEEE T-RO 2018, whose grid this is: the bounds hold at
both ends of each interval). Unlike theirs the pace stays where it could also be kept up (u = 0): that costs little
time and leaves no pace from which nothing is possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.path_bounds import JointBounds
from iatro_governor.body.path_corners import Corner, corners, slow_for, without
from iatro_governor.body.path_grid import TINY, Grid, Slopes
from iatro_governor.body.planar import Array

CHANGE = 0.15
"""Share of the pace that it may change by from one point to the next."""
EVENLY = np.array([0.25, 0.5, 0.75])
"""Where an interval is cut in which it changes more."""


@dataclass(frozen=True, slots=True)
class Care:
    """How carefully a pace is chosen. share: of every bound, what is used. own: the path's own pace is used where it
    is within the bounds, even if it takes more of them.
    """

    share: float
    own: bool


@dataclass(frozen=True, slots=True)
class _Rows:
    """Bounds ``next <= min(offset + factor * known)`` of x at one end of i intervals by x at the other, (i, r)."""

    offset: Array
    factor: Array

    @classmethod
    def of(cls, keeps: NDArray[np.bool_], *parts: tuple[Array, Array, Array]) -> _Rows:
        """Of ``coefficient * next <= constant + known's coefficient * known``; others than positive bound nothing.

        keeps: (i,) where next may not be more than known.
        """
        offsets, factors = [np.where(keeps, 0.0, np.inf)[:, None]], [np.where(keeps, 1.0, 0.0)[:, None]]
        for coefficient, constant, known in parts:
            bounds = coefficient > TINY
            ratio = np.where(bounds, coefficient, 1.0)
            offsets.append(np.where(bounds, constant / ratio, np.inf))
            factors.append(np.where(bounds, known / ratio, 0.0))
        return cls(np.concatenate(offsets, axis=1), np.concatenate(factors, axis=1))

    def next(self, interval: int, known: float) -> float:
        """Keeping the pace is always possible below the highest one; only rounding says otherwise."""
        return max(float((self.offset[interval] + self.factor[interval] * known).min()), known)


def slowed(
    path: JointPath, grid: Grid, bounds: JointBounds, shares: Array, care: Care, to_rest: bool
) -> JointPath | None:
    """The way of ``path`` over ``grid``, at the highest pace that the bounds allow.

    shares: (i + 1,) the largest pace at each of the grid's times, 0 to 1. to_rest: rest at the end of the grid, even if
    the path goes on there. Returns None where the joints are too fast at the start to slow down in time, or where some
    way can only be passed at rest. The result is within the bounds at the grid's times; between them it can be a little
    beyond.
    """
    before, after = Slopes.at(path, grid, end=False), Slopes.at(path, grid, end=True)
    gains = [ends.speed / (2 * np.diff(grid.times)[:, None]) for ends in (before, after)]
    faster, slower = _rates(before, after, bounds)
    turned = corners(path, bounds, care.share, care.own)
    x = np.minimum(_sustained(before, after, bounds.velocity, faster, slower, care), shares**2)
    room = np.ones_like(before.velocity)
    slow_for(turned, grid.times, x, room, care.own)
    if to_rest or np.any(after.speed[-1] > TINY):
        x[-1] = 0.0
    _backward(x, before, after, gains, _limits(before, after, slower, room, care, -1.0))
    least, most = _entry(path.entry, before.velocity[0], bounds)
    if least**2 > x[0]:
        return None
    x[0] = min(x[0], most**2)
    _forward(x, before, after, gains, _limits(before, after, faster, room, care, 1.0))
    return _timed(path, grid.times, x, turned)


def _rates(before: Slopes, after: Slopes, bounds: JointBounds) -> tuple[Array, Array]:
    """Acceleration and deceleration (i, n) that a joint may have; where it turns round, the lesser one for both."""
    turning = before.velocity * after.velocity < 0
    faster, slower = (
        np.where(turning, bounds.lesser, own) for own in (bounds.acceleration, bounds.deceleration)
    )
    return faster, slower


def _sustained(
    before: Slopes, after: Slopes, velocity: Array, faster: Array, slower: Array, care: Care
) -> Array:
    """Squares (i + 1,) of the pace that can be kept up at each of the grid's times."""
    x = np.ones(len(before.velocity) + 1)
    for ends, nodes in ((before, slice(None, -1)), (after, slice(1, None))):
        for sign, bound in ((1.0, faster), (-1.0, slower)):
            x[nodes] = np.minimum(x[nodes], _part(sign * ends.bend, bound, care))
        x[nodes] = np.minimum(x[nodes], _part(ends.speed, velocity, care) ** 2)
    return x


def _part(values: Array, bound: Array, care: Care) -> Array:
    """The part (i,) of ``values`` (i, n) that is within ``bound`` (i, n) or (n,), 1 at most."""
    parts = bound * care.share / np.maximum(values, TINY)
    if care.own:
        parts = np.where(values <= bound, 1.0, parts)
    return np.asarray(np.minimum(parts.min(axis=1), 1.0))


def _limits(before: Slopes, after: Slopes, bound: Array, room: Array, care: Care, sign: float) -> list[Array]:
    """What a joint may do at both ends of each interval, rad/s2; the path's own, where that is within the bound."""
    used = bound * np.maximum(room, 0.0) * care.share
    if not care.own:
        return [used, used]
    return [np.maximum(used, np.minimum(sign * ends.bend, bound)) for ends in (before, after)]


def _backward(x: Array, before: Slopes, after: Slopes, gains: list[Array], limits: list[Array]) -> None:
    """``gain (y - x) + bend x >= -limit`` where an interval starts, and with ``bend y`` where it ends, for its x."""
    rows = _Rows.of(
        before.at_rest & ~after.at_rest,
        (gains[0] - before.bend, limits[0], gains[0]),
        (gains[1], limits[1], gains[1] + after.bend),
    )
    for i in range(len(x) - 2, -1, -1):
        x[i] = min(x[i], rows.next(i, x[i + 1]))


def _forward(x: Array, before: Slopes, after: Slopes, gains: list[Array], limits: list[Array]) -> None:
    """``gain (y - x) + bend x <= limit`` where an interval starts, and with ``bend y`` where it ends, for its y."""
    rows = _Rows.of(
        after.at_rest & ~before.at_rest,
        (gains[0], limits[0], gains[0] - before.bend),
        (gains[1] + after.bend, limits[1], gains[1]),
    )
    for i in range(len(x) - 1):
        x[i + 1] = min(x[i + 1], rows.next(i, x[i]))


def _entry(entry: Array, velocity: Array, bounds: JointBounds) -> tuple[float, float]:
    """Least and largest pace at which the path can be entered at the joints' measured velocity ``entry`` (n,)."""
    step = bounds.lesser * bounds.corner_s
    if np.all(np.abs(entry) <= step) and np.any(np.abs(velocity) > step):
        return 0.0, 0.0
    moving = np.abs(velocity) > TINY
    if np.any(np.abs(entry[~moving]) > step[~moving]):
        return np.inf, 0.0
    ends = np.sort(np.stack([entry - step, entry + step])[:, moving] / velocity[moving], axis=0)
    least, most = ends[0].max(initial=0.0), ends[1].min(initial=1.0)
    return (float(least), float(most)) if least <= most else (np.inf, 0.0)


def _between(nodes: Array, pace: Array) -> Array:
    """Places that cut an interval evenly in time, where the pace changes much within it: u is constant there."""
    start, end = pace[:-1], pace[1:]
    changing = np.abs(end - start) > CHANGE * np.maximum(start, end)
    start, end = start[changing, None], end[changing, None]
    parts = ((start + EVENLY * (end - start)) ** 2 - start**2) / (end**2 - start**2)
    out: Array = nodes[:-1][changing, None] + parts * np.diff(nodes)[changing, None]
    return out.ravel()


def _timed(path: JointPath, nodes: Array, x: Array, turned: list[Corner]) -> JointPath | None:
    """Points that come up at that pace; between the nodes x is linear in the path's own time."""
    pace = np.sqrt(x)
    mean = (pace[1:] + pace[:-1]) / 2
    if not np.all(mean > TINY):
        return None
    reached = np.concatenate([[0.0], np.cumsum(np.diff(nodes) / mean)])
    places = without(turned, np.union1d(nodes, _between(nodes, pace)))
    interval = np.clip(np.searchsorted(nodes, places, side="right") - 1, 0, len(mean) - 1)
    paces = np.sqrt(np.interp(places, nodes, x))
    since = places - nodes[interval]
    times = reached[interval] + np.where(since > 0, 2 * since / np.maximum(pace[interval] + paces, TINY), 0.0)
    velocities = path.velocities(places) * paces[:, None]
    positions = path.positions(places)
    state = JointState(positions[0] + path.gap, path.entry)
    return JointPath.through(Knots.cubic(times, positions, velocities), state)
