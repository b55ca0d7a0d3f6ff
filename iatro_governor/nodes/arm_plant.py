"""The embedded simulated arm behind a real one's topics: joints, wrist and people; speeds, efforts, trajectories.

It takes commands on ``arm/velocity``, ``arm/position``, ``arm/effort``, ``arm/trajectory`` and ``gripper``. As under
ros2_control, one of them has the arm at a time: see ``plant/arm_claim.py``.

Parameters (all read once, at the start):

- ``scenario``: the file whose bench is simulated; empty is scenarios/arm_press.yaml.
- ``seed``: of the sensors' noise and the people's pace; -1 is the scenario's own.
- ``speed``: simulated seconds in a second of the wall clock.
- ``clock``: publish /clock, and stamp by it.
- ``truth``: a file that gets what truly happened (harms, forces on each region, the course of things) at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Vector3, WrenchStamped
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.errors import EventError, ScenarioError
from iatro_governor.msg import TrackedBodies
from iatro_governor.nodes import qos
from iatro_governor.nodes.arm_topics import TOPICS, TRAJECTORY
from iatro_governor.nodes.options import Options
from iatro_governor.nodes.run import run
from iatro_governor.nodes.stamps import seconds
from iatro_governor.nodes.trajectories import knots_of
from iatro_governor.nodes.world import Given, Running
from iatro_governor.plant.arm_claim import Claim
from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_simulation import ArmPlant, ArmTruth
from iatro_governor.trial.arm_scenario import load
from iatro_governor.trial.arm_scene import Scene

PEOPLE_EVERY = 5  # periods: a tracker at 20 Hz; joints and wrist speak every period, at 100 Hz
TRACK_EVERY = 2  # periods
WRIST_FRAME, BASE_FRAME = "panda_hand", "panda_link0"


class ArmPlantNode(Node):
    """Publishes what the sensors see, and obeys whoever has the arm."""

    def __init__(self) -> None:
        """Raises ScenarioError for a scenario that cannot be used."""
        super().__init__("arm_plant")
        options = Options(self)
        given = Given.take(options, "scenarios/arm_press.yaml")
        options.close()
        scenario = load(given.scenario)
        self._seed = scenario.seed if given.seed < 0 else given.seed
        self._scenario = scenario.name
        self._plant = ArmPlant(scenario.world.built(), self._seed, scenario.posture)
        self._claim = Claim(self._plant)
        self._joints = self.create_publisher(JointState, "joint_states", qos.SENSOR_OUT)
        self._wrist = self.create_publisher(WrenchStamped, "wrist", qos.SENSOR_OUT)
        self._people = self.create_publisher(TrackedBodies, "people", qos.SENSOR_OUT)
        for kind, topic in TOPICS.items():
            self.create_subscription(Float64MultiArray, topic, partial(self._obey, kind), qos.OUTPUT_IN)
        self.create_subscription(JointTrajectory, TRAJECTORY, self._follow, qos.OUTPUT_IN)
        self._track: list[Scene] = []
        self._seen: ArmTruth | None = None
        self._running = Running(self, self._plant, given, self._publish)
        self.get_logger().info(f"arm plant ready: {scenario.name}, seed {self._seed}")

    def destroy_node(self) -> None:
        """Write down what truly happened, and go."""
        self._running.end(self.truth())
        super().destroy_node()

    def truth(self) -> dict[str, Any]:
        """What truly happened so far, as JSON.

        ``forces``: N on each region, its ``peak`` and the largest that lasted half a second, ``held``. ``joints``:
        rad, at the end. ``track``: scenes, their ``t`` on the node's clock, see trial/arm_scene.py.
        """
        now = self._plant.truth()
        return {
            "scenario": self._scenario,
            "seed": self._seed,
            "harms": [asdict(harm) for harm in self._plant.harms()],
            "forces": {name: {"peak": f.peak, "held": f.held} for name, f in now.forces.items()},
            "joints": now.position.tolist(),
            "track": [scene.to_json() for scene in self._track],
        }

    def _obey(self, kind: Kind, message: Float64MultiArray) -> None:
        self._try(lambda: self._claim.command(kind, message.data))

    def _follow(self, message: JointTrajectory) -> None:
        self._try(lambda: self._claim.trajectory(_points(message), message.joint_names))

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (ScenarioError, EventError) as error:
            self.get_logger().error(f"command refused: {error}", throttle_duration_sec=1.0)

    def _publish(self, period: int, stamp: Time) -> None:
        self._publish_joints(stamp)
        self._publish_wrist(stamp)
        if period % PEOPLE_EVERY == 0:
            self._publish_people(stamp)
        if period % TRACK_EVERY == 0:
            now = self._plant.truth()
            self._track.append(Scene.of(seconds(stamp), now, self._seen))
            self._seen = now

    def _publish_joints(self, stamp: Time) -> None:
        arm, fingers = self._plant.joints(), self._plant.fingers()
        message = JointState(
            name=[*arm.names, *fingers.names],
            position=[*arm.position, *fingers.position],
            velocity=[*arm.velocity, *fingers.velocity],
            effort=[*arm.effort, *fingers.effort],
        )
        message.header.stamp = stamp
        self._joints.publish(message)

    def _publish_wrist(self, stamp: Time) -> None:
        reading = self._plant.wrench()
        message = WrenchStamped()
        message.header.stamp, message.header.frame_id = stamp, WRIST_FRAME
        message.wrench.force, message.wrench.torque = _vector(reading.force), _vector(reading.torque)
        self._wrist.publish(message)

    def _publish_people(self, stamp: Time) -> None:
        """Also where there is nobody: silence would be a dead tracker."""
        seen = self._plant.bodies()
        message = TrackedBodies(
            stamp=stamp,
            frame_id=BASE_FRAME,
            ids=[body.id for body in seen],
            positions=[Point(**_xyz(body.position)) for body in seen],
            velocities=[_vector(body.velocity) for body in seen],
            regions=[body.region for body in seen],
        )
        self._people.publish(message)


def _points(message: JointTrajectory) -> list[TrajectoryPoint]:
    return [TrajectoryPoint(knot.time, knot.positions, knot.velocities or None) for knot in knots_of(message)]


def _vector(values: np.ndarray) -> Vector3:
    return Vector3(**_xyz(values))


def _xyz(values: np.ndarray) -> dict[str, float]:
    return dict(zip("xyz", map(float, values), strict=True))


def main() -> None:
    """Run the arm's plant."""
    raise SystemExit(run("arm_plant", ArmPlantNode))


if __name__ == "__main__":
    main()
