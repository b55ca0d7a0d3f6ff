"""Power and force limiting: what clamps a region, what feels that, and what does neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.dynamics import Dynamics
from iatro_governor.body.load import load_text
from iatro_governor.body.mechanics import Mechanics
from iatro_governor.limits.approach import approach_speed
from iatro_governor.limits.people import pairs_within
from test.limits.bodies import body_situation, with_link
from test.limits.test_link_separation_reach import turned
from test.limits.test_power_and_force import (
    BETWEEN,
    FOLDED,
    FREE,
    NEAR,
    REGION,
    STRAIGHT,
    WALL,
    cap,
    limit,
    there,
)

BRAKING = 3 * np.hypot(1.0, 0.04)
"""Of the point beside the tip as the shoulder stops, m/s2."""
CLAMPS = {"default": REGION, "detected_force": 10.0}


def squeezed(felt_s, braking=BRAKING, force=40.0):
    """From where ``force`` is felt at 10 N, with 40000 N/m."""
    return approach_speed((force - 10.0) / 40_000.0, 0.0, braking, felt_s)


def box(y, depth):
    return {"box": {"size": [4.0, depth, 4.0], "pose": [0.0, y, 0.0, 0.0, 0.0, 0.0]}}


def test_a_region_may_bear_as_much_clamped_as_free():
    assert limit(default={**REGION, "clamped_force": 60.0}).config.default.clamped_force == 60.0


def test_one_that_is_clamped_is_so_beside_one_that_is_not():
    """Before the wall, and on the other side of the arm."""
    for crowd in (there(NEAR, [1.0, -0.15, 0.0]), there([1.0, -0.15, 0.0], NEAR)):
        found = cap([1.0, 0.0], crowd, behind=[WALL], **CLAMPS)
        assert found is not None and found.allowed == pytest.approx(squeezed(0.04))


def test_any_of_several_things_clamps_what_is_before_it():
    found = cap([1.0, 0.0], there(NEAR), behind=[box(9.0, 0.4), WALL, box(-9.0, 0.4)], **CLAMPS)
    assert found is not None and found.allowed == pytest.approx(squeezed(0.04))


@pytest.mark.parametrize(("gap", "clamped"), [(0.0625, True), (0.0624, False)])
def test_what_begins_right_at_the_gap_behind_still_clamps(gap, clamped):
    """A ball of 0.125 m about y = 0.1875 m ends at 0.3125 m; the wall begins at 0.375 m."""
    seen = there([1.0, 0.1875, 0.0])
    large = replace(seen, people={"people": replace(seen.people["people"], radius=0.125)})
    found = cap([1.0, 0.0], large, behind=[box(0.5, 0.25)], behind_gap=gap, **CLAMPS)
    assert found is not None and (found.allowed < FREE / 2) == clamped


def test_what_feels_it_is_waited_for_and_the_age_of_the_joints_is_in_the_reaction_already():
    """0.13 s until a command acts, 0.1 s of them for the older joint; the wrist speaks every 0.2 s; a period more."""
    seen = replace(there(NEAR), silence={"wrist": 0.2})
    at = replace(body_situation(STRAIGHT, None, seen), ages=np.array([0.1, 0.02]), reaction_s=0.13)
    found = limit(behind=[WALL], **CLAMPS).cap(np.array([1.0, 0.0]), at)
    assert found is not None and found.allowed == pytest.approx(squeezed(0.13 - 0.1 + 0.2 + 0.01))


def test_joints_that_feel_it_are_waited_for_as_long_as_they_are_old():
    bare = body_situation(STRAIGHT, None, there(NEAR, felt=False))
    at = replace(bare, effort=np.zeros(2), ages=np.array([0.02, 0.1]), reaction_s=0.13)
    found = limit(behind=[WALL], contact_detection="joints", **CLAMPS).cap(np.array([1.0, 0.0]), at)
    assert found is not None and found.allowed == pytest.approx(squeezed(0.13 + 0.01))


def test_what_the_robot_stands_on_feels_all_of_it():
    """Beside the middle of the upper arm; the sensor is under the base."""
    seen = there([0.3, 0.16, 0.0])
    under = replace(seen, felt={"wrist": replace(seen.felt["wrist"], frame="base")})
    found = cap([0.001, 0.0], under, behind=[WALL], **CLAMPS)
    assert found is not None and found.scale == 1.0


def test_a_region_without_a_bound_of_its_own_is_squeezed_up_to_its_force():
    """Between two links; the elbow brakes by 4 rad/s2."""
    at = body_situation(FOLDED, None, there(BETWEEN))
    bare = {**REGION, "clamped_force": None}
    found = limit(default=bare, detected_force=10.0, distance=0.2).cap(np.array([0.0, 1.0]), at)
    assert found is not None
    assert found.allowed == pytest.approx(squeezed(0.04, found.requested * 4.0, force=60.0))


@pytest.mark.parametrize(
    ("behind_gap", "clamped"),
    [(lambda far: far, True), (lambda far: far - 1e-9, False), (lambda _: 0.02, True)],
)
def test_a_link_that_comes_from_further_squeezes_against_one_right_behind(behind_gap, clamped):
    """The upper arm is 0.015 m from the ball, and the lower one comes on from its other side, 0.047 m off."""
    at = body_situation(FOLDED, None, there([0.15, 0.165, 0.0]))
    pairs = pairs_within(at, "people", np.full((2, 1), 1.0))
    assert pairs is not None and pairs.distance == pytest.approx(np.array([0.015, 0.047]), abs=1e-3)
    rule = limit(distance=0.3, behind_gap=behind_gap(float(pairs.distance[0])), **CLAMPS)
    found = rule.cap(np.array([0.0, 1.0]), at)
    assert found is not None
    assert (found.allowed == pytest.approx(squeezed(0.04, found.requested * 4.0))) == clamped


def test_two_links_that_touch_two_people_clamp_neither():
    """One below the upper arm, one above the tip: opposite ways, and nobody is between them."""
    where = turned(0.0, (0.3, -0.16), (1.0, 0.15))
    found = limit(links=["upper", "lower"], **CLAMPS).cap(
        np.array([1.0, 0.0]), body_situation(STRAIGHT, None, there(*where))
    )
    assert found is not None and found.allowed == pytest.approx(FREE)


def test_links_that_are_not_slowed_do_not_count():
    rule = limit(links=["upper"])
    assert rule.cap(np.array([1.0, 0.0]), body_situation(STRAIGHT, None, there(NEAR))) is None
    beside = body_situation(STRAIGHT, None, there([0.3, 0.16, 0.0]))
    assert rule.cap(np.array([1.0, 0.0]), beside) is not None


def test_joints_feel_what_another_arm_of_the_robot_clamps():
    """A second arm, 2 m aside, before a wall of its own."""
    model = load_text(with_link("left", "other", "base", "0 2 0"))
    bare = body_situation(np.zeros(3), None, there([0.4, 2.15, 0.0], felt=False), model=model)
    weighed = Mechanics(Dynamics(model, np.zeros(3)), True, 0.0)
    at = replace(bare, effort=np.zeros(3), mechanics=weighed)
    rule = limit(behind=[box(2.45, 0.4)], contact_detection="joints", **CLAMPS)
    for speed, free in ((0.001, True), (1.0, False)):
        found = rule.cap(np.array([0.0, 0.0, speed]), at)
        assert found is not None and found.allowed > 0.0 and (found.scale == 1.0) == free


def test_tissue_has_some_stiffness_and_none_beyond_ten_million():
    for stiffness in (0.5, 1e7):
        assert limit(default={**REGION, "stiffness": stiffness}).config.default.stiffness == stiffness
    for stiffness in (0.0, 1e7 + 0.5):
        with pytest.raises(ValidationError, match="stiffness"):
            limit(default={**REGION, "stiffness": stiffness})
