"""Which channels of a group keep their way together while they brake, and which stop by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from test.governor.arms import channel
from test.governor.carried import CIRCLE, body_of, row, velocity

HAND = {"hand": channel("gripper", "hand")}
GENTLY = 0.5
"""What the hand's controlled stop loses in a second, m/s."""


def halting_of(folder: Any, channels: Any, **more: Any) -> Any:
    """How the only group of these ``channels`` halts."""
    governor, _ = body_of(folder, channels, **more)
    (group,) = governor.groups
    return group._halting


def braked(halting: Any, outputs: list[float], dt: float) -> list[float]:
    """What is left of ``outputs`` after ``dt`` s of a controlled stop."""
    left: list[float] = halting._stops.controlled.ramp(np.array(outputs), dt).tolist()
    return left


def test_a_base_and_its_arm_keep_their_way_together_and_a_hand_closes_by_itself(tmp_path):
    """The base drives at 0.3 and needs 0.3 / 0.6 = 0.5 s, the arm 0.8 / 4 = 0.2 s; a fifth of 0.5 s is over."""
    left = braked(
        halting_of(tmp_path, HAND | velocity(), base={}, **CIRCLE), [0.18, -0.24, 0.15, 0.08, 0.8, -0.4], 0.1
    )
    assert left == pytest.approx([0.144, -0.192, 0.12, 0.08 - 0.1 * GENTLY, 0.64, -0.32])


def test_an_arm_waits_for_no_hand_and_a_hand_for_no_arm(tmp_path):
    """The hand needs 0.25 / 0.5 = 0.5 s, the arm 0.4 / 4 = 0.1 s."""
    left = braked(halting_of(tmp_path, velocity() | HAND), [0.4, 0.1, 0.25], 0.05)
    assert left == pytest.approx([0.2, 0.05, 0.225])


def test_efforts_are_let_go_of_at_once_whatever_else_is_still_braking(tmp_path):
    """A base that needs 0.5 s does not keep an arm pushing for as long."""
    arm = {"arm": channel("joint_effort", "arm")}
    left = braked(halting_of(tmp_path, arm, base={}, **CIRCLE), [0.3, 0.0, 0.0, 20.0, -9.0], 0.1)
    assert left == pytest.approx([0.24, 0.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(("kind", "size"), [("omnidirectional", 3), ("differential", 3), ("aerial", 4)])
def test_a_base_on_the_ground_has_three_components_and_one_in_the_air_four(tmp_path, kind, size):
    governor, _ = body_of(tmp_path, velocity(), base={"base": kind}, **CIRCLE)
    (group,) = governor.groups
    assert [(member.name, member.place) for member in group.members] == [
        ("base", slice(0, size)),
        ("arm", slice(size, size + 2)),
    ]
    assert len(group.rates.growth) == size + 2


def test_a_stop_builds_up_where_jerk_is_bounded_and_only_there(tmp_path):
    jerk = row("joint_jerk", "jerk", "arm", bounds=[40.0, 50.0])
    assert halting_of(tmp_path, velocity())._smooth is None
    smooth = halting_of(tmp_path, velocity(), more=[jerk])._smooth
    output, _ = smooth.step(np.array([0.4, 0.0]), np.zeros(2), 0.01)
    # 40 rad/s3 for 10 ms lose 2 mrad/s, and the whole stop of 4 rad/s2 would lose 40.
    assert 0.4 - 0.04 < output[0] < 0.4 and output[1] == 0.0
