"""The chart of joint trajectories, moment by moment: by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Knot
from test.governor.arms import JOINTS, arm, channel, data

POINTS = (Knot(1.0, (0.5, 0.25), (0.8, 0.4)), Knot(2.0, (1.0, 0.5), (0.0, 0.0)))
"""From rest at zero, and to rest: 2 s."""
LAG_S = 0.02 + 0.1
"""The actuator's delay, and what a controller may be late besides."""


def chart_of(folder) -> Any:
    """The chart, and whoever tells it of the joints."""
    given = data({"it": channel("joint_trajectory", "it", tracking_tolerance=0.125)})
    governor = Governor(arm(folder, given))
    return governor.channels["it"].member("it").chart, governor


def told(governor, t, q=(0.0, 0.0), rates=(0.0, 0.0)):
    """And have the chart look at it."""
    governor.handle(Joints(t, "joints", tuple(JOINTS), np.array(q), np.array(rates), None, t))
    governor.channels["it"].member("it").chart.look(t)


def command(points=POINTS, names=tuple(JOINTS), values=()):
    return Command(0.0, "it", values, 0.0, None, None, names, points)


def begun(folder):
    """At 5 s, and published."""
    chart, governor = chart_of(folder)
    told(governor, 5.0)
    asked = command()
    chart.begin(chart.path(asked), None, asked)
    chart.outgoing()
    return chart, governor, asked


def test_before_the_joints_are_seen_nothing_is_known(tmp_path):
    chart, governor = chart_of(tmp_path)
    assert (chart.ready, chart.measured_values) == (False, None)
    told(governor, 5.0, (0.1, 0.2))
    assert chart.ready and chart.measured_values == (0.1, 0.2) and chart.rest == (0.1, 0.2)
    assert [chart.going, chart.course, chart.executed, chart.astray] == [None] * 4
    assert chart.state.positions.tolist() == [0.1, 0.2]


def test_what_begins_is_published_once_and_goes_on(tmp_path):
    chart, governor = chart_of(tmp_path)
    told(governor, 5.0)
    asked = command()
    path = chart.path(asked)
    chart.begin(path, None, asked)
    assert [knot.time for knot in chart.outgoing()] == [0.0, 1.0, 2.0] and chart.outgoing() is None
    assert chart.executed is asked and chart.going.tolist() == [0.0, 0.0] and chart.rest == (0.0, 0.0)
    chart.begin(path, POINTS, asked)
    assert chart.outgoing() == POINTS


def test_what_goes_on_has_the_joints_where_its_path_does(tmp_path):
    chart, governor, asked = begun(tmp_path)
    path = chart.path(asked)
    told(governor, 5.0)
    for t in (5.4, 5.8):
        q, v = path.positions(np.array(t - 5.0)), path.velocities(np.array(t - 5.0))
        told(governor, t, q, v)
        assert chart.rest == pytest.approx(q) and chart.publish(np.zeros(2), 0.01) == chart.rest
        assert chart.going == pytest.approx(v) and chart.astray is None
        assert chart.course is not None and chart.course.positions.shape[1] == 2
        assert chart.state.positions == pytest.approx(q) and chart.state.velocities == pytest.approx(v)


def test_joints_that_lag_a_little_are_on_their_way_and_others_are_astray(tmp_path):
    chart, governor, asked = begun(tmp_path)
    path = chart.path(asked)
    late = path.positions(np.array(0.5))
    told(governor, 5.5 + LAG_S - 0.01, late, path.velocities(np.array(0.5)))
    assert chart.astray is None and chart.going == pytest.approx(path.velocities(np.array(0.5)), rel=0.05)
    assert chart.state.positions == pytest.approx(path.positions(np.array(0.5 + LAG_S - 0.01)))
    told(governor, 5.7, np.add(late, [0.0, 0.3]))
    assert "off its trajectory" in str(chart.astray) and str(chart.astray).startswith("elbow is")


def run_to_its_end(governor, end=(1.0, 0.5), until=7.0 + LAG_S):
    """Every 0.1 s, and at ``until``."""
    chart = governor.channels["it"].member("it").chart
    path = chart.path(command())
    for k in range(1, 20):
        told(governor, 5.0 + k / 10, path.positions(np.array(k / 10)), path.velocities(np.array(k / 10)))
    told(governor, 7.0, end)
    told(governor, until, end)


def test_it_is_over_when_the_last_point_and_the_lag_have_passed(tmp_path):
    chart, governor, _ = begun(tmp_path)
    run_to_its_end(governor, until=7.0 + LAG_S - 0.01)
    assert chart.going is not None and chart.executed is not None
    told(governor, 7.0 + LAG_S + 0.001, (1.0, 0.5))
    assert chart.going is None and chart.course is None and chart.executed is None


def test_its_last_point_stands_while_the_joints_stay_within_the_tolerance(tmp_path):
    """0.125 rad."""
    chart, governor, _ = begun(tmp_path)
    run_to_its_end(governor, until=7.0 + LAG_S + 0.001)
    told(governor, 7.5, (1.0, 0.625))
    assert chart.rest == (1.0, 0.5)
    told(governor, 7.6, (0.9, 0.5))
    assert chart.rest == (1.0, 0.5)
    told(governor, 7.7, (0.874, 0.5))
    assert chart.rest == (0.874, 0.5)
    told(governor, 7.8, (1.0, 0.5))
    assert chart.rest == (1.0, 0.5) == chart.measured_values


def test_once_others_move_the_joints_its_last_point_means_nothing(tmp_path):
    chart, governor, _ = begun(tmp_path)
    run_to_its_end(governor, until=7.0 + LAG_S + 0.001)
    told(governor, 7.5, (1.0, 0.55))
    chart.lose()
    assert chart.rest == (1.0, 0.55)


@pytest.mark.parametrize(("hard", "seconds"), [(False, 0.8 / 4.0), (True, 0.8 / 8.0)])
def test_it_is_replaced_by_a_stop_along_its_way(tmp_path, hard, seconds):
    """At 1 s, from 0.8 and 0.4 rad/s, of which 4 and 8 rad/s2 brake the first."""
    chart, governor, asked = begun(tmp_path)
    path = chart.path(asked)
    for k in range(1, 11):
        told(governor, 5.0 + k / 10, path.positions(np.array(k / 10)), path.velocities(np.array(k / 10)))
    chart.halt(hard)
    stop = chart.outgoing()
    assert stop is not None and stop[-1].time == pytest.approx(seconds, rel=0.15)
    assert chart.executed is None and chart.going == pytest.approx([0.8, 0.4], abs=0.05)


def test_in_doubt_it_has_the_joints_where_they_are_measured_and_is_stopped_from_there(tmp_path):
    """It was told of at 5.5 s, when the last measurement was half a second old."""
    chart, governor, _ = begun(tmp_path)
    told(governor, 5.0)
    chart.absent(5.5)
    chart.look(5.5)
    assert chart.executed is None and chart.going is not None and chart.rest == (0.0, 0.0)
    chart.halt(True)
    assert chart.outgoing() is None
    told(governor, 5.51, (0.2, 0.1), (0.4, 0.2))
    sent = chart.outgoing()
    assert sent is not None and sent[0].positions == (0.2, 0.1) and sent[-1].time == pytest.approx(0.1)
    assert chart.going == pytest.approx([0.4, 0.2]) and chart.rest == (0.2, 0.1) and chart.astray is None


def test_its_points_are_put_into_the_channels_order(tmp_path):
    chart, _ = chart_of(tmp_path)
    sent = (Knot(1, (1, 2), (3, 4), (5, 6)), Knot(2, (7, 8)))
    turned = tuple(reversed(JOINTS))
    assert chart.points(command(sent, turned)) == (
        Knot(1.0, (2.0, 1.0), (4.0, 3.0), (6.0, 5.0)),
        Knot(2.0, (8.0, 7.0)),
    )
    assert chart.points(command(None)) == ()


def test_its_values_are_put_into_the_channels_order_where_each_joint_has_one(tmp_path):
    chart, _ = chart_of(tmp_path)
    turned = tuple(reversed(JOINTS))
    assert chart.ordered(command(names=turned, values=(1.0, 2.0))).values == (2.0, 1.0)
    assert chart.ordered(command(values=(1.0, 2.0))).values == (1.0, 2.0)
    for names, values in ((turned, (1.0,)), (("elbow", "wrist"), (1.0, 2.0)), (("elbow",), (1.0,))):
        odd = command(names=names, values=values)
        assert chart.ordered(odd) is odd


def test_what_is_no_trajectory_is_garbled(tmp_path):
    chart, governor = chart_of(tmp_path)
    told(governor, 5.0)
    assert chart.why_garbled(command()) is None and chart.asks(command())
    assert chart.why_garbled(command(None, values=(1.0, 2.0))) == (
        "2 values; names and points of a trajectory are needed"
    )
    assert "1 to" in chart.why_garbled(command(()))
    assert "ends at rest" in chart.why_garbled(command(POINTS[:1]))
