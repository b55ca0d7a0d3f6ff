"""Messages as they come in: each is one event, at the time it is taken, and none is an exception."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import PoseStamped, WrenchStamped
from iatro_governor.msg import PlanMark, TrackedBodies
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool, Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from iatro_governor.governor.events import Command, EStop, Joints, Knot, Malformed
from iatro_governor.nodes import qos
from iatro_governor.nodes.inputs import Inputs
from iatro_governor.nodes.stamps import stamp_of
from iatro_governor.nodes.timeline import Timeline
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.profile.robot import Robot
from test.nodes.channels import OWN, SAID, SOURCES, channel, source

ROBOT = Robot.model_validate(
    {"name": "arm", "footprint": {"circle": {"radius": 0.2}}, "footprint_source": SAID}
)


class Ear:
    """A node that is only told what to listen to, at 100 s of its clock."""

    def __init__(self) -> None:
        self.takers: dict[str, tuple[Any, Callable[[Any], None], Any]] = {}
        self.events: list[Any] = []
        inputs = Inputs(self, ROBOT, Timeline(lambda: 100.0, lambda: 7.0, False), self.events.append)
        inputs.listen(
            {type_: source(type_) for type_ in SOURCES},
            {type_: channel(type_, input=f"ask/{type_}") for type_ in OWN},
        )
        self.heard = inputs.heard

    def get_namespace(self) -> str:
        return "/arm1"

    def create_subscription(
        self, kind: Any, topic: str, take: Callable[[Any], None], profile: Any, **_: Any
    ) -> None:
        self.takers[topic] = kind, take, profile

    def tell(self, topic: str, message: Any) -> Any:
        """The one event that ``message`` becomes."""
        kind, take, _ = self.takers[topic]
        assert type(message) is kind
        self.events.clear()
        take(message)
        (event,) = self.events
        return event


@pytest.fixture
def ear() -> Ear:
    return Ear()


def test_everything_is_listened_to_and_only_what_must_not_be_missed_is_queued(ear: Ear) -> None:
    assert set(ear.takers) == {"planner/mark", *SOURCES, *(f"ask/{type_}" for type_ in OWN)}
    queued = {topic for topic, (_, _, profile) in ear.takers.items() if profile != qos.INPUT}
    assert queued == {"planner/mark", "estop"}


@pytest.mark.parametrize("type_", ["joint_velocity", "joint_position", "joint_effort", "gripper"])
def test_an_array_counts_from_its_arrival(ear: Ear, type_: str) -> None:
    event = ear.tell(f"ask/{type_}", Float64MultiArray(data=[0.1, math.nan]))
    assert isinstance(event, Command) and event.channel == type_
    assert (event.t, event.stamp, event.frame, event.points) == (100.0, 100.0, None, None)
    assert event.values[0] == 0.1 and math.isnan(event.values[1])


@pytest.mark.parametrize(("message", "type_"), [(PoseStamped(), "pose"), (WrenchStamped(), "wrench")])
def test_a_stamped_command_keeps_stamp_and_frame(ear: Ear, message: Any, type_: str) -> None:
    message.header.frame_id = "arm1/hand"
    assert (ear.tell(f"ask/{type_}", message).stamp, ear.events[0].frame) == (100.0, "hand"), "0 is no stamp"
    message.header.stamp = stamp_of(99.5)
    assert ear.tell(f"ask/{type_}", message).stamp == 99.5


def test_a_trajectory_is_a_command_with_names_and_points(ear: Ear) -> None:
    knots = (Knot(0.0, (0.0, 0.0)), Knot(1.0, (0.5, 0.25)))
    event = ear.tell("ask/joint_trajectory", trajectory_message(("b", "a"), knots))
    assert (event.names, event.points, event.values, event.stamp) == (("b", "a"), knots, (0.5, 0.25), 100.0)
    later = JointTrajectory()
    later.header.stamp = stamp_of(102.0)
    assert ear.tell("ask/joint_trajectory", later).stamp == 102.0, "a start to come is the core's to judge"


def test_a_mark_names_the_plan_of_every_type_of_command(ear: Ear) -> None:
    for type_ in OWN:
        ear.takers["planner/mark"][1](PlanMark(channel=type_, plan_id=f"p-{type_}"))
    for type_ in OWN:
        kind = ear.takers[f"ask/{type_}"][0]
        assert ear.tell(f"ask/{type_}", kind()).plan_id == f"p-{type_}"


def test_what_is_no_command_is_malformed_and_says_whose_it_was(ear: Ear) -> None:
    event = ear.tell("ask/joint_trajectory", trajectory_message(("a", "b"), [Knot(0.0, (0.0, 0.0))] * 4))
    assert event == Malformed(100.0, "command", "joint_trajectory", "4 points; max_points allows 3")
    skewed = Float64MultiArray(data=[0.0])
    skewed.layout.data_offset = 1
    event = ear.tell("ask/gripper", skewed)
    assert isinstance(event, Malformed) and (event.kind, event.of) == ("command", "gripper")


def test_what_is_no_measurement_is_malformed_and_says_whose_it_was(ear: Ear) -> None:
    event = ear.tell("joints", JointState(name=["a"], position=[0.0]))
    assert isinstance(event, Malformed) and (event.t, event.kind, event.of) == (100.0, "joints", "joints")
    assert "0 velocities" in event.message
    event = ear.tell("bodies", TrackedBodies(frame_id="odom", ids=["x"]))
    assert isinstance(event, Malformed) and (event.kind, event.of) == ("bodies", "bodies")


def test_what_is_measured_is_the_event_of_its_source_and_counts_as_heard(ear: Ear) -> None:
    assert isinstance(ear.tell("joints", JointState(name=["a"], position=[0.0], velocity=[0.0])), Joints)
    assert ear.tell("estop", Bool(data=True)) == EStop(100.0, True, "estop")
    assert ear.heard == {"joints": 100.0, "estop": 100.0}
