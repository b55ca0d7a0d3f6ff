"""Wrench by hand: shares of pushes that add to what holds a load, and which of force and torque is told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.drive import Drive
from test.limits.bodies import body_situation
from test.limits.situations import make


def limit(**changes):
    return make("wrench", channel="tool", **{"force": 25.0, "torque": 3.0, **changes})


def holding(hold=(0, 0, 0, 0, 0, 0), anchor=(0, 0, 0, 0, 0, 0)):
    """The tool's own six components, and what supports its load."""
    return replace(
        body_situation(np.zeros(2)),
        drive=Drive(np.zeros((2, 6)), np.zeros(2), np.full(2, 4.0), None, 0),
        places={"tool": slice(0, 6)},
        rest={"tool": np.array(hold, dtype=float)} if any(hold) else {},
        anchor=np.array(anchor, dtype=float),
    )


def cap(added, hold=(0, 0, 0, 0, 0, 0), anchor=(0, 0, 0, 0, 0, 0), **changes):
    return limit(**changes).cap(np.array(added, dtype=float), holding(hold, anchor))


@pytest.mark.parametrize(
    ("added", "hold", "scale", "asked"),
    [
        ((30, 40, 0), (0, 0, 0), 0.5, 50.0),
        ((30, 40, 0), (0, 0, 7), 0.48, math.sqrt(2549)),  # 49 + 2500 s^2 = 625
        ((20, 0, 0), (7, 0, 0), 0.9, 27.0),  # 7 + 20 s = 25
        ((40, 0, 0), (-7, 0, 0), 0.8, 33.0),  # -7 + 40 s = 25
        ((0, -14, 0), (0, -11, 0), 1.0, 25.0),
        ((0, 1, 0), (0, 24.5, 0), 0.5, 25.5),
        ((0, 2, 0), (0, 24.99, 0), 0.005, 26.99),
        ((12, 0, 0), (0, 0, 30), 0.0, math.hypot(12, 30)),  # the load alone is beyond the bound
        ((0, 0, -20), (0, 0, 30), 1.0, 10.0),
        ((0, 0, -90), (0, 0, 30), 60 / 90, 60.0),  # to the same weight the other way
    ],
)
def test_of_a_push_as_much_is_left_as_the_bound_allows_beside_the_load(added, hold, scale, asked):
    """And the same of torques, of which the bound is 3 Nm instead of 25 N."""
    found = cap((*added, 0, 0, 0), (*hold, 0, 0, 0))
    assert (found.scale, found.requested) == (pytest.approx(scale), pytest.approx(asked))
    assert (found.allowed, found.unit, found.excess) == (25.0, "N", 0.0)
    less = 3.0 / 25.0
    turned = cap((0, 0, 0, *np.multiply(less, added)), (0, 0, 0, *np.multiply(less, hold)))
    assert (turned.scale, turned.requested) == (pytest.approx(scale), pytest.approx(less * asked))
    assert (turned.allowed, turned.unit) == (3.0, "Nm")


def test_what_is_within_the_bound_to_the_last_bit_is_not_scaled():
    rng = np.random.default_rng(2)
    for hold, added in rng.normal(size=(100, 2, 3)):
        bound = float(np.linalg.norm(hold + added))
        if bound > np.linalg.norm(hold):
            assert cap((*added, 0, 0, 0), (*hold, 0, 0, 0), force=bound).scale == 1.0


def test_the_tighter_of_force_and_torque_scales_both():
    found = cap((50, 0, 0, 0, 0, 4), (0, 0, 0, 0, 0, 1))
    assert (found.unit, found.scale) == ("N", pytest.approx(0.5))
    assert cap((24.9, 0, 0, 2.9, 0, 0)).scale == 1.0 and cap((0, 0, 24.9, 2.9, 0, 0)).scale == 1.0
    found = cap((50, 0, 0, 0, 0, 8), (0, 0, 0, 0, 0, 1))
    assert (found.unit, found.scale) == ("Nm", pytest.approx(0.25))


def test_of_two_that_both_allow_all_the_one_that_stands_beyond_is_told_or_the_nearer_one():
    found = cap((10, 0, 0, 0, 0, 1), anchor=(0, 26, 0, 0, 0, 5))
    assert (found.unit, found.excess, found.requested) == ("Nm", pytest.approx(2.0), pytest.approx(1.0))
    found = cap((10, 0, 0, 0, 0, 2), anchor=(0, 28, 0, 0, 0, 2))
    assert (found.unit, found.excess, found.requested) == ("N", pytest.approx(3.0), pytest.approx(10.0))
    assert cap((10, 0, 0, 0, 0, 2)).unit == "Nm" and cap((20, 0, 0, 0, 0, 2)).unit == "N"


def test_what_stands_counts_with_the_load_and_rounding_is_no_excess():
    """7 N of load and 24 N of push are 25 N across, and 31 N along."""
    assert cap((0,) * 6, (0, 0, 7, 0, 0, 0), (24, 0, 0, 0, 0, 0)).excess == 0.0
    assert cap((0,) * 6, (0, 0, 7, 0, 0, 0), (0, 0, 24, 0, 0, 0)).excess == pytest.approx(6.0)
    assert cap((0,) * 6, anchor=(25 + 5e-10, 0, 0, 0, 0, 0)).excess == 0.0
    assert cap((0,) * 6, anchor=(25 + 1e-7, 0, 0, 0, 0, 0)).excess == pytest.approx(1e-7)
    assert cap((0,) * 6, anchor=(2e-9, 0, 0, 0, 0, 0), force=1e-9).excess == 0.0  # 1e-9 N beyond, exactly
    # Of a load that is beyond the bound by itself, only what is beyond that.
    assert cap((0,) * 6, (0, 0, 30, 0, 0, 0), (0, 0, 2, 0, 0, 0)).excess == pytest.approx(2.0)
    assert limit().bound == 25.0


def test_it_is_tried_with_twice_each_bound_beyond_what_holds_the_load():
    rule, scene = limit(), holding((0, 1, -9, 0, 0, 0.5))
    challenges = list(rule.trips([scene, None]))
    trips = [trip for one in challenges for trip in one.trips]
    bounds = [25.0, 26.0, 34.0, 3.0, 3.0, 3.5]
    expected = [way * 2 * bound * np.eye(6)[at] for at, bound in enumerate(bounds) for way in (1, -1)]
    assert np.array([trip.command for trip in trips]) == pytest.approx(np.array(expected))
    assert all(not trip.situation.anchor.any() for trip in trips)
    free = [trip.command for one in rule.trips([holding()]) for trip in one.trips]
    assert np.abs(free).max(axis=1).tolist() == [50.0] * 6 + [6.0] * 6
