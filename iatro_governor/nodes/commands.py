"""Commands on ROS, one row a type of channel: its message, how that is read, and how it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from geometry_msgs.msg import PoseStamped, Twist, TwistStamped, WrenchStamped
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Knot
from iatro_governor.nodes.stamps import seconds
from iatro_governor.nodes.trajectories import MOST_JOINTS, knots_of
from iatro_governor.profile.every_channel import AnyChannel
from iatro_governor.profile.joint_channels import JointTrajectoryChannel

Values = tuple[float, ...]

MOST_VALUES = 256
"""Numbers in one array."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command says. stamp: s of the sender's clock, 0: none, it counts from its arrival. frame: as sent.

    A trajectory has names and points, and its values are the positions of its last point.
    """

    values: Values
    stamp: float = 0.0
    frame: str = ""
    names: tuple[str, ...] = ()
    points: tuple[Knot, ...] | None = None


@dataclass(frozen=True, slots=True)
class CommandType:
    """One row. read: raises EventError for what is no command. write: puts values into a message, None: see Outgoing.

    stamped: the message has a header, which tells when and in which frame.
    """

    message: Any
    read: Callable[[Any, Any], Reading]
    write: Callable[[Any, Values], None] | None
    stamped: bool = False


def _headed(message: Any, values: Values) -> Reading:
    return Reading(values, seconds(message.header.stamp), message.header.frame_id)


def _twist_values(twist: Twist) -> Values:
    linear, angular = twist.linear, twist.angular
    return linear.x, linear.y, linear.z, angular.x, angular.y, angular.z


def _read_twist(message: Twist, _channel: AnyChannel) -> Reading:
    return Reading(_twist_values(message))


def _read_twist_stamped(message: TwistStamped, _channel: AnyChannel) -> Reading:
    return _headed(message, _twist_values(message.twist))


def _write_twist(message: Twist, values: Values) -> None:
    linear, angular = message.linear, message.angular
    linear.x, linear.y, linear.z, angular.x, angular.y, angular.z = values


def _write_twist_stamped(message: TwistStamped, values: Values) -> None:
    _write_twist(message.twist, values)


def _read_array(message: Float64MultiArray, _channel: AnyChannel) -> Reading:
    """The numbers in their order. A layout that asks for another one is refused: drivers do not look at it."""
    count, layout = len(message.data), message.layout
    sizes = [dimension.size for dimension in layout.dim]
    if layout.data_offset:
        raise EventError(f"the layout skips {layout.data_offset} numbers; data_offset must be 0")
    if sizes and prod(sizes) != count:
        raise EventError(f"the layout says {sizes} numbers and there are {count}; leave it empty")
    if len(sizes) > 1:
        raise EventError(f"the layout has {len(sizes)} dimensions; one is allowed, or none")
    if count > MOST_VALUES:
        raise EventError(f"{count} numbers; at most {MOST_VALUES} are allowed")
    return Reading(tuple(message.data))


def _write_array(message: Float64MultiArray, values: Values) -> None:
    message.data = values


def _read_trajectory(message: JointTrajectory, channel: JointTrajectoryChannel) -> Reading:
    count = len(message.points)
    if count > channel.max_points:
        raise EventError(f"{count} points; max_points allows {channel.max_points}")
    if len(message.joint_names) > MOST_JOINTS:
        raise EventError(f"{len(message.joint_names)} joints; at most {MOST_JOINTS} are allowed")
    points = knots_of(message)
    last = points[-1].positions if points else ()
    return Reading(last, seconds(message.header.stamp), "", tuple(message.joint_names), points)


def _read_pose(message: PoseStamped, _channel: AnyChannel) -> Reading:
    place, turn = message.pose.position, message.pose.orientation
    return _headed(message, (place.x, place.y, place.z, turn.x, turn.y, turn.z, turn.w))


def _write_pose(message: PoseStamped, values: Values) -> None:
    place, turn = message.pose.position, message.pose.orientation
    place.x, place.y, place.z, turn.x, turn.y, turn.z, turn.w = values


def _read_wrench(message: WrenchStamped, _channel: AnyChannel) -> Reading:
    force, torque = message.wrench.force, message.wrench.torque
    return _headed(message, (force.x, force.y, force.z, torque.x, torque.y, torque.z))


def _write_wrench(message: WrenchStamped, values: Values) -> None:
    force, torque = message.wrench.force, message.wrench.torque
    force.x, force.y, force.z, torque.x, torque.y, torque.z = values


_ARRAY = CommandType(Float64MultiArray, _read_array, _write_array)
_TWIST = CommandType(Twist, _read_twist, _write_twist)
TYPES: dict[str, CommandType] = {
    "twist": CommandType(TwistStamped, _read_twist_stamped, _write_twist_stamped, stamped=True),
    "joint_velocity": _ARRAY,
    "joint_position": _ARRAY,
    "joint_effort": _ARRAY,
    "joint_trajectory": CommandType(JointTrajectory, _read_trajectory, None),
    "pose": CommandType(PoseStamped, _read_pose, _write_pose, stamped=True),
    "wrench": CommandType(WrenchStamped, _read_wrench, _write_wrench, stamped=True),
    "gripper": _ARRAY,
}
"""By the channel's type."""


def command_type(channel: AnyChannel) -> CommandType:
    """The row of ``channel``; a twist without stamps has a message of its own."""
    return _TWIST if channel.type == "twist" and not channel.stamped else TYPES[channel.type]
