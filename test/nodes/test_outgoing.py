"""Governed commands on their way out, and the way to rest when nobody decides any more."""

from __future__ import annotations

import math
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from rclpy.duration import Infinite
from rclpy.qos import QoSCompatibility, QoSProfile, ReliabilityPolicy, qos_check_compatible

from iatro_governor.governor.decision import Action, Decision, State, StopReport
from iatro_governor.governor.events import Command, Knot
from iatro_governor.nodes import qos
from iatro_governor.nodes.commands import command_type
from iatro_governor.nodes.outgoing import output_of
from iatro_governor.nodes.stamps import seconds
from iatro_governor.profile.model import LoopTiming
from test.nodes.channels import OWN, channel
from test.nodes.wires import Wire

STREAMS = sorted(set(OWN) - {"joint_trajectory"})
SIZES = {"twist": 6, "pose": 7, "wrench": 6}
DT = 0.01


class Out(Wire):
    """With the output of one channel."""

    def __init__(self, type_: str, **changes: Any) -> None:
        super().__init__()
        self.channel = channel(type_, **changes)
        self.out = output_of(self, self.channel, LoopTiming())

    def create_publisher(self, kind: Any, topic: str, profile: Any, **named: Any) -> Wire:
        assert kind is command_type(self.channel).message
        return super().create_publisher(kind, topic, profile, **named)

    def values(self) -> list[tuple[float, ...]]:
        """The values of all that went out."""
        return [command_type(self.channel).read(message, self.channel).values for message in self.sent]

    def decide(self, allowed: tuple[float, ...], rest: tuple[float, ...] = (), t: float = 1.0,
               trajectory: tuple[Knot, ...] | None = None, *, stop: bool = False, measured: bool = False
               ) -> None:  # fmt: skip
        made = Decision(t, 0, "c", State.NOMINAL, None, Action.PASS, None, allowed, None, (), (), "", False,
                        None, allowed if measured else None, rest, trajectory,
                        stop=StopReport("protective") if stop else None)  # fmt: skip
        self.out.carry_out(made, t)


def some(type_: str, at: float = 1.0) -> tuple[float, ...]:
    size = SIZES.get(type_, 2)
    return (*(at,) * (size - 1), 2 * at)


@pytest.mark.parametrize("type_", STREAMS)
def test_what_is_allowed_goes_out(type_: str) -> None:
    wire = Out(type_)
    wire.decide(some(type_), t=12.5)
    assert wire.values() == [some(type_)]
    if command_type(wire.channel).stamped:
        header = wire.sent[0].header
        assert (seconds(header.stamp), header.frame_id) == (12.5, wire.channel.frame)  # type: ignore[union-attr]


@pytest.mark.parametrize("type_", ["twist", "joint_velocity"])
def test_speeds_ramp_to_exact_zeros_along_their_direction_no_faster_than_the_stop_mode(type_: str) -> None:
    wire = Out(type_)
    start = some(type_, 0.5)
    wire.decide(start)
    for _ in range(200):
        wire.out.stop(DT, 2.0)
    ramp = wire.values()
    assert ramp[-1] == (0.0,) * len(start) and not wire.out.moving
    # Protective deceleration: twist 1 m/s2 and 2 rad/s2 of the whole vector, joints 2 and 4 rad/s2.
    longest = {"twist": math.hypot(0.5, 0.5, 1.0) / 2.0, "joint_velocity": 1.0 / 4.0}
    time = max(longest[type_], {"twist": math.hypot(0.5, 0.5, 0.5), "joint_velocity": 0.5 / 2.0}[type_])
    moving = [values for values in ramp if any(values)]
    assert len(moving) * DT == pytest.approx(time, abs=1.5 * DT)
    for values in moving:
        assert [v / values[0] for v in values] == pytest.approx([s / start[0] for s in start])


@pytest.mark.parametrize("type_", ["joint_position", "joint_effort", "pose", "wrench", "gripper"])
def test_all_others_stand_at_the_rest_that_was_decided_last_and_never_at_zero(type_: str) -> None:
    wire = Out(type_)
    wire.out.stop(DT, 0.0)
    wire.out.stand(0.0)
    assert wire.sent == [], "nobody knows yet what rest is"
    wire.decide(some(type_), rest=some(type_, 5.0))
    wire.decide(some(type_, 2.0), rest=some(type_, 7.0))
    wire.out.stop(DT, 2.0)
    wire.out.stop(DT, 2.0)
    wire.out.stand(2.0)
    assert wire.values()[2:] == [some(type_, 7.0)] * 3


@pytest.mark.parametrize("type_", ["twist", "joint_velocity"])
def test_speeds_stand_at_zero(type_: str) -> None:
    wire = Out(type_)
    wire.out.stand(0.0)
    assert wire.values() == [(0.0,) * len(some(type_))]


def test_motion_is_seen_where_values_tell_it() -> None:
    cases: tuple[tuple[str, tuple[bool, ...]], ...] = (
        ("twist", (True, True, False)), ("joint_velocity", (True, True, False)),
        ("joint_position", (False, False, True)), ("pose", (False, False, True)),
        ("gripper", (False, False, True)), ("joint_effort", (True, True, False)),
        ("wrench", (True, True, False)),
    )  # fmt: skip
    for type_, expected in cases:
        wire, rest = Out(type_), tuple(0.0 for _ in some(type_))
        seen = []
        for values in (some(type_), some(type_), rest):
            wire.decide(values, rest=rest)
            seen.append(wire.out.moving)
        assert tuple(seen) == expected, type_


PATH = (Knot(0.0, (0.0, 0.0)), Knot(1.0, (0.5, 1.0)))


def test_a_trajectory_goes_out_only_with_the_decision_that_has_it() -> None:
    wire = Out("joint_trajectory")
    wire.decide((0.0, 0.0), t=1.0)
    assert (wire.sent, wire.alive) == ([], 1), "between trajectories the publisher only says that it lives"
    wire.decide((0.0, 0.0), t=1.01, trajectory=PATH)
    wire.decide((0.005, 0.01), t=1.02)
    (message,) = wire.sent
    assert list(message.joint_names) == ["a", "b"] and list(message.points[1].positions) == [0.5, 1.0]


def test_a_trajectory_moves_the_robot_and_the_noise_of_where_it_stands_does_not() -> None:
    wire = Out("joint_trajectory")
    for t, at, path in ((1.0, 0.0, None), (1.01, 1e-5, None), (1.02, 0.0, PATH), (1.03, 2e-5, None)):
        wire.decide((at, 0.0), t=t, trajectory=path)
        assert wire.out.moving is (path is not None)


def test_without_the_core_a_running_trajectory_is_braked_evenly_and_told_so_once() -> None:
    wire = Out("joint_trajectory")
    wire.out.stop(DT, 0.0)
    assert wire.sent == [], "nobody knows yet where the joints are"
    wire.decide((0.0, 0.0), t=1.0, trajectory=PATH)
    for k in range(1, 11):
        wire.decide((0.005 * k, 0.01 * k), t=1.0 + k * 0.01)  # 0.5 and 1 rad/s
    wire.decide((0.05, 0.1), t=1.1)
    for _ in range(5):
        wire.out.stop(DT, 2.0)
    _, message = wire.sent
    (point,) = message.points
    # Joint a needs 0.5 / 2 s, joint b 1 / 4 s: both brake evenly over 0.25 s.
    assert seconds(point.time_from_start) == pytest.approx(0.25)
    assert list(point.positions) == pytest.approx([0.05 + 0.5 * 0.125, 0.1 + 1.0 * 0.125])
    assert list(point.velocities) == [0.0, 0.0]


def led(wire: Out, until: float = 1.1) -> None:
    """Along a path from 1 s on, at 0.5 and 1 rad/s."""
    wire.decide((0.0, 0.0), t=1.0, trajectory=PATH)
    for k in range(1, round((until - 1.0) / DT) + 1):
        wire.decide((0.005 * k, 0.01 * k), t=1.0 + k * DT)


def test_an_outage_is_stopped_once_until_another_trajectory_has_gone_out() -> None:
    wire = Out("joint_trajectory")
    for t in (1.0, 2.0):
        wire.decide((0.0, 0.0), t=t, trajectory=PATH)
        for k in range(1, 4):
            wire.out.stop(DT, t)
            wire.decide((0.0, 0.0), t=t + k * DT)
    assert len(wire.sent) == 4


def test_what_a_shadow_lets_out_after_a_stop_is_stopped_anew() -> None:
    wire = Out("joint_trajectory")
    led(wire)
    wire.out.stop(DT, 1.1)
    wire.out.pass_on(Command(1.2, "c", (0.5, 1.0), 1.2, None, None, ("a", "b"), PATH), 1.2)
    wire.out.stop(DT, 1.3)
    assert len(wire.sent) == 4


@pytest.mark.parametrize("blind", [True, False])
def test_the_cores_stop_is_followed_by_no_blind_one(blind: bool) -> None:
    """It brakes from where the joints are measured, behind the path: that is no speed backwards."""
    wire = Out("joint_trajectory")
    led(wire)
    if blind:
        wire.out.stop(DT, 1.1)
    count = len(wire.sent)
    wire.decide(
        (0.02, 0.04), t=1.12, trajectory=(Knot(0.2, (0.05, 0.1), (0.0, 0.0)),), stop=True, measured=True
    )
    wire.out.stop(DT, 1.12)
    wire.decide((0.025, 0.05), t=1.13, stop=True)
    wire.out.stop(DT, 1.13)
    assert len(wire.sent) == count + 1


@pytest.mark.parametrize("stops", [True, False])
def test_no_speed_is_told_from_a_path_to_where_the_joints_are_measured(stops: bool) -> None:
    """Who doubts that the path goes on reads the joints, which are behind it."""
    wire = Out("joint_trajectory")
    led(wire)
    wire.decide((0.02, 0.04), t=1.11, stop=stops, measured=True)
    wire.out.stop(DT, 1.11)
    (point,) = wire.sent[-1].points
    assert list(point.positions) == pytest.approx([0.02 + 0.5 * 0.125, 0.04 + 1.0 * 0.125])


def test_no_speed_is_told_from_where_the_joints_stood_to_the_start_of_a_path() -> None:
    wire = Out("joint_trajectory")
    wire.decide((0.04, -0.04), t=0.99, measured=True)
    wire.decide((0.0, 0.0), t=1.0, trajectory=PATH)
    wire.out.stop(DT, 1.0)
    (point,) = wire.sent[-1].points
    assert list(point.positions) == [0.0, 0.0]


def test_a_reader_of_trajectories_that_asks_for_no_deadline_hears_them() -> None:
    """The graph tells its deadline as an infinite one, which a missing one would not reach."""
    reader = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE, deadline=Infinite)
    assert qos_check_compatible(qos.now_and_then(0.25), reader)[0] == QoSCompatibility.OK
