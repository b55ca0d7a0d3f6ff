"""The arm's plant as a real process, behind the topics of a real arm."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.ros
pytest.importorskip("mujoco", reason="MuJoCo is not installed")

JOINTS = [f"panda_joint{i}" for i in range(1, 8)]
READY = (0.0, -math.pi / 4, 0.0, -3 * math.pi / 4, 0.0, math.pi / 2, math.pi / 4)
WALLED = """
version: 1
robot: arm
name: walled
world:
  name: walled
  blocks: [{name: wall, centre: [0.30, 0.28, 0.5], size: [0.4, 0.1, 1.0]}]
  people:
    - name: ann
      parts:
        - region: hand
          centre: [0.4, -0.5, 0.4]
          shape: sphere
          size: [0.05]
          mass: 0.5
          stiffness: 50000
          posture: 500
          source: a test's own
          bound: {peak: 100, held: 50, source: a test's own}
plans: [{title: none, say: nothing, benign: true}]
"""


class Driver:
    """Whoever sits before the arm: hears its sensors, and sends what it is told to."""

    def __init__(self, node: Any) -> None:
        from geometry_msgs.msg import WrenchStamped
        from iatro_governor.msg import TrackedBodies
        from rosgraph_msgs.msg import Clock
        from sensor_msgs.msg import JointState
        from std_msgs.msg import Float64MultiArray
        from trajectory_msgs.msg import JointTrajectory

        from iatro_governor.nodes import qos

        self.joints: list[Any] = []
        self.wrists: list[Any] = []
        self.people: list[Any] = []
        self.clocks: list[Any] = []
        self.streams: dict[str, list[float]] = {}
        """What is sent again and again, by topic."""
        self._array, self._trajectory = Float64MultiArray, JointTrajectory
        topics = ("arm/velocity", "arm/position", "arm/effort", "gripper")
        self._out = {topic: node.create_publisher(Float64MultiArray, topic, qos.COMMAND) for topic in topics}
        self._follow = node.create_publisher(JointTrajectory, "arm/trajectory", qos.COMMAND)
        for kind, topic, take in (
            (JointState, "joint_states", self.joints.append), (WrenchStamped, "wrist", self.wrists.append),
            (TrackedBodies, "people", self.people.append), (Clock, "/clock", self.clocks.append),
        ):  # fmt: skip
            node.create_subscription(kind, topic, take, qos.INPUT)
        node.create_timer(0.02, self._stream)

    def _stream(self) -> None:
        for topic, data in list(self.streams.items()):
            self._out[topic].publish(self._array(data=data))

    def connected(self) -> bool:
        """Whether the plant hears every topic."""
        out = (*self._out.values(), self._follow)
        return bool(self.joints) and all(one.get_subscription_count() for one in out)

    def follow(self, seconds: float, turn: float) -> None:
        """Send a trajectory that turns the first joint."""
        from iatro_governor.governor.events import Knot
        from iatro_governor.nodes.trajectories import trajectory_message

        goal = (turn, *READY[1:])
        names = [*JOINTS[1:], JOINTS[0]]  # any order
        knots = [Knot(seconds, (*goal[1:], goal[0]), (0.0,) * 7)]
        self._follow.publish(trajectory_message(names, knots))

    def at(self, joint: str = "panda_joint1") -> float:
        """Where a joint is, rad or m."""
        last = self.joints[-1]
        return float(last.position[list(last.name).index(joint)])

    @property
    def speed(self) -> float:
        """Of the first joint, rad/s."""
        return float(self.joints[-1].velocity[0])


@pytest.fixture
def driver(node_here: Callable[[str], Any]) -> Driver:
    return Driver(node_here("driver"))


@pytest.fixture
def walled(tmp_path: Path) -> Path:
    file = tmp_path / "arm_walled.yaml"
    file.write_text(WALLED)
    return file


def test_it_senses_obeys_and_tells_the_truth_at_its_end(
    driver: Driver, node_process: Callable[..., Any], walled: Path, tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    truth = tmp_path / "truth.json"
    plant = node_process("arm_plant", scenario=walled, truth=truth)
    wait_until(lambda: driver.connected() and driver.wrists and driver.people, 20.0, "sensors")
    state, wrist, people = driver.joints[-1], driver.wrists[-1], driver.people[-1]
    assert list(state.name) == [*JOINTS, "panda_finger_joint1", "panda_finger_joint2"]
    assert list(state.position[:7]) == pytest.approx(READY, abs=0.01)
    assert len(state.velocity) == len(state.effort) == 9
    assert wrist.header.frame_id == "panda_hand" and abs(wrist.wrench.force.z) < 3.0
    assert (people.frame_id, list(people.ids), list(people.regions)) == (
        "panda_link0",
        ["ann/hand"],
        ["hand"],
    )
    assert people.positions[0].y == pytest.approx(-0.5, abs=0.05)
    driver.streams["gripper"] = [0.02, 20.0]
    wait_until(
        lambda: driver.at("panda_finger_joint1") == pytest.approx(0.01, abs=0.002), 10.0, "the fingers"
    )
    driver.streams["arm/velocity"] = [0.8, *(0.0,) * 6]
    wait_until(lambda: max(abs(m.wrench.force.y) for m in driver.wrists[-100:]) > 20.0, 20.0, "the wall")
    driver.streams["arm/velocity"] = [0.0] * 7
    wait_until(lambda: abs(driver.speed) < 0.02, 10.0, "rest")
    plant.send(signal.SIGTERM)
    assert plant.wait() == 0, plant.output
    told = json.loads(truth.read_text())
    assert ("collision", "wall") in [(harm["kind"], harm["victim"]) for harm in told["harms"]]
    assert told["forces"] == {"ann/hand": {"peak": 0.0, "held": 0.0}} and told["scenario"] == "walled"
    assert told["joints"][0] == pytest.approx(driver.at(), abs=0.05)
    from iatro_governor.plant.arm_model import ArmSpec, kinematics

    tool = kinematics(ArmSpec(), np.array(told["joints"])).tool
    assert told["track"][-1]["tool"] == pytest.approx(tool, abs=0.01)
    assert told["track"][-1]["forces"] == {"ann/hand": 0.0}
    assert told["duration_s"] > 1.0


def test_one_controller_has_the_arm_at_a_time(
    driver: Driver, node_process: Callable[..., Any], walled: Path, wait_until: Callable[..., None]
) -> None:
    node_process("arm_plant", scenario=walled)
    wait_until(driver.connected, 20.0, "the plant")
    driver.streams["arm/velocity"] = [0.0] * 7
    driver.follow(1.0, -0.4)
    wait_until(lambda: driver.at() == pytest.approx(-0.4, abs=0.01), 10.0, "the trajectory's end")
    driver.follow(2.0, 0.3)
    wait_until(lambda: driver.at() > -0.3, 10.0, "a second trajectory under way")
    driver.streams["arm/velocity"] = [-0.2, *(0.0,) * 6]
    wait_until(lambda: driver.speed < -0.1, 10.0, "the speeds have the arm")
    driver.streams["arm/velocity"] = [0.0] * 7
    wait_until(lambda: abs(driver.speed) < 0.01, 10.0, "rest, the trajectory is gone")
    driver.streams["arm/position"] = [-0.2, *READY[1:]]
    wait_until(lambda: driver.at() == pytest.approx(-0.2, abs=0.005), 10.0, "the set-point")


def test_commands_that_cannot_be_used_are_refused_and_named(
    driver: Driver, node_process: Callable[..., Any], walled: Path, wait_until: Callable[..., None]
) -> None:
    plant = node_process("arm_plant", scenario=walled)
    wait_until(driver.connected, 20.0, "the plant")
    driver.streams["arm/velocity"] = [math.nan] * 7
    plant.wait_for("command refused: joint_velocity takes 7 finite numbers")
    driver.streams = {}

    def refused() -> bool:
        driver.follow(-1.0, 0.3)  # again and again: the log says no more than one thing a second
        return "command refused: a trajectory's times are >= 0" in plant.output

    wait_until(refused, 10.0, "a trajectory refused")
    assert plant.code is None and driver.at() == pytest.approx(0.0, abs=0.01)


def test_with_a_clock_it_stamps_by_it(
    driver: Driver, node_process: Callable[..., Any], walled: Path, wait_until: Callable[..., None]
) -> None:
    node_process("arm_plant", scenario=walled, clock="true", speed=2.0)
    wait_until(lambda: driver.clocks and driver.clocks[-1].clock.sec >= 1 and driver.people, 20.0, "a second")
    assert driver.people[-1].stamp.sec < 1000 and driver.joints[-1].header.stamp.sec < 1000


def test_the_scenario_of_another_robot_ends_it_with_a_message(
    node_process: Callable[..., Any],
) -> None:
    plant = node_process("arm_plant", scenario="scenarios/demo.yaml")
    assert plant.wait(20.0) == 2
    assert "demo.yaml" in plant.output and "arm_bench" in plant.output and "Traceback" not in plant.output
