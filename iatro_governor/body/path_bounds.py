"""The first moment at which a joint path is beyond what its joints may do, found exactly and not by sampling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from iatro_governor.body.path import JointPath
from iatro_governor.body.planar import Array
from iatro_governor.body.polynomial import crossing, value, zeros

Kind = Literal["joint_position", "joint_velocity", "joint_acceleration", "joint_jerk"]
ROUNDING = 1e-9
"""Share of a rate's bound, or rad at a stop, below which a value counts as being on it."""


@dataclass(frozen=True, slots=True)
class JointBounds:
    """What n joints may do, in their order; rad (m where ``units`` says so) and s.

    lower, upper: (n,) stops, infinite where there are none. velocity, acceleration, deceleration, jerk: (n,), positive;
    acceleration bounds a joint that gets faster, deceleration one that gets slower. corner_s: where a path has a
    corner its velocity steps, and the controller takes one period for that: so it is the time that a step of velocity
    (or of acceleration, under a jerk bound) takes, unless the next knot is nearer still.

    Raises ValueError where an array has another size or a bound is not positive.
    """

    joints: tuple[str, ...]
    lower: Array
    upper: Array
    velocity: Array
    acceleration: Array
    deceleration: Array
    corner_s: float
    jerk: Array | None = None
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        positive = {"velocity": self.velocity, "acceleration": self.acceleration, "jerk": self.jerk}
        positive |= {"deceleration": self.deceleration, "corner_s": np.full(len(self.joints), self.corner_s)}
        for name, bound in ({"lower": self.lower, "upper": self.upper} | positive).items():
            if bound is not None and np.shape(bound) != (len(self.joints),):
                raise ValueError(f"{name}: one number for each of {len(self.joints)} joints, given {bound}")
        for name, bound in positive.items():
            if bound is not None and not np.all(bound > 0):
                raise ValueError(f"{name}: every bound is positive, given {bound}")
        if not np.all(self.lower <= self.upper):
            raise ValueError(f"lower stops are below upper ones, given {self.lower} and {self.upper}")

    def unit(self, joint: int) -> str:
        """rad or m."""
        return self.units[joint] if self.units else "rad"

    @property
    def lesser(self) -> Array:
        """Of acceleration and deceleration the lesser one (n,)."""
        return np.minimum(self.acceleration, self.deceleration)


@dataclass(frozen=True, slots=True)
class Excess:
    """A bound that is passed. time: the first such moment, s. requested: the furthest that this joint then goes in the
    same segment. allowed: the bound, with the sign of ``requested``.
    """

    kind: Kind
    time: float
    joint: int
    requested: float
    allowed: float


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Parts (m, n, p) of segments on which a derivative is monotone, what it may be there, and by how much more."""

    start: Array
    end: Array
    low: Array
    high: Array
    slack: Array


def excesses(
    path: JointPath, bounds: JointBounds, share: float = ROUNDING, place: float = ROUNDING
) -> list[Excess]:
    """The first excess of each kind, in order of time.

    ``share``: of its bound, by which a rate may be beyond it. ``place``: rad, by which a joint may be beyond a stop. A
    joint that is measured beyond a stop may stay where it is and come back, but go no further.
    """
    first: dict[Kind, Excess] = {}
    for excess in sorted(_found(path, bounds, share, place), key=lambda excess: excess.time):
        first.setdefault(excess.kind, excess)
    return list(first.values())


def _found(path: JointPath, bounds: JointBounds, slack: float, place: float) -> Iterator[Excess]:
    start = path.knots.positions[0] + path.gap
    low, high = np.minimum(bounds.lower, start), np.maximum(bounds.upper, start)
    at_rest = np.zeros_like(path.entry)
    candidates = [
        _first(path, 0, "joint_position", _pieces(path, 0, low, high, np.full_like(low, place))),
        _first(path, 1, "joint_velocity", _within(path, 1, bounds.velocity, slack)),
        _first(path, 2, "joint_acceleration", _accelerating(path, bounds, slack)),
        _step(path, 1, "joint_acceleration", path.entry, bounds.lesser, bounds.corner_s, slack),
    ]
    if bounds.jerk is not None:
        candidates += [
            _first(path, 3, "joint_jerk", _within(path, 3, bounds.jerk, slack)),
            _step(path, 2, "joint_jerk", at_rest, bounds.jerk, bounds.corner_s, slack),
        ]
    return (candidate for candidate in candidates if candidate is not None)


def _within(path: JointPath, order: int, bound: Array, slack: float) -> _Pieces:
    return _pieces(path, order, -bound, bound, bound * slack)


def _pieces(path: JointPath, order: int, low: Array, high: Array, slack: Array) -> _Pieces:
    edges = path.edges(order)
    return _Pieces(edges[..., :-1], edges[..., 1:], low[:, None], high[:, None], slack[:, None])


def _accelerating(path: JointPath, bounds: JointBounds, slack: float) -> _Pieces:
    """Cut where a joint turns round, too: which bound holds depends on the sign of its velocity."""
    velocity = path.derivative(1)
    edges = np.sort(np.concatenate([path.edges(2), zeros(velocity)], axis=-1), axis=-1)
    start, end = edges[..., :-1], edges[..., 1:]
    forward = value(velocity, (start + end) / 2) >= 0
    faster, slower = bounds.acceleration[:, None], bounds.deceleration[:, None]
    low, high = -np.where(forward, slower, faster), np.where(forward, faster, slower)
    return _Pieces(start, end, low, high, slack * bounds.lesser[:, None])


def _first(path: JointPath, order: int, kind: Kind, pieces: _Pieces) -> Excess | None:
    coefficients = path.derivative(order)
    first, last = value(coefficients, pieces.start), value(coefficients, pieces.end)
    low, high, slack = (np.broadcast_to(a, first.shape) for a in (pieces.low, pieces.high, pieces.slack))
    # What a piece breaks at its start comes first; one can go from beyond one bound to beyond the other.
    at_start = (first > high + slack) | (first < low - slack)
    above = np.where(at_start, first, last) > high + slack
    over = at_start | above | (last < low - slack)
    # Where edges coincide there is nothing between them, and which way the joint goes there is not known.
    over &= pieces.end > pieces.start
    found = np.nonzero(over.any(axis=(1, 2)))[0]
    if not len(found):
        return None
    segment = int(found[0])
    joints, parts = np.nonzero(over[segment])
    at = (segment, joints, parts)
    sign, bound = np.where(above[at], 1.0, -1.0), np.where(above[at], high[at], low[at])
    start, end = pieces.start[at], pieces.end[at]
    rows = coefficients[segment, joints]
    when = crossing(rows, start, end, sign, bound)
    when = np.where(at_start[at], start, when)
    earliest = int(np.argmin(when))
    joint = int(joints[earliest])
    worst = path.extremes(order)[int(above[at][earliest])][segment, joint]
    time = path.starts[segment] + when[earliest] * path.spans[segment]
    return Excess(kind, float(time), joint, float(worst), float(bound[earliest]))


def _step(
    path: JointPath, order: int, kind: Kind, before: Array, bound: Array, seconds: float, slack: float
) -> Excess | None:
    """The first knot at which a derivative steps too far."""
    steps = np.abs(knot_steps(path, order, before)) / corner_times(path, seconds)[:, None]
    found = np.nonzero((steps > bound * (1.0 + slack)).any(axis=1))[0]
    if not len(found):
        return None
    knot = int(found[0])
    joint = int(np.argmax(steps[knot] / bound))
    return Excess(kind, float(path.knots.times[knot]), joint, float(steps[knot, joint]), float(bound[joint]))


def knot_steps(path: JointPath, order: int, before: Array) -> Array:
    """By how much (k, n) a derivative steps at each knot, from ``before`` (n,) at the first to zero at the last."""
    segments = np.arange(len(path.spans))
    begins = path.within(segments, np.zeros(len(segments)), order)
    ends = path.within(segments, np.ones(len(segments)), order)
    after, came = np.concatenate([begins, np.zeros((1, len(before)))]), np.concatenate([before[None], ends])
    out: Array = after - came
    return out


def corner_times(path: JointPath, corner_s: float) -> Array:
    """What a step at each knot may take, (k,) s: ``corner_s``, but no more than the segment before or after."""
    spans = np.concatenate([[np.inf], path.spans, [np.inf]])
    out: Array = np.minimum(np.minimum(spans[:-1], spans[1:]), corner_s)
    return out


def jerk_stretch(path: JointPath, bounds: JointBounds) -> float:
    """How many times as long ``path`` has to take for the jerk bound, at least 1; 1 where there is none.

    Under a stretch by k jerk falls by k^3 and steps of acceleration by k^2, while the time for a step stays.
    """
    if bounds.jerk is None:
        return 1.0
    most = np.maximum(*np.abs(path.extremes(3))).max(axis=0) / bounds.jerk
    steps = np.abs(knot_steps(path, 2, np.zeros_like(path.entry)))
    stepping = (steps / corner_times(path, bounds.corner_s)[:, None]).max(axis=0) / bounds.jerk
    return float(max(np.cbrt(most.max()), np.sqrt(stepping.max()), 1.0))
