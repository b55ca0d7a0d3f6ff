"""Commands as messages: what is read is what was written, and what is no command says why."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import PoseStamped, Twist, TwistStamped, WrenchStamped
from std_msgs.msg import Float64MultiArray, MultiArrayDimension
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Knot
from iatro_governor.nodes.commands import TYPES, command_type
from iatro_governor.nodes.stamps import span_of, stamp_of
from iatro_governor.nodes.trajectories import trajectory_message
from test.nodes.channels import OWN, channel

VALUES = {
    "twist": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "joint_velocity": (0.1, -0.2),
    "joint_position": (1.0, -2.0),
    "joint_effort": (10.0, -20.0),
    "pose": (1.0, 2.0, 3.0, 0.0, 0.6, 0.0, 0.8),
    "wrench": (1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    "gripper": (0.04, 20.0),
}
MESSAGES = {
    "twist": TwistStamped,
    "joint_velocity": Float64MultiArray,
    "joint_position": Float64MultiArray,
    "joint_effort": Float64MultiArray,
    "joint_trajectory": JointTrajectory,
    "pose": PoseStamped,
    "wrench": WrenchStamped,
    "gripper": Float64MultiArray,
}


def test_every_type_of_channel_has_its_row_and_the_message_of_the_contract() -> None:
    assert (
        {name: row.message for name, row in TYPES.items()}
        == MESSAGES
        == {name: command_type(channel(name)).message for name in OWN}
    )
    assert command_type(channel("twist", stamped=False)).message is Twist


@pytest.mark.parametrize("type_", VALUES)
def test_what_was_written_is_read(type_: str) -> None:
    here = channel(type_)
    row = command_type(here)
    message = row.message()
    assert row.write is not None
    row.write(message, VALUES[type_])
    if row.stamped:
        message.header.stamp, message.header.frame_id = stamp_of(12.5), "hand"
    said = row.read(message, here)
    assert said.values == VALUES[type_] and said.points is None
    assert (said.stamp, said.frame) == ((12.5, "hand") if row.stamped else (0.0, ""))


def test_each_number_of_a_message_has_its_place() -> None:
    """Read and written alike would hide two numbers that changed places."""
    pose, wrench, twist = PoseStamped(), WrenchStamped(), Twist()
    pose.pose.position.y, pose.pose.orientation.w = 2.0, 0.8
    wrench.wrench.force.z, wrench.wrench.torque.x = 3.0, 4.0
    twist.linear.x, twist.angular.z = 0.1, 0.6
    assert TYPES["pose"].read(pose, channel("pose")).values == (0, 2.0, 0, 0, 0, 0, 0.8)
    assert TYPES["wrench"].read(wrench, channel("wrench")).values == (0, 0, 3.0, 4.0, 0, 0)
    plain = channel("twist", stamped=False)
    assert command_type(plain).read(twist, plain).values == (0.1, 0, 0, 0, 0, 0.6)


def array(data: list[float], sizes: tuple[int, ...] = (), offset: int = 0) -> Float64MultiArray:
    message = Float64MultiArray(data=data)
    message.layout.data_offset = offset
    message.layout.dim = [MultiArrayDimension(size=size) for size in sizes]
    return message


@pytest.mark.parametrize("sizes", [(), (2,)])
def test_an_array_with_an_honest_layout_is_read(sizes: tuple[int, ...]) -> None:
    assert TYPES["gripper"].read(array([0.1, 2.0], sizes), channel("gripper")).values == (0.1, 2.0)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (array([9.0, 0.1, 2.0], offset=1), "data_offset must be 0"),
        (array([0.1, 2.0], (3,)), r"says \[3\] numbers and there are 2"),
        (array([], (3,)), r"says \[3\] numbers and there are 0"),
        (array([0.1, 2.0], (2, 1)), "2 dimensions"),
        (array([0.0] * 257), "257 numbers; at most 256"),
    ],
)
@pytest.mark.parametrize("type_", ["joint_velocity", "joint_position", "joint_effort", "gripper"])
def test_an_array_whose_layout_says_something_else_is_no_command(
    type_: str, message: Float64MultiArray, told: str
) -> None:
    with pytest.raises(EventError, match=told):
        TYPES[type_].read(message, channel(type_))


KNOTS = (
    Knot(0.0, (0.0, 0.1)),
    Knot(0.5, (0.25, -0.5), (1.0, 0.0)),
    Knot(1.25, (0.5, -1.0), (0.0, 0.0), (0.0, 2.0)),
)


def read(message: JointTrajectory) -> Any:
    return TYPES["joint_trajectory"].read(message, channel("joint_trajectory"))


def test_a_trajectory_is_read_whole_with_its_last_positions_as_values() -> None:
    message = trajectory_message(("b", "a"), KNOTS)
    message.header.stamp = stamp_of(3.5)
    said = read(message)
    assert (said.names, said.points, said.values, said.stamp) == (("b", "a"), KNOTS, (0.5, -1.0), 3.5)


def test_a_trajectory_that_is_sent_starts_when_it_comes() -> None:
    message = trajectory_message(("a", "b"), KNOTS)
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (0, 0)
    assert [(p.time_from_start.sec, p.time_from_start.nanosec) for p in message.points] == [
        (0, 0),
        (0, 500_000_000),
        (1, 250_000_000),
    ]
    assert list(message.points[2].accelerations) == [0.0, 2.0]


def test_an_empty_trajectory_is_a_command_without_points() -> None:
    said = read(JointTrajectory())
    assert (said.names, said.points, said.values) == ((), (), ())


def test_a_trajectory_that_cannot_be_governed_says_why() -> None:
    point = JointTrajectoryPoint(positions=[0.0, 0.0], time_from_start=span_of(1.0))
    for points, names, told in (
        ([JointTrajectoryPoint(positions=[0.0] * 2, effort=[1.0] * 2)], ["a"], "point 0 has efforts"),
        ([point] * 4, ["a", "b"], "4 points; max_points allows 3"),
        ([JointTrajectoryPoint(positions=[0.0] * 257)], ["a"], "point 0 has 257 numbers"),
        ([point], ["a"] * 257, "257 joints"),
    ):
        with pytest.raises(EventError, match=told):
            read(JointTrajectory(joint_names=names, points=points))
