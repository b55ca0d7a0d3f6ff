"""Trajectories whose first point is due at once and is not where the joints are: the step there is a motion, too."""

from __future__ import annotations

import numpy as np
import pytest

from test.governor.arms import JOINTS, decisions, faults
from test.governor.test_trajectory_chart import AWAY, START, Robot, profile_of, sent, smooth

FASTEST, PERIOD_S = 1.0, 0.01
"""The first joint's bound, rad/s, and the loop's period."""


def at_once(where, step: float) -> list[dict[str, object]]:
    """One point, the first joint ``step`` rad beyond ``where``."""
    return [{"time": 0.0, "positions": np.add(where, [step, 0.0]).tolist()}]


@pytest.fixture(scope="module", params=["retime", "refuse", "cut"])
def profile(request, tmp_path_factory):
    return profile_of(tmp_path_factory.mktemp(request.param), policy=request.param)


@pytest.mark.parametrize("every", [1, 2, 5])
def test_steps_within_the_tolerance_lead_no_joint_beyond_its_speed(profile, every) -> None:
    """The wrong answer, at 100 a second: 4.9 rad/s, and nothing said."""
    robot, ends = Robot(profile).go(0.1), [START[0]]
    for _ in range(50 // every):
        robot.go(PERIOD_S * every, sent(robot.t, at_once(robot.q, 0.049)))
        ends.append(robot.q[0])
    assert np.ptp(ends) <= FASTEST * 0.5 * 1.02 + 0.002
    assert np.abs(np.diff(ends)).max() <= FASTEST * PERIOD_S * every * 1.02 + 0.002


def test_many_at_one_moment_lead_no_further_than_one(profile) -> None:
    robot = Robot(profile).go(0.1)
    step = 0.8 * FASTEST * PERIOD_S
    burst = [sent(robot.t, at_once(START, step * (number + 1))) for number in range(20)]
    robot.go(PERIOD_S, *burst)
    allowed = [row["allowed"][0] for row in robot.way]
    assert max(allowed) <= START[0] + FASTEST * PERIOD_S + 1e-9


def test_one_that_is_refused_says_which_joint_would_be_how_fast(tmp_path) -> None:
    robot = Robot(profile_of(tmp_path, policy="refuse")).go(0.1)
    robot.go(0.5, sent(robot.t, at_once(START, 0.04)))
    assert robot.published == [] and robot.q == pytest.approx(START)
    [told] = [row for row in robot.way if row["limits"]]
    assert told["action"] == "refused" and told["limits"][0]["kind"] == "joint_velocity"
    assert told["limits"][0]["requested"] > told["limits"][0]["allowed"] == FASTEST


def test_one_that_is_retimed_begins_where_the_joints_are_and_gets_there(tmp_path) -> None:
    robot = Robot(profile_of(tmp_path, policy="retime")).go(0.1)
    robot.go(2.0, sent(robot.t, at_once(START, 0.04)))
    [(_, published)] = robot.published
    assert published[0]["positions"] == pytest.approx(START) and published[-1]["time"] > 0.04 / FASTEST
    assert robot.q == pytest.approx(np.add(START, [0.04, 0.0]), abs=1e-3) and faults(robot.rows) == set()


def test_what_a_joint_does_in_a_period_is_no_step(tmp_path) -> None:
    """Encoders are noisy, and a planner's start is a little old: such a trajectory passes as it was sent."""
    robot = Robot(profile_of(tmp_path, policy="refuse"), q=np.add(START, [0.004, -0.006])).go(0.1)
    robot.go(2.0, sent(robot.t, smooth()))
    assert decisions(robot.rows, "way")[11]["action"] == "pass" and len(robot.published) == 1
    assert robot.published[0][1][0]["positions"] == pytest.approx(START)
    assert robot.q == pytest.approx(START + AWAY, abs=1e-6)
    assert JOINTS
