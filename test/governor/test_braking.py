"""What counts as braking: no joint is faster than an even way to rest over the same time has it, and that ends soon."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.path import JointState
from iatro_governor.governor.braking import only_brakes
from test.body.paths import through

SPEEDS = (0.8, -0.4)
SLOWS = np.array([4.0, 2.0])
"""A stop takes both of them 0.2 s; a quarter of it, 0.8 s; and a second is never too long."""


def brakes(end, seconds, speeds=SPEEDS, times=None, slows=SLOWS):
    """From zero, one point that is reached after ``seconds`` s; or several at ``times``."""
    points = [end] if times is None else end
    rates = np.zeros((len(points), 2))
    path = through(times or [seconds], points, rates, start=[0.0, 0.0], entry=list(speeds))
    return only_brakes(path, JointState(np.zeros(2), np.array(speeds)), slows)


def even(seconds, share=0.5):
    return [speed * seconds * share for speed in SPEEDS]


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.0])
def test_an_even_way_to_rest_brakes(seconds):
    assert brakes(even(seconds), seconds)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.55])
def test_a_way_that_ends_sooner_or_a_little_later_brakes_too(share):
    assert brakes(even(0.5, share), 0.5)


@pytest.mark.parametrize("share", [-0.5, 0.75, 1.0])
def test_a_way_that_leads_on_or_back_first_does_not(share):
    assert not brakes(even(0.5, share), 0.5)


@pytest.mark.parametrize(("end", "fine"), [((0.2, -0.1), True), ((0.2, 0.1), False), ((0.2, -0.3), False)])
def test_each_joint_has_to_brake(end, fine):
    assert brakes(end, 0.5) is fine


@pytest.mark.parametrize(
    ("slows", "seconds", "fine"), [(4.0, 1.0, True), (4.0, 1.01, False), (0.8, 4.0, True), (0.8, 4.1, False)]
)
def test_what_takes_longer_than_a_quarter_of_a_stop_needs_is_no_stop(slows, seconds, fine):
    """0.8 rad/s by a quarter of 0.8 rad/s2: 4 s."""
    assert brakes(even(seconds), seconds, slows=np.array([slows, slows])) is fine


def test_joints_that_rest_may_stay_and_go_nowhere():
    assert brakes((0.0, 0.0), 0.5, speeds=(0.0, 0.0))
    assert brakes((0.004, 0.0), 0.5, speeds=(0.0, 0.0)), "noise"
    assert not brakes((0.02, 0.0), 0.5, speeds=(0.0, 0.0))


def test_a_way_that_pauses_and_goes_on_does_not():
    assert brakes([even(0.25), even(0.25)], None, times=[0.25, 0.5])
    assert not brakes([even(0.25), [0.5, -0.1]], None, times=[0.25, 0.5])
