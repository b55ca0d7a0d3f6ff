"""Launch files started for real: what they start, an observer beside it, and a launch as a process of its own."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Started:
    """The processes that launch has started, by executable, in the order they started, and how they ended."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.pids: dict[str, list[int]] = {}
        self.codes: dict[str, list[int]] = {}
        self.commands: dict[str, list[str]] = {}

    def note(self, event: Any, _context: Any) -> None:
        """Take one process's start."""
        name = Path(event.cmd[0]).name
        self.order.append(name)
        self.pids.setdefault(name, []).append(event.pid)
        self.commands[name] = list(event.cmd)

    def ended(self, event: Any, _context: Any) -> None:
        """Take one process's end."""
        self.codes.setdefault(Path(event.cmd[0]).name, []).append(event.returncode)


@pytest.fixture
def started() -> Started:
    return Started()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Whatever the nodes write by default goes to a folder of the test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ROS_LOG_DIR", str(tmp_path / "log"))
    return tmp_path


@pytest.fixture
def described(domain: int, home: Path, started: Started) -> Callable[..., Any]:
    """``described(NAME, ARGUMENT=value, ...)``: the launch file under test, watched; ``beside``: actions beside it."""

    def make(name: str, *, beside: list[Any] = [], **arguments: object) -> Any:  # noqa: B006 - never changed
        from launch import LaunchDescription
        from launch.actions import IncludeLaunchDescription, RegisterEventHandler
        from launch.event_handlers import OnProcessExit, OnProcessStart
        from launch.launch_description_sources import PythonLaunchDescriptionSource
        from launch_pytest.actions import ReadyToTest

        source = PythonLaunchDescriptionSource(str(ROOT / "launch" / f"{name}.launch.py"))
        words = {key: str(value) for key, value in arguments.items()}
        return LaunchDescription(
            [
                RegisterEventHandler(OnProcessStart(on_start=started.note)),
                RegisterEventHandler(OnProcessExit(on_exit=started.ended)),
                IncludeLaunchDescription(source, launch_arguments=words.items()),
                *beside,
                ReadyToTest(),
            ]
        )

    return make


@pytest.fixture
def observer(domain: int) -> Iterator[Any]:
    """A node of the test's own, in the domain of the launched ones; ``observer.spin()`` lets it hear."""
    rclpy = pytest.importorskip("rclpy", reason="rclpy is not installed")
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node("observer", context=context)
    executor = rclpy.executors.SingleThreadedExecutor(context=context)
    executor.add_node(node)
    node.spin = lambda: executor.spin_once(timeout_sec=0.05)
    yield node
    executor.shutdown()
    node.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture
def ros2_launch(domain: int, home: Path, start: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """``ros2_launch(NAME, ARGUMENT=value, ...)``: a launch file as a process; ends as by Ctrl-C in a terminal."""
    if importlib.util.find_spec("launch") is None:
        pytest.skip("launch is not installed (comes with ROS 2, not from PyPI)")
    running: list[Any] = []

    def launch(name: str, **arguments: object) -> Any:
        words = [f"{key}:={value}" for key, value in arguments.items()]
        program = str(Path(__file__).with_name("launcher.py"))
        process = start(sys.executable, "-P", program, ROOT / "launch" / f"{name}.launch.py", *words)
        running.append(process)
        return process

    yield launch
    for process in running:
        if process.code is None:
            interrupt(process)
            process.wait(60)


def interrupt(process: Any) -> None:
    """Ctrl-C: the whole process group gets it."""
    os.killpg(process.pid, signal.SIGINT)
