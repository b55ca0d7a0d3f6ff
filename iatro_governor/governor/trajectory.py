"""Whether a joint trajectory message is one at all: its joints, sizes, numbers, times, start and end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from iatro_governor.body.path import JointPath, JointState, Knots
from iatro_governor.body.planar import Array
from iatro_governor.errors import EventError
from iatro_governor.governor.events import Knot

APART_S = 1e-6
"""Two points nearer in time than this, or a first one that is due sooner without being due at once, are a mistake."""
LARGEST = 1e6
"""No joint is asked for more than this many rad, rad/s or rad/s2."""
REST = 1e-6
"""A last velocity or acceleration below this, rad/s or rad/s2, is rest."""
SHOWN = 8
"""Joints that a message names, at most."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a trajectory of a channel looks like. joints: in the channel's order. start_tolerance: rad, how far a first
    point that is due at once may be from the measured joints. max_duration: s. max_points: at most.
    """

    joints: tuple[str, ...]
    start_tolerance: float
    max_duration: float
    max_points: int


def check_shape(
    names: Sequence[str], points: Sequence[Knot], shape: Shape, measured: JointState
) -> JointPath:
    """The path that a message of ``points`` for the joints ``names`` (in any order) describes from here.

    Raises EventError, with what was given, what is allowed and where, for whatever is no trajectory: joints that are
    missing, unknown or named twice; no points, too many, or of another size; numbers that are not finite or beyond
    reason; times that are negative, do not rise or end too late; accelerations without velocities; an end that is not
    at rest; a start that is not near the measured joints; measured joints that are not known.
    """
    _are_known(measured, shape.joints)
    order = _order(names, shape.joints)
    if not 0 < len(points) <= shape.max_points:
        raise _error(f"a trajectory of {len(points)} points; 1 to {shape.max_points} are allowed")
    times = _times(points, shape.max_duration)
    rows = [
        _rows(f"point {index} ({time:g} s)", point, order, shape.joints)
        for index, (time, point) in enumerate(zip(times, points, strict=True))
    ]
    still = [np.zeros(len(order))] * 2
    values = np.array([(sent + still)[:3] for sent in rows])
    given = np.array([len(sent) - 1 for sent in rows], dtype=np.intp)
    knots = Knots(times, values[:, 0], values[:, 1], values[:, 2], given)
    _ends_at_rest(knots, shape.joints)
    _starts_here(knots, measured, shape)
    return JointPath.through(knots, measured)


def as_points(path: JointPath) -> tuple[Knot, ...]:
    """What a controller has to be sent to follow ``path``; the first point is due at once."""
    knots, out = path.knots, []
    rows = (knots.positions.tolist(), knots.velocities.tolist(), knots.accelerations.tolist())
    for time, given, *sent in zip(knots.times.tolist(), knots.given.tolist(), *rows, strict=True):
        parts = [tuple(row) for row in sent[: given + 1]]
        out.append(Knot(time, *parts))
    return tuple(out)


def _error(message: str) -> EventError:
    return EventError(message, of="command")


def _are_known(measured: JointState, joints: tuple[str, ...]) -> None:
    for what, values in (("positions", measured.positions), ("velocities", measured.velocities)):
        if np.shape(values) != (len(joints),) or not np.all(np.isfinite(values)):
            raise _error(
                f"the measured {what} of the joints are {values!r}; {len(joints)} finite numbers are needed to judge a "
                "trajectory"
            )


def _order(names: Sequence[str], joints: tuple[str, ...]) -> list[int]:
    """Where in the message each of the channel's joints is."""
    named = list(names)
    unknown = [_shown(name) for name in named if name not in joints]
    missing = [repr(joint) for joint in joints if joint not in named]
    twice = [repr(joint) for joint in joints if named.count(joint) > 1]
    for what, which in (("unknown", unknown), ("missing", missing), ("named twice", twice)):
        if which:
            raise _error(
                f"a trajectory with joints {what}: {', '.join(which[:SHOWN])}; allowed are {', '.join(joints)}, each "
                "once, in any order"
            )
    return [named.index(joint) for joint in joints]


def _times(points: Sequence[Knot], max_duration: float) -> Array:
    times: list[float] = []
    for index, point in enumerate(points):
        time = _number(point.time)
        if not 0 <= time < math.inf:
            raise _error(
                f"point {index} is due at {_shown(point.time)} s; a finite time from 0 on is allowed"
            )
        if not times and 0 < time < APART_S:
            raise _error(f"point 0 is due at {time:g} s; allowed is 0, or {APART_S:g} s and later")
        if times and time - times[-1] < APART_S:
            raise _error(
                f"point {index} is due at {time:.9g} s, point {index - 1} at {times[-1]:.9g} s; allowed are times that "
                f"rise, by {APART_S:g} s at least"
            )
        times.append(time)
    if times[-1] > max_duration:
        last = len(times) - 1
        raise _error(
            f"the last point, {last}, is due at {times[-1]:g} s; up to {max_duration:g} s is allowed"
        )
    return np.array(times)


def _rows(where: str, point: Knot, order: list[int], joints: tuple[str, ...]) -> list[Array]:
    """Positions, and velocities and accelerations as far as they are given, in the channel's order."""
    accelerated = _is_given(point.accelerations)
    if accelerated and not _is_given(point.velocities):
        raise _error(
            f"{where} has accelerations and no velocities; both, velocities alone or neither are allowed"
        )
    out = [_row(where, "positions", point.positions, order, joints)]
    if _is_given(point.velocities):
        out.append(_row(where, "velocities", point.velocities, order, joints))
    if accelerated:
        out.append(_row(where, "accelerations", point.accelerations, order, joints))
    return out


def _row(where: str, what: str, values: Any, order: list[int], joints: tuple[str, ...]) -> Array:
    if not _is_row(values) or len(values) != len(joints):
        size = len(values) if _is_row(values) else _shown(values)
        raise _error(f"{where} has {size} {what}; one for each of {len(joints)} joints is allowed")
    row = np.array([_number(value) for value in values])[order]
    wrong = np.nonzero(~(np.abs(row) <= LARGEST))[0]
    if len(wrong):
        joint = int(wrong[0])
        raise _error(
            f"{where} has {_shown(values[order[joint]])} among its {what}, for {joints[joint]}; finite numbers up to "
            f"{LARGEST:g} are allowed"
        )
    return row


def _is_given(values: Any) -> bool:
    return not (values is None or (_is_row(values) and len(values) == 0))


def _is_row(values: Any) -> bool:
    return isinstance(values, Sequence | np.ndarray) and not isinstance(values, str | bytes)


def _number(value: Any) -> float:
    """NaN for what is no number; a number too large for a float is infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _shown(value: Any) -> str:
    """As sent, cut where somebody sent a book."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return "an integer beyond 64 bits"
    return f"{value:g}" if isinstance(value, float) else repr(value)[:40]


def _ends_at_rest(knots: Knots, joints: tuple[str, ...]) -> None:
    last = len(knots.times) - 1
    for what, unit, values in (
        ("velocity", "rad/s", knots.velocities[-1]),
        ("acceleration", "rad/s2", knots.accelerations[-1]),
    ):
        moving = np.nonzero(np.abs(values) > REST)[0]
        if len(moving):
            raise _error(
                f"the {what} of {joints[moving[0]]} at the last point, {last} ({knots.times[-1]:g} s), is "
                f"{values[moving[0]]:g} {unit}; a trajectory ends at rest, so 0 is allowed"
            )


def _starts_here(knots: Knots, state: JointState, shape: Shape) -> None:
    """A first point that is due later is reached from wherever the joints are."""
    if knots.times[0] > 0:
        return
    away = np.abs(knots.positions[0] - state.positions)
    joint = int(np.argmax(away))
    if away[joint] > shape.start_tolerance:
        raise _error(
            f"point 0 (0 s) has {shape.joints[joint]} at {knots.positions[0, joint]:.4f} rad, measured is "
            f"{state.positions[joint]:.4f} rad; at most {shape.start_tolerance:g} rad apart are allowed. Plan again "
            "from the measured joints"
        )
