"""Limits of a base on the ground where there is none, or where an arm stands on it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from test.governor.profiles import AMR
from test.shipped import shipped

CONFIG = AMR.parent


def refused(tmp_path, name: str, kind: str, **changes: Any) -> str:
    data = shipped(CONFIG / name)
    row = {
        "name": "one_more",
        "kind": kind,
        "channel": "base",
        "source": "a test",
        **KINDS[kind].model.example,
    }
    data["limits"].append({**row, **changes})
    path = tmp_path / name
    path.write_text(yaml.safe_dump(data))
    for extra in CONFIG.glob("*.srdf"):
        (tmp_path / extra.name).write_text(extra.read_text())
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    (problem,) = caught.value.problems
    assert problem.key.startswith(f"limits[{len(data['limits']) - 1}]")
    return f"{problem.message}: {problem.allowed}"


@pytest.mark.parametrize("kind", ["zone", "slow_zone", "geofence"])
def test_a_body_in_the_air_has_no_limits_of_the_ground(tmp_path, kind):
    said = refused(tmp_path, "iris.yaml", kind)
    assert "looks at a base on the ground" in said and "workspace" in said


def test_a_fence_is_no_limit_of_an_arm(tmp_path):
    assert "cannot bound a joint_velocity channel" in refused(
        tmp_path, "panda.yaml", "geofence", channel="arm"
    )
