"""What the watch publishes on an output of each type, once the governor is silent."""

from __future__ import annotations

import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from sensor_msgs.msg import JointState

from iatro_governor.governor.events import Knot
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.stamps import seconds
from iatro_governor.nodes.trajectories import trajectory_message
from iatro_governor.nodes.watch_channels import watched
from iatro_governor.profile.model import LoopTiming
from test.nodes.channels import channel, source
from test.nodes.wires import Wire

DT = 0.01


class Watching(Wire):
    """With the watch of one channel, whose readers are called by hand."""

    def __init__(self, type_: str, **changes: Any) -> None:
        super().__init__()
        self.t = 0.0
        self.readers: dict[str, Any] = {}
        self.channel = channel(type_, **changes)
        data: Any = SimpleNamespace(
            loop=LoopTiming(), sources={"joints": source("joints")}, unsafe_shadow=False
        )
        self.watch = watched(self, data, self.channel, lambda: self.t)

    def create_subscription(self, _kind: Any, topic: str, take: Any, *_: Any, **__: Any) -> None:
        self.readers[topic] = take

    def governor_sends(self, values: tuple[float, ...]) -> None:
        row, message = command_type(self.channel), self.watch.out.kind()
        assert row.write is not None
        row.write(message, values)
        self.readers["out"](message)

    def steps(self, count: int) -> list[tuple[float, ...]]:
        """``count`` steps of the stop; what was published with them comes back, as it does on a topic."""
        before = len(self.sent)
        for _ in range(count):
            self.t += DT
            sent = len(self.sent)
            self.watch.step(self.t, self.t)
            for message in self.sent[sent:]:
                self.readers["out"](message)
        read = command_type(self.channel).read
        return [read(message, self.channel).values for message in self.sent[before:]]


@pytest.mark.parametrize(("type_", "slow"), [("twist", 1.0), ("joint_velocity", 2.0)])
def test_speeds_ramp_to_zero_from_the_last_output_and_stay_there(type_: str, slow: float) -> None:
    wire = Watching(type_)
    size = 6 if type_ == "twist" else 2
    wire.governor_sends((0.2,) + (0.0,) * (size - 1))
    wire.governor_sends((0.4,) + (0.0,) * (size - 1))
    ramp = [values[0] for values in wire.steps(100)]
    assert len(ramp) == 100 and ramp[-1] == 0.0 and not wire.watch.out.moving
    assert [a - b for a, b in itertools.pairwise([0.4, *ramp]) if b] == pytest.approx(
        [slow * DT] * (round(0.4 / slow / DT) - 1)
    )


@pytest.mark.parametrize("type_", ["twist", "joint_velocity"])
def test_speeds_are_zero_where_nobody_ever_spoke(type_: str) -> None:
    assert {value for values in Watching(type_).steps(3) for value in values} == {0.0}


@pytest.mark.parametrize(
    ("type_", "values"),
    [("joint_position", (0.3, -0.2)), ("pose", (0.4, 0, 0.5, 0, 0, 0, 1)), ("gripper", (0.03, 20.0))],
)
def test_the_last_set_point_freezes(type_: str, values: tuple[float, ...]) -> None:
    wire = Watching(type_)
    assert wire.steps(2) == [] and wire.alive == 2, "nobody knows yet where it stands"
    wire.watch.over()
    wire.governor_sends(tuple(0.9 * value for value in values))
    wire.governor_sends(values)
    assert wire.steps(3) == [pytest.approx(values)] * 3


def decided(rest: tuple[float, ...], allowed: tuple[float, ...] | None = None) -> Any:
    return SimpleNamespace(rest=rest, allowed=rest if allowed is None else allowed)


@pytest.mark.parametrize("type_", ["joint_effort", "wrench"])
def test_efforts_stand_at_what_the_governor_last_called_rest_and_never_at_zero(type_: str) -> None:
    wire = Watching(type_)
    rest = (3.0, 1.0) if type_ == "joint_effort" else (0.0, 0.0, 5.0, 0.0, 0.0, 0.0)
    wire.governor_sends(tuple(value + 1 for value in rest))
    assert wire.steps(2) == [], "it has not said yet what rest is"
    wire.watch.over()
    wire.watch.rest_at(decided(rest))
    for nonsense in (decided((math.nan,) * len(rest)), decided(rest[:1], rest), decided(())):
        wire.watch.rest_at(nonsense)
    assert wire.steps(3) == [rest] * 3


def test_what_a_stranger_sends_during_the_stop_does_not_change_it() -> None:
    wire = Watching("twist")
    wire.governor_sends((0.4, 0, 0, 0, 0, 0))
    first = wire.steps(10)
    wire.governor_sends((5.0, 0, 0, 0, 0, 0))
    later = wire.steps(50)
    assert later[0][0] < first[-1][0] and later[-1] == (0.0,) * 6


@pytest.mark.parametrize("values", [(math.nan, 0.0), (math.inf, 0.0), (1.0,), (1.0, 2.0, 3.0)])
def test_what_cannot_be_an_output_of_the_governor_is_no_sign_of_life(values: tuple[float, ...]) -> None:
    wire = Watching("joint_velocity")
    wire.governor_sends((0.2, 0.1))
    wire.t = 5.0
    wire.governor_sends(values)
    assert wire.watch.silent_s(5.0) == 5.0
    assert wire.watch.unread.count == 1 and wire.watch.unread.why
    assert wire.steps(1)[0] == pytest.approx((0.18, 0.09))


def test_an_output_of_which_nothing_could_ever_be_read_is_silent_and_is_counted() -> None:
    wire = Watching("joint_velocity")
    assert wire.watch.silent_s(5.0) == 0.0, "nobody has published anything"
    message = wire.watch.out.kind(data=[0.1, 0.2])
    message.layout.data_offset = 1
    for _ in range(3):
        wire.readers["out"](message)
    assert wire.watch.silent_s(5.0) == 5.0
    assert (wire.watch.unread.count, "data_offset" in wire.watch.unread.why) == (3, True)
    wire.watch.expect(4.0)
    assert wire.watch.silent_s(5.0) == 1.0, "no silence counts from before its governor was found"


def test_own_messages_are_no_sign_of_life_and_anothers_are() -> None:
    wire = Watching("twist")
    wire.governor_sends((0.1, 0, 0, 0, 0, 0))
    wire.steps(20)
    assert wire.watch.silent_s(wire.t) == pytest.approx(0.2)
    wire.governor_sends((0.0,) * 6)
    assert wire.watch.silent_s(wire.t) == 0.0


PATH = (Knot(0.0, (0.0, 0.0)), Knot(1.0, (0.5, 0.5), (0.5, -0.5)), Knot(2.0, (1.0, 0.0), (0.0, 0.0)))


def arm(wire: Watching, at: tuple[float, float] = (0.0, 0.0)) -> None:
    joints = JointState(name=["a", "b"], position=list(at), velocity=[0.0, 0.0])
    wire.readers["joints"](joints)
    wire.readers["out"](trajectory_message(("a", "b"), PATH))


def test_a_trajectory_under_way_is_stopped_once_along_its_own_way() -> None:
    wire = Watching("joint_trajectory", max_points=100)
    arm(wire)
    wire.t = 1.0
    wire.steps(5)
    (message,) = wire.sent
    ends = np.array([list(point.positions) for point in message.points])
    assert ends[0] == pytest.approx([0.5, 0.5], abs=0.02) and not any(message.points[-1].velocities)
    # Not further than the way goes, and in the time that the brakes need: 0.5 rad/s against 2 rad/s2.
    assert 0.5 < ends[-1][0] < 0.75 and 0.1 < seconds(message.points[-1].time_from_start) < 0.6


@pytest.mark.parametrize("what", ["over", "never", "blind", "nonsense"])
def test_joints_that_no_trajectory_moves_are_left_alone(what: str) -> None:
    wire = Watching("joint_trajectory")
    if what == "over":
        arm(wire)
        wire.t = 2.5
    elif what == "blind":
        wire.readers["out"](trajectory_message(("a", "b"), PATH))
    elif what == "nonsense":
        wire.readers["joints"](JointState(name=["a", "b"], position=[0.0, 0.0], velocity=[0.0, 0.0]))
        wire.readers["out"](trajectory_message(("a", "c"), PATH))
    assert wire.watch.unread.count == (what in ("blind", "nonsense"))
    wire.steps(3)
    assert wire.sent == [] and wire.alive == 3
