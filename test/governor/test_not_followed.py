"""Set-points that something keeps the body from following: that they go no further is said, and of what."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action, State
from iatro_governor.governor.events import Command, Joints
from test.governor.arms import JOINTS, arm, channel, data
from test.governor.test_joint_chart import command, placed
from test.governor.test_pose_chart_steps import placed as posed


def test_a_joint_that_something_holds_is_told_for_as_long_as_it_is_led_on(tmp_path):
    """Held where it is for 2 s, then it follows at once. Told to stand before, it is led on after 0.5 s."""
    governor = Governor(arm(tmp_path, data({"arm": channel("joint_position", "arm")})))
    q, seen = np.zeros(2), {}
    for k in range(700):
        t = round(k * governor.period, 6)
        governor.handle(Joints(t, "joints", tuple(JOINTS), q.copy(), np.zeros(2), None, t))
        asked = (1.5, 0.0) if t > 0.5 else (0.0, 0.0)
        *_, seen[t] = [*governor.handle(Command(t, "arm", asked, t)), *governor.tick(t)]
        if t >= 2.5:
            q += np.clip(np.array(seen[t].allowed) - q, -0.01, 0.01)
    said = {t: [(fault.name, fault.detail) for fault in each.faults] for t, each in seen.items()}
    assert not any(said[t] for t in said if t <= 0.5)
    for t in (1.5, 2.0, 2.5):
        ((name, detail),) = said[t]
        assert name == "not_followed" and detail.startswith("joint shoulder is 0.3")
        assert (seen[t].state, seen[t].action, seen[t].requested) == (State.LIMITED, Action.HOLD, (1.5, 0.0))
        assert seen[t].allowed[0] == pytest.approx(0.3, abs=0.011)
    assert not said[3.0] and seen[3.0].allowed[0] > 0.5
    assert (seen[6.9].state, seen[6.9].action) == (State.NOMINAL, Action.PASS)
    assert seen[6.9].allowed == pytest.approx((1.5, 0.0)) and not said[6.9]


@pytest.mark.parametrize(
    ("ahead", "way", "told"),
    [
        ((0.5, 0.0), (0.4, 0.1), "joint shoulder is 0.5"),
        ((0.0, -0.31), (0.1, -1e-3), "joint elbow is 0.31"),
        ((0.4, 0.5), (0.1, 0.1), "joint elbow is 0.5"),  # the worse of two
        ((0.4, 0.5), (0.1, -0.1), "joint shoulder is 0.4"),  # the other goes back
        ((0.25, -0.25), (0.4, -0.4), None),
        ((0.5, 0.5), (-0.4, 0.0), None),
        ((0.5, 0.5), (0.0, 0.0), None),  # it is where it was told to be
    ],
)
def test_the_joint_that_is_led_on_and_furthest_behind_is_named(tmp_path, ahead, way, told):
    chart, _ = placed(tmp_path, (0.5, -0.5), ahead)
    found = chart.lagging(command(*(chart.setpoint + way).tolist()))
    assert found == (told and f"{told} rad or m behind its set-point, which goes no further")


@pytest.mark.parametrize(
    ("ahead", "up", "told"),
    [
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), 0.1, "0.16 m"),
        ((0.0, 0.0, 0.14, 0.0, 0.0, 0.0), 0.1, None),
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), -0.1, None),
        ((0.0, 0.0, 0.16, 0.0, 0.0, 0.0), 0.0, None),
    ],
)
def test_a_link_that_is_led_on_is_named_and_how_far_it_is_behind(tmp_path, ahead, up, told):
    chart, _ = posed(tmp_path, ahead)
    further = chart.setpoint.moved(np.array([0.0, 0.0, up, 0.0, 0.0, 0.0]))
    found = chart.lagging(command(*further.values()))
    assert found == (told and f"link hand is {told} behind its set-point, which goes no further")


def test_a_link_that_is_turned_on_is_told_in_radians(tmp_path):
    chart, _ = posed(tmp_path, (0.0, 0.0, 0.0, 0.0, 0.31, 0.0))
    further = chart.setpoint.moved(np.array([0.0, 0.0, 0.0, 0.0, 0.1, 0.0]))
    assert chart.lagging(command(*further.values())) == (
        "link hand is 0.31 rad behind its set-point, which goes no further"
    )


def test_what_is_where_it_was_told_to_be_but_for_rounding_is_led_no_further(tmp_path):
    chart, _ = placed(tmp_path, (0.5, -0.5), (0.5, 0.0))
    for more, told in ((1e-10, False), (1e-8, True)):
        further = chart.setpoint + np.array([more, 0.0])
        assert (chart.lagging(command(*further.tolist())) is not None) is told


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_effort"])
def test_what_has_no_set_point_is_never_told_to_lag(tmp_path, kind):
    governor = Governor(arm(tmp_path, data({"arm": channel(kind, "arm")})))
    assert governor.channels["arm"].member("arm").chart.lagging(command(9.0, 9.0)) is None
