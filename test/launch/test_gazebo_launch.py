"""gazebo.launch.py for real, with stand-ins for the two packages of Gazebo: the plant is what lives in the world."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

WHY = "not installed (comes with ROS 2, not from PyPI)"
pytest.importorskip("launch", reason=f"launch is {WHY}")
pytest.importorskip("launch_ros", reason=f"launch_ros is {WHY}")
launch_pytest = pytest.importorskip("launch_pytest", reason=f"launch_pytest is {WHY}")
pytest.importorskip("rclpy", reason="rclpy is not installed")

from geometry_msgs.msg import TwistStamped  # noqa: E402
from rclpy.parameter import Parameter  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SIMULATOR = """
import json, os, sys
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction

def note(context):
    said = {name: context.launch_configurations[name] for name in ("gz_args", "on_exit_shutdown")}
    said["path"] = os.environ["GZ_SIM_RESOURCE_PATH"]
    with open(os.environ["GAZEBO_TOLD"], "w") as file:
        json.dump(said, file)

def generate_launch_description():
    names = ("gz_args", "on_exit_shutdown")
    return LaunchDescription([*(DeclareLaunchArgument(name) for name in names), OpaqueFunction(function=note)])
"""
BRIDGE = """#!/bin/sh
# Stands in for ros_gz_bridge: publishes and obeys what the bridge of a world with one robot does.
echo "$@" >> "$BRIDGE_TOLD"
for word in "$@"; do case "$word" in __ns:=*) space="$word";; esac; done
exec {python} -m iatro_governor.nodes.plant --ros-args -r "$space" -p clock:=true
"""

pytestmark = pytest.mark.ros


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prefix with both packages; what they were told goes to this folder."""
    prefix = tmp_path / "gazebo"
    for package in ("ros_gz_sim", "ros_gz_bridge"):
        index = prefix / "share" / "ament_index" / "resource_index" / "packages" / package
        index.parent.mkdir(parents=True, exist_ok=True)
        index.touch()
        (prefix / "share" / package / "launch").mkdir(parents=True)
    (prefix / "share/ros_gz_sim/launch/gz_sim.launch.py").write_text(SIMULATOR)
    bridge = prefix / "lib/ros_gz_bridge/parameter_bridge"
    bridge.parent.mkdir(parents=True)
    bridge.write_text(BRIDGE.format(python=sys.executable))
    bridge.chmod(0o755)
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"{prefix}:{os.environ.get('AMENT_PREFIX_PATH', '')}")
    monkeypatch.setenv("GAZEBO_TOLD", str(tmp_path / "gazebo.json"))
    monkeypatch.setenv("BRIDGE_TOLD", str(tmp_path / "bridge.txt"))
    return tmp_path


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The settings of a simulation's ledger."""
    file = tmp_path / "robot" / "ledger.yaml"
    file.parent.mkdir()
    file.write_text("context: simulation\n")
    return file


@launch_pytest.fixture
def world(told: Path, ledger: Path, described: Callable[..., Any]) -> Any:
    """The warehouse, without a window; the profile with times that a busy machine can keep, /clock being late there."""
    data = yaml.safe_load((ROOT / "config" / "amr.yaml").read_text(encoding="utf-8"))
    data["loop"]["max_gap_s"] = 1.0
    for source in data["sources"].values():
        source["timeout_s"] = 2.0
    data["channels"]["base"] |= {"command_timeout_s": 2.0, "max_future_s": 2.0}
    config = told / "amr.yaml"
    config.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return described("gazebo", robot="amr1", config=config, ledger=ledger, headless="true")


@pytest.mark.launch(fixture=world)
def test_a_robot_in_gazebo_is_governed_on_its_clock(
    told: Path, observer: Any, started: Any, wait_until: Callable[..., None]
) -> Any:
    out: list[float] = []
    observer.set_parameters([Parameter("use_sim_time", value=True)])
    observer.create_subscription(TwistStamped, "/amr1/cmd_vel", lambda m: out.append(m.twist.linear.x), 1)
    asking = observer.create_publisher(TwistStamped, "/amr1/cmd_vel_planner", 1)

    def ask() -> bool:
        """For two seconds, then silent for two: what met a fault at the start is armed anew by that alone."""
        if time.monotonic() % 4.0 < 2.0:
            message = TwistStamped()
            message.header.stamp = observer.get_clock().now().to_msg()
            message.twist.linear.x = 5.0
            asking.publish(message)
        observer.spin()
        return any(out)

    wait_until(ask, 90, "a governed command")
    assert all(0.0 <= value <= 0.8 for value in out)
    simulator = json.loads((told / "gazebo.json").read_text())
    assert simulator["gz_args"] == f"-r -s --headless-rendering {ROOT / 'worlds' / 'warehouse.sdf'}"
    assert simulator["on_exit_shutdown"] == "true"
    assert simulator["path"].split(":")[-1] == str(ROOT / "worlds" / "models")
    yield
    nodes = ("recorder", "witness", "watch", "governor", "parameter_bridge")
    assert {name: started.codes[name] for name in nodes} == {name: [0] for name in nodes}


@pytest.mark.parametrize(
    ("entry", "given", "said"),
    [
        ("cmd_vel_planner", {}, "only governed outputs"),
        ("cmd_vel", {"actuator_remaps": "cmd_vel:=wheels"}, None),
        ("base", {}, "only governed outputs"),
    ],
)
def test_a_bridge_past_the_governor_is_refused(
    told: Path,
    ledger: Path,
    ros2_launch: Callable[..., Any],
    entry: str,
    given: dict[str, str],
    said: str | None,
) -> None:
    file = told / "bridge.yaml"
    file.write_text(
        f"- {{ros_topic_name: {entry}, gz_topic_name: x, ros_type_name: a, gz_type_name: b, direction: ROS_TO_GZ}}\n"
    )
    process = ros2_launch("gazebo", robot="amr1", ledger=ledger, bridge=file, **given)
    if said is None:
        process.wait_for("process started", 60)
        return
    assert process.wait(60) == 1
    assert said in process.output
    assert "process started" not in process.output


def test_without_a_ledger_of_its_own_nothing_is_simulated(
    told: Path, ros2_launch: Callable[..., Any]
) -> None:
    process = ros2_launch("gazebo", robot="amr1")
    assert process.wait(60) == 1
    assert "ledger" in process.output
