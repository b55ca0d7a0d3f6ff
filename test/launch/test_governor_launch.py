"""governor.launch.py, started for real: order, parameters, topics, first governed command, end, and what is refused."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WHY = "not installed (comes with ROS 2, not from PyPI)"
launch = pytest.importorskip("launch", reason=f"launch is {WHY}")
pytest.importorskip("launch_ros", reason=f"launch_ros is {WHY}")
launch_pytest = pytest.importorskip("launch_pytest", reason=f"launch_pytest is {WHY}")
pytest.importorskip("rclpy", reason="rclpy is not installed")

from geometry_msgs.msg import TwistStamped  # noqa: E402
from launch.actions import ExecuteProcess, GroupAction, IncludeLaunchDescription  # noqa: E402
from launch.launch_description_sources import PythonLaunchDescriptionSource  # noqa: E402
from rcl_interfaces.srv import GetParameters  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
FILE = str(ROOT / "launch" / "governor.launch.py")
EXECUTABLES = ("recorder", "witness", "watch", "governor")
CONFIG = str(ROOT / "config" / "amr.yaml")
REMAPS = {"planner_remaps": "cmd_vel_planner:=llm/cmd_vel", "actuator_remaps": "cmd_vel:=wheels/cmd_vel"}

pytestmark = [
    pytest.mark.ros,
    # launch does not close the pipes of a process that was killed.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@launch_pytest.fixture
def robot(described: Callable[..., Any]) -> Any:
    """The robot amr1, its topics remapped, with the plant in place of its base and lidar."""
    words = ["--ros-args", "-r", "__ns:=/amr1", "-r", "cmd_vel:=wheels/cmd_vel"]
    plant = ExecuteProcess(cmd=[sys.executable, "-m", "iatro_governor.nodes.plant", *words], output="screen")
    return described("governor", beside=[plant], config=CONFIG, robot="amr1", **REMAPS)


@launch_pytest.fixture
def two_robots(described: Callable[..., Any]) -> Any:
    """Two robots in one launch; the second without saying which profile."""
    source = PythonLaunchDescriptionSource(FILE)
    second = IncludeLaunchDescription(
        source, launch_arguments=[("robot", "amr2"), ("namespace", "hall/amr2")]
    )
    return described(
        "governor", beside=[GroupAction([second], forwarding=False)], config=CONFIG, robot="amr1"
    )


@launch_pytest.fixture
def broken(described: Callable[..., Any], tmp_path: Path) -> Any:
    """A profile that the governor refuses, and two more tries."""
    file = tmp_path / "broken.yaml"
    file.write_text(Path(CONFIG).read_text(encoding="utf-8").replace("rate_hz: 100", "rate_hz: -1"))
    return described("governor", config=file, robot="amr1", respawn_limit=2, respawn_delay=0.2)


def parameters(node: Any, name: str, wait_until: Callable[..., None]) -> list[str]:
    """The values of config and robot, as the node called ``name`` reports them over the wire."""
    client = node.create_client(GetParameters, f"{name}/get_parameters")
    asked: list[Any] = []

    def answered() -> bool:
        """Asked again and again: one that was killed may be in the graph for a while, and answers nothing."""
        if client.service_is_ready():
            asked.append(client.call_async(GetParameters.Request(names=["config", "robot"])))
        for _ in range(20):
            node.spin()
        return any(future.done() for future in asked)

    wait_until(answered, 90, f"parameters of {name}")
    values = next(future for future in asked if future.done()).result().values
    return [value.string_value for value in values]


@pytest.mark.launch(fixture=robot)
def test_the_first_command_is_governed_and_all_end_well(
    observer: Any, started: Any, wait_until: Callable[..., None]
) -> Any:
    for name in EXECUTABLES:
        assert parameters(observer, f"/amr1/{name}", wait_until) == [CONFIG, "amr1"]
    assert [name for name in started.order if name in EXECUTABLES][-1] == "governor"
    out: list[float] = []
    observer.create_subscription(
        TwistStamped, "/amr1/wheels/cmd_vel", lambda m: out.append(m.twist.linear.x), 1
    )
    asking = observer.create_publisher(TwistStamped, "/amr1/llm/cmd_vel", 1)

    def ask() -> None:
        message = TwistStamped()
        message.header.stamp = observer.get_clock().now().to_msg()
        message.twist.linear.x = 5.0
        asking.publish(message)

    observer.create_timer(0.05, ask)
    wait_until(lambda: observer.spin() or any(out), 60, "a governed command")
    assert all(0.0 <= value <= 0.8 for value in out)
    assert observer.count_publishers("/amr1/cmd_vel") == 0
    yield
    assert {name: started.codes[name] for name in EXECUTABLES} == {name: [0] for name in EXECUTABLES}


@pytest.mark.launch(fixture=robot)
def test_a_killed_governor_is_started_again_and_is_active(
    observer: Any, started: Any, wait_until: Callable[..., None]
) -> None:
    parameters(observer, "/amr1/governor", wait_until)
    os.kill(started.pids["governor"][0], signal.SIGKILL)
    wait_until(lambda: len(started.pids["governor"]) == 2, 60, "second start")
    parameters(observer, "/amr1/governor", wait_until)
    assert all(len(started.pids[name]) == 1 for name in ("watch", "recorder", "witness"))


@pytest.mark.launch(fixture=two_robots)
def test_two_robots_have_nodes_and_topics_of_their_own(
    observer: Any, wait_until: Callable[..., None]
) -> None:
    assert parameters(observer, "/amr1/governor", wait_until) == [CONFIG, "amr1"]
    config, robot = parameters(observer, "/hall/amr2/governor", wait_until)
    assert (Path(config).name, robot) == ("amr.yaml", "amr2")
    for topic in ("/amr1/cmd_vel", "/hall/amr2/cmd_vel"):
        wait_until(
            lambda topic=topic: observer.count_publishers(topic) == 2, 60, f"governor and watch on {topic}"
        )


@pytest.mark.launch(fixture=broken)
def test_what_cannot_start_is_tried_so_often_and_no_more(
    started: Any, wait_until: Callable[..., None]
) -> Any:
    wait_until(lambda: len(started.codes.get("governor", ())) == 3, 90, "three tries")
    yield
    assert started.codes["governor"] == [2, 2, 2]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"planner_remaps": "cmd_vel_planner:=cmd_vel"}, "the planner would bypass the governor"),
        ({"actuator_remaps": "scan:=elsewhere"}, "names no topic scan there"),
        ({"respawn_delay": "soon"}, "'soon' is no number"),
        ({"use_sim_time": "maybe"}, "use_sim_time"),
    ],
)
def test_what_is_refused_starts_nothing(
    ros2_launch: Callable[..., Any], given: dict[str, str], told: str
) -> None:
    process = ros2_launch("governor", config=CONFIG, robot="amr1", **given)
    assert process.wait(60) == 1
    assert told in process.output
    assert "process started" not in process.output
