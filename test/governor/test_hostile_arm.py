"""What a hostile reader of the arm's control path tried, one test an attack."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.errors import EventError, ProfileError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, EStop, Joints
from test.governor.arms import FINGERS, JOINTS, SAID, arm, channel, data

PERIOD = 0.01
FOLDED = np.array([0.4, 0.8])


def told(names=JOINTS, q=FOLDED, rates=(0.0, 0.0), t=0.0):
    q, rates = np.array(q, dtype=float), np.array(rates, dtype=float)
    return Joints(t, "joints", tuple(names), q, rates, np.zeros(len(names)), t)


def governed(tmp_path, kind, **changes):
    return Governor(arm(tmp_path, data({kind: channel(kind, **changes)})))


def run(governor, seconds, commands=(), start=0.0, q=FOLDED, follow=False, **more):
    """Ticks at 100 Hz; ``commands`` are repeated each time. The joints stand, or do what is published."""
    out, q = [], np.array(q, dtype=float)
    for k in range(round(seconds / PERIOD)):
        t = start + k * PERIOD
        governor.handle(told(q=q, t=t))
        for name, values in commands:
            governor.handle(Command(t, name, tuple(values), t))
        out += governor.tick(t)
        if follow:
            q = np.array(out[-1].allowed)
    return out


def test_a_pose_beyond_all_reach_is_refused_and_nothing_is_ever_not_finite(tmp_path):
    governor = governed(tmp_path, "pose")
    run(governor, 0.1)
    for place in (1e308, 1e155, -1e12):
        values = (place, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
        decision = governor.handle(Command(0.1, "pose", values, 0.1))[0]
        assert decision.action.value == "refused"
        assert any(fault.name == "command_malformed" for fault in decision.faults)
    governor.handle(EStop(0.11, True))
    rows = run(governor, 0.5, [("pose", (0.3, 0.1, 0.1, 0.0, 0.0, 0.0, 1.0))], start=0.12)
    assert all(math.isfinite(value) for row in rows for value in row.allowed)


def test_a_set_point_that_comes_before_the_joints_are_seen_moves_nothing(tmp_path):
    governor = governed(tmp_path, "joint_position")
    assert governor.handle(Command(0.0, "joint_position", (0.0, 0.0), 0.0)) == []
    assert governor.tick(0.0) == []
    rows = run(governor, 0.3, start=0.01)
    assert all(row.allowed == pytest.approx(tuple(FOLDED)) for row in rows)


@pytest.mark.parametrize(
    ("q", "rates"), [(FOLDED, (90.0, 0.0)), (FOLDED, (1e308, 0.0)), ((1e308, 0.0), (0.0, 0.0))]
)
def test_joints_that_no_arm_has_are_garbled_and_never_used(tmp_path, q, rates):
    governor = governed(tmp_path, "joint_effort")
    with pytest.raises(EventError, match="allowed"):
        governor.handle(told(q=q, rates=rates))
    run(governor, 0.2)
    calm = governor.tick(0.2)[0].allowed
    with pytest.raises(EventError, match="allowed"):
        governor.handle(told(q=q, rates=rates, t=0.205))
    assert governor.tick(0.21)[0].allowed == pytest.approx(calm, abs=1e-9)


def test_a_stop_asks_for_no_more_effort_than_the_joints_bear(tmp_path):
    governor = governed(tmp_path, "joint_effort")
    most = governor.profile.body.effort
    governor.handle(told(rates=(19.0, -19.0)))
    decision = governor.tick(0.0)[0]
    assert (np.abs(decision.allowed) <= most).all()
    assert (np.abs(decision.rest) <= most).all()


def test_a_blocked_joint_is_not_run_away_from(tmp_path):
    governor = governed(tmp_path, "joint_position")
    run(governor, 0.1)
    rows = run(governor, 5.0, [("joint_position", (2.0, 0.8))], start=0.1)
    assert abs(rows[-1].allowed[0] - FOLDED[0]) < 0.35, "the joint never moved from there"
    back = run(governor, 1.0, [("joint_position", (0.3, 0.8))], start=5.1)
    assert back[-1].allowed[0] < FOLDED[0] + 0.01, "and it may come back"


def test_a_late_loop_makes_no_leap_of_the_set_point(tmp_path):
    governor = governed(tmp_path, "joint_position")
    run(governor, 0.05)
    rows = run(governor, 1.0, [("joint_position", (1.9, 0.8))], start=0.05, follow=True)
    before = np.array(rows[-1].allowed)
    t = 1.05 + 0.18
    governor.handle(told(q=before, t=t))
    governor.handle(Command(t, "joint_position", (1.9, 0.8), t))
    after = np.array(governor.tick(t)[0].allowed)
    assert np.abs(after - before).max() <= 2 * PERIOD * 1.0 + 1e-9


@pytest.mark.parametrize("kind", ["gripper", "wrench"])
def test_a_channel_alone_that_moves_no_link_is_governed(tmp_path, kind):
    governor = governed(tmp_path, kind)
    names = (*JOINTS, *FINGERS)
    for k in range(10):
        t = k * PERIOD
        governor.handle(told(names, (*FOLDED, 0.02, 0.02), (0.0,) * 4, t))
        assert [decision.channel for decision in governor.tick(t)] in ([kind], [])


def test_time_that_goes_back_stops(tmp_path):
    governor = governed(tmp_path, "joint_velocity")
    run(governor, 1.0, [("joint_velocity", (0.2, 0.0))])
    decision = governor.tick(-5.0)[0]
    assert any(fault.name == "clock_jump" for fault in decision.faults)
    assert decision.state.value == "CONTROLLED_STOP"


def refused(tmp_path, given, key):
    with pytest.raises(ProfileError) as caught:
        arm(tmp_path, given)
    assert any(problem.key.startswith(key) for problem in caught.value.problems), caught.value


def test_people_that_are_told_in_a_frame_of_their_own_are_refused(tmp_path):
    given = data({"arm": channel("joint_velocity", "arm")})
    given["sources"]["people"] = {
        "type": "bodies",
        "topic": "people",
        "frame": "kitchen",
        "timeout_s": 0.3,
        "radius": 0.2,
        "source": SAID,
    }
    refused(tmp_path, given, "sources.people.frame")


def test_poses_in_a_frame_of_their_own_and_without_a_bound_are_refused(tmp_path):
    refused(tmp_path, data({"pose": channel("pose", frame="kitchen")}), "channels.pose.frame")
    rate = {"name": "rate", "kind": "command_rate", "channel": "pose", "bound": 50.0, "source": SAID}
    refused(tmp_path, data({"pose": channel("pose")}, limits=[rate]), "limits (channel pose)")


@pytest.mark.parametrize(
    "changes",
    [{"fingers": [FINGERS[0], FINGERS[0]]}, {"hold_effort": 0.0}],
    ids=["a finger twice", "a stop that lets go"],
)
def test_a_gripper_that_cannot_hold_is_refused(tmp_path, changes):
    refused(tmp_path, data({"gripper": channel("gripper", **changes)}), "channels.gripper")


def test_an_arms_joint_is_no_finger(tmp_path):
    both = {
        "arm": channel("joint_velocity", "arm"),
        "gripper": channel("gripper", fingers=[JOINTS[0], FINGERS[0]]),
    }
    refused(tmp_path, data(both), "channels.gripper.fingers")
