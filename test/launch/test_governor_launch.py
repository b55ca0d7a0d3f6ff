"""The launch file, started for real: its three processes come up, share their parameters, and come back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

WHY = "not installed (comes with ROS 2, not from PyPI)"
launch = pytest.importorskip("launch", reason=f"launch is {WHY}")
pytest.importorskip("launch_ros", reason=f"launch_ros is {WHY}")
launch_pytest = pytest.importorskip("launch_pytest", reason=f"launch_pytest is {WHY}")
rclpy = pytest.importorskip("rclpy", reason="rclpy is not installed")

from launch.actions import IncludeLaunchDescription, RegisterEventHandler  # noqa: E402
from launch.event_handlers import OnProcessStart  # noqa: E402
from launch.launch_description_sources import PythonLaunchDescriptionSource  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLES = ("governor", "watch", "recorder", "witness")
CONFIG = str(ROOT / "config" / "amr.yaml")


class Started:
    """The processes that launch has started, by executable, in the order they started."""

    def __init__(self) -> None:
        self.pids: dict[str, list[int]] = {name: [] for name in EXECUTABLES}

    def note(self, event: Any, _context: Any) -> None:
        """Take one process's start."""
        self.pids[Path(event.cmd[0]).name].append(event.pid)


@pytest.fixture
def started() -> Started:
    return Started()


@launch_pytest.fixture
def robot(domain: int, started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The launch file under the namespace amr1; whatever the nodes write by default goes to a folder of the test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ROS_LOG_DIR", str(tmp_path / "log"))
    source = PythonLaunchDescriptionSource(str(ROOT / "launch" / "governor.launch.py"))
    arguments = {"config": CONFIG, "robot": "amr1"}
    return launch.LaunchDescription(
        [
            RegisterEventHandler(OnProcessStart(on_start=started.note)),
            IncludeLaunchDescription(source, launch_arguments=arguments.items()),
            launch_pytest.actions.ReadyToTest(),
        ]
    )


@pytest.fixture
def observer(domain: int) -> Iterator[Any]:
    """A node of the test's own, in the domain of the launched ones."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node("observer", context=context)
    executor = rclpy.executors.SingleThreadedExecutor(context=context)
    executor.add_node(node)
    node.spin = executor.spin_once
    yield node
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown(context=context)


def parameters(node: Any, name: str, wait_until: Callable[..., None]) -> list[str]:
    """The values of config and robot, as the node called ``name`` reports them over the wire."""
    client = node.create_client(GetParameters, f"/amr1/{name}/get_parameters")
    wait_until(client.service_is_ready, 30, f"parameters of {name}")
    future = client.call_async(GetParameters.Request(names=["config", "robot"]))
    wait_until(lambda: node.spin(timeout_sec=0.05) or future.done(), 10, f"answer of {name}")
    return [value.string_value for value in future.result().values]


@pytest.mark.ros
@pytest.mark.launch(fixture=robot)
def test_the_nodes_start_with_the_same_parameters(observer: Any, wait_until: Callable[..., None]) -> None:
    for name in EXECUTABLES:
        assert parameters(observer, name, wait_until) == [CONFIG, "amr1"]


# launch does not close the pipes of a process that was killed.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.ros
@pytest.mark.launch(fixture=robot)
def test_a_killed_governor_is_started_again(
    observer: Any, started: Started, wait_until: Callable[..., None]
) -> None:
    parameters(observer, "governor", wait_until)
    os.kill(started.pids["governor"][0], signal.SIGKILL)
    wait_until(lambda: len(started.pids["governor"]) == 2, 20, "second start")
    assert all(len(started.pids[name]) == 1 for name in ("watch", "recorder", "witness"))
