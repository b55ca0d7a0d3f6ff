"""A configuration that is changed under a running governor stops the robot until it is as it was, and is reset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from iatro_governor import operator_key
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.body_model import files_of
from test.body.arm.conftest import robots_folder

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.nodes.configuration_files import ConfigurationFiles
from test.nodes.test_reset_node import reset

ROOT = Path(__file__).parents[2]


def test_a_file_is_as_it_was_read_or_named(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a")
    other.write_text("b")
    files = ConfigurationFiles([one, other])
    assert files.changed() == []
    times = one.stat()
    one.write_text("A")
    os.utime(one, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert files.changed() == [str(one)], "a forged time of change hides nothing"
    other.unlink()
    assert files.changed() == [str(one), str(other)]
    one.write_text("a")
    assert files.changed() == [str(other)]
    other.write_text("b")
    assert files.changed() == []
    one.touch()
    assert files.changed() == []


def test_the_files_of_a_profile_are_its_own_and_those_of_its_robot() -> None:
    amr = ROOT / "config/amr.yaml"
    assert files_of(load_profile(amr)) == [amr]
    if robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    found = files_of(load_profile(ROOT / "config/panda.yaml"))
    assert len(found) > 1 and all(file.is_file() for file in found)


@pytest.mark.ros
def test_a_changed_profile_latches_and_one_that_is_put_back_can_be_reset(
    governed: Any, tmp_path: Path
) -> None:
    key = tmp_path / "operator.key"
    operator_key.create(key)
    bench, written = governed.bench, governed.config.read_text()
    governed.launch(environment={operator_key.ENVIRONMENT: str(key)})
    governed.until(lambda: bench.outputs and bench.decisions and bench.faults <= {"awaiting_command"}, "open")
    governed.drive()
    governed.config.write_text(written + "# a word more\n")
    governed.until(lambda: bench.latest.get("latch"), "a latch")
    assert bench.latest["latch"]["cause"] == "configuration_changed"
    assert str(governed.config) in bench.told("configuration_changed")
    governed.until_rest()
    code, answer = reset(key)
    assert (code, answer["accepted"]) == (1, False) and "configuration_changed" in answer["message"]
    governed.config.write_text(written)
    governed.until(lambda: reset(key)[0] == 0, "a reset once it is as it was")
