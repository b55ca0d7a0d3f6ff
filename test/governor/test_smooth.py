"""Steps and stops under a bound on jerk, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.governor.smooth import SmoothStop, jerk_shares
from iatro_governor.governor.stacked import Brakes

ONE = SmoothStop(Brakes(np.array([2.0])), np.array([20.0]), np.array([True]))
"""Builds 2 up within 0.1 s."""


def test_the_slowest_build_up_counts_and_an_unbounded_one_takes_none():
    """2 / 5 s against 4 / 16 s."""
    brakes = Brakes(np.array([2.0, 4.0, 8.0]))
    assert SmoothStop(brakes, np.array([5.0, 16.0, np.inf]), np.ones(3, bool)).build_up_s == pytest.approx(
        0.4
    )
    assert SmoothStop(brakes, np.full(3, np.inf), np.ones(3, bool)).build_up_s == 0.0


def test_a_stop_builds_up_brakes_and_lets_go():
    """0.6 by 2: 0.1 s up to 2 leaves 0.5; 0.1 of that belong to letting go, so 0.2 s lie between them."""
    for pace, dt, left, changes in (
        (0.0, 0.05, 0.6 - 20 * 0.05**2 / 2, -1.0),
        (0.0, 0.1, 0.5, -2.0),
        (0.0, 0.2, 0.3, -2.0),
        (0.0, 0.35, 20 * 0.05**2 / 2, -1.0),
        (-1.0, 0.05, 0.6 - 1.0 * 0.05 - 20 * 0.05**2 / 2, -2.0),
        (-2.0, 0.05, 0.5, -2.0),
    ):
        output, own = ONE.step(np.array([0.6]), np.array([pace]), dt)
        assert (output[0], own[0]) == pytest.approx((left, changes)), (pace, dt)


def test_at_its_end_a_stop_is_exact_and_changes_no_more():
    output, own = ONE.step(np.array([0.6]), np.zeros(1), 0.4)
    assert output.tolist() == own.tolist() == [0.0]


def test_a_picosecond_before_its_end_a_stop_is_at_its_end():
    """0.5 by 1, built up and let go of within 0.25 s: 0.75 s."""
    stop = SmoothStop(Brakes(np.array([1.0])), np.array([4.0]), np.array([True]))
    for less in (1e-14, 1e-12):
        output, own = stop.step(np.array([0.5]), np.zeros(1), 0.75 - less)
        assert output.tolist() == own.tolist() == [0.0]
    output, own = stop.step(np.array([0.5]), np.zeros(1), 0.75 - 1e-6)
    assert output[0] > 0.0 > own[0]


def test_what_is_not_eased_has_the_steps_of_the_plain_stop():
    """Together 0.6 / 2 = 0.3 s: the second falls by 0.8 / 0.3 a second, and the first as if it were alone."""
    stop = SmoothStop(Brakes(np.array([2.0, 4.0])), np.array([20.0, np.inf]), np.array([True, False]))
    output, own = stop.step(np.array([0.6, 0.8]), np.array([0.0, -7.0]), 0.05)
    assert output == pytest.approx([0.575, 0.8 * 5 / 6])
    assert own == pytest.approx([-1.0, -0.8 / 0.3])
    output, own = stop.step(np.array([0.6, 0.8]), np.array([0.0, -7.0]), 0.4)
    assert output.tolist() == [0.0, 0.0] and own == pytest.approx([0.0, -2.0])
    output, own = stop.step(np.array([0.0, 0.8]), np.zeros(2), 0.05)
    assert output == pytest.approx([0.0, 0.6]) and own == pytest.approx([0.0, -4.0])


def test_one_of_the_eased_may_rest_already():
    stop = SmoothStop(Brakes(np.array([2.0, 4.0])), np.array([20.0, 30.0]), np.ones(2, bool))
    output, own = stop.step(np.array([0.6, 0.0]), np.zeros(2), 0.05)
    assert output == pytest.approx([0.575, 0.0]) and own == pytest.approx([-1.0, 0.0])


def test_no_time_changes_nothing():
    stop = SmoothStop(Brakes(np.array([2.0, 4.0])), np.array([20.0, np.inf]), np.array([True, False]))
    output, own = stop.step(np.array([0.6, 0.8]), np.array([-1.0, -2.0]), 0.0)
    assert output == pytest.approx([0.6, 0.8]) and own == pytest.approx([-1.0, 0.0])


def test_a_step_of_more_than_a_second_is_divided_by_its_time():
    stop = SmoothStop(Brakes(np.array([0.2])), np.array([np.inf]), np.array([False]))
    output, own = stop.step(np.array([0.6]), np.zeros(1), 2.0)
    assert output == pytest.approx([0.2]) and own == pytest.approx([-0.2])


def test_of_several_ways_each_has_the_shares_of_its_worst_component():
    """By 0.1 s: +-0.1 and +-0.05 of pace. The worst of the first way is its first component, of the second its second.

    The first: 0.13 of 0.2, which leads to 0.65 in a second, against 0.04 of 0.05; less and more by 0.5. The second
    begins with 0.04 of 0.2, less and more by 0.25, for what does not move bounds nothing.
    """
    change = np.array([[0.2, -0.05, 0.3], [0.0, -0.2, 0.7]])
    least, most = jerk_shares(change, np.array([0.13, -0.04, 9.0]), np.array([1.0, 0.5, np.inf]), 0.1)
    assert least == pytest.approx(np.array([[0.015], [0.0]]))
    assert most == pytest.approx(np.array([[0.115], [0.045]]))


def test_pace_that_leads_elsewhere_is_over_at_once():
    """0.1 by 1 in 0.1 s, of 0.2 in a tenth: 0.05."""
    change = np.array([[0.2, 0.4]])
    assert jerk_shares(change, np.array([-0.13, 0.3]), np.array([1.0, 5.0]), 0.1) == pytest.approx(
        (0.0, 0.05)
    )


def test_too_fast_to_ease_in_both_shares_are_the_least():
    """From 0.3 by 1 to 0.2 in 0.1 s, of 0.03; to end there it had to be at 0.165 by now."""
    assert math.sqrt(0.01 + 2 * 0.03) - 0.1 < 0.2
    least, most = jerk_shares(np.array([[0.03]]), np.array([0.3]), np.array([1.0]), 0.1)
    assert (least[0, 0], most[0, 0]) == pytest.approx((0.2 * 0.1 / 0.03,) * 2)


def test_what_a_period_of_jerk_makes_up_for_is_reached_within_it():
    """4 within 0.5 s is a pace of 2, and 1 within another."""
    assert [
        share.item() for share in jerk_shares(np.ones((1, 1)), np.array([7.0]), np.array([4.0]), 0.5)
    ] == [
        0.0,
        math.inf,
    ]
    further = jerk_shares(np.full((1, 1), 1.0001), np.array([7.0]), np.array([4.0]), 0.5)
    assert further[0].item() > 0.0 and further[1].item() < math.inf
    assert jerk_shares(np.full((1, 1), 0.6), np.zeros(1), np.array([4.0]), 0.5)[1].item() == math.inf
