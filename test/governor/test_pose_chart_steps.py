"""The chart of a link's pose, by hand: what its numbers mean, and how it steps towards a pose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints
from test.governor.arms import JOINTS, SAID, arm, channel, data, limits_of
from test.governor.carried import CIRCLE, body_of

UP = (0.0, math.pi / 2)
"""The elbow is bent upwards: the hand is at (0.3, 0, 0.2), its x points up, and its z back along -x."""
LATER = (0.4, math.pi / 2)
TURNED = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
BOTH = np.kron(np.eye(2), TURNED)
JACOBIAN = np.array([[-0.2, 0.0, 0.3, 0.0, -1.0, 0.0], [-0.2, 0.0, 0.0, 0.0, -1.0, 0.0]]).T
"""Of the hand there: (-0.2, 0, 0.3) m/s by the shoulder, (-0.2, 0, 0) m/s by the elbow; both turn about -y."""
DAMPED = np.linalg.solve(JACOBIAN.T @ JACOBIAN + 0.02**2 * np.eye(2), JACOBIAN.T)
"""The joint velocities with the least |J q - v|^2 + 0.02^2 |q|^2."""
REST = 0.03


def chart_of(folder, *more, **changes) -> Any:
    """The chart of the hand, or another link, and whoever tells it of the joints."""
    given = data({"it": channel("pose", "it", **changes)}, [*limits_of("it", "pose"), *more])
    given["sources"]["joints"]["rest_speed"] = REST
    governor = Governor(arm(folder, given))
    return governor.channels["it"].member("it").chart, governor


def told(governor, q=UP, rates=(0.0, 0.0), t=0.5):
    """And have the chart look at it."""
    governor.handle(Joints(t, "joints", tuple(JOINTS), np.array(q), np.array(rates), None, t))
    governor.channels["it"].member("it").chart.look(t)


def command(*values, frame=None):
    return Command(0.5, "it", tuple(map(float, values)), 0.5, frame=frame)


def placed(folder, ahead=(0.0,) * 6, q=UP, **changes):
    """A set-point that is ``ahead`` of the hand, in its own frame."""
    chart, governor = chart_of(folder, **changes)
    told(governor, q)
    chart.publish(np.array(ahead), 1.0)
    return chart, governor


def test_the_numbers_of_a_channel(tmp_path):
    chart, _ = chart_of(tmp_path)
    assert chart.keep_s == pytest.approx(0.1 + 0.02 + 1.0) and chart.slack == pytest.approx(4 * REST)
    assert {name: axis.tolist() for name, axis in chart.axes.items()} == {
        "linear": [0, 1, 2],
        "angular": [3, 4, 5],
    }
    assert chart.moves == tuple(JOINTS) and chart.size == 6


def test_a_link_is_moved_by_the_joints_that_carry_it_and_by_no_base(tmp_path):
    upper, _ = chart_of(tmp_path, link="upper")
    assert upper.moves == ("shoulder",)
    governor, _ = body_of(tmp_path, {"it": channel("pose", "it")}, base={}, **CIRCLE)
    assert governor.channels["it"].member("it").chart.moves == tuple(JOINTS)


def test_the_twist_of_the_link_is_told_in_the_frame_of_its_set_point(tmp_path):
    """0.4 and -0.6 rad/s: (0.04, 0, 0.12) m/s and 0.2 rad/s about y, in the base's axes."""
    chart, governor = placed(tmp_path)
    told(governor, rates=(0.4, -0.6))
    assert chart.measured == pytest.approx([0.12, 0.0, -0.04, 0.0, 0.2, 0.0])
    assert chart.measured_values == pytest.approx([0.3, 0.0, 0.2, 0.0, -math.sqrt(0.5), 0.0, math.sqrt(0.5)])


def test_a_link_on_a_base_is_measured_by_its_own_joints(tmp_path):
    governor, _ = body_of(tmp_path, {"it": channel("pose", "it")}, base={}, **CIRCLE)
    told(governor, rates=(0.4, -0.6))
    assert governor.channels["it"].member("it").chart.measured == pytest.approx(
        [0.12, 0.0, -0.04, 0.0, 0.2, 0.0]
    )


def test_rest_is_measured_of_all_joints(tmp_path):
    chart, governor = chart_of(tmp_path)
    assert chart.measured_values is None
    for rates, rests in (((REST, -REST), True), ((0.0, 0.031), False), ((-0.031, 0.0), False)):
        told(governor, rates=rates)
        assert chart.measured_rest is rests


def test_the_set_point_moves_the_joints_by_damped_least_squares(tmp_path):
    chart, governor = placed(tmp_path)
    model = governor.profile.body
    share = chart.joint_map(chart._limb.posture(), np.zeros(len(model.joints)), 0.1, np.array([0, 1]))
    assert share.matrix == pytest.approx(DAMPED @ BOTH) and not share.start.any()


def test_joints_lag_behind_by_what_leads_the_link_to_its_set_point(tmp_path):
    ahead = np.array([0.03, 0.0, -0.02, 0.0, 0.05, 0.0])
    chart, _ = placed(tmp_path, ahead)
    assert chart.lead == pytest.approx(np.array(UP) + DAMPED @ (BOTH @ ahead))


# The set-point.


def test_it_begins_where_the_link_is_seen_and_not_before(tmp_path):
    chart, governor = chart_of(tmp_path)
    assert not chart.ready
    assert chart.setpoint.place == pytest.approx([0.5, 0.0, 0.0])
    told(governor)
    assert chart.ready and chart.setpoint.place == pytest.approx([0.3, 0.0, 0.2])
    told(governor, LATER)
    assert chart.setpoint.place == pytest.approx([0.3, 0.0, 0.2])
    assert chart.rest[:3] == pytest.approx((0.3, 0.0, 0.2))


def test_it_is_lost_and_taken_back_where_the_link_is(tmp_path):
    chart, governor = placed(tmp_path)
    asked = command(*chart.rest)
    assert not chart.asks(asked)
    chart.lose()
    assert chart.asks(asked)
    told(governor, LATER)
    chart.take()
    there = [0.3 * math.cos(0.4) - 0.2 * math.sin(0.4), 0.0, 0.3 * math.sin(0.4) + 0.2 * math.cos(0.4)]
    assert chart.setpoint.place == pytest.approx(there) and not chart.asks(command(*chart.rest))


def test_any_other_pose_is_asked_for(tmp_path):
    chart, _ = placed(tmp_path, q=(0.0, 0.0))
    for shift, asks in ((0.0, False), (1e-9, False), (2e-9, True), (-2e-9, True)):
        assert chart.asks(command(0.5, shift, 0.0, 0.0, 0.0, 0.0, 1.0)) is asks
    assert chart.asks(command(0.5, 0.0, 0.0, 0.0, 1e-6, 0.0, 1.0))


@pytest.mark.parametrize(
    ("output", "dt", "moves"),
    [
        ((0.0, 0.0, 0.2, 0.0, 0.0, 0.0), 0.5, True),
        ((0.0,) * 6, 0.5, False),
        ((0.0, 0.0, 0.2, 0.0, 0.0, 0.0), 0.0, False),
    ],
)
def test_what_is_published_moves_it_for_as_long_as_it_stood(tmp_path, output, dt, moves):
    """0.1 m along the hand's z, which is -x."""
    chart, _ = placed(tmp_path)
    before = chart.setpoint
    values = chart.publish(np.array(output), dt)
    assert (chart.setpoint is before) is not moves
    assert values[:3] == pytest.approx((0.2 if moves else 0.3, 0.0, 0.2))


# The way to a pose: 0.7 of what it brakes by, 1 m/s2 and 2 rad/s2, are planned with.


def wanted(chart, way, dt=0.01):
    return chart.wanted(command(*chart.setpoint.moved(np.array(way)).values().tolist()), dt)


def test_it_can_stop_at_its_end(tmp_path):
    """2 * 0.7 * 0.14 = 0.196 and 2 * 0.7 * 2 * 0.35 = 0.98, squares of what is fast enough."""
    chart, _ = placed(tmp_path)
    fast, turn = math.sqrt(0.196), math.sqrt(0.98)
    assert wanted(chart, [0.0, 0.0, 0.14, 0.0, 0.0, 0.0]) == pytest.approx([0, 0, fast, 0, 0, 0], abs=1e-9)
    assert wanted(chart, [0.0, 0.0, 0.0, 0.0, 0.35, 0.0]) == pytest.approx([0, 0, 0, 0, turn, 0], abs=1e-9)
    # Of both the slower one, here the turn, holds up the other.
    both = wanted(chart, [0.0, 0.0, 0.14, 0.0, 0.35, 0.0])
    assert both == pytest.approx([0, 0, 0.14 * turn / 0.35, 0, turn, 0], abs=1e-9)


def test_it_gets_there_within_a_step_where_it_can(tmp_path):
    chart, _ = placed(tmp_path)
    assert wanted(chart, [0.001, 0.0, 0.0, 0.0, 0.002, 0.0], 0.1) == pytest.approx(
        [0.01, 0, 0, 0, 0.02, 0], abs=1e-9
    )


def test_it_brakes_as_gently_as_its_limits_ask_for(tmp_path):
    """0.5 m/s2 and 1 rad/s2."""
    slows = [
        {"name": axis, "kind": "deceleration", "channel": "it", "axis": axis, "bound": bound, "source": SAID}
        for axis, bound in (("linear", 0.5), ("angular", 1.0))
    ]
    chart, governor = chart_of(tmp_path, *slows)
    told(governor)
    assert wanted(chart, [0.0, 0.0, 0.14, 0.0, 0.0, 0.0])[2] == pytest.approx(math.sqrt(0.098))
    assert wanted(chart, [0.0, 0.0, 0.0, 0.0, 0.35, 0.0])[4] == pytest.approx(math.sqrt(0.49))


@pytest.mark.parametrize(
    ("ahead", "motion", "goes"),
    [
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), (0.0, 0.3, 0.4, 0.0, 0.0, 0.0), False),
        ((0.0, 0.0, 0.14, 0.0, 0.0, 0.0), (0.0, 0.3, 0.4, 0.0, 0.0, 0.0), True),
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), (0.0, 0.3, -0.4, 0.0, 0.0, 0.0), True),
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), (0.0, 0.3, 0.0, 0.0, 0.4, 0.0), True),
        ((0.0, 0.0, 0.0, 0.0, 0.31, 0.0), (0.0, 0.3, 0.0, 0.0, 0.4, 0.0), False),
        ((0.0, 0.0, 0.0, 0.0, 0.29, 0.0), (0.0, 0.3, 0.0, 0.0, 0.4, 0.0), True),
        ((0.0, 0.0, 0.0, 0.0, 0.31, 0.0), (0.0, 0.3, 0.0, 0.0, -0.4, 0.0), True),
    ],
)
def test_it_goes_no_further_ahead_of_a_link_that_does_not_follow(tmp_path, ahead, motion, goes):
    """0.15 m or 0.3 rad, either, is as far as it goes; back and aside it goes from anywhere."""
    chart, _ = placed(tmp_path, ahead)
    assert chart.unheld(np.array(motion)).tolist() == (list(motion) if goes else [0.0] * 6)


def test_as_far_as_it_goes_is_not_too_far(tmp_path):
    """Aside, where 0.15 m are exact."""
    chart, _ = placed(tmp_path, (0.0, 0.15, 0.0, 0.0, 0.0, 0.0), (0.0, 0.0))
    assert chart.setpoint.place[1] == 0.15
    assert chart.unheld(np.array([0.0, 0.2, 0.0, 0.0, 0.0, 0.0])).tolist() == [0.0, 0.2, 0.0, 0.0, 0.0, 0.0]


def test_what_is_slower_than_anything_is_rest(tmp_path):
    chart, _ = placed(tmp_path)
    assert wanted(chart, [0.0, 0.0, 4e-9, 0.0, 0.0, 0.0], 5.0).tolist() == [0.0] * 6


# What is no pose.


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ((1e4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0), None),
        ((0.0, -1.1e4, 0.0, 0.0, 0.0, 0.0, 1.0), "a place 11000 m away; at most 10000 m is allowed"),
        ((0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.009), None),
        ((0.4, 0.0, 0.0, 0.0, 0.0, 0.0, -0.991), None),
        ((0.4, 0.0, 0.0, 0.0, 0.6, 0.0, 0.8), None),
        ((0.4, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0), None),
        ((0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.011), "a quaternion of length 1.011; 1 is needed, within 0.01"),
        ((0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.989), "a quaternion of length 0.989; 1 is needed, within 0.01"),
        ((0.4, math.nan, 0.0, 0.0, 0.0, 0.0, 1.0), "values must be finite, not NaN or infinite"),
        ((0.4, 0.0, 0.0, 1.0), "4 values; 7 are needed: x, y, z, qx, qy, qz, qw"),
    ],
)
def test_what_makes_a_pose_garbled(tmp_path, values, why):
    chart, _ = chart_of(tmp_path)
    assert chart.why_garbled(command(*values)) == why


@pytest.mark.parametrize(("frame", "welcome"), [(None, True), ("", True), ("/base", True), ("map", False)])
def test_a_pose_is_in_the_frame_of_its_channel(tmp_path, frame, welcome):
    chart, _ = chart_of(tmp_path)
    why = chart.why_garbled(command(0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, frame=frame))
    assert why == (None if welcome else f"frame {frame!r}; 'base' is needed")
