"""The speed limit by itself: each axis and direction bounds its own component, and nothing else."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.limits.span import Span
from test.limits.situations import make, situation

AT = situation(np.zeros((0, 2)))
TWIST = np.array([3.0, -4.0, 2.0])
CASES = [
    ("vx", "both", 3.0, "m/s"),
    ("vx", "positive", 3.0, "m/s"),
    ("vx", "negative", None, "m/s"),
    ("vy", "both", 4.0, "m/s"),
    ("vy", "positive", None, "m/s"),
    ("vy", "negative", 4.0, "m/s"),
    ("wz", "both", 2.0, "rad/s"),
    ("wz", "negative", None, "rad/s"),
    ("planar", "both", 5.0, "m/s"),
    ("travel", "both", 5.0, "m/s"),
]


@pytest.mark.parametrize("axis, direction, value, unit", CASES)
def test_it_bounds_its_own_component_in_its_own_direction(axis, direction, value, unit):
    limit = make("speed", axis=axis, direction=direction, bound=1.0)
    assert limit.row_unit == unit and limit.bound == 1.0
    cap = limit.cap(TWIST, AT)
    scale = 1.0 if cap is None else cap.scale
    assert scale == pytest.approx(1.0 if value is None else 1.0 / value)
    if value is not None and cap is not None:
        assert cap.requested == pytest.approx(value) and cap.allowed == pytest.approx(1.0)
        assert math.isclose(np.linalg.norm(scale * TWIST), np.linalg.norm(TWIST) / value)


@pytest.mark.parametrize("axis, direction, value, unit", CASES)
def test_its_planes_hold_the_same_component_in_the_same_direction(axis, direction, value, unit):
    """A unit of the axis that is bounded to 1, there and back: each way that is bounded stops a larger command."""
    rows = make("speed", axis=axis, direction=direction, bound=1.0).rows(AT)
    assert rows is not None
    held = bool((rows.matrix @ TWIST > rows.bounds + 1e-9).any())
    assert held == (value is not None)
    assert held or (rows.matrix @ (10 * TWIST) <= rows.bounds).all()


FLYING = SimpleNamespace(anchor=np.zeros(4))
"""Of [vx, vy, vz, wz]."""
ALOFT = np.array([2.0, -3.0, 6.0, -4.0])
IN_THE_AIR = [
    ("vx", [2.0], [0]),
    ("vy", [3.0], [1]),
    ("vz", [6.0], [2]),
    ("wz", [4.0], [3]),
    ("planar", [2.0, 3.0], [0, 1]),
    ("travel", [2.0, 3.0, 6.0], [0, 1, 2]),
]


@pytest.mark.parametrize("axis, parts, which", IN_THE_AIR)
def test_in_the_air_there_is_a_third_speed(axis, parts, which):
    """2, 3 and 6 m/s are 7 m/s in all."""
    limit: Any = make("speed", axis=axis, bound=0.7)
    assert limit.cap(ALOFT, FLYING).requested == pytest.approx(math.hypot(*parts))
    rows = limit.rows(FLYING)
    assert rows.matrix.shape[1] == 4 and rows.bounds == pytest.approx(np.full(len(rows.bounds), 0.7))
    used = np.zeros(4, dtype=bool)
    used[which] = True
    assert (np.abs(rows.matrix).max(axis=0) > 0).tolist() == used.tolist()
    # The planes touch: along each axis of it the bound itself is allowed, and no more.
    for component in which:
        for way in (1.0, -1.0):
            unit = np.zeros(4)
            unit[component] = way
            assert (rows.matrix @ unit).max() == pytest.approx(1.0)


@pytest.mark.parametrize("axis, parts, which", IN_THE_AIR)
def test_it_is_idle_up_to_the_bound_less_rounding(axis, parts, which):
    most = tuple(np.abs(ALOFT).tolist())
    size = math.hypot(*parts)
    for bound, quiet in ((size * (1 + 2e-9), True), (size * (1 + 5e-10), False), (0.99 * size, False)):
        assert make("speed", axis=axis, bound=bound).idle(FLYING, Span(most, 0.0, 0.0)) == quiet
    other = tuple(0.0 if at in which else 9.0 for at in range(4))
    assert make("speed", axis=axis, bound=0.1).idle(FLYING, Span(other, 0.0, 0.0))


def test_at_that_itself_it_is_idle():
    sure = 2.0 * (1.0 - 1e-9)
    assert make("speed", axis="vx", bound=2.0).idle(AT, Span((sure, 0.0, 0.0), 0.0, 0.0))


@pytest.mark.parametrize(
    "axis, direction, ways",
    [
        ("vy", "both", [[0.0, 1.4, 0.0, 0.0], [0.0, -1.4, 0.0, 0.0]]),
        ("vz", "positive", [[0.0, 0.0, 1.4, 0.0]]),
        ("wz", "negative", [[0.0, 0.0, 0.0, -1.4]]),
        ("planar", "both", [[1.4, 0, 0, 0], [-1.4, 0, 0, 0], [0, 1.4, 0, 0], [0, -1.4, 0, 0]]),
        (
            "travel",
            "both",
            [
                [1.4, 0, 0, 0],
                [-1.4, 0, 0, 0],
                [0, 1.4, 0, 0],
                [0, -1.4, 0, 0],
                [0, 0, 1.4, 0],
                [0, 0, -1.4, 0],
            ],
        ),
    ],
)
def test_it_is_tried_with_twice_its_bound_each_way_that_it_bounds(axis, direction, ways):
    stood = []
    scene = SimpleNamespace(anchor=np.ones(4), standing=lambda anchor: stood.append(anchor))
    limit = make("speed", axis=axis, direction=direction, bound=0.7)
    challenges = list(limit.trips([scene, None]))
    commands = [trip.command.tolist() for one in challenges for trip in one.trips]
    assert commands == ways and {one.face for one in challenges} == {"cap"}
    assert [anchor.tolist() for anchor in stood] == [[0.0] * 4] * len(ways)


def test_what_stands_is_an_excess_by_its_own_component():
    limit: Any = make("speed", axis="vy", direction="negative", bound=0.7)
    cap = limit.cap(np.zeros(3), situation(np.zeros((0, 2)), anchor=np.array([5.0, -1.0, 5.0])))
    assert cap.scale == 1.0 and cap.requested == 0.0 and cap.excess == pytest.approx(0.3)


@pytest.mark.parametrize(("direction", "way"), [("positive", -4.0), ("negative", 4.0)])
def test_the_other_way_nothing_is_asked_of_it(direction, way):
    limit: Any = make("speed", axis="vy", direction=direction, bound=0.7)
    cap = limit.cap(np.array([0.0, way, 0.0]), AT)
    assert cap.requested == 0.0 and cap.scale == 1.0
