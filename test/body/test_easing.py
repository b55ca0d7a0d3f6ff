"""Stops under a jerk, against small steps and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.easing import ease, eased_stop, falling


def one(peak, rise, slowing=0.0):
    return ease(*(np.array([float(x)]) for x in (peak, rise, slowing)))


def ends(stop):
    return float(stop.build[0] + stop.even[0] + stop.release[0])


def test_from_1_m_s_by_1_m_s2_and_2_m_s3_it_takes_a_second_and_a_half():
    """v / a + a / j = 1 + 0.5 s; a stop that is its own mirror image goes half as far as full speed would."""
    stop = one(1.0, 2.0)
    assert (stop.build[0], stop.even[0], stop.release[0]) == pytest.approx((0.5, 0.5, 0.5))
    assert stop.coast[0] == pytest.approx(0.75)


def test_a_slow_motion_never_reaches_the_peak():
    """v = 0.25, j = 1: 2 sqrt(v / j) = 1 s, a peak of 0.5."""
    stop = one(1.0 / 0.25, 1.0 / 0.25)
    assert ends(stop) == pytest.approx(1.0) and stop.top[0] * 0.25 == pytest.approx(0.5)
    assert stop.coast[0] == pytest.approx(0.5)


def test_without_a_bound_on_jerk_it_is_the_plain_ramp():
    assert one(2.0, 1e9).coast[0] == pytest.approx(0.25)


def test_what_falls_already_stops_sooner():
    """At its peak already: evenly from 1 to 0.25 in 0.75 s, then 0.5 s of letting go, a third as far."""
    assert one(1.0, 2.0, 1.0).coast[0] == pytest.approx(0.75 * 0.625 + 0.25 * 0.5 / 3)
    assert one(1.0, 2.0, 1.0).coast[0] < one(1.0, 2.0, 0.5).coast[0] < one(1.0, 2.0).coast[0]


@settings(max_examples=200, deadline=None)
@given(peak=st.floats(0.2, 20.0), rise=st.floats(0.1, 200.0), share=st.floats(0.0, 1.2))
def test_it_is_what_small_steps_make(peak, rise, share):
    """Of what is left, and how far it goes; and it keeps both bounds but where it could not let go in time."""
    stop = one(peak, rise, share * peak)
    end = ends(stop)
    left, falls = stop.after(np.linspace(0.0, end, 4001))
    dt = end / 4000
    assert left[0] == pytest.approx(1.0) and left[-1] == pytest.approx(0.0, abs=1e-9)
    assert falls[-1] == pytest.approx(0.0, abs=1e-6) and (falls >= -1e-12).all()
    assert falls.max() <= max(peak, 1e-12) * (1 + 1e-9)
    assert np.trapezoid(left, dx=dt) == pytest.approx(stop.coast[0], rel=1e-5)
    assert -np.diff(left) / dt == pytest.approx(
        (falls[1:] + falls[:-1]) / 2, rel=1e-3, abs=float(stop.rise[0]) * dt
    )
    assert np.abs(np.diff(falls)).max() / dt <= max(rise, (share * peak) ** 2 / 2) * (1 + 1e-3) + 1e-3 * rise


@settings(max_examples=200)
@given(
    peak=st.floats(0.2, 20.0),
    rise=st.floats(0.1, 200.0),
    share=st.floats(0.0, 1.0),
    part=st.floats(0.01, 0.9),
)
def test_a_stop_that_goes_on_goes_no_further_than_it_was_to(peak, rise, share, part):
    """What makes the last verified way to rest one that can be followed: sampled downwards, it leads no further."""
    stop = one(peak, rise, share * peak)
    dt = part * ends(stop)
    left, falls = (float(x[0]) for x in stop.after(dt))
    rest = ease(np.array([peak / left]), np.array([rise / left]), np.array([falls / left]))
    assert left * (dt + rest.coast[0]) <= stop.coast[0] + 1e-9


def test_only_what_falls_along_its_own_way_has_begun_to_stop():
    outputs = np.array([[0.5, 0.0, 0.2], [0.5, 0.0, 0.2], [0.5, 0.0, 0.2], [0.0, 0.0, 0.0]])
    pace = np.array([[-0.25, 0.0, -0.1], [0.25, 0.0, 0.1], [-0.25, 0.0, 0.1], [-1.0, 0.0, 0.0]])
    assert falling(outputs, pace).tolist() == [0.5, 0.0, 0.0, 0.0]


def test_the_component_with_the_least_jerk_for_its_size_decides():
    """0.5 m/s at 2 m/s3 could rise by 4 1/s2, 1 rad/s at 1 rad/s3 by 1: together by 1."""
    outputs = np.array([[0.5, 0.0, 1.0]])
    stop = eased_stop(np.array([0.5]), outputs, np.zeros((1, 3)), np.array([2.0, 2.0, 1.0]))
    assert stop.rise[0] == pytest.approx(1.0) and ends(stop) == pytest.approx(2.0)
    free = eased_stop(np.array([0.5]), outputs, np.zeros((1, 3)), np.array([2.0, 2.0, math.inf]))
    assert free.rise[0] == pytest.approx(4.0)
