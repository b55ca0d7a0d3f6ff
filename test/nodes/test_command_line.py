"""A node heeds ROS arguments alone: other words are refused, since it would run with all defaults instead."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.nodes.command_line import Misused, see_words
from iatro_governor.nodes.parameters import PARAMETERS


def started(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iatro_governor.nodes.watch", *words]
    return subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=60, check=False)


def test_a_profile_given_as_an_option_is_not_passed_over_for_the_default_one() -> None:
    done = started("--config", "robot.yaml")
    assert done.returncode == 2
    assert "watch: --config robot.yaml: no ROS argument" in done.stderr and "-p NAME:=VALUE" in done.stderr


def test_who_asks_for_help_gets_it_and_no_node() -> None:
    done = started("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: watch ") and ", ".join(PARAMETERS) in done.stdout


@pytest.mark.parametrize(
    "words", [[], ["--ros-args", "-p", "config:=a.yaml"], ["--ros-args", "-r", "__ns:=/a", "--"]]
)
def test_ros_arguments_pass(words: list[str]) -> None:
    assert see_words("watch", ["watch", *words], PARAMETERS) is None


def test_words_after_ros_arguments_are_seen() -> None:
    with pytest.raises(Misused, match=r"robot\.yaml"):
        see_words("watch", ["watch", "--ros-args", "-p", "robot:=a", "--", "robot.yaml"], PARAMETERS)
