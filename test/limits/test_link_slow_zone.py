"""Slow volumes for links: numbers by hand, a body that drives in step by step, and links it is not about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test.limits.bodies import body_situation, joint_rates
from test.limits.situations import make

STRAIGHT = np.zeros(2)
AHEAD = {"box": {"size": [2.0, 2.0, 2.0], "pose": [0.0, 1.5, 0.0, 0.0, 0.0, 0.0]}}
"""Everything beyond y = 0.5 m: the stretched arm, of radius 0.05 m, lies along x 0.45 m from it."""


def zone(volume=AHEAD, **changes):
    return make("link_slow_zone", volume=volume, **changes)


def test_the_allowed_speed_by_hand():
    """Shoulder at 3 rad/s, which brakes by 3 rad/s2: at rest in 1 s. T = 0.01 s.

    The lower link's tip moves at 3 m/s and its round by 0.12 m/s more, so it brakes by 3.12 / 1 m/s2. It is
    0.5 - 0.04 = 0.46 m away: v = -3.12 * 0.01 + sqrt((3.12 * 0.01)^2 + 0.1^2 + 2 * 3.12 * 0.46).
    The upper link, 1.95 m/s, brakes by 1.95 m/s2 over 0.45 m, is let go at 1.3 m/s: a larger share.
    """
    cap = zone(speed=0.1).cap(np.array([3.0, 0.0]), body_situation(STRAIGHT))
    assert cap is not None
    expected = -3.12 * 0.01 + np.sqrt((3.12 * 0.01) ** 2 + 0.1**2 + 2 * 3.12 * 0.46)
    assert cap.requested == pytest.approx(3 * 1.04) and cap.allowed == pytest.approx(expected)
    assert cap.scale == pytest.approx(expected / 3.12)


def test_what_is_slow_enough_anyway_is_not_looked_at():
    assert zone(speed=0.6).cap(np.array([0.5, 0.0]), body_situation(STRAIGHT)) is None


def test_a_volume_out_of_reach_says_nothing():
    far = {"sphere": {"centre": [5.0, 0.0, 0.0], "radius": 0.5}}
    assert zone(far).cap(np.array([3.0, 0.0]), body_situation(STRAIGHT)) is None


def test_inside_the_zone_its_speed_is_the_bound():
    """The tip is inside; the upper link's own end is not and could be faster."""
    at_the_tip = {"sphere": {"centre": [1.0, 0.0, 0.0], "radius": 0.05}}
    cap = zone(at_the_tip, speed=0.2).cap(np.array([1.0, 0.0]), body_situation(STRAIGHT))
    assert cap is not None and cap.allowed == pytest.approx(0.2) and cap.requested == pytest.approx(1.04)
    assert cap.scale == pytest.approx(0.2 / 1.04)


def test_each_link_has_its_own_distance():
    """A ball around the shoulder slows the upper link, whose tip is at 0.6 m, and never asks about the lower one."""
    at_the_root = {"sphere": {"centre": [0.0, 0.0, 0.0], "radius": 0.05}}
    cap = zone(at_the_root, speed=0.3, links=["upper"]).cap(np.array([1.0, 0.0]), body_situation(STRAIGHT))
    assert cap is not None and cap.requested == pytest.approx(
        0.65, rel=1e-3
    )  # a round cylinder is fitted 0.4 mm wider
    assert cap.scale == pytest.approx(0.3 / cap.requested)
    assert (
        zone(at_the_root, speed=0.3, links=["lower"]).cap(np.array([0.4, 0.0]), body_situation(STRAIGHT))
        is None
    )


def test_standing_faster_than_allowed_is_an_excess():
    at_the_tip = {"sphere": {"centre": [1.0, 0.0, 0.0], "radius": 0.05}}
    at = body_situation(STRAIGHT, np.array([1.0, 0.0]))
    cap = zone(at_the_tip, speed=0.2).cap(np.zeros(2), at)
    assert cap is not None and cap.scale == 1.0 and cap.excess == pytest.approx(1.04 - 0.2)


@settings(max_examples=40, deadline=None)
@given(first=joint_rates, second=joint_rates, q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array))
def test_what_it_saw_before_changes_no_answer(first, second, q):
    limit, at = zone(speed=0.1), body_situation(q)
    limit.cap(first, at)
    moved = body_situation(q + 0.02 * first)
    assert limit.cap(second, moved) == zone(speed=0.1).cap(second, moved)


@pytest.mark.parametrize("start", [-1.5, -1.0, -0.6])
def test_a_body_that_takes_all_it_is_allowed_enters_at_the_zones_speed(start):
    """Simulated in steps: what is commanded acts 30 ms later, and slows by no more than 3 rad/s2."""
    limit, q, rate, published = zone(speed=0.1), np.array([start, 0.0]), 0.0, [0.0] * 3
    inside = 0.0
    for _ in range(400):
        flying = np.array([sum(published[-3:]) * 0.01, 0.0])
        at = replace(body_situation(q, np.array([published[-1], 0.0])), soon_q=q + flying)
        cap = limit.cap(np.array([2.0, 0.0]), at)
        wanted = 2.0 * (1.0 if cap is None else cap.scale)
        published.append(min(max(wanted, published[-1] - 3.0 * 0.01), published[-1] + 5.0 * 0.01))
        rate = published[-4]
        q = q + np.array([rate * 0.01, 0.0])
        ends = body_situation(q).now.capsules()
        if ends[1, :, 1].max() + 0.04 > 0.5:
            inside = max(inside, abs(rate) * 1.04)
    assert 0.05 < inside <= 0.1 + 1e-6
