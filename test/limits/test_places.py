"""A limit that does not fit its channel, the robot's model or another part of the profile is refused, by name."""

from __future__ import annotations

import copy

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
PANDA = yaml.safe_load(shared("config/panda.yaml").read_text())


def row(kind, **changes):
    return {
        "name": "mine",
        "kind": kind,
        "channel": "arm",
        "source": "a test",
        **KINDS[kind].model.example,
        **changes,
    }


def refused(tmp_path, *limits, change=lambda data: None):
    """The problems of the arm's profile with ``limits`` and ``change``."""
    data = copy.deepcopy(PANDA)
    data["limits"] += limits
    change(data)
    path = tmp_path / "panda.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    return caught.value.problems


def test_a_link_that_the_robot_has_not(tmp_path):
    (problem,) = refused(tmp_path, row("link_slow_zone", links=["panda_hand", "panda_wing"]))
    assert problem.given == "panda_wing" and "panda_link7" in problem.allowed


def test_a_hand_that_the_robot_has_not(tmp_path):
    (problem,) = refused(tmp_path, row("singularity", link="panda_paw"))
    assert problem.key.endswith(".link") and problem.given == "panda_paw"


def test_a_hand_that_nobody_named(tmp_path):
    without = row("singularity", link=None)
    (problem,) = refused(tmp_path, without, change=lambda data: data["robot"]["model"].pop("tool"))
    assert problem.key.endswith(".link") and "robot.model.tool" in problem.message
