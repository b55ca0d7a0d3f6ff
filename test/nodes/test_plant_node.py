"""The plant as a real process, behind the topics of a real robot."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ros

WALLED = """
version: 1
name: corridor
world:
  name: corridor
  walls: [{name: end, centre: [1.2, 0.0], size: [0.2, 2.0]}]
plans: [{title: none, say: nothing, benign: true}]
"""


class Driver:
    """Whoever sits before the robot: hears its sensors, and sends what it is told to."""

    def __init__(self, node: Any, stamped: bool = True) -> None:
        from geometry_msgs.msg import Twist, TwistStamped
        from nav_msgs.msg import Odometry
        from rosgraph_msgs.msg import Clock
        from sensor_msgs.msg import LaserScan

        from iatro_governor.nodes import qos

        self.scans: list[Any] = []
        self.odoms: list[Any] = []
        self.clocks: list[Any] = []
        self.velocity: float | None = None
        self._node, self._kinds = node, (Twist, TwistStamped)
        self.stamped = stamped
        self._command = node.create_publisher(TwistStamped if stamped else Twist, "cmd_vel", qos.COMMAND)
        node.create_subscription(LaserScan, "scan", self.scans.append, qos.INPUT)
        node.create_subscription(Odometry, "odom", self.odoms.append, qos.INPUT)
        node.create_subscription(Clock, "/clock", self.clocks.append, qos.INPUT)
        node.create_timer(0.05, self._drive)

    def _drive(self) -> None:
        if self.velocity is None:
            return
        twist, stamped = self._kinds[0](), self._kinds[1]()
        twist.linear.x = self.velocity
        stamped.twist = twist
        self._command.publish(stamped if self.stamped else twist)

    @property
    def x(self) -> float:
        """Where odometry says the robot is, m."""
        return float(self.odoms[-1].pose.pose.position.x) if self.odoms else 0.0

    @property
    def speed(self) -> float:
        """What odometry says of its speed, m/s."""
        return float(self.odoms[-1].twist.twist.linear.x) if self.odoms else 0.0


@pytest.fixture
def corridor(tmp_path: Path) -> Path:
    file = tmp_path / "corridor.yaml"
    file.write_text(WALLED)
    return file


@pytest.mark.parametrize("stamped", [True, False])
def test_it_drives_senses_and_tells_the_truth_at_its_end(
    stamped: bool, node_here: Callable[[str], Any], node_process: Callable[..., Any], corridor: Path,
    tmp_path: Path, wait_until: Callable[..., None],
) -> None:  # fmt: skip
    truth = tmp_path / "truth.json"
    driver = Driver(node_here("driver"), stamped)
    plant = node_process("plant", scenario=corridor, truth=truth, stamped=str(stamped).lower(), speed=3.0)
    wait_until(lambda: driver.scans and driver.odoms, 20.0, "sensors")
    scan, odom = driver.scans[0], driver.odoms[0]
    assert (scan.header.frame_id, odom.header.frame_id, odom.child_frame_id) == ("laser", "odom", "base_link")
    assert len(scan.ranges) == 360 and scan.angle_min == pytest.approx(-math.pi)
    assert scan.ranges[180] == pytest.approx(1.1, abs=0.05) and math.isinf(scan.ranges[0])
    driver.velocity = 0.8
    wait_until(lambda: driver.x > 0.88 and driver.speed < 0.1, 20.0, "the wall")
    plant.send(signal.SIGTERM)
    assert plant.wait() == 0, plant.output
    told = json.loads(truth.read_text())
    assert [(harm["kind"], harm["victim"]) for harm in told["harms"]] == [("collision", "end")]
    assert told["track"][-1][1] == pytest.approx(driver.x, abs=0.1) and told["scenario"] == "corridor"


def test_without_commands_it_stops_by_itself(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    corridor: Path,
    wait_until: Callable[..., None],
) -> None:
    driver = Driver(node_here("driver"))
    node_process("plant", scenario=corridor)
    driver.velocity = 0.2
    wait_until(lambda: driver.x > 0.05, 20.0, "motion")
    driver.velocity = None
    wait_until(lambda: driver.speed == pytest.approx(0.0, abs=0.01), 10.0, "rest")


def test_a_command_that_is_no_number_is_refused_and_named(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], corridor: Path
) -> None:
    driver = Driver(node_here("driver"))
    plant = node_process("plant", scenario=corridor)
    driver.velocity = math.nan
    plant.wait_for("command refused")
    assert plant.code is None and driver.x == pytest.approx(0.0, abs=0.01)


def test_with_a_clock_it_stamps_by_it(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    corridor: Path,
    wait_until: Callable[..., None],
) -> None:
    driver = Driver(node_here("driver"))
    node_process("plant", scenario=corridor, clock="true", speed=5.0)
    wait_until(
        lambda: driver.clocks and driver.clocks[-1].clock.sec >= 2 and driver.odoms, 20.0, "two seconds"
    )
    assert driver.odoms[-1].header.stamp.sec < 1000, "stamped by the wall clock"


def test_a_scenario_that_cannot_be_used_ends_it_with_a_message(
    node_process: Callable[..., Any], tmp_path: Path
) -> None:
    plant = node_process("plant", scenario=tmp_path / "none.yaml")
    assert plant.wait(20.0) == 2
    assert "none.yaml" in plant.output and "Traceback" not in plant.output


@pytest.mark.parametrize("node", ["plant", "planner_replay"])
def test_a_parameter_that_is_none_of_its_own_is_refused(node: str, node_process: Callable[..., Any]) -> None:
    process = node_process(node, scenrio="x.yaml")
    assert process.wait(20.0) == 2
    assert "scenrio" in process.output and "scenario" in process.output and "Traceback" not in process.output
