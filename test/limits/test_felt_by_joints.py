"""What joints feel where some of them tell no efforts: by hand, on two links and what else may hang on the robot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.load import load_text
from iatro_governor.body.mechanics import Mechanics
from iatro_governor.limits.felt_by_joints import feeling, untold
from test.limits.bodies import body_situation, three_links, with_link
from test.limits.test_contact_force import BACK, TURNING, by_joints, pushing
from test.limits.test_power_and_force import WALL, limit, there
from test.limits.test_power_and_force_clamped import CLAMPS, box

UNTOLD = np.nan


def three(efforts, own=(0, 1), sensed=None, model=None):
    """Three joints, of which ``own`` are the channel's, laid out flat: gravity asks nothing of them."""
    model = model or three_links()
    weighed = Mechanics(Dynamics(model, np.zeros(3)), True, 0.0)
    bare = body_situation(np.zeros(3), None, sensed, model=model)
    return replace(bare, effort=np.array(efforts), mechanics=weighed, joints={"arm": np.array(own)})


def second_arm():
    """Two links, and 2 m aside one more on the same ground."""
    return load_text(with_link("left", "other", "base", "0 2 0"))


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ((UNTOLD, 0.0), "shoulder"),
        ((0.0, UNTOLD), "elbow"),
        ((UNTOLD, UNTOLD), "shoulder, elbow"),
    ],
)
def test_one_joint_that_tells_no_effort_holds_all_and_is_named(told, named):
    rule, at = by_joints(), pushing(told, TURNING)
    rows = rule.rows(at)
    for command in (TURNING, BACK, np.array([0.0, 0.05])):
        assert rule.cap(command, at).scale == 0.0 and (rows.matrix @ command > rows.bounds).any()
    assert rule.alarm(at) == f"nobody tells the effort of {named}"


def test_a_joint_that_is_not_the_channels_needs_no_effort():
    """A hand on the wrist, of another channel, tells none: the arm feels what it feels."""
    assert by_joints().cap(np.array([0.05, 0.0, 0.0]), three((0.0, 0.0, UNTOLD))) is None
    struck = three((21.0, 0.0, UNTOLD))
    found = by_joints().cap(np.array([0.05, 0.0, 0.0]), struck)
    assert (found.scale, found.requested, found.allowed) == (0.0, 21.0, 20.0)
    assert by_joints().cap(np.array([-0.05, 0.0, 0.0]), struck).scale == 1.0


def test_the_joints_that_tell_nothing_are_named_in_the_order_of_the_channel():
    assert untold(three((UNTOLD, 0.0, UNTOLD), own=(2, 1, 0)), "arm") == ("wrist", "shoulder")
    assert untold(three((UNTOLD, 0.0, UNTOLD), own=(1,)), "arm") == ()


@pytest.mark.parametrize("other", [UNTOLD, 0.0])
def test_joints_feel_what_they_carry_and_nothing_else_whatever_others_tell(other):
    """The links of each: upper, lower, and the hand or the second arm."""
    assert feeling(three((0.0, 0.0, other), model=second_arm()), "arm").tolist() == [True, True, False]
    assert feeling(three((0.0, 0.0, other)), "arm").all()
    assert feeling(three((other, other, 0.0), own=(2,)), "arm").tolist() == [False, False, True]
    for own in ((1,), (1, 2)):
        assert feeling(three((other, 0.0, 0.0), own=own), "arm").tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("own", "told", "feels"),
    [
        ((0, 1), (0.0, 0.0, UNTOLD), True),  # a hand that tells nothing is carried by what tells
        ((0, 1), (0.0, UNTOLD, 0.0), False),
        ((0, 1), (UNTOLD, 0.0, 0.0), False),
        ((2,), (UNTOLD, UNTOLD, 0.0), True),
        ((2,), (0.0, 0.0, UNTOLD), False),
    ],
)
@pytest.mark.parametrize("behind", [[WALL], []])
def test_nothing_closes_in_by_joints_of_a_channel_that_do_not_all_tell_their_efforts(
    own, told, feels, behind
):
    """On somebody beside the middle of the hand, which begins 1 m out; before a wall, and before none."""
    at = three(told, own, there([1.2, 0.15, 0.0], felt=False))
    found = limit(behind=behind, contact_detection="joints", **CLAMPS).cap(np.array([0.5, 0.0, 0.0]), at)
    assert found is not None and (found.allowed > 0.0) == feels


@pytest.mark.parametrize(
    ("other", "clamped", "free"),
    [(0.0, True, False), (UNTOLD, True, False), (0.0, False, True), (UNTOLD, False, True)],
)
def test_nobody_is_clamped_by_what_the_joints_of_the_channel_do_not_carry(other, clamped, free):
    """By the second arm, whose efforts stop nothing; as with a wrist, what is not felt may touch who can give way."""
    at = three((0.0, 0.0, other), sensed=there([0.4, 2.15, 0.0], felt=False), model=second_arm())
    rule = limit(behind=[box(2.45, 0.4)] if clamped else [], contact_detection="joints", **CLAMPS)
    found = rule.cap(np.array([0.0, 0.0, 0.001]), at)
    assert found is not None and (found.scale == 1.0) == free
