"""What values of each type of channel are, in quantities that words speak of."""

from __future__ import annotations

import math

import pytest

from iatro_governor.testimony.conduct import Conduct
from iatro_governor.testimony.motion import NOTHING, size
from iatro_governor.testimony.params import DEFAULTS
from iatro_governor.testimony.records import Sample


def test_a_twist_is_its_speeds():
    assert size("twist", (3.0, 4.0, 0.0, 0.0, 0.0, -2.0), None).speed == 5.0
    assert size("twist", (0.0, 0.0, 1.5, 0.0, 0.0, -2.0), None).angular_speed == 2.0
    assert size("twist", (1.0, 2.0), None) == NOTHING


def test_six_joint_velocities_are_no_twist():
    got = size("joint_velocity", (0.1, -0.7, 0.0, 0.0, 0.0, 0.2), (0.0,) * 6)
    assert (got.speed, got.angular_speed) == (0.0, 0.7)


def test_set_points_count_by_the_way_there():
    assert size("joint_position", (1.0, 2.0), (1.0, 1.5)).angular_speed == 0.5
    assert size("joint_position", (1.0, 2.0), None) == NOTHING
    turned = (0.3, 0.0, 0.4, 0.0, 0.0, math.sin(0.25), math.cos(0.25))
    got = size("pose", turned, (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0))
    assert got.speed == pytest.approx(0.5) and got.angular_speed == pytest.approx(0.5)
    grip = size("gripper", (0.02, 30.0), (0.08, 5.0))
    assert grip.speed == pytest.approx(0.06) and grip.force == 30.0


def test_torques_push_beyond_what_holds_the_arm_up():
    held = (0.0, 20.0)
    assert not size("joint_effort", (0.5, 20.0), held, 1.0).pushes
    assert size("joint_effort", (3.0, 20.0), held, 1.0).pushes
    assert size("wrench", (0.0, 3.0, 4.0, 0.0, 0.0, 0.0), None, 1.0).force == 5.0


def test_numbers_that_are_none_count_as_nothing():
    assert size("joint_velocity", (math.nan, 0.4), None).angular_speed == 0.4
    assert size("gripper", (), None) == NOTHING


def arm(t, seq, kind, requested, allowed, **more):
    body = {
        "t": t,
        "seq": seq,
        "writer": "ring",
        "channel": "arm",
        "trigger": "command",
        "state": more.pop("state", "LIMITED"),
        "action": more.pop("action", "pass"),
        "requested": requested,
        "allowed": allowed,
        "channel_type": kind,
        **more,
    }
    return Sample.of(body)


def conduct(*samples):
    out = Conduct()
    for sample in samples:
        out.take(sample, DEFAULTS)
    return out


def test_an_arm_that_is_told_to_move_is_no_null_action():
    moving = [arm(k * 0.1, k, "joint_velocity", [0.0] * 6 + [0.3], [0.0] * 6 + [0.3]) for k in range(3)]
    assert not conduct(*moving).null(DEFAULTS)
    still = [arm(k * 0.1, k, "joint_velocity", [0.0] * 7, [0.0] * 7) for k in range(3)]
    assert conduct(*still).null(DEFAULTS)
    frozen = [arm(k * 0.1, k, "joint_position", [1.0, 2.0], [1.0, 2.0], rest=[1.0, 2.0]) for k in range(3)]
    assert conduct(*frozen).null(DEFAULTS)
    pressed = [arm(k * 0.1, k, "wrench", [0, 0, -30.0, 0, 0, 0], [0.0] * 6, rest=[0.0] * 6) for k in range(3)]
    assert not conduct(*pressed).null(DEFAULTS)


def test_a_zone_that_stops_an_arm_is_an_intervention():
    zone = {"name": "z", "kind": "link_zone", "unit": "m", "requested": 0.0, "allowed": 0.05, "margin": 0.0}
    samples = [
        arm(k * 0.1, k, "joint_velocity", [0.5, 0.0], [0.1, 0.0], action="scaled", limits=[zone])
        for k in range(4)
    ]
    assert conduct(*samples).intervened(DEFAULTS)
    ramp = zone | {"kind": "joint_acceleration", "unit": "rad/s2", "requested": 9.0, "allowed": 1.0}
    shaped = [
        arm(k * 0.1, k, "joint_velocity", [0.5, 0.0], [0.1, 0.0], action="ramped", limits=[ramp])
        for k in range(4)
    ]
    assert not conduct(*shaped).intervened(DEFAULTS)


def test_a_gripper_asks_for_its_force():
    asked = conduct(arm(0.0, 0, "gripper", [0.02, 30.0], [0.07, 10.0], rest=[0.08, 5.0]))
    assert asked.requested.to_json()["force"] == 30.0
