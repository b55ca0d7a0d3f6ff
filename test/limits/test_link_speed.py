"""Link speed: numbers by hand, of where a body is measured and of where it will be."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.body.load import load_text
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.situations import make

BENT = load_text(
    TWO_LINKS.replace('<origin xyz="0.6 0 0"/><axis', '<origin xyz="0.6 0 0" rpy="0 0 0.7"/><axis')
)
"""The lower link stands off by 0.7 rad where the elbow is at 0."""
FOLDED, OPEN = np.array([0.0, 0.9]), np.array([0.0, -0.9])


def speed(bend):
    """Of the fastest point of the lower link, 0.04 m thick, as the shoulder turns at 1 rad/s, m/s."""
    return np.sqrt(0.6**2 + 0.4**2 + 2 * 0.6 * 0.4 * np.cos(bend)) + 0.04


def limit(bound=0.5):
    return make("link_speed", bound=bound)


def at(now, soon, start=0.0):
    scene = replace(body_situation(now, model=BENT), soon_q=soon)
    drive = replace(scene.drive, start=np.array([start, 0.0]))
    return replace(scene, drive=drive, comfort=drive)


@pytest.mark.parametrize(("now", "soon"), [(FOLDED, OPEN), (OPEN, FOLDED), (OPEN, OPEN)])
def test_the_faster_of_where_it_is_and_will_be_counts(now, soon):
    """Open it is bent by 0.2 rad: 0.6 rad/s are 0.62 m/s there, and 0.45 where it is folded."""
    found = limit().cap(np.array([0.6, 0.0]), at(now, soon))
    assert found.requested == pytest.approx(0.6 * speed(0.2))
    assert found.scale == pytest.approx(0.5 / (0.6 * speed(0.2)))
    assert limit().cap(np.array([0.6, 0.0]), at(FOLDED, FOLDED)).scale == 1.0


def test_what_nobody_could_find_too_fast_is_told_of_the_command_and_not_of_what_stands():
    found = limit().cap(np.array([0.1, 0.0]), body_situation(np.zeros(2), np.array([0.3, 0.0])))
    assert found.scale == 1.0 and found.requested == pytest.approx(0.1 * 1.04)


def test_right_at_the_bound_nothing_is_taken_though_the_arm_moves_back_by_itself():
    command, scene = np.array([0.7, 0.0]), at(FOLDED, FOLDED, start=-0.1)
    reached = limit(0.1).cap(command, scene).requested
    assert reached == pytest.approx(0.6 * speed(1.6))
    assert limit(reached).cap(command, scene).scale == 1.0
    beyond = limit(0.9 * reached).cap(command, scene)
    assert beyond.scale == pytest.approx((0.9 * reached - 0.1 * speed(1.6)) / (0.7 * speed(1.6)))


def idle(scene, *rates, bound=0.5):
    return limit(bound).idle(scene, SimpleNamespace(ends=np.array([[rate, 0.0] for rate in rates])))


def test_it_is_idle_below_the_bound_by_more_than_rounding():
    scene = body_situation(np.zeros(2))
    most = 0.5 / float(scene.levers.max())
    assert idle(scene, most * (1 - 2e-9), 0.0) and idle(scene, 0.0, most * (1 - 2e-9))
    assert not idle(scene, most * (1 - 5e-10), 0.0) and not idle(scene, 0.0, 1.5 * most)


def test_it_is_not_idle_where_the_motion_in_flight_may_make_it_faster():
    assert idle(at(FOLDED, FOLDED), 0.6, 0.0)
    assert not idle(at(FOLDED, OPEN), 0.6, 0.0)


def test_nothing_is_taken_from_a_command_that_adds_nothing():
    found = limit().cap(np.zeros(2), at(OPEN, OPEN, start=0.9))
    assert found.scale == 1.0 and found.requested == pytest.approx(0.9 * speed(0.2))
    assert found.excess == pytest.approx(0.9 * speed(0.2) - 0.5)


def test_it_is_about_the_fastest_link():
    assert limit().about(body_situation(np.zeros(2), np.array([0.3, 0.0]))) == "lower"
    still = make("link_speed", links=["upper"])
    assert still.about(body_situation(np.zeros(2), np.array([0.3, 0.0]))) == "upper"
