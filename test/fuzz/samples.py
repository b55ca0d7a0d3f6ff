"""One sound message for each topic that a governor reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import (
    Point,
    PoseStamped,
    PoseWithCovarianceStamped,
    Twist,
    TwistStamped,
    Vector3,
    WrenchStamped,
)
from iatro_governor.msg import PlanMark, TrackedBodies
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, LaserScan, PointCloud2, PointField, Range
from std_msgs.msg import Bool, Float64MultiArray, MultiArrayDimension
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.profile.load import Profile


def sample(kind: Any, t: float, profile: Profile) -> Any:
    """A message of ``kind`` as this robot might get it at ``t`` (s of the node's clock)."""
    made = _MAKERS[kind](profile)
    if hasattr(made, "header"):
        made.header.stamp = stamp_of(t)
    elif hasattr(made, "stamp"):
        made.stamp = stamp_of(t)
    return made


def _twist_stamped(_: Profile) -> TwistStamped:
    message = TwistStamped()
    message.twist.linear.x = 0.3
    return message


def _twist(_: Profile) -> Twist:
    return Twist(linear=Vector3(x=0.3))


def _odometry(profile: Profile) -> Odometry:
    message = Odometry(child_frame_id=profile.data.robot.base_frame)
    message.header.frame_id = profile.data.robot.odom_frame
    return message


def _scan(_: Profile) -> LaserScan:
    message = LaserScan(angle_min=-3.14, angle_increment=0.0175, range_min=0.05, range_max=12.0)
    message.ranges = [9.0] * 360
    message.header.frame_id = "laser"
    return message


def _cloud(_: Profile) -> PointCloud2:
    fields = [
        PointField(name=n, offset=4 * i, datatype=PointField.FLOAT32, count=1) for i, n in enumerate("xyz")
    ]
    data = np.full((20, 3), 2.0, dtype="f4").tobytes()
    return PointCloud2(height=1, width=20, fields=fields, point_step=12, row_step=240, data=data)


def _joints(profile: Profile) -> JointState:
    joints = () if profile.body is None else tuple(profile.body.joints)
    count = len(joints)
    return JointState(name=list(joints), position=[0.1] * count, velocity=[0.0] * count)


def _array(_: Profile) -> Float64MultiArray:
    message = Float64MultiArray(data=[0.1] * 7)
    message.layout.dim = [MultiArrayDimension(label="joints", size=7, stride=7)]
    return message


def _trajectory(profile: Profile) -> JointTrajectory:
    joints = [] if profile.body is None else list(profile.body.joints)[:7]
    point = JointTrajectoryPoint(positions=[0.1] * 7, velocities=[0.0] * 7, time_from_start=Duration(sec=3))
    return JointTrajectory(joint_names=joints, points=[point])


def _bodies(_: Profile) -> TrackedBodies:
    return TrackedBodies(
        frame_id="odom", ids=["a"], positions=[Point(x=4.0)], velocities=[Vector3()], regions=[""]
    )


def _flags(_: Profile) -> DiagnosticArray:
    return DiagnosticArray(status=[DiagnosticStatus(values=[KeyValue(key="payload_held", value="true")])])


_MAKERS: dict[Any, Any] = {
    TwistStamped: _twist_stamped,
    Twist: _twist,
    Odometry: _odometry,
    LaserScan: _scan,
    PointCloud2: _cloud,
    JointState: _joints,
    Float64MultiArray: _array,
    JointTrajectory: _trajectory,
    TrackedBodies: _bodies,
    DiagnosticArray: _flags,
    PlanMark: lambda _: PlanMark(channel="base", plan_id="one"),
    Range: lambda _: Range(range=2.0, min_range=0.1, max_range=4.0, field_of_view=0.4),
    Bool: lambda _: Bool(data=False),
    WrenchStamped: lambda _: WrenchStamped(),
    PoseStamped: lambda _: PoseStamped(),
    PoseWithCovarianceStamped: lambda _: PoseWithCovarianceStamped(),
}
