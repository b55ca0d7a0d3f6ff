"""Of a trajectory under way: where on it the joints are, and the way that is left if it is stopped now."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.execution import Execution
from test.body.paths import through
from test.governor.following import COMMAND, HOW, POINTS, begun, joints, on_it


def test_the_joints_are_where_the_path_was_within_the_lag_and_beside_it():
    """A tenth of a second late, and 0.1 across: the way goes (1, 0.5), so (-0.05, 0.1) is across."""
    it = begun()
    when, aside = it.phase(12.0, joints(0.9 - 0.05, 0.45 + 0.1))
    assert when == pytest.approx(0.9) and aside == pytest.approx([-0.05, 0.1])
    assert it.velocities(when) == pytest.approx([1.0, 0.5])
    for a, latest in ((0.5, 0.75), (1.5, 1.0)):
        when, aside = it.phase(12.0, joints(a, a / 2))
        assert when == pytest.approx(latest) and aside == pytest.approx([a - latest, (a - latest) / 2])


def test_a_corner_is_found_where_one_of_nine_moments_of_the_lag_is():
    """They are 1/32 s apart, and the way turns 5/32 s ago; between them it is taken for straight."""
    it = Execution(HOW)
    it.begin(0.0, through([0.0, 1.0, 2.0], [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), POINTS, COMMAND)
    when, aside = it.phase(1.15625, joints(1.0, 0.0))
    assert when == pytest.approx(1.0) and aside == pytest.approx([0.0, 0.0], abs=1e-12)


def test_no_joint_is_where_the_path_was_before_it_began():
    when, aside = begun().phase(11.125, joints(-0.25, -0.125))
    assert when == 0.0 and aside == pytest.approx([-0.25, -0.125])


ASIDE = np.array([0.01, -0.02])


def test_the_way_that_is_left_goes_on_until_a_stop_can_act_and_then_stops_in_equal_distances():
    """From 0.5 rad half a second on to 1 rad, which is covered, and half a radian of a stop of a second: six parts."""
    course = begun(covered_s=0.5).course(11.5, 0.5, ASIDE)
    assert course.positions[:, 0] == pytest.approx([0.5 + k / 6 for k in range(1, 7)], abs=1e-3)
    assert course.positions[:, 1] == pytest.approx(course.positions[:, 0] / 2)
    assert course.seconds == pytest.approx(1.5, abs=1e-3) and course.aside is ASIDE


def test_joints_that_are_late_have_so_much_more_way_left():
    """At 0.25 rad while the path is at 0.5: 0.75 s on to 1 rad is 3.6 of 6 samples of 1.25 rad, so four."""
    course = begun(covered_s=0.5).course(11.5, 0.25, ASIDE)
    expected = [0.25 + 0.75 * k / 4 for k in range(1, 5)] + [1.25, 1.5]
    assert course.positions[:, 0] == pytest.approx(expected, abs=1e-3)
    assert course.seconds == pytest.approx(1.75, abs=1e-3)


def test_a_stop_acts_in_a_period_at_least():
    """A sixteenth of a second is less than one of six samples, and counts as one."""
    course = begun().course(11.5, 0.5, ASIDE)
    assert course.positions[0, 0] == pytest.approx(0.5625)
    assert course.positions[:, 0] == pytest.approx([0.5625 + 0.1 * k for k in range(6)], abs=2e-3)
    assert course.seconds == pytest.approx(1.0625, abs=1e-2)


def test_a_stop_of_another_length_is_sampled_over_its_own_time():
    """By 2 rad/s2 it takes half a second and a quarter of a radian: half a second at full speed before is 4 of 6."""
    brakes = {"controlled": np.array([2.0, 2.0])}
    course = begun(covered_s=0.5, decelerations=brakes).course(11.5, 0.5, ASIDE)
    assert course.positions[:, 0] == pytest.approx([0.625, 0.75, 0.875, 1.0, 1.125, 1.25], abs=2e-3)


@pytest.mark.parametrize(("how", "period", "at"), [(4.0, 1e-3, 0), (40.0, 1.0, 4)])
def test_a_way_has_one_sample_at_least_before_the_stop_and_one_in_it(how, period, at):
    """However short the time until it acts is beside the stop, and however short the stop is beside that time."""
    brakes = {"controlled": np.array([how, how])}
    course = begun(period=period, decelerations=brakes).course(11.5, 0.5, ASIDE)
    assert len(course.positions) == 6 and course.positions[at, 0] == pytest.approx(0.5 + period)
    assert course.positions[5, 0] == pytest.approx(0.5 + period + 0.5 / how, abs=1e-3)


def test_the_way_that_is_left_of_a_stop_is_its_rest_in_equal_distances():
    it = begun()
    it.halt(11.5, "controlled", on_it(0.5))
    whole = it.course(11.5, 0.0, ASIDE)
    assert whole.positions[:, 0] == pytest.approx([0.5 + k / 12 for k in range(1, 7)], abs=1e-3)
    assert whole.seconds == pytest.approx(1.0) and whole.aside is ASIDE
    half = it.course(12.0, 0.5, ASIDE)
    assert half.positions[:, 0] == pytest.approx([0.875 + k / 48 for k in range(1, 7)], abs=1e-3)
    assert half.seconds == pytest.approx(0.5)
    over = it.course(13.0, 1.5, ASIDE)
    assert over.seconds == 0.0 and over.positions == pytest.approx(np.tile([1.0, 0.5], (6, 1)), abs=1e-3)
