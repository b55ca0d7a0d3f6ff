"""SSM: cases worked by hand, a robot and a person that meet in steps of time, and directions tried one by one.

The cases have the form of the papers, and round numbers of our own: they are no worked example of a standard.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.limits.ssm import allowed_closing_speed, largest_closing_speed, protective_separation

some = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def test_a_separation_by_hand():
    """v_r = 1 m/s, v_h = 1.6 m/s, T = 0.1 s, a = 2 m/s2, C + Z_d + Z_r = 0.14 m.

    The robot rests after 0.1 s + 1/2 s = 0.6 s: S_h = 1.6 * 0.6 = 0.96. S_r = 1 * 0.1 = 0.1. S_s = 1^2 / 4 = 0.25.
    S_p = 0.96 + 0.1 + 0.25 + 0.14 = 1.45.
    """
    assert protective_separation(1.0, 1.6, 0.1, 2.0, 0.14) == pytest.approx(1.45, abs=1e-12)


def test_a_speed_by_hand():
    """The same the other way round: d = 1.45 m.

    b = 2 * 0.1 + 1.6 = 1.8. b^2 + 2 a (d - 0.14 - 0.16) = 3.24 + 4 * 1.15 = 7.84 = 2.8^2. v = 2.8 - 1.8 = 1.
    """
    assert allowed_closing_speed(1.45, 1.6, 0.1, 2.0, 0.14) == pytest.approx(1.0, abs=1e-12)


def test_a_person_who_stands_still_by_hand():
    """v_h = 0: Torricelli. T = 0.5 s, a = 1 m/s2, d = 1.2 m of which 0.2 m is reserve.

    b = 0.5. 0.25 + 2 * 1 = 2.25 = 1.5^2. v = 1: 0.5 m before it brakes and 1^2 / 2 = 0.5 m while it does.
    """
    assert allowed_closing_speed(1.2, 0.0, 0.5, 1.0, 0.2) == pytest.approx(1.0, abs=1e-12)


def test_too_near_is_zero_and_no_root_is_zero():
    """At d = C + Z_d + Z_r + v_h T = 0.3 m the speed is just 0; nearer the root is negative, then not real."""
    speeds = allowed_closing_speed(np.array([0.3 + 1e-6, 0.3, 0.2, -5.0]), 1.6, 0.1, 2.0, 0.14)
    assert speeds[0] > 0 and list(speeds[1:]) == [pytest.approx(0.0, abs=1e-15), 0.0, 0.0]


def gap_at_rest(distance, robot_speed, human_speed, reaction, braking):
    """Two points on a line in small steps: one drives on for ``reaction``, then brakes; the other comes on."""
    n = 2000
    brake = robot_speed / braking
    t = np.concatenate([np.linspace(0, reaction, n), reaction + np.linspace(0, brake, n)[1:]])
    speed = np.where(t <= reaction, robot_speed, np.maximum(robot_speed - braking * (t - reaction), 0.0))
    closing = speed + human_speed
    gap = distance - np.concatenate([[0.0], np.cumsum((closing[1:] + closing[:-1]) / 2 * np.diff(t))])
    assert gap.min() == gap[-1]
    return gap[-1]


@some
@given(
    distance=st.floats(0.1, 5.0),
    human=st.floats(0.0, 2.5),
    reaction=st.floats(0.01, 0.5),
    braking=st.floats(0.3, 10.0),
    reserve=st.floats(0.0, 0.5),
)
def test_the_reserve_is_left_at_rest_and_at_2_percent_more_speed_it_is_not(
    distance, human, reaction, braking, reserve
):
    speed = float(allowed_closing_speed(distance, human, reaction, braking, reserve))
    if speed == 0:
        needed = protective_separation(1e-9, human, reaction, braking, reserve)
        assert distance <= needed
        return
    assert gap_at_rest(distance, speed, human, reaction, braking) == pytest.approx(reserve, abs=1e-9)
    assert gap_at_rest(distance, 1.02 * speed + 1e-6, human, reaction, braking) < reserve - 1e-9
    assert protective_separation(speed, human, reaction, braking, reserve) == pytest.approx(distance)


def test_links_and_bodies_broadcast():
    distance = np.array([[1.0, 2.0, 0.1], [0.5, 3.0, 1.0]])
    human, age = np.array([0.0, 1.6, 2.0]), np.array([0.05, 0.1, 0.3])
    table = allowed_closing_speed(distance, human, age, 2.0, 0.1)
    for c in range(2):
        for z in range(3):
            one = allowed_closing_speed(distance[c, z], human[z], age[z], 2.0, 0.1)
            assert table[c, z] == pytest.approx(float(one), abs=1e-15)


@pytest.mark.parametrize(
    ("velocity", "closing"),
    [
        ([2.0, 0.0, 0.0], 2.0),
        # 20 degrees off, within the cone of 30: straight at it.
        ([2 * np.cos(np.pi / 9), 2 * np.sin(np.pi / 9), 0.0], 2.0),
        # 90 degrees off, 60 of them outside the cone: 2 * cos 60.
        ([0.0, 0.0, 2.0], 1.0),
        # Straight away: 2 * cos 150.
        ([-2.0, 0.0, 0.0], -np.sqrt(3)),
        ([0.0, 0.0, 0.0], 0.0),
    ],
)
def test_a_cone_by_hand(velocity, closing):
    """Z_d = 0.5 m at d = 1 m: a cone of 30 degrees about x."""
    found = largest_closing_speed(np.array(velocity), np.array([1.0, 0.0, 0.0]), 1.0, 0.5)
    assert found == pytest.approx(closing, abs=1e-12)


def test_a_body_that_may_be_anywhere_around_is_approached_by_any_motion():
    away = np.array([[-1.0, 0.0, 0.0]] * 3)
    found = largest_closing_speed(away, np.array([1.0, 0.0, 0.0]), np.array([0.2, 0.0, -0.1]), 0.2)
    assert found == pytest.approx([1.0, 1.0, 1.0])
    assert largest_closing_speed(away[0], -away[0], 1.0, 0.0) == pytest.approx(-1.0)


@some
@given(seed=seeds, share=st.floats(0.0, 0.99))
def test_no_true_place_is_approached_faster_and_one_as_fast(seed, share):
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0.1, 2.0)
    uncertainty = share * distance
    velocity, toward = rng.normal(size=3), rng.normal(size=3)
    toward /= np.linalg.norm(toward)
    found = float(largest_closing_speed(velocity, toward, distance, uncertainty))
    errors = rng.normal(size=(3000, 3))
    errors *= uncertainty * rng.random((3000, 1)) ** (1 / 3) / np.linalg.norm(errors, axis=1, keepdims=True)
    places = distance * toward + errors
    closing = places @ velocity / np.linalg.norm(places, axis=1)
    assert (closing <= found + 1e-9).all()
    # The plane of both holds the worst place, on the rim of the cone or inside it.
    across = velocity - (velocity @ toward) * toward
    across /= np.linalg.norm(across)
    angles = np.linspace(-1, 1, 20_001)[:, None] * np.arcsin(share)
    rim = (np.cos(angles) * toward + np.sin(angles) * across) @ velocity
    assert rim.max() == pytest.approx(found, abs=1e-7)


@pytest.mark.parametrize("place", range(5))
def test_what_is_no_number_allows_no_speed(place):
    """And it stays none: no comparison with it comes out true."""
    numbers = [1.45, 1.6, 0.1, 2.0, 0.14]
    numbers[place] = np.nan
    assert np.isnan(allowed_closing_speed(*numbers))
    velocity, toward = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    assert np.isnan(largest_closing_speed(velocity, toward, np.nan, 0.1))
