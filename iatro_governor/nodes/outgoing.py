"""Governed commands on their way out."""

from __future__ import annotations

import numpy as np
from geometry_msgs.msg import Twist
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile

from iatro_governor.body.rollout import Braking
from iatro_governor.nodes import qos
from iatro_governor.nodes.convert import stamp_of
from iatro_governor.nodes.inputs import command_type
from iatro_governor.nodes.neighbours import publishers_of
from iatro_governor.profile.channels import TwistChannel

REST = (0.0,) * 6
READERS_ANSWER_S = 0.3
"""How long the last command is waited for to arrive, s."""


class Outgoing:
    """The output of one channel. Its message is made once, and its own publisher known by id.

    A name would not do: a killed predecessor, or whoever takes the governor's name, has the same.
    """

    def __init__(self, node: Node, channel: TwistChannel, profile: QoSProfile) -> None:
        self.topic = channel.output
        self.kind = command_type(channel)
        self.qos = profile
        before = publishers_of(node, self.topic)
        self._publisher: Publisher = node.create_publisher(
            self.kind, self.topic, profile, event_callbacks=qos.QUIET_OUT
        )
        me = f"{node.get_namespace().rstrip('/')}/{node.get_name()}"
        after = publishers_of(node, self.topic)
        self.own = {gid for gid, name in after.items() if gid not in before and name == me}
        """Ids of the publishers made here."""
        self._stamped = channel.stamped
        self._message = self.kind()
        self._twist: Twist = self._message.twist if self._stamped else self._message
        if self._stamped:
            self._message.header.frame_id = channel.frame
        self._values: tuple[float, ...] = REST

    @property
    def moving(self) -> bool:
        """Whether the last command was anything but exact zeros."""
        return any(self._values)

    def publish(self, values: tuple[float, ...], now: float) -> None:
        """Publish ``values``; ``now``: node clock, s."""
        linear, angular = self._twist.linear, self._twist.angular
        linear.x, linear.y, linear.z, angular.x, angular.y, angular.z = values
        if self._stamped:
            self._message.header.stamp = stamp_of(now)
        self._publisher.publish(self._message)
        self._values = values

    def ramp(self, braking: Braking, dt: float, now: float) -> None:
        """One step of ``dt`` s to rest, from the last command."""
        planar = np.array([self._values[0], self._values[1], self._values[5]])
        vx, vy, wz = (float(value) for value in braking.ramp(planar, dt))
        self.publish((vx, vy, 0.0, 0.0, 0.0, wz), now)

    def wait_for_readers(self) -> None:
        """The last command has arrived everywhere, or a reader does not answer."""
        self._publisher.wait_for_all_acked(Duration(seconds=READERS_ANSWER_S))
