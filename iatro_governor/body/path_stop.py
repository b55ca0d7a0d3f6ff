"""How a joint path that is being followed comes to rest: on its own way, as soon as the joints' brakes allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.planar import Array

TINY = 1e-9
"""A joint slower than this, rad/s, does not bound how fast the pace falls."""
LAST = 0.5
"""Part of a period that the last step takes at least, so that points do not crowd."""
APART_S = 1e-6
"""A knot of the path that is due sooner than this is reached: a controller refuses two points at one moment."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where the stop is. time: s since it began. place: s of the path. pace: of its time, 1 at first, 0 at rest."""

    time: float
    place: float
    pace: float


def stop_along(path: JointPath, t: float, deceleration: Array, period: float) -> JointPath:
    """The stop from time ``t`` s of ``path``: its remaining way, at a pace that falls as fast as it can.

    With the path q(s) followed at the pace w (1 at first), a joint has the acceleration ``q' u + q'' w^2``, u = dw/dt.
    In each step the pace falls at one rate: the largest at which no joint brakes harder than its ``deceleration`` (n,)
    rad/s2, or than the path itself brakes it there, at either end of the step. A step ends at the path's next knot, or
    after ``period`` s at the pace it began with. Where the path ends first it is followed to its end.

    Returns a path with a point after every step, from ``path(t)`` at time 0 to exact rest. The points lie on ``path``;
    that the cubics between them do as well, and how nearly the decelerations are kept, is said in
    docs/explanation/trajectories.md. Raises ValueError where a deceleration or the period is not positive and finite.
    """
    deceleration = np.asarray(deceleration, dtype=float)
    if not (np.all(np.isfinite(deceleration)) and np.all(deceleration > 0)):
        raise ValueError(f"a stop needs decelerations above zero, given {deceleration}")
    if not (math.isfinite(period) and period > 0):
        raise ValueError(f"a stop needs a period above zero, given {period} s")
    place = _begun(path, t)
    moments = [_Moment(0.0, place, 1.0 if place < path.duration else 0.0)]
    while moments[-1].pace > 0:
        moments.append(_after(path, moments[-1], deceleration, period))
    if len(moments) == 1:
        moments.append(_Moment(period, place, 0.0))
    return _points(path, moments)


def _begun(path: JointPath, t: float) -> float:
    """Where on ``path`` it is at ``t`` s, at its next knot where that is as good as reached; s of the path."""
    place, knots = min(max(t, 0.0), path.duration), path.knots.times
    following = float(knots[min(int(np.searchsorted(knots, place)), len(knots) - 1)])
    return following if 0.0 < following - place < APART_S else place


def _after(path: JointPath, now: _Moment, deceleration: Array, period: float) -> _Moment:
    """One step later."""
    segment = int(path.segments(np.array(now.place)))
    knot = float(path.knots.times[segment + 1])
    rest = knot - now.place
    way = rest / math.ceil(rest / (now.pace * period))
    rate = _rate(path, segment, now, way, deceleration)
    square = now.pace**2 + 2 * rate * way
    if square <= TINY**2:
        lasts = max(-now.pace / rate, LAST * period)
        return _Moment(now.time + lasts, min(now.place + now.pace * lasts / 2, path.duration), 0.0)
    pace = math.sqrt(square)
    time = now.time + 2 * way / (now.pace + pace)
    arrived = way == rest
    ended = arrived and knot == path.duration
    return _Moment(time, knot if arrived else now.place + way, 0.0 if ended else pace)


def _rate(path: JointPath, segment: int, now: _Moment, way: float, deceleration: Array) -> float:
    """The most negative rate of the pace, 1/s, that every joint allows at both ends of a step; never above zero.

    ``q' u + q'' w^2 >= -d`` in the direction of the motion; at the end of the step w^2 has changed by ``2 u way``.
    """
    parts = (np.array([now.place, now.place + way]) - path.starts[segment]) / path.spans[segment]
    both = np.array([segment, segment])
    velocity, acceleration = path.within(both, parts, 1), path.within(both, parts, 2)
    bend = acceleration * np.sign(velocity)
    # What the path itself needs is always allowed: a path that brakes harder than this can only be followed.
    limit = np.maximum(deceleration, -bend)
    gain = np.abs(velocity) + np.array([[0.0], [2 * way]]) * bend
    bounds = gain > TINY
    room = limit + bend * now.pace**2
    return -float((room[bounds] / gain[bounds]).min(initial=np.inf))


def _points(path: JointPath, moments: list[_Moment]) -> JointPath:
    times, places, paces = np.array([(moment.time, moment.place, moment.pace) for moment in moments]).T
    positions = path.positions(places)
    # At a corner the mean of both sides: a cubic has one velocity there.
    sides = path.velocities(places) + path.velocities(np.nextafter(places, 0.0))
    velocities = sides / 2 * paces[:, None]
    return JointPath.through(
        Knots.cubic(times, positions, velocities), JointState(positions[0], velocities[0])
    )
