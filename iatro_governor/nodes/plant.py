"""The embedded simulated robot behind a real one's topics: scan, odom and cmd_vel, in real time or faster.

Parameters (all read once, at the start):

- ``scenario``: the file whose world is simulated; empty is the demo's.
- ``seed``: of the sensors' noise and the people's pace; -1 is the scenario's own.
- ``stamped``: cmd_vel is a TwistStamped (true) or a Twist.
- ``speed``: simulated seconds in a second of the wall clock.
- ``clock``: publish /clock, and stamp by it.
- ``truth``: a file that gets what truly happened (harms, peak speeds in zones, the robot's track) at the end.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.node import Node
from sensor_msgs.msg import LaserScan

from iatro_governor.errors import ScenarioError
from iatro_governor.nodes import qos
from iatro_governor.nodes.options import Options
from iatro_governor.nodes.run import run
from iatro_governor.nodes.stamps import seconds
from iatro_governor.nodes.world import PERIOD, Given, Running
from iatro_governor.plant import Plant
from iatro_governor.trial.scenario import load

ODOM_EVERY = 2  # periods: 50 Hz
SCAN_EVERY = 5  # periods: 20 Hz


class PlantNode(Node):
    """Publishes what the sensors see, and obeys cmd_vel."""

    def __init__(self) -> None:
        """Raises ScenarioError for a scenario that cannot be used."""
        super().__init__("plant")
        options = Options(self)
        given, stamped = Given.take(options, "scenarios/demo.yaml"), options.take("stamped", True)
        options.close()
        scenario = load(given.scenario)
        self._seed = scenario.seed if given.seed < 0 else given.seed
        self._scenario = scenario.name
        self._plant = Plant(scenario.world.built(), self._seed, scenario.built_start())
        self._odom = self.create_publisher(Odometry, "odom", qos.SENSOR_OUT)
        self._scan = self.create_publisher(LaserScan, "scan", qos.SENSOR_OUT)
        if stamped:
            self.create_subscription(TwistStamped, "cmd_vel", lambda m: self._obey(m.twist), qos.OUTPUT_IN)
        else:
            self.create_subscription(Twist, "cmd_vel", self._obey, qos.OUTPUT_IN)
        self._track: list[tuple[float, float, float]] = []
        self._running = Running(self, self._plant, given, self._publish)
        self.get_logger().info(f"plant ready: {scenario.name}, seed {self._seed}")

    def destroy_node(self) -> None:
        """Write down what truly happened, and go."""
        self._running.end(self.truth())
        super().destroy_node()

    def truth(self) -> dict[str, Any]:
        """What truly happened so far, as JSON; ``track`` is (t of the node's clock in s, x, y in m)."""
        return {
            "scenario": self._scenario,
            "seed": self._seed,
            "harms": [asdict(harm) for harm in self._plant.harms()],
            "peak_speeds": self._plant.peak_speeds(),
            "track": self._track,
        }

    def _obey(self, twist: Twist) -> None:
        linear, angular = twist.linear, twist.angular
        try:
            self._plant.command([linear.x, linear.y, linear.z, angular.x, angular.y, angular.z])
        except ScenarioError as error:
            self.get_logger().error(f"command refused: {error}", throttle_duration_sec=1.0)

    def _publish(self, period: int, stamp: Time) -> None:
        if period % ODOM_EVERY == 0:
            self._publish_odom(stamp)
        if period % SCAN_EVERY == 0:
            self._publish_scan(stamp)

    def _publish_odom(self, stamp: Time) -> None:
        reading = self._plant.odom()
        message = Odometry()
        message.header.stamp, message.header.frame_id, message.child_frame_id = stamp, "odom", "base_link"
        pose, twist = message.pose.pose, message.twist.twist
        pose.position.x, pose.position.y, pose.position.z = map(float, reading.pose[:3])
        pose.orientation.x, pose.orientation.y, pose.orientation.z, pose.orientation.w = map(
            float, reading.pose[3:]
        )
        twist.linear.x, twist.linear.y, twist.linear.z = map(float, reading.twist[:3])
        twist.angular.x, twist.angular.y, twist.angular.z = map(float, reading.twist[3:])
        self._odom.publish(message)
        x, y = self._plant.truth().pose[:2].tolist()
        self._track.append((seconds(stamp), x, y))

    def _publish_scan(self, stamp: Time) -> None:
        reading = self._plant.scan()
        message = LaserScan()
        message.header.stamp, message.header.frame_id = stamp, "laser"
        message.angle_min, message.angle_increment = reading.angle_min, reading.angle_increment
        message.angle_max = reading.angle_min + reading.angle_increment * (len(reading.ranges) - 1)
        message.scan_time = SCAN_EVERY * PERIOD
        message.range_min, message.range_max = reading.range_min, reading.range_max
        message.ranges = reading.ranges.astype("float32").tolist()
        self._scan.publish(message)


def main() -> None:
    """Run the plant."""
    raise SystemExit(run("plant", PlantNode))


if __name__ == "__main__":
    main()
