"""What was decided and never went out moves nothing: the governor goes on from what was sent in its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, Fault, Joints
from test.governor.arms import FINGERS, JOINTS, arm, channel, data
from test.governor.hall import Drive, Hall
from test.governor.profiles import amr
from test.governor.test_trajectory_chart import SPEED, START, WAY, Robot, plain, sent, smooth

__all__ = ["plain"]
OPEN = np.zeros((0, 3))
STOOD = (0.3, -0.8)
"""rad"""


def chart_of(folder, kind) -> Any:
    """The chart of an arm's only channel, whose joints stand at ``STOOD`` and whose fingers are 3 cm apart."""
    governor = Governor(arm(folder, data({"it": channel(kind, "it")})))
    names, places = (*JOINTS, *FINGERS), np.array([*STOOD, 0.01, 0.02])
    governor.handle(Joints(0.0, "joints", names, places, np.zeros(4), None, 0.0))
    return governor.channels["it"].member("it").chart


def test_a_base_goes_on_from_the_speed_that_was_sent(tmp_path):
    """By 0.8 m/s2, as a stop brakes that knows no flags."""
    drive = Drive(Governor(amr(tmp_path)), Hall(OPEN))
    drive.run(2.0, (0.5, 0.0, 0.0))
    governor, period = drive.governor, drive.governor.period
    t = drive.k * period
    governor.handle(Fault(t, "internal_error", True, "by the test"))
    assert governor.tick(t)[0].allowed[0] == pytest.approx(0.5 - 0.8 * period)
    governor.replaced(t, {"base": (0.3, 0.0, 0.0, 0.0, 0.0, 0.0)})
    first = governor.tick(t + period)[0]
    assert first.allowed[0] == pytest.approx(0.3 - 0.8 * period)
    assert first.state is State.PROTECTIVE_STOP


def test_no_command_from_before_moves_anything_after(tmp_path):
    drive = Drive(Governor(amr(tmp_path)), Hall(OPEN))
    drive.run(2.0, (0.5, 0.0, 0.0))
    t = drive.k * drive.governor.period
    drive.governor.replaced(t, {"base": (0.0,) * 6})
    assert drive.governor.tick(t + drive.governor.period)[0].allowed == (0.0,) * 6


def test_a_set_point_that_stood_while_decisions_led_on_does_not_leap_after_them(tmp_path):
    """For a second it is decided and nothing goes out but where the set-point was; then decisions go out again."""
    governor = Governor(arm(tmp_path, data({"it": channel("joint_position", "it")})))
    t, q, v = 0.0, np.array(STOOD), np.zeros(2)
    before: tuple[float, ...] = STOOD

    def decided(asked: tuple[float, ...] | None) -> tuple[float, ...]:
        nonlocal t
        t = round(t + 0.01, 6)
        governor.handle(Joints(t, "joints", tuple(JOINTS), q, v, None, t))
        if asked is not None:
            governor.handle(Command(t, "it", asked, t))
        return governor.tick(t)[0].allowed

    for _ in range(40):
        allowed = decided((1.3, -0.8))
        q, v, before = np.array(allowed), (np.array(allowed) - before) / 0.01, allowed
    assert v[0] > 0.3, "under way"
    v = np.zeros(2)
    for _ in range(100):
        governor.handle(Fault(t, "internal_error", True, "by the test"))
        decided((1.3, -0.8))
        governor.replaced(t, {"it": before})
    assert decided(None) == pytest.approx(before, abs=1e-9)


def test_speeds_are_those_that_were_sent_and_none_where_none_were(tmp_path):
    joints = chart_of(tmp_path, "joint_velocity")
    base: Any = Governor(amr(tmp_path)).channels["base"].member("base").chart
    assert joints.resume((0.3, -0.2), np.ones(2)).tolist() == [0.3, -0.2]
    assert base.resume((0.3, 0.1, 0.0, 0.0, 0.0, -0.2), np.ones(3)).tolist() == [0.3, 0.1, -0.2]
    assert not joints.resume((), np.ones(2)).any() and not base.resume((), np.ones(3)).any()


@pytest.mark.parametrize(
    ("kind", "put"),
    [
        ("joint_position", (0.4, -0.7)),
        ("pose", (0.35, 0.0, 0.05, 0.0, 0.0, 0.0, 1.0)),
        ("gripper", (0.05, 15.0)),
    ],
)
def test_a_set_point_stands_where_it_was_sent_and_begins_anew_where_none_was(tmp_path, kind, put):
    chart = chart_of(tmp_path, kind)
    chart.publish(np.full(chart.size, 0.1), 0.1)
    assert not chart.resume(put, np.ones(chart.size)).any()
    assert chart.rest == pytest.approx(put)
    assert not chart.resume((), np.ones(chart.size)).any()
    assert chart.rest == pytest.approx(chart.measured_values)


@pytest.mark.parametrize("kind", ["joint_effort", "wrench"])
def test_of_a_force_the_rest_was_sent(tmp_path, kind):
    chart = chart_of(tmp_path, kind)
    assert not chart.resume(chart.rest, np.ones(chart.size)).any()


def test_a_trajectory_whose_stop_was_sent_does_not_go_on_and_its_joints_still_brake(plain):
    """Whether that stop has arrived only the next measurement tells: the joints are held where they are then."""
    robot = Robot(plain)
    robot.go(0.5).go(0.8, sent(0.5, smooth()))
    governor = robot.loop._governor
    group = governor.channels[WAY]
    place, stood = group.member(WAY).place, group._outputs.standing.copy()
    assert len(robot.paths) == 1 and not np.allclose(robot.q, START, atol=0.05) and stood[place].any()
    robot.paths.clear()
    governor.replaced(robot.t, {WAY: (), SPEED: (0.0, 0.0)})
    assert group._outputs.standing == pytest.approx(group._halting._stops.blind.ramp(stood, governor.period))
    robot.v, stands = np.zeros(2), robot.q.copy()
    robot.go(1.0)
    assert len(robot.paths) == 1 and robot.q == pytest.approx(stands, abs=1e-9)
