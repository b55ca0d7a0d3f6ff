"""Whose doing it is what joints do, and what they do that no channel leads: by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.claims import Claims
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Odom
from iatro_governor.governor.jointed import JointedBody
from test.governor.arms import SAID, arm, channel, data
from test.governor.carried import (
    CIRCLE,
    COS,
    RIVALS,
    SIN,
    body_of,
    driven,
    published,
    row,
    taken,
    told,
    velocity,
)


def claimed(governor):
    """The body of all channels, and who has the joints."""
    charts = {name: governor.channels[name].member(name).chart for name in governor.channels}
    claims = Claims.of(charts)
    return JointedBody(governor.profile.body, charts, None, governor.senses, 0.01, claims=claims), claims


ONE = {
    "joints": ["shoulder"],
    "stop_modes": {
        "controlled": {"deceleration": [4.0], "source": SAID},
        "protective": {"deceleration": [8.0], "source": SAID},
    },
}


def partly(folder):
    """Two channels for the shoulder, of which the first has the elbow besides."""
    given = data(velocity() | {"lift": channel("joint_velocity", "lift", **ONE)}, [
        row("joint_velocity", "speeds", "arm", bounds=[1.0, 1.0]), row("joint_position", "ends", "arm", margin=0.02),
        row("joint_velocity", "speed", "lift", bounds=[1.0]), row("joint_position", "end", "lift", margin=0.02),
    ])  # fmt: skip
    return Governor(arm(folder, given))


def test_what_joints_do_is_the_doing_of_whoever_has_them(tmp_path):
    governor, body = body_of(tmp_path, RIVALS)
    told(governor, 0.96, rates=(0.4, -0.6))
    at = body.situation(0.97, published(4))
    assert at.beyond.tolist() == [0.4, -0.6, 0.0, 0.0]
    # The weaker one of both stops counts for each joint.
    assert at.drive.braking.tolist() == [4.0, 3.0]
    taken(governor, 0.97, (0.75, -0.45))
    at = body.situation(0.98, published(4))
    assert at.beyond.tolist() == [0.0, 0.0, 0.4, -0.6]


def test_joints_end_at_a_set_point_where_its_channel_has_them(tmp_path):
    governor, body = body_of(tmp_path, RIVALS)
    told(governor, 0.9)
    assert body.situation(0.97, published(4)).soon_q == pytest.approx([0.7, -0.5])
    taken(governor, 0.9, (0.75, -0.45))
    told(governor, 0.96, q=(0.8, -0.6))
    at = body.situation(0.97, published(4))
    # Where the set-point stands: within a period of where the joints were as it began.
    assert at.soon_q == pytest.approx([0.7, -0.5], abs=0.01)
    assert at.in_flight == pytest.approx(np.abs(at.soon_q - [0.8, -0.6])) and at.in_flight.min() > 0.08


def test_a_set_point_of_a_channel_that_lost_its_joints_leads_nowhere(tmp_path):
    governor, _ = body_of(tmp_path, RIVALS)
    body, claims = claimed(governor)
    told(governor, 0.9)
    governor.channels["way"].member("way").chart.publish(np.array([0.1, 0.2]), 1.0)
    for name, soon in (("arm", [0.7, -0.5]), ("way", [0.8, -0.3]), ("arm", [0.7, -0.5])):
        claims.take(name)
        assert body.situation(0.9, published(4)).soon_q == pytest.approx(soon)


def test_a_joint_is_left_to_itself_as_its_channel_loses_it_and_until_it_is_taken_back(tmp_path):
    governor = partly(tmp_path)
    body, claims = claimed(governor)

    def drives():
        told(governor, 0.96, rates=(0.0, 0.3))
        at = body.situation(0.97, published(3))
        assert at.drive.base_size == 0 and at.drive.matrix.tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
        return at.drive

    first = drives()
    assert first.start.tolist() == [0.0, 0.0] and drives().start.tolist() == [0.0, 0.0]
    assert drives() is drives(), "it is worked out once where nothing changes"
    for _ in range(2):
        claims.take("lift")
        assert drives().start.tolist() == [0.0, 0.3] and drives().start.tolist() == [0.0, 0.3]
        claims.take("arm")
        assert drives().start.tolist() == [0.0, 0.0] and drives().start.tolist() == [0.0, 0.0]


def test_a_base_that_turns_is_turned_to_at_every_moment(tmp_path):
    governor, body = body_of(tmp_path, velocity(), base={}, **CIRCLE)
    driven(governor, 0.9)
    told(governor, 0.9)
    for _ in range(2):
        assert body.situation(0.9, published(5)).drive.matrix[:2, 0] == pytest.approx([COS, SIN])
    turned = np.array([1.2, -0.7, 0.0, 0.0, 0.0, math.sin(0.3), math.cos(0.3)])
    governor.handle(Odom(0.92, "odom", turned, np.zeros(6), 0.92))
    drive = body.situation(0.92, published(5)).drive
    assert drive.matrix[:2, 0] == pytest.approx([math.cos(0.6), math.sin(0.6)]) and drive.base_size == 3


def test_efforts_go_on_with_what_joints_do_where_their_channel_has_them(tmp_path):
    """For the age of the joints, the actuator's delay and a period."""
    governor, body = body_of(tmp_path, {"push": channel("joint_effort", "push")} | velocity())
    chart = governor.channels["push"].member("push").chart
    told(governor, 0.96, rates=(0.4, -0.6), effort=(0.0, 0.0))
    chart.look(1.0)
    at = body.situation(1.0, published(4))
    share = chart.joint_map(at.now, at.velocity, 0.04 + 0.02 + 0.01, np.array([0, 1]))
    assert at.drive.matrix[:, :2] == pytest.approx(share.matrix) and np.abs(share.matrix).max() > 0.1
    assert at.drive.start.tolist() == [0.4, -0.6] and at.drive.base_size == 0
    assert at.drive.least_s == pytest.approx(share.least_s) and 0.0 < share.least_s < 1.0
    assert at.comfort.least_s == at.drive.least_s
    governor.handle(Command(0.96, "arm", (0.1, 0.0), 0.96))
    chart.look(1.0)
    at = body.situation(1.0, published(4))
    assert at.drive.start.tolist() == [0.0, 0.0] and at.drive.least_s == 0.0


@pytest.mark.parametrize(("takes", "period"), [(False, 0.06), (True, 0.01)])
def test_a_velocity_goes_on_while_a_loop_is_late_and_a_set_point_does_not(tmp_path, takes, period):
    governor, body = body_of(tmp_path, RIVALS)
    told(governor, 0.9)
    if takes:
        taken(governor, 0.9, (0.75, -0.45))
    late = published(4, (0.8, [0.0] * 4), (0.86, [0.0] * 4))
    assert body.situation(0.9, late).period == pytest.approx(period)


def test_set_points_alone_never_go_on(tmp_path):
    governor, body = body_of(tmp_path, {"way": RIVALS["way"]})
    told(governor, 0.9)
    late = published(2, (0.8, [0.0] * 2), (0.86, [0.0] * 2))
    assert body.situation(0.9, late).period == 0.01


def test_joints_that_no_channel_leads_go_on_as_measured(tmp_path):
    """What is slower than rest, 0.02 rad/s, is rest."""
    given = data({"arm": channel("joint_velocity", "arm", **ONE)}, [
        row("joint_velocity", "speeds", "arm", bounds=[1.0]), row("joint_position", "ends", "arm", margin=0.02),
    ])  # fmt: skip
    given["sources"]["joints"]["rest_speed"] = 0.02
    # Of two sources the one that is less sure of rest counts.
    given["sources"]["more"] = given["sources"]["joints"] | {"topic": "more", "rest_speed": 0.001}
    governor = Governor(arm(tmp_path, given))
    body: Any = governor.groups[0]._body
    for rate, on in ((0.3, 0.3), (-0.021, -0.021), (0.02, 0.0), (-0.01, 0.0), (0.0, 0.0)):
        told(governor, 0.96, rates=(0.4, rate))
        at = body.situation(1.0, published(1))
        assert at.drive.start.tolist() == [0.0, on] and at.comfort.start.tolist() == [0.0, on]
        # For the age of the measurement, and until what is decided now acts.
        assert at.soon_q[1] == pytest.approx(-0.5 + on * 0.06)


def test_a_body_that_nobody_says_more_of_shares_no_joints(tmp_path):
    governor, body = body_of(tmp_path, velocity())
    told(governor, 0.96, rates=(0.4, -0.6))
    plain = JointedBody(
        body.model, {"arm": governor.channels["arm"].member("arm").chart}, None, governor.senses, 0.02
    )
    at = plain.situation(0.96, published(2))
    assert (
        at.beyond.tolist() == [0.4, -0.6] and at.period == 0.02 and at.tool is None and at.mechanics is None
    )
