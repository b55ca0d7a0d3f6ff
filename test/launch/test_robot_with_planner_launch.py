"""robot_with_planner.launch.py for real: the planner comes last, can only reach the governor, and all end well."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WHY = "not installed (comes with ROS 2, not from PyPI)"
pytest.importorskip("launch", reason=f"launch is {WHY}")
pytest.importorskip("launch_ros", reason=f"launch_ros is {WHY}")
launch_pytest = pytest.importorskip("launch_pytest", reason=f"launch_pytest is {WHY}")
pytest.importorskip("rclpy", reason="rclpy is not installed")

from geometry_msgs.msg import TwistStamped  # noqa: E402
from launch.actions import ExecuteProcess  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
NODES = ("recorder", "witness", "watch", "governor", "planner_replay")
PLANNER = """
/**:
  ros__parameters:
    topic: cmd_vel
"""
"""A planner that publishes where robots usually listen."""

pytestmark = pytest.mark.ros


@launch_pytest.fixture
def robot(described: Callable[..., Any], tmp_path: Path) -> Any:
    """The demo's errands on the robot amr1, whose base is the plant."""
    params = tmp_path / "planner.yaml"
    params.write_text(PLANNER)
    words = ["--ros-args", "-r", "__ns:=/amr1"]
    plant = ExecuteProcess(cmd=[sys.executable, "-m", "iatro_governor.nodes.plant", *words], output="screen")
    return described("robot_with_planner", beside=[plant], robot="amr1", planner_params=params)


@pytest.mark.launch(fixture=robot)
def test_a_planner_that_takes_itself_for_a_driver_meets_the_governor(
    observer: Any, started: Any, wait_until: Callable[..., None]
) -> Any:
    out: list[float] = []
    observer.create_subscription(TwistStamped, "/amr1/cmd_vel", lambda m: out.append(m.twist.linear.x), 1)
    wait_until(lambda: observer.spin() or any(out), 120, "a governed command")
    assert all(abs(value) <= 0.8 for value in out)
    there = {info.node_name for info in observer.get_publishers_info_by_topic("/amr1/cmd_vel")}
    assert there == {"governor", "watch"}
    assert [info.node_name for info in observer.get_publishers_info_by_topic("/amr1/cmd_vel_planner")] == [
        "planner_replay"
    ]
    assert [name for name in started.order if name in NODES][-2:] == ["governor", "planner_replay"]
    yield
    assert {name: started.codes[name] for name in NODES} == {name: [0] for name in NODES}


@pytest.mark.parametrize("to", ["cmd_vel", "/amr1/cmd_vel"])
def test_a_planner_led_past_the_governor_is_refused(ros2_launch: Callable[..., Any], to: str) -> None:
    process = ros2_launch("robot_with_planner", robot="amr1", planner_node_remaps=f"cmd_vel_planner:={to}")
    assert process.wait(60) == 1
    assert "the planner would bypass the governor" in process.output
    assert "process started" not in process.output
