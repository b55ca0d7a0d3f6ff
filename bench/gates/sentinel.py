"""sentinelseed: its filter for Twist messages, as its ROS 2 node calls it, in both modes that enforce."""

from __future__ import annotations

from types import SimpleNamespace
from typing import ClassVar

from sentinelseed.integrations.ros2.nodes import CommandSafetyFilter
from sentinelseed.integrations.ros2.validators import SafetyZone, VelocityLimits

from bench.gates.gate import Gate
from bench.peers_task import SPEED, Command, Episode, Robot, Values


class Clamp(Gate):
    """Mode ``clamp``."""

    package = "sentinelseed"
    robots = ("base",)
    claims = frozenset({"speed"})
    note = "its zone is a box to stay in, so the disc is beyond what it says; stamps and numbers that are none, too"
    mode: ClassVar[str] = "clamp"

    def start(self, episode: Episode) -> None:
        """The same limits as everybody, in a box that is never left."""
        vx, vy, wz = SPEED["base"]
        limits = VelocityLimits(
            max_linear_x=vx,
            max_linear_y=vy,
            max_linear_z=0.0,
            max_angular_x=0.0,
            max_angular_y=0.0,
            max_angular_z=wz,
        )
        zone = SafetyZone(min_x=-100.0, max_x=100.0, min_y=-100.0, max_y=100.0)
        self._filter = CommandSafetyFilter(velocity_limits=limits, safety_zone=zone, mode=self.mode)

    def answer(self, robot: Robot, command: Command, now: float) -> Values | None:
        """A Twist has six places, and takes no other number of them."""
        if len(command.values) != len(SPEED["base"]):
            return None
        vx, vy, wz = command.values
        twist = SimpleNamespace(
            linear=SimpleNamespace(x=vx, y=vy, z=0.0), angular=SimpleNamespace(x=0.0, y=0.0, z=wz)
        )
        out, _ = self._filter.filter(twist, current_position=(robot.place[0], robot.place[1], 0.0))
        return out.linear.x, out.linear.y, out.angular.z


class Block(Clamp):
    """Mode ``block``."""

    mode = "block"
