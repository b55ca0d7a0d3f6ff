"""A source that nothing listens to is told of: a tracker alone keeps the robot from nobody."""

from __future__ import annotations

import pytest

from iatro_governor.limits.registry import load_profile
from iatro_governor.limits.unheard import unheard
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.arms import SAID, SOURCES, arm, channel, data
from test.governor.test_trajectory_chart import PEOPLE, WATCHED

LISTENING = {
    "a limit": lambda given: given["limits"].append({**WATCHED, "channel": "arm"}),
    "a limit on contact": lambda given: given["limits"].append({
        "name": "felt", "kind": "contact_force", "channel": "arm", "wrench": "wrist", "report": [5.0, 1.0],
        "stop": [20.0, 4.0], "retreat_speed": 0.1, "source": SAID,
    }),
    "a push": lambda given: given["channels"]["arm"].update(
        pushed_by={"wrench": "wrist", "force": 5.0, "torque": 1.0, "source": SAID}
    ),
}  # fmt: skip


def told(folder, *listening):
    """The warnings of an arm with a tracker and a wrist."""
    given = data({"arm": channel("joint_velocity", "arm")})
    given["sources"] = {**SOURCES, "people": PEOPLE}
    for one in listening:
        LISTENING[one](given)
    return unheard(arm(folder, given))


def test_a_tracker_and_a_wrist_that_no_limit_names_are_told_of(tmp_path):
    first, second = told(tmp_path)
    assert "source wrist" in first and "source people: no limit and no channel listens to it" in second


@pytest.mark.parametrize(
    ("by", "left"), [("a limit", "wrist"), ("a limit on contact", "people"), ("a push", "people")]
)
def test_who_is_listened_to_is_not(tmp_path, by, left):
    (warning,) = told(tmp_path, by)
    assert f"source {left}:" in warning


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
@pytest.mark.parametrize("name", ["amr", "omni", "ackermann", "panda", "ur5", "tiago", "iris"])
def test_the_shipped_profiles_listen_to_all_that_they_name(name):
    assert not unheard(load_profile(shared(f"config/{name}.yaml")))


def test_a_wrist_that_a_channel_measures_with_is_listened_to(tmp_path):
    assert unheard(arm(tmp_path, data({"tool": channel("wrench", "tool")}))) == []
