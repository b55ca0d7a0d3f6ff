"""A base that may leap over what appears before it is told so, by the way that its rollouts really take."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.limits.leaps import leaping
from iatro_governor.limits.link_obstacle import LinkObstacleConfig
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder


def changed(tmp_path, name, speed, linear=None):
    """config/``name`` with another highest speed, m/s, and another deceleration of its stop, m/s2."""
    data = yaml.safe_load(shared(f"config/{name}").read_text(encoding="utf-8"))
    for limit in data["limits"]:
        if limit["kind"] == "speed" and limit["axis"] in ("planar", "travel"):
            limit["bound"] = speed
    if linear is not None:
        for mode in ("controlled", "protective"):
            data["channels"]["base"]["stop_modes"][mode]["linear"] = linear
    if srdf := data["robot"].get("model", {}).get("srdf"):
        data["robot"]["model"]["srdf"] = str(shared(f"config/{srdf}"))
    path = tmp_path / name
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_profile(path)


@pytest.mark.parametrize("name", ["amr", "panda", "ur5", "tiago", "iris"])
def test_no_shipped_robot_does(name):
    if name != "amr" and robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    assert leaping(load_profile(shared(f"config/{name}.yaml"))) == []


def test_a_fast_base_is_told_how_far_apart_it_is_looked_at(tmp_path):
    """4 m/s for 0.01 s and then by 0.6 m/s2: 13.4 m of way, in 12 steps, and 1.2 rad/s of the rim besides."""
    slow, fast = changed(tmp_path, "amr.yaml", 1.0), changed(tmp_path, "amr.yaml", 4.0)
    assert leaping(slow) == []
    (told,) = leaping(fast)
    found = re.fullmatch(r"limit \S+: .* every (\S+) m of .* is (\S+) m wide: what appears (\S+) m .*", told)
    assert found is not None, told
    step, width, room = map(float, found.groups())
    governor = Governor(fast)
    group = governor.channels["base"]
    situation = group.look(0.0)
    ways = situation.roll_out(np.array([[4.0, 0.0, 1.2]]))
    assert step == pytest.approx(2 * float(ways.half_step[0]), rel=0.02)
    assert step > width + 2 * room and room > 0.0


def test_to_brake_harder_ends_it(tmp_path):
    assert leaping(changed(tmp_path, "amr.yaml", 4.0, linear=30.0)) == []


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
def test_a_body_with_joints_is_looked_at_half_as_often(tmp_path):
    assert leaping(changed(tmp_path, "tiago.yaml", 1.0)) == []
    (told,) = leaping(changed(tmp_path, "tiago.yaml", 2.0))
    assert "is 0.56 m wide" in told


@pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
def test_what_flies_is_as_wide_as_its_widest_link(tmp_path):
    row = LinkObstacleConfig.example | {
        "name": "seen",
        "kind": "link_obstacle",
        "channel": "base",
        "source": "a test",
    }
    seen = LinkObstacleConfig.model_validate(row)
    slow, fast = (changed(tmp_path, "iris.yaml", speed) for speed in (2.0, 6.0))
    assert leaping(replace(slow, limits=(*slow.limits, seen))) == []
    (told,) = leaping(replace(fast, limits=(*fast.limits, seen)))
    assert "is 0.27 m wide: what appears 0.07 m before" in told
