"""No number of a profile switches a check off: each has an end that no honest robot needs to pass, and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.body.scan import read_scan
from iatro_governor.errors import EventError, ProfileError
from iatro_governor.governor.events import Command
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.sources import ScanSource
from test.governor.profiles import amr
from test.governor.room import STEP_S, Room
from test.shipped import shipped

CONFIG = Path(__file__).parents[2] / "config"
SAID = "a test"
MAP = {"type": "map_pose", "topic": "amcl_pose", "timeout_s": 0.5, "sigmas": 3.0, "source": SAID}
SONAR = {
    "type": "range",
    "topic": "sonar",
    "frame": "sonar",
    "timeout_s": 0.2,
    "pose": [0.2, 0.0, 0.1, 0.0, 0.0, 0.0],
    "field_of_view": 0.5,
    "range_max": 3.0,
}
HANDLE = {"type": "wrench", "topic": "handle", "frame": "base_link", "timeout_s": 0.2}
PUSHED = {"wrench": "handle", "force": 15.0, "torque": 5.0, "source": SAID}

ENDS: list[tuple[str, str, float, float, str]] = [
    ("amr", "channels.base.max_future_s", 2.0, 10_000.0, "clocks"),
    ("amr", "channels.base.pushed_by.force", 1.0, 1e-9, "noise"),
    ("amr", "channels.base.pushed_by.torque", 0.1, 1e-9, "noise"),
    ("amr", "sources.odom.rest_speed", 0.1, 1000.0, "at rest"),
    ("amr", "sources.odom.speed_noise", 0.1, 1000.0, "noise"),
    ("amr", "sources.odom.max_jump", 1.0, 10_000.0, "jumps"),
    ("amr", "sources.amcl.max_jump", 1.0, 10_000.0, "jumps"),
    ("amr", "sources.amcl.sigmas", 1.0, 1e-9, "grows"),
    ("amr", "sources.lidar.max_unknown", 0.95, 1.0, "sees nothing"),
    ("amr", "sources.lidar.min_points", 20, 100, "not there"),
    ("panda", "sources.joints.rest_speed", 0.1, 1000.0, "at rest"),
    ("panda", "sources.joints.speed_noise", 0.1, 1000.0, "noise"),
    ("panda", "sources.joints.max_jump", 1.0, 10_000.0, "jumps"),
    ("panda", "sources.people.radius", 0.02, 1e-9, "hold what is tracked"),
    ("panda", "channels.arm_trajectory.start_tolerance", 0.2, 10_000.0, "planned"),
    ("panda", "channels.arm_trajectory.tracking_tolerance", 0.5, 100.0, "vetted"),
]


def changed(name: str, key: str, value: Any) -> dict[str, Any]:
    """A shipped profile with more sources, and one value of it changed."""
    data: dict[str, Any] = shipped(CONFIG / f"{name}.yaml")
    if name == "amr":
        data["sources"] |= {"amcl": dict(MAP), "handle": dict(HANDLE), "sonar": dict(SONAR)}
        data["channels"]["base"]["pushed_by"] = dict(PUSHED)
    *way, last = key.split(".")
    part: Any = data
    for step in way:
        part = part[step]
    part[last] = value
    return data


def loaded(folder: Path, data: dict[str, Any]) -> Any:
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(data))
    return load_profile(path)


@pytest.mark.parametrize(("name", "key", "end", "beyond", "why"), ENDS, ids=[row[1] for row in ENDS])
def test_a_number_that_would_switch_a_check_off_is_refused_and_told_why(
    tmp_path, name, key, end, beyond, why
):
    loaded(tmp_path, changed(name, key, end))
    with pytest.raises(ProfileError) as refused:
        loaded(tmp_path, changed(name, key, beyond))
    (problem,) = refused.value.problems
    assert problem.key == key and problem.given == beyond
    assert f"= {end:g}" in problem.allowed and why in problem.message


@pytest.mark.parametrize("source", ["lidar", "sonar"])
def test_zero_is_free_space_only_where_somebody_says_so(tmp_path, source):
    with pytest.raises(ProfileError, match="zero_means_source"):
        loaded(tmp_path, changed("amr", f"sources.{source}.zero_means", "no_return"))
    with pytest.raises(ProfileError, match="zero_means_source"):
        loaded(tmp_path, changed("amr", f"sources.{source}.zero_means_source", SAID))
    data = changed("amr", f"sources.{source}.zero_means", "no_return")
    data["sources"][source]["zero_means_source"] = "the driver's manual"
    loaded(tmp_path, data)


ZEROS = {"zero_means": "no_return", "zero_means_source": SAID}


@pytest.mark.parametrize(("zeros", "usable"), [(0.4, True), (0.6, False), (1.0, False)])
@pytest.mark.parametrize("how", [ZEROS, {"zero_means": "unknown"}])
def test_a_scan_of_zeros_is_of_no_use_even_where_they_are_no_return(tmp_path, how, zeros, usable):
    """A covered or dead scanner; with the most that a profile may allow, a scan of nothing else is refused still."""
    shipped = yaml.safe_load((CONFIG / "amr.yaml").read_text())["sources"]["lidar"]
    source = ScanSource.model_validate(shipped | how)
    ranges = np.where(np.arange(360) < zeros * 360, 0.0, 5.0)
    told = (0.0, ranges, -np.pi, 2 * np.pi / 360, 0.05, 12.0)
    if usable:
        assert len(read_scan(*told, source).points) == round((1 - zeros) * 360)
    else:
        with pytest.raises(EventError, match="NaN or 0"):
            read_scan(*told, source)
    most = ScanSource.model_validate(shipped | how | {"max_unknown": 0.95})
    with pytest.raises(EventError):
        read_scan(0.0, np.zeros(360), *told[2:], most)


def test_a_command_that_is_stamped_ahead_holds_no_longer_for_it(tmp_path):
    room = Room(amr(tmp_path, channels={"base": {"max_future_s": 2.0}}))
    room.go(0.2)
    for _ in range(50):
        room.tell(Command(room.t, "base", (0.4, 0.0, 0.0, 0.0, 0.0, 0.0), room.t + 1.9, "p"))
        room.go(STEP_S)
    assert room.last.allowed[0] == pytest.approx(0.4)
    room.go(0.3)
    assert "command_stale" in room.faults
    room.go(1.0)
    assert room.last.allowed == (0.0,) * 6
