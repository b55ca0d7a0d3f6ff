"""One step in plain numbers is the step of all, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.stepping import Rates
from iatro_governor.limits.rate import RateLimit

SIZE = 4
VALUE = st.one_of(st.just(0.0), st.floats(0.01, 2.0), st.floats(-2.0, -0.01))
VALUES = st.lists(VALUE, min_size=SIZE, max_size=SIZE).map(np.array)
BOUNDS = st.lists(st.sampled_from([0.3, 1.0, 4.0, 1e6]), min_size=SIZE, max_size=SIZE).map(np.array)


@settings(max_examples=200, deadline=None)
@given(
    anchor=VALUES, target=VALUES, growth=BOUNDS, decrease=BOUNDS, dt=st.sampled_from([0.0, 0.004, 0.01, 0.2])
)
def test_one_target_is_shaped_as_many_are(anchor, target, growth, decrease, dt):
    rates = Rates(growth, decrease, np.full(SIZE, np.inf), ())
    alone = rates.one(anchor, target, dt, 0.02)
    assert alone.tolist() == rates.step(anchor, target[None], dt, 0.02)[0].tolist()


@settings(max_examples=200, deadline=None)
@given(
    anchor=VALUES, target=VALUES, growth=BOUNDS, decrease=BOUNDS, dt=st.sampled_from([0.0, 0.004, 0.01, 0.2])
)
def test_what_each_component_reaches_by_itself_is_reached_and_no_more(anchor, target, growth, decrease, dt):
    rates = Rates(growth, decrease, np.full(SIZE, np.inf), ())
    place = rates.alone(anchor, target, dt, 0.02)
    assert rates.one(anchor, place, dt, 0.02) == pytest.approx(place, abs=1e-12)
    straight = rates.one(anchor, target, dt, 0.02)
    assert (np.abs(place - target) <= np.abs(straight - target) + 1e-12).all()
    for component in range(SIZE):
        by_itself = anchor.copy()
        by_itself[component] = target[component]
        assert rates.one(anchor, by_itself, dt, 0.02)[component] == pytest.approx(place[component], abs=1e-12)


# Steps by hand: growth 0.5, 0.7 and 0.9, decrease 2, 3 and 4 a second.

RATES = Rates(np.array([0.5, 0.7, 0.9]), np.array([2.0, 3.0, 4.0]), np.array([1.0, 5.0, np.inf]), ())
STEPS = [
    ("grows by its own rate", [0.3, 0.0, 0.0], [1.3, 0.0, 0.0], 0.1, 0.2, [0.35, 0.0, 0.0]),
    ("grows in a pause no longer than that", [0.3, 0.0, 0.0], [1.3, 0.0, 0.0], 0.4, 0.2, [0.4, 0.0, 0.0]),
    ("from rest, either way", [0.0, 0.0, 0.0], [0.0, -1.0, 0.0], 0.1, 0.2, [0.0, -0.07, 0.0]),
    ("brakes by its own rate", [0.6, 0.0, 0.0], [0.1, 0.0, 0.0], 0.1, 0.2, [0.4, 0.0, 0.0]),
    ("brakes in a pause all the time", [0.6, 0.0, 0.0], [0.05, 0.0, 0.0], 0.25, 0.1, [0.1, 0.0, 0.0]),
    ("does not cross zero too soon", [0.6, 0.0, 0.0], [-0.1, 0.0, 0.0], 0.1, 0.2, [0.4, 0.0, 0.0]),
    ("crosses zero and grows for the rest", [0.3, 0.0, 0.0], [-0.5, 0.0, 0.0], 0.25, 0.2, [-0.05, 0.0, 0.0]),
    ("and in a pause no longer than that", [0.3, 0.0, 0.0], [-0.5, 0.0, 0.0], 0.25, 0.04, [-0.02, 0.0, 0.0]),
    ("the slowest holds up the others", [0.3, 0.2, 0.1], [1.3, 0.4, 0.5], 0.1, 0.2, [0.35, 0.21, 0.12]),
    ("one that stays holds up nobody", [0.3, 0.2, 0.0], [0.4, 0.2, 0.0], 0.1, 0.2, [0.35, 0.2, 0.0]),
    ("no time, no step", [0.3, 0.2, 0.0], [0.4, 0.2, -0.7], 0.0, 0.2, [0.3, 0.2, 0.0]),
]


@pytest.mark.parametrize(
    ("anchor", "target", "dt", "most", "reached"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS]
)
def test_a_step(anchor, target, dt, most, reached):
    start, end = np.array(anchor), np.array(target)
    assert RATES.one(start, end, dt, most) == pytest.approx(reached)
    # Beside another target that is reached at once.
    both = RATES.step(start, np.array([end, start]), dt, most)
    assert both == pytest.approx(np.array([reached, anchor]))


def test_what_is_reached_is_the_target_to_the_last_bit():
    start, end = np.array([0.3, 0.0, 0.0]), np.array([0.9, 0.0, 0.0])
    assert start[0] + (end[0] - start[0]) != end[0]
    free = Rates(np.full(3, 6.1), np.full(3, 6.1), np.full(3, np.inf), ())
    assert free.one(start, end, 0.1, 0.2).tolist() == end.tolist()
    assert free.step(start, end[None], 0.1, 0.2).tolist() == [end.tolist()]


def test_jerk_bounds_how_the_pace_changes():
    """From a pace of 0.1 by 1 within 0.1 s: 0.2, so 0.02 of a way on which 0.05 were allowed."""
    start, end = np.array([0.3, 0.2, 0.1]), np.array([[1.3, 0.2, 0.1], [0.3, 0.2, 1.1]])
    steps = RATES.step(start, end, 0.1, 0.2, np.array([0.1, 0.0, 0.0]))
    assert steps == pytest.approx(np.array([[0.32, 0.2, 0.1], [0.3, 0.2, 0.19]]))


def test_jerk_outweighs_the_bound_on_acceleration_and_not_the_one_on_deceleration():
    """A pace of 0.8 falls to 0.7 within 0.1 s: 0.07, where growth alone allows 0.05. One of 5 falls to 4.9: 0.49,
    where deceleration allows 0.2."""
    start, end = np.array([0.3, 0.2, 0.1]), np.array([1.3, 0.2, 0.1])
    pace = np.array([0.8, 0.0, 0.0])
    assert RATES.step(start, end[None], 0.1, 0.2, pace) == pytest.approx(np.array([[0.37, 0.2, 0.1]]))
    both = RATES.step(start, np.array([end, [0.3, 0.2, 1.1]]), 0.1, 0.2, pace)
    assert both == pytest.approx(np.array([[0.37, 0.2, 0.1], [0.3, 0.2, 0.19]]))
    start, end, pace = np.array([1.3, 0.2, 0.1]), np.array([0.3, 0.2, 0.1]), np.array([-5.0, 0.0, 0.0])
    assert RATES.step(start, end[None], 0.1, 0.2, pace) == pytest.approx(np.array([[1.1, 0.2, 0.1]]))


def test_no_time_leaves_all_as_it_is_under_jerk_too():
    start, pace = np.array([0.3, 0.2, 0.1]), np.array([0.8, 0.0, 0.0])
    assert RATES.step(start, np.array([[0.3, 0.2, 1.1]]), 0.0, 0.2, pace).tolist() == [start.tolist()]


def test_where_one_component_knows_jerk_there_is_jerk():
    assert RATES.smooth and not Rates(RATES.growth, RATES.decrease, np.full(3, np.inf), ()).smooth


class Bounded(RateLimit[Any]):
    """Of one axis of two components."""

    def __init__(self, axis, bounds):
        self._axis, self._bounds = axis, np.array(bounds)

    @property
    def axis(self):
        return self._axis

    def bounds(self, count):
        assert count == len(self._bounds)
        return self._bounds


def bounded(way, axis, *bounds):
    """Of the ``way`` of change that is bounded."""
    return type("Bounded", (Bounded,), {"way": way})(axis, bounds)


def test_the_tightest_bound_of_each_component_counts():
    axes = {"linear": np.array([0, 2]), "angular": np.array([1])}
    limits = [
        bounded("acceleration", "linear", 0.5, 0.7),
        bounded("acceleration", "linear", 0.6, 0.4),
        bounded("deceleration", "angular", 3.0),
        bounded("jerk", "linear", 8.0, 9.0),
    ]
    rates = Rates.of([*limits[:2], object(), *limits[2:]], axes, 4)  # type: ignore[list-item]
    assert rates.growth.tolist() == [0.5, 1e6, 0.4, 1e6]
    assert rates.decrease.tolist() == [1e6, 3.0, 1e6, 1e6]
    assert rates.jerk.tolist() == [8.0, np.inf, 9.0, np.inf]
    assert [row.limit for row in rates.rows] == limits
    assert [row.components.tolist() for row in rates.rows] == [[0, 2], [0, 2], [1], [0, 2]]
    assert [row.bounds.tolist() for row in rates.rows] == [[0.5, 0.7], [0.6, 0.4], [3.0], [8.0, 9.0]]


def test_channels_one_after_the_other_keep_their_bounds():
    axes = {"linear": np.array([0, 1])}
    first = Rates.of([bounded("jerk", "linear", 8.0, 9.0)], axes, 3)
    second = Rates.of([bounded("acceleration", "linear", 0.5, 0.7)], axes, 2)
    third = Rates.of([bounded("deceleration", "linear", 3.0, 2.0)], axes, 2)
    stacked = Rates.stacked([first, second, third])
    assert stacked.jerk.tolist() == [8.0, 9.0, np.inf, np.inf, np.inf, np.inf, np.inf]
    assert stacked.growth.tolist() == [1e6, 1e6, 1e6, 0.5, 0.7, 1e6, 1e6]
    assert stacked.decrease.tolist() == [1e6, 1e6, 1e6, 1e6, 1e6, 3.0, 2.0]
    assert [row.components.tolist() for row in stacked.rows] == [[0, 1], [3, 4], [5, 6]]
    assert [row.limit for row in stacked.rows] == [part.rows[0].limit for part in (first, second, third)]
