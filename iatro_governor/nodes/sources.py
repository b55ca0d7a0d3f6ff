"""Sensors on ROS, one row a type of source: the message on its topic, and how it becomes an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Point, PoseWithCovarianceStamped, Vector3, WrenchStamped
from nav_msgs.msg import Odometry
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState, LaserScan, PointCloud2
from sensor_msgs.msg import Range as RangeMessage
from std_msgs.msg import Bool

from iatro_governor.body.planar import Array
from iatro_governor.errors import EventError
from iatro_governor.governor.events import (
    Bodies,
    Body,
    EStop,
    Flags,
    Joints,
    MapPose,
    Odom,
    Points,
    Range,
    Scan,
    Sensed,
    Wrench,
)
from iatro_governor.msg import TrackedBodies
from iatro_governor.nodes import qos
from iatro_governor.nodes.sensing import cloud_xyz
from iatro_governor.nodes.stamps import seconds
from iatro_governor.profile.robot import Robot

MOST_BODIES = 1000
"""Bodies in one message."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a source's messages come from. of_stamp: from the sender's clock to the governor's, s.

    space: the robot's namespace, which may stand before a frame.
    """

    name: str
    source: Any
    robot: Robot
    space: str
    of_stamp: Callable[[float], float]

    def stamp(self, stamp: Time) -> float:
        """When it was measured, by the governor's time, s."""
        return self.of_stamp(seconds(stamp))

    def in_frame(self, frame: str, needed: str) -> None:
        """Raises EventError where a message names another frame than it needs."""
        if plain_frame(frame, self.space) not in ("", needed):
            raise EventError(f"frame {frame!r}; {needed!r} is needed")


def plain_frame(frame: str, space: str) -> str:
    """A frame without the robot's namespace before it."""
    return frame.strip("/").removeprefix(f"{space}/")


Read = Callable[[Origin, float, Any], Sensed | EStop]


@dataclass(frozen=True, slots=True)
class SourceType:
    """One row. read: raises EventError for what cannot be read. readers: how its topic is read, once by each.

    They match every publisher together: where the newest message alone counts, one that asks for nothing does.
    """

    message: Any
    read: Read
    readers: tuple[QoSProfile, ...] = (qos.INPUT,)


def _scan(of: Origin, t: float, message: LaserScan) -> Scan:
    of.in_frame(message.header.frame_id, of.source.frame)
    return Scan(
        t,
        of.name,
        np.asarray(message.ranges, dtype=np.float64),
        message.angle_min,
        message.angle_increment,
        message.range_min,
        message.range_max,
        of.stamp(message.header.stamp),
    )


def _points(of: Origin, t: float, message: PointCloud2) -> Points:
    of.in_frame(message.header.frame_id, of.source.frame)
    return Points(t, of.name, cloud_xyz(message), of.stamp(message.header.stamp))


def _range(of: Origin, t: float, message: RangeMessage) -> Range:
    of.in_frame(message.header.frame_id, of.source.frame)
    # Drivers that do not know their cone leave it 0.
    limits = message.min_range, message.max_range, message.field_of_view or None
    return Range(t, of.name, message.range, *limits, of.stamp(message.header.stamp))


def _odom(of: Origin, t: float, message: Odometry) -> Odom:
    of.in_frame(message.header.frame_id, of.robot.odom_frame)
    of.in_frame(message.child_frame_id, of.robot.base_frame)
    turn, twist = message.pose.pose.orientation, message.twist.twist
    pose = np.array([*_three(message.pose.pose.position), turn.x, turn.y, turn.z, turn.w])
    moves = np.concatenate((_three(twist.linear), _three(twist.angular)))
    return Odom(t, of.name, pose, moves, of.stamp(message.header.stamp))


def _map_pose(of: Origin, t: float, message: PoseWithCovarianceStamped) -> MapPose:
    of.in_frame(message.header.frame_id, of.source.frame)
    turn = message.pose.pose.orientation
    pose = np.array([*_three(message.pose.pose.position), turn.x, turn.y, turn.z, turn.w])
    covariance = np.array(message.pose.covariance, dtype=np.float64).reshape(6, 6)
    return MapPose(t, of.name, pose, covariance, None, of.stamp(message.header.stamp))


def _joints(of: Origin, t: float, message: JointState) -> Joints:
    count = len(message.name)
    given = {"positions": message.position, "velocities": message.velocity}
    given |= {"efforts": message.effort} if message.effort else {}
    if wrong := [f"{len(values)} {what}" for what, values in given.items() if len(values) != count]:
        raise EventError(f"{count} joints with {' and '.join(wrong)}; each needs a position and a velocity")
    position, velocity, effort = (
        np.asarray(v, dtype=np.float64) for v in (message.position, message.velocity, message.effort)
    )
    measured = effort if message.effort else None
    return Joints(
        t, of.name, tuple(message.name), position, velocity, measured, of.stamp(message.header.stamp)
    )


def _wrench(of: Origin, t: float, message: WrenchStamped) -> Wrench:
    of.in_frame(message.header.frame_id, of.source.frame)
    force, torque = _three(message.wrench.force), _three(message.wrench.torque)
    frame = plain_frame(message.header.frame_id, of.space) or None
    return Wrench(t, of.name, force, torque, of.stamp(message.header.stamp), frame)


def _bodies(of: Origin, t: float, message: TrackedBodies) -> Bodies:
    of.in_frame(message.frame_id, of.source.frame)
    count = len(message.ids)
    others = {
        "positions": message.positions, "velocities": message.velocities, "regions": message.regions
    }  # fmt: skip
    if wrong := [f"{len(values)} {what}" for what, values in others.items() if len(values) != count]:
        raise EventError(f"{count} ids with {' and '.join(wrong)}; the arrays run in parallel")
    if count > MOST_BODIES:
        raise EventError(f"{count} bodies; at most {MOST_BODIES} are allowed")
    rows = zip(message.ids, message.positions, message.velocities, message.regions, strict=True)
    bodies = tuple(Body(id_, _three(at), _three(moves), region or None) for id_, at, moves, region in rows)
    return Bodies(t, of.name, of.source.frame, bodies, of.stamp(message.stamp))


def _flags(of: Origin, t: float, message: DiagnosticArray) -> Flags:
    pairs = {pair.key: pair.value for status in message.status for pair in status.values}
    if garbled := sorted(key for key, value in pairs.items() if value not in ("true", "false")):
        raise EventError(f"{', '.join(garbled)}: neither true nor false")
    told = {key: value == "true" for key, value in pairs.items()}
    return Flags(t, of.name, told, of.stamp(message.header.stamp))


def _estop(of: Origin, t: float, message: Bool) -> EStop:
    return EStop(t, message.data == (of.source.true_means == "pressed"), of.name)


def _three(vector: Point | Vector3) -> Array:
    return np.array([vector.x, vector.y, vector.z])


TYPES: dict[str, SourceType] = {
    "scan": SourceType(LaserScan, _scan),
    "points": SourceType(PointCloud2, _points),
    "range": SourceType(RangeMessage, _range),
    "odom": SourceType(Odometry, _odom),
    "map_pose": SourceType(PoseWithCovarianceStamped, _map_pose),
    "joints": SourceType(JointState, _joints),
    "wrench": SourceType(WrenchStamped, _wrench),
    "bodies": SourceType(TrackedBodies, _bodies),
    "flags": SourceType(DiagnosticArray, _flags),
    "estop": SourceType(Bool, _estop, qos.BUTTON),
}
"""By the source's type. Flags are the key-value pairs of all statuses, "true" or "false"."""
