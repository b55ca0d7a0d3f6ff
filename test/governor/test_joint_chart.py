"""Charts of joint velocities and of set-points, by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints
from iatro_governor.governor.joint_chart import approach, creeps
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of

REST = 0.03
"""rad/s; more than that is motion."""


def chart_of(folder, kind, *more, **changes) -> Any:
    """The chart of an arm's only channel, which stops by 4 and 5 rad/s2, and whoever tells it of the joints."""
    given = data({"it": channel(kind, "it", **changes)}, [*limits_of("it", kind), *more])
    given["sources"]["joints"]["rest_speed"] = REST
    governor = Governor(arm(folder, given))
    return governor.channels["it"].member("it").chart, governor


def told(governor, q=(0.1, 0.2), rates=(0.0, 0.0), t=0.5):
    governor.handle(Joints(t, "joints", tuple(JOINTS), np.array(q), np.array(rates), None, t))


def command(*values):
    return Command(0.5, "it", values, 0.5)


# The way to a set-point: seven tenths of 10 rad/s2 are planned with.


def test_an_approach_can_stop_at_its_end():
    """2 * 7 * 3.5 = 7^2, and 7 rad/s are slower than 3.5 rad within 0.1 s; a joint that is there holds up nobody."""
    assert approach(np.array([3.5, 0.0]), np.array([10.0, 10.0]), 0.1) == pytest.approx([7.0, 0.0])
    assert approach(np.array([-3.5]), np.array([10.0]), 0.1) == pytest.approx([-7.0])
    assert approach(np.array([0.05]), np.array([1.0]), 0.1) == pytest.approx([math.sqrt(0.07)])


def test_an_approach_gets_there_within_a_step_where_it_can():
    assert approach(np.array([0.01, -0.003]), np.array([10.0, 10.0]), 0.1) == pytest.approx([0.1, -0.03])


def test_an_approach_keeps_to_the_straight_way():
    """A fifth of 15 rad/s for the first joint, and so a fifth of -3 rad/s for the other, which could be faster."""
    ways, easing, jerk = np.array([1.5, -0.3]), np.array([10.0, 90.0]), np.array([24.5, math.inf])
    assert approach(ways, easing, 0.1, jerk) == pytest.approx([3.0, -0.6])
    assert approach(ways[::-1], easing[::-1], 0.1, jerk[::-1]) == pytest.approx([-0.6, 3.0])


def test_an_approach_under_a_jerk_lets_go_of_its_braking():
    """c = 7^2 / 24.5 = 2, and 3^2 + 2 * 3 * 2 = 2 * 7 * 1.5."""
    assert approach(np.array([1.5]), np.array([10.0]), 0.1, np.array([24.5])) == pytest.approx([3.0])


def test_what_is_too_far_keeps_its_direction():
    """A million rad in a million s."""
    assert approach(np.array([4e6, -2e6]), np.array([10.0, 10.0]), 1e6) == pytest.approx(
        [1.0, -0.5], rel=1e-9
    )


def test_each_joint_creeps_alone_and_both_ways():
    assert creeps(2, 0.05).tolist() == [[0.05, 0.0], [0.0, 0.05], [-0.05, 0.0], [0.0, -0.05]]


# What both charts share.


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position"])
def test_the_numbers_of_a_channel(tmp_path, kind):
    slows = {
        "name": "slows",
        "kind": "joint_deceleration",
        "channel": "it",
        "bounds": [3.0, 6.0],
        "source": SAID,
    }
    chart, _ = chart_of(tmp_path, kind, slows)
    # As old as a measurement may be, the actuator's delay, and a second.
    assert chart.keep_s == pytest.approx(0.1 + 0.02 + 1.0)
    assert chart.stopping.tolist() == [4.0, 5.0] and chart.easing.tolist() == [3.0, 5.0]
    assert chart.slack == pytest.approx(2 * REST) and chart.fixed_map
    assert chart.ready is (kind == "joint_velocity")


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position"])
def test_rest_is_measured_of_all_joints(tmp_path, kind):
    chart, governor = chart_of(tmp_path, kind)
    assert chart.newest is None and chart.measured_values is None
    for rates, rests in (((REST, -REST), True), ((0.0, 0.031), False), ((-0.031, 0.0), False)):
        told(governor, rates=rates)
        assert chart.measured_rest is rests
        assert chart.newest == 0.5
    assert chart.measured_values == ((-0.031, 0.0) if kind == "joint_velocity" else (0.1, 0.2))


def test_each_value_is_the_velocity_of_its_joint(tmp_path):
    """Among four of a model."""
    chart, _ = chart_of(tmp_path, "joint_velocity")
    share = chart.joint_map(SimpleNamespace(q=np.zeros(4)), np.ones(4), 0.1, np.array([3, 1]))
    assert share.matrix.tolist() == [[0.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    assert share.start.tolist() == [0.0] * 4 and share.least_s == 0.0


@pytest.mark.parametrize("values", [(math.nan, 0.0), (0.0, math.inf), (-math.inf, math.nan)])
def test_one_number_that_is_none_makes_a_command_garbled(tmp_path, values):
    chart, _ = chart_of(tmp_path, "joint_velocity")
    assert chart.why_garbled(command(*values)) == "values must be finite, not NaN or infinite"
    assert chart.why_garbled(command(0.5, -0.5)) is None


@pytest.mark.parametrize(("split", "parts"), [(True, [[0.3, 0.0], [0.0, -0.2]]), (False, [])])
def test_a_command_may_be_told_joint_by_joint_where_that_is_allowed(tmp_path, split, parts):
    chart, _ = chart_of(tmp_path, "joint_velocity", allow_split=split)
    assert [part.tolist() for part in chart.parts(np.array([0.3, -0.2]))] == parts
    assert chart.parts(np.array([0.0, -0.2])) == [] == chart.parts(np.zeros(2))


def test_a_way_leads_from_where_joints_stood_to_where_they_stand(tmp_path):
    chart, governor = chart_of(tmp_path, "joint_velocity")
    told(governor, (0.25, -0.5))
    assert chart.stands.tolist() == [0.25, -0.5]
    assert chart.way(np.array([0.75, 0.5]), chart.stands) == [-0.5, -1.0]


# Velocities.


def test_at_rest_no_joint_has_a_velocity(tmp_path):
    assert chart_of(tmp_path, "joint_velocity")[0].rest == (0.0, 0.0)


def test_a_velocity_is_asked_for_by_any_joint(tmp_path):
    chart, _ = chart_of(tmp_path, "joint_velocity")
    assert (
        chart.asks(command(0.0, 0.1)) and chart.asks(command(-0.1, 0.0)) and not chart.asks(command(0.0, 0.0))
    )


def test_velocities_that_are_none_or_beyond_reason(tmp_path):
    chart, _ = chart_of(tmp_path, "joint_velocity")
    assert chart.wanted(command(1e-9, -0.9e-9), 0.01).tolist() == [1e-9, 0.0]
    assert chart.wanted(command(4e3, -1e3), 0.01) == pytest.approx([1e3, -250.0], rel=1e-9)


# Set-points.


def placed(folder, q, ahead, **changes):
    """A set-point ``ahead`` of joints at ``q``, rad."""
    chart, governor = chart_of(folder, "joint_position", **changes)
    told(governor, q)
    assert chart.setpoint.tolist() == list(q)
    chart.publish(np.array(ahead), 1.0)
    return chart, governor


def test_a_set_point_begins_where_the_joints_are_seen_and_not_before(tmp_path):
    chart, governor = chart_of(tmp_path, "joint_position")
    assert not chart.ready and chart.setpoint.tolist() == [0.0, 0.0] and chart.lead is None
    assert chart.asks(command(0.0, 0.0))
    told(governor)
    assert chart.ready and chart.setpoint.tolist() == [0.1, 0.2]
    told(governor, (0.4, 0.5), t=0.6)
    assert chart.setpoint.tolist() == [0.1, 0.2] and np.array(chart.lead).tolist() == [0.1, 0.2]
    assert not chart.asks(command(0.1, 0.2))


def test_another_set_point_is_asked_for_by_any_joint(tmp_path):
    chart, _ = placed(tmp_path, (0.0, 0.0), (0.5, -0.25))
    assert not chart.asks(command(0.5, -0.25)) and not chart.asks(command(0.5, -0.25 + 1e-10))
    assert chart.asks(command(0.5, -0.25 + 1e-8)) and chart.asks(command(0.4, -0.25))
    near, _ = placed(tmp_path, (0.0, 0.0), (0.0, 0.0))
    assert not near.asks(command(1e-9, 0.0)) and near.asks(command(1.1e-9, 0.0))


def test_a_set_point_that_was_lost_means_nothing_until_the_joints_are_taken_back(tmp_path):
    chart, governor = placed(tmp_path, (0.0, 0.0), (0.5, -0.25))
    chart.lose()
    assert chart.asks(command(0.5, -0.25)) and chart.setpoint.tolist() == [0.5, -0.25]
    told(governor, (0.1, 0.2), t=0.6)
    chart.take()
    assert chart.setpoint.tolist() == [0.1, 0.2] and not chart.asks(command(0.1, 0.2))


def test_a_joint_strays_unless_it_closes_in_on_its_set_point(tmp_path):
    """The first is half a rad behind, and beyond zero; the other is where it should be."""
    chart, _ = placed(tmp_path, (-1.0, -0.25), (0.5, 0.0))
    assert chart.setpoint.tolist() == [-0.5, -0.25]
    for motion, strays in (([0.2, 0.2], [0.0, 1.0]), ([-0.2, -0.2], [1.0, 1.0]), ([0.0, 0.0], [1.0, 1.0])):
        assert chart.strays(np.array(motion)).tolist() == strays


@pytest.mark.parametrize(
    ("ahead", "motion", "goes"),
    [
        ((0.5, 0.0), (0.4, 0.1), False),
        ((-0.5, 0.0), (-0.4, 0.1), False),
        ((0.0, 0.31), (0.1, 1e-3), False),
        ((0.25, -0.25), (0.4, -0.1), True),
        ((0.5, 0.0), (-0.4, 0.1), True),
        ((0.5, 0.0), (0.0, 0.1), True),
        ((0.2, 0.5), (0.2, -0.1), True),
    ],
)
def test_a_set_point_goes_no_further_ahead_of_joints_that_do_not_follow(tmp_path, ahead, motion, goes):
    """0.3 rad are as far as it goes; back it goes from anywhere."""
    chart, _ = placed(tmp_path, (0.5, -0.5), ahead)
    asked = chart.unheld(np.array(motion))
    assert asked.tolist() == (list(motion) if goes else [0.0, 0.0])
    wanted = chart.wanted(command(*(chart.setpoint + motion).tolist()), 0.01)
    assert bool(wanted.any()) is goes


def test_as_far_as_it_goes_is_not_too_far(tmp_path):
    chart, _ = placed(tmp_path, (0.0, 0.0), (0.3, -0.3))
    assert chart.unheld(np.array([0.4, -0.1])).tolist() == [0.4, -0.1]


def test_a_set_point_moves_for_as_long_as_an_output_stood(tmp_path):
    chart, _ = placed(tmp_path, (0.25, -0.5), (0.0, 0.0))
    assert chart.publish(np.array([0.5, 1.0]), 0.25) == (0.375, -0.25) == chart.rest


def test_a_set_point_is_approached_by_ordinary_motion_and_its_jerk(tmp_path):
    """0.7 * 4 = 2.8: sqrt(2 * 2.8 * 0.14) = 0.885; c = 2.8^2 / 4 = 1.96: sqrt(1.96^2 + 0.784) - 1.96 = 0.191."""
    asked = command(0.14, 0.0)
    chart, _ = placed(tmp_path, (0.0, 0.0), (0.0, 0.0))
    assert chart.wanted(asked, 0.01) == pytest.approx([math.sqrt(0.784), 0.0])
    jerk = {"name": "soft", "kind": "joint_jerk", "channel": "it", "bounds": [4.0, 9.0], "source": SAID}
    soft, governor = chart_of(tmp_path, "joint_position", jerk)
    told(governor, (0.0, 0.0))
    assert soft.wanted(asked, 0.01) == pytest.approx([math.sqrt(1.96**2 + 0.784) - 1.96, 0.0])
