"""What every chart says of its commands: the parts that may be tried alone, and which joints they move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints
from iatro_governor.governor.stacked import AtOnce
from iatro_governor.governor.trajectory_trips import resting
from test.governor.arms import FINGERS, JOINTS, arm, channel, data
from test.governor.profiles import amr

TOOLS = ("gripper", "wrench")


def member_of(folder, kind, **changes) -> Any:
    """The only channel of an arm."""
    governor = Governor(arm(folder, data({"it": channel(kind, "it", **changes)})))
    return governor, governor.channels["it"].member("it")


@pytest.mark.parametrize("kind", [*TOOLS, "joint_trajectory"])
def test_what_is_one_motion_has_no_parts(tmp_path, kind):
    _, member = member_of(tmp_path, kind)
    assert member.chart.parts(np.ones(member.chart.size)) == []


def test_a_pose_may_be_told_its_way_and_its_turn_apart_where_there_are_both(tmp_path):
    _, member = member_of(tmp_path, "pose", allow_split=True)
    way, turn = np.array([0.1, 0.0, -0.2, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 0.0, 0.3, 0.0, 0.1])
    parts = member.chart.parts(way + turn)
    assert len(parts) == 2 and np.array_equal(parts[0], way) and np.array_equal(parts[1], turn)
    assert member.chart.parts(way) == [] and member.chart.parts(turn) == []
    _, whole = member_of(tmp_path, "pose", allow_split=False)
    assert whole.chart.parts(way + turn) == []


@pytest.mark.parametrize("kind", TOOLS)
def test_a_tool_moves_no_joint_of_the_arm(tmp_path, kind):
    governor, member = member_of(tmp_path, kind)
    model = governor.profile.body
    share = member.chart.joint_map(posture(model, model.rest), np.ones(len(model.joints)), 0.1, np.arange(0))
    assert share.matrix.shape == (len(model.joints), member.chart.size) and not share.matrix.any()
    assert not share.start.any() and share.least_s == 0.0


def test_nothing_is_measured_of_fingers_before_they_have_spoken(tmp_path):
    governor, member = member_of(tmp_path, "gripper")
    assert not member.chart.measured_values
    told = (0.01, 0.02)
    names, places = (*JOINTS, *FINGERS), np.array([0.0, 0.0, *told])
    governor.handle(Joints(0.0, "joints", names, places, np.zeros(4), None, 0.0))
    width, effort = member.chart.measured_values
    assert width == pytest.approx(sum(told)) and effort == pytest.approx(15.0), (
        "what is asked for, where none is felt"
    )


def test_a_stop_that_is_one_step_takes_no_time():
    assert not AtOnce().time(np.ones((3, 2))).any() and AtOnce().time(np.ones((3, 2))).shape == (3,)
    assert np.array_equal(AtOnce().ramp(np.ones(2), 0.01), np.zeros(2))


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_trajectory"])
def test_a_command_that_asks_for_rest_is_one_that_the_channel_takes(tmp_path, kind):
    governor, member = member_of(tmp_path, kind)
    governor.handle(Joints(0.0, "joints", tuple(JOINTS), np.array([0.3, -0.8]), np.zeros(2), None, 0.0))
    command: Any = resting(member)
    assert member.stream.why_garbled(command) is None
    assert not member.chart.asks(command) or command.points is not None
    if kind == "joint_trajectory":
        assert command.points[-1].positions == pytest.approx((0.3, -0.8)) and command.names == tuple(JOINTS)


def test_a_trajectory_is_no_twist(tmp_path):
    governor = Governor(amr(tmp_path))
    command = Command(0.0, "base", (), 0.0, names=("x",), points=())
    assert "a twist is needed" in (governor.why_garbled(command) or "")


def test_where_nothing_was_verified_lately_every_delay_of_a_base_counts(tmp_path):
    chart: Any = Governor(amr(tmp_path)).channels["base"].member("base").chart
    situation = object()
    assert chart.fitted(situation, None, None) is situation
