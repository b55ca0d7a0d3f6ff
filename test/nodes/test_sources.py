"""Sensors as messages: each becomes its event, and what cannot be read says why."""

from __future__ import annotations

import math
import struct
from typing import Any, get_args

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import Point, PoseWithCovarianceStamped, Vector3, WrenchStamped
from iatro_governor.msg import TrackedBodies
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, PointCloud2, PointField, Range
from std_msgs.msg import Bool

from iatro_governor.errors import EventError
from iatro_governor.governor.events import EStop
from iatro_governor.nodes.sources import TYPES, Origin
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.profile.robot import Robot
from iatro_governor.profile.sources import SourceConfig
from test.nodes.channels import SAID, source

ROBOT = Robot.model_validate(
    {"name": "arm", "footprint": {"circle": {"radius": 0.2}}, "footprint_source": SAID}
)


def read(type_: str, message: Any) -> Any:
    """What ``message`` becomes at 20 s, where the sender's clock is 5 s ahead, in the namespace ``arm1``."""
    origin = Origin("mine", source(type_), ROBOT, "arm1", lambda stamp: stamp - 5.0)
    return TYPES[type_].read(origin, 20.0, message)


def test_every_type_of_source_has_its_row() -> None:
    tags = {tag for part in get_args(get_args(SourceConfig)[0])
            for tag in get_args(part.model_fields["type"].annotation)}  # fmt: skip
    assert set(TYPES) == tags


@pytest.mark.parametrize(
    ("means", "told", "pressed"),
    [
        ("pressed", True, True),
        ("pressed", False, False),
        ("released", True, False),
        ("released", False, True),
    ],
)
def test_an_emergency_stop_is_wired_as_the_profile_says(means: str, told: bool, pressed: bool) -> None:
    wired = source("estop").model_copy(update={"true_means": means})
    event = TYPES["estop"].read(Origin("mine", wired, ROBOT, "", lambda stamp: stamp), 20.0, Bool(data=told))
    assert event == EStop(20.0, pressed, "mine")


def joints(**parts: Any) -> JointState:
    message = JointState(
        **({"name": ["b", "a"], "position": [0.1, 0.2], "velocity": [1.0, math.nan]} | parts)
    )
    message.header.stamp = stamp_of(24.5)
    return message


def test_joints_keep_names_numbers_and_time() -> None:
    event = read("joints", joints())
    assert (event.t, event.source, event.names, event.stamp) == (20.0, "mine", ("b", "a"), 19.5)
    assert (
        event.position.tolist() == [0.1, 0.2] and event.velocity[0] == 1.0 and math.isnan(event.velocity[1])
    )
    assert event.effort is None
    assert read("joints", joints(effort=[3.0, 4.0])).effort.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"velocity": []}, "2 joints with 0 velocities; each needs a position and a velocity"),
        ({"position": [0.1]}, "2 joints with 1 positions"),
        ({"effort": [1.0] * 3}, "2 joints with 3 efforts"),
        ({"name": ["a", "b", "c"]}, "3 joints with 2 positions and 2 velocities"),
    ],
)
def test_joints_without_a_number_each_are_garbled(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(EventError, match=told):
        read("joints", joints(**parts))


@pytest.mark.parametrize("frame", ["", "hand", "arm1/hand", "/hand"])
def test_a_wrench_in_its_frame_is_read(frame: str) -> None:
    message = WrenchStamped()
    message.header.frame_id, message.header.stamp = frame, stamp_of(24.5)
    message.wrench.force.y, message.wrench.torque.z = 2.0, 6.0
    event = read("wrench", message)
    assert event.force.tolist() == [0.0, 2.0, 0.0] and event.torque.tolist() == [0.0, 0.0, 6.0]
    assert (event.source, event.stamp, event.frame) == ("mine", 19.5, "hand" if frame else None)


@pytest.mark.parametrize("frame", ["wrist", "arm2/hand", "handy"])
def test_a_wrench_in_another_frame_is_garbled(frame: str) -> None:
    message = WrenchStamped()
    message.header.frame_id = frame
    with pytest.raises(EventError, match=f"frame '{frame}'; 'hand' is needed"):
        read("wrench", message)


def bodies(**parts: Any) -> TrackedBodies:
    given = {"frame_id": "odom", "ids": ["ann", "bob"], "positions": [Point(x=1.0), Point(y=2.0)],
             "velocities": [Vector3(z=0.5), Vector3()], "regions": ["hand", ""], "stamp": stamp_of(24.5)}  # fmt: skip
    return TrackedBodies(**(given | parts))


def test_bodies_keep_who_they_are_and_how_they_move() -> None:
    event = read("bodies", bodies())
    assert (event.source, event.frame, event.stamp) == ("mine", "odom", 19.5)
    ann, bob = event.bodies
    assert (ann.id, ann.region, bob.id, bob.region) == ("ann", "hand", "bob", None)
    assert np.array_equal(ann.position, [1, 0, 0]) and np.array_equal(ann.velocity, [0, 0, 0.5])
    assert np.array_equal(bob.position, [0, 2, 0])


def test_nobody_is_an_event_too() -> None:
    assert read("bodies", TrackedBodies(frame_id="odom")).bodies == ()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"positions": [Point()]}, "2 ids with 1 positions; the arrays run in parallel"),
        ({"velocities": [], "regions": ["hand"]}, "2 ids with 0 velocities and 1 regions"),
        ({"frame_id": "map"}, "frame 'map'; 'odom' is needed"),
        (
            {"ids": ["x"] * 1001, "positions": [Point()] * 1001, "velocities": [Vector3()] * 1001,
             "regions": [""] * 1001},
            "1001 bodies; at most 1000",
        ),
    ],
)  # fmt: skip
def test_bodies_that_do_not_add_up_are_garbled(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(EventError, match=told):
        read("bodies", bodies(**parts))


def test_odometry_has_each_number_in_its_place() -> None:
    message = Odometry(child_frame_id="arm1/base_link")
    message.header.frame_id = "odom"
    message.pose.pose.position.y, message.pose.pose.orientation.z = 2.0, 0.6
    message.twist.twist.linear.x, message.twist.twist.angular.z = 0.1, 0.6
    event = read("odom", message)
    assert event.pose.tolist() == [0, 2.0, 0, 0, 0, 0.6, 1.0] and event.twist.tolist() == [
        0.1,
        0,
        0,
        0,
        0,
        0.6,
    ]
    message.child_frame_id = "imu"
    with pytest.raises(EventError, match="frame 'imu'; 'base_link' is needed"):
        read("odom", message)


def cloud(frame: str, **changes: Any) -> PointCloud2:
    fields = [
        PointField(name=name, offset=4 * k, datatype=PointField.FLOAT32, count=1)
        for k, name in enumerate("xyz")
    ]
    data = struct.pack("<6f", 1, 2, 3, -1, math.nan, math.inf)
    message = PointCloud2(
        **(
            {"height": 1, "width": 2, "point_step": 12, "row_step": 24, "fields": fields, "data": data}
            | changes
        )
    )
    message.header.frame_id, message.header.stamp = frame, stamp_of(24.5)
    return message


def test_a_cloud_becomes_points_at_its_own_stamp() -> None:
    event = read("points", cloud("arm1/camera"))
    assert (event.source, event.stamp) == ("mine", 19.5)
    np.testing.assert_array_equal(event.xyz, [[1, 2, 3], [-1, math.nan, math.inf]])


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (cloud("map"), "frame 'map'; 'camera' is needed"),
        (cloud("camera", data=b"0"), "1 bytes; 1 rows of 24 are needed"),
        (cloud("camera", fields=[]), "0 fields 'x'; one is needed"),
    ],
)
def test_a_cloud_of_another_frame_or_layout_is_garbled(message: PointCloud2, told: str) -> None:
    with pytest.raises(EventError, match=told):
        read("points", message)


def test_a_range_keeps_its_numbers_and_an_unknown_cone_is_unknown() -> None:
    message = Range(range=1.5, min_range=0.25, max_range=4.0, field_of_view=0.5)
    message.header.frame_id, message.header.stamp = "sonar", stamp_of(24.5)
    event = read("range", message)
    assert (event.value, event.range_min, event.range_max, event.angle, event.stamp) == (
        1.5,
        0.25,
        4.0,
        0.5,
        19.5,
    )
    message.field_of_view = 0.0
    assert read("range", message).angle is None
    message.header.frame_id = "other"
    with pytest.raises(EventError, match="frame 'other'; 'sonar' is needed"):
        read("range", message)


def test_a_pose_in_the_map_keeps_its_covariance_row_by_row() -> None:
    message = PoseWithCovarianceStamped()
    message.header.frame_id, message.header.stamp = "map", stamp_of(24.5)
    message.pose.pose.position.x, message.pose.pose.orientation.w = 1.5, 1.0
    message.pose.covariance = [float(k) for k in range(36)]
    event = read("map_pose", message)
    assert (event.source, event.stamp, event.sigma) == ("mine", 19.5, None)
    assert event.pose.tolist() == [1.5, 0, 0, 0, 0, 0, 1] and event.covariance[1].tolist() == [
        6,
        7,
        8,
        9,
        10,
        11,
    ]
    message.header.frame_id = "odom"
    with pytest.raises(EventError, match="frame 'odom'; 'map' is needed"):
        read("map_pose", message)
