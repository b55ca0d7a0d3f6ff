"""The self-test: a limit that does not intervene is caught and named, in whatever way it fails to."""

from __future__ import annotations

from functools import cache

import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.self_test import self_test, steps
from iatro_governor.limits.registry import KINDS, load_profile
from iatro_governor.resources import shared
from test.faults.arm_rows import profile_of
from test.governor.profiles import amr

SHIPPED = ("amr", "panda", "ur5", "tiago", "iris")
BREAKABLE = [
    ("amr", "speed", "cap"),
    ("amr", "zone", "cap"),
    ("amr", "zone", "clear"),
    ("amr", "slow_zone", "cap"),
    ("amr", "obstacle", "cap"),
    ("amr", "obstacle", "clear"),
    ("amr", "time_to_collision", "cap"),
    ("amr", "unseen", "clear"),
    ("panda", "joint_velocity", "cap"),
    ("panda", "joint_position", "cap"),
    ("panda", "joint_position", "clear"),
    ("panda", "link_speed", "cap"),
    ("panda", "self_collision", "cap"),
    ("panda", "self_collision", "clear"),
    ("panda", "link_zone", "clear"),
    ("panda", "link_separation", "cap"),
    ("panda", "link_separation", "clear"),
    ("panda", "power_and_force", "cap"),
    ("panda", "contact_force", "cap"),
    ("panda", "contact_force", "alarm"),
    ("panda", "singularity", "cap"),
    ("panda", "gripper_speed", "cap"),
    ("tiago", "obstacle", "clear"),
    ("tiago", "speed", "cap"),
    ("tiago", "workspace", "clear"),
    ("iris", "workspace", "clear"),
    ("iris", "link_zone", "cap"),
]
"""A robot that has a limit of the kind, and a way for it to intervene that is taken away."""


@cache
def profile(robot):
    return load_profile(shared(f"config/{robot}.yaml"))


@pytest.mark.parametrize(("robot", "kind", "face"), BREAKABLE)
def test_a_limit_that_lets_everything_pass_is_named(monkeypatch, robot, kind, face):
    def nothing(*_):
        return None

    broken = type("Broken", (KINDS[kind],), {face: nothing})
    monkeypatch.setitem(KINDS, kind, broken)
    names = {limit.name for limit in profile(robot).limits if limit.kind == kind}
    findings = [found for found in self_test(profile(robot)) if found.refuses]
    assert findings and {found.limit for found in findings} <= names
    assert findings[0].limit in str(findings[0]) and findings[0].channel in str(findings[0])


def test_a_limit_that_the_governor_dropped_is_named(monkeypatch):
    dropped = Governor.__init__

    def without_speed(self, profile, *rest, **more):
        dropped(self, profile, *rest, **more)
        for group in self.groups:
            group.limits = [limit for limit in group.limits if limit.config.name != "turn_speed"]

    monkeypatch.setattr(Governor, "__init__", without_speed)
    found = [finding for finding in self_test(profile("amr")) if finding.refuses]
    assert [finding.limit for finding in found] == ["turn_speed"]


def test_a_command_rate_that_does_not_count_is_named(tmp_path, monkeypatch):
    row = {"name": "pace", "kind": "command_rate", "channel": "base", "bound": 50.0, "source": "a test"}
    own = amr(tmp_path, limits=[row])
    assert not self_test(own)
    monkeypatch.setattr("iatro_governor.governor.self_test.tightest", lambda limits, channel: None)
    assert [found.limit for found in self_test(own)] == ["pace"]


def test_what_a_fixed_arm_cannot_reach_is_a_warning(tmp_path):
    data = shared("config/panda.yaml").read_text()
    far = data.replace(
        "pose: [0.10, 0.62, 0.20, 0.0, 0.0, 0.0]}", "pose: [3.10, 0.62, 0.20, 0.0, 0.0, 0.0]}", 1
    )
    assert far != data
    (tmp_path / "far.yaml").write_text(far)
    found = self_test(load_profile(tmp_path / "far.yaml"))
    assert {finding.limit for finding in found} == {"shelf"}
    assert not any(finding.refuses for finding in found)
    assert "nearer than" in found[0].message


@pytest.mark.parametrize("robot", SHIPPED)
def test_every_shipped_profile_passes(robot):
    assert self_test(profile(robot)) == []


@pytest.mark.parametrize("robot", ["amr", "panda"])
def test_every_limit_is_tried_and_always_in_the_same_way(robot):
    tried = [step.limit for step in steps(profile(robot))]
    assert set(tried) == {limit.name for limit in profile(robot).limits}
    assert tried == [step.limit for step in steps(profile(robot))]


def test_it_leaves_nothing_behind():
    """The governor that governs decides as one whose profile was never tested."""
    tested, other = Governor(profile("amr")), Governor(profile("amr"))
    self_test(tested.profile)
    assert [d.to_json() for d in tested.tick(0.0)] == [d.to_json() for d in other.tick(0.0)]
    assert not tested.senses.surroundings.obstacles(
        ("lidar",), tested.senses.tracks["odom"].latest.pose
    ).points.size


def test_a_wrist_that_feels_along_an_arm_at_full_length_is_tried_all_the_same(tmp_path):
    """A push along the stretched arm moves none of its joints: it is no violation, and the limit is no worse for it."""
    assert [str(finding) for finding in self_test(profile_of(tmp_path)) if finding.refuses] == []
