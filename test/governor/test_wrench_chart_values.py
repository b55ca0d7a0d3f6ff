"""The chart of a tool's wrench, by hand: what its numbers mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Wrench
from test.governor.arms import JOINTS, arm, channel, data

HOLD = [1.0, -2.0, 8.0, 0.25, 0.5, -0.75]
REST = 0.03


def chart_of(folder, frame="hand", hold=HOLD) -> Any:
    """The chart, and whoever tells it of the joints; the tool is felt in ``frame``."""
    arms = channel("joint_velocity", "arm")
    given = data({"it": channel("wrench", "it", hold=hold), "arm": arms})
    given["sources"]["joints"]["rest_speed"] = REST
    given["sources"]["wrist"]["frame"] = frame
    governor = Governor(arm(folder, given))
    return governor.channels["it"].member("it").chart, governor


def command(*values, frame=None):
    return Command(0.5, "it", values, 0.5, frame=frame)


def beyond(*more):
    """A command of ``more`` than what holds."""
    return command(*(held + more_ for held, more_ in zip(HOLD, more, strict=True)))


def test_the_numbers_of_a_channel(tmp_path):
    chart, _ = chart_of(tmp_path)
    assert chart.keep_s == pytest.approx(0.1 + 0.02 + 1.0) and chart.slack == 1.0 and chart.size == 6
    assert {name: axis.tolist() for name, axis in chart.axes.items()} == {
        "force": [0, 1, 2],
        "torque": [3, 4, 5],
    }
    assert chart.moves == () and len(chart.stopping) == len(chart.easing) == 0
    assert chart.ready and chart.fixed_map and chart.rest == tuple(HOLD)


def test_rest_is_measured_of_all_joints(tmp_path):
    chart, governor = chart_of(tmp_path)
    for rates, rests in (((REST, -REST), True), ((0.0, 0.031), False), ((-0.031, 0.0), False)):
        governor.handle(Joints(0.5, "joints", tuple(JOINTS), np.zeros(2), np.array(rates), None, 0.5))
        assert chart.measured_rest is rests


def test_the_tool_exerts_the_opposite_of_what_it_feels(tmp_path):
    chart, governor = chart_of(tmp_path)
    assert chart.measured_values is None
    governor.handle(Wrench(0.5, "wrist", np.array([1.0, 2.0, -3.0]), np.array([-4.0, 5.0, 6.0]), 0.5))
    assert chart.measured_values == (-1.0, -2.0, 3.0, 4.0, -5.0, -6.0)


def test_what_is_felt_in_another_frame_is_not_told(tmp_path):
    chart, governor = chart_of(tmp_path, "lower")
    governor.handle(Wrench(0.5, "wrist", np.array([1.0, 2.0, -3.0]), np.array([-4.0, 5.0, 6.0]), 0.5))
    assert chart.measured_values is None


def test_a_billionth_is_nothing(tmp_path):
    chart, _ = chart_of(tmp_path, hold=[0.0] * 6)
    assert not chart.asks(command(0.0, 1e-9, 0.0, 0.0, 0.0, -1e-9)) and chart.asks(
        command(*([0.0] * 5), 1.1e-9)
    )


def test_more_than_holds_is_asked_for_by_any_component(tmp_path):
    chart, _ = chart_of(tmp_path)
    assert not chart.asks(command(*HOLD)) and not chart.asks(beyond(5e-10, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert chart.asks(beyond(0.0, 0.0, 0.0, 0.0, 0.0, 2e-9)) and chart.asks(command(*([0.0] * 6)))


def test_a_command_is_what_it_adds_to_holding_and_that_is_added_again(tmp_path):
    chart, _ = chart_of(tmp_path)
    added = chart.wanted(beyond(0.5, 0.25, -4.0, 2.0, 0.0, 5e-10), 0.01)
    assert added == pytest.approx([0.5, 0.25, -4.0, 2.0, 0.0, 0.0]) and added[5] == 0.0
    assert chart.publish(np.array([0.5, 0.25, -4.0, 2.0, 0.0, 0.0]), 0.01) == (
        1.5,
        -1.75,
        4.0,
        2.25,
        0.5,
        -0.75,
    )
    assert chart.wanted(beyond(4e4, 0.0, 0.0, 0.0, 2e4, 0.0), 0.01) == pytest.approx(
        [1e4, 0, 0, 0, 5e3, 0], rel=1e-9
    )


@pytest.mark.parametrize(
    ("values", "frame", "why"),
    [
        ((0.0,) * 6, None, None),
        ((0.0,) * 6, "/hand", None),
        ((0.0,) * 6, "", None),
        ((0.0,) * 6, "base", "frame 'base'; 'hand' is needed"),
        ((0.0, math.nan, 0.0, 0.0, 0.0, 0.0), None, "values must be finite, not NaN or infinite"),
        ((0.0,) * 5, None, "5 values; 6 are needed: fx, fy, fz, tx, ty, tz"),
    ],
)
def test_what_makes_a_wrench_garbled(tmp_path, values, frame, why):
    chart, _ = chart_of(tmp_path)
    assert chart.why_garbled(command(*values, frame=frame)) == why
