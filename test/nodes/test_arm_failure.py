"""When the governor of an arm fails: no channel is left moving, and none is let go."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
pytest.importorskip("pinocchio", reason="Pinocchio is not installed")

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor

from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, EStop, Joints, Knot, Wrench
from iatro_governor.nodes import governor as shell
from test.governor.arms import FINGERS, JOINTS, arm, channel, data

pytestmark = pytest.mark.ros

HERE = {"shoulder": 0.3, "elbow": -0.2, "finger_left": 0.02, "finger_right": 0.02}
ASKED = {
    "joint_velocity": (0.4, -0.3),
    "joint_position": (0.35, -0.25),
    "joint_effort": (12.0, 2.5),
    "gripper": (0.02, 30.0),
    "pose": (0.4856, 0.0, 0.1136, 0.0, -math.sin(0.05), 0.0, math.cos(0.05)),  # 5 mm above where the hand is
    "wrench": (5.0, 0.0, 0.0, 0.0, 0.0, 0.0),
}


class Spun:
    """A governor of one channel in this process; its output is caught where it is published."""

    def __init__(self, node: Any, type_: str) -> None:
        self.node, self.type = node, type_
        self.sent: list[tuple[float, ...]] = []
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(node)
        publish = node._commands["it"].publish

        def caught(values: tuple[float, ...], now: float) -> None:
            self.sent.append(values)
            publish(values, now)

        node._commands["it"].publish = caught

    def until(self, condition: Callable[[], object], turns: int = 2000) -> None:
        for _ in range(turns):
            if condition():
                return
            self._executor.spin_once(timeout_sec=0.01)
        pytest.fail("the condition never came")

    def sense(self) -> None:
        """The arm stands still, whatever it is told."""
        t = self.node.timeline.read()
        names = (*JOINTS, *FINGERS)
        position = np.array([HERE[name] for name in names])
        self.node._take(Joints(t, "joints", names, position, np.zeros(4), np.zeros(4), t))
        if self.type == "wrench":
            self.node._take(Wrench(t, "wrist", np.zeros(3), np.zeros(3), t, "hand"))

    def ask(self) -> None:
        """Command it until something of it is published."""

        def step() -> bool:
            self.sense()
            t = self.node.timeline.read()
            self.node._take(Command(t, "it", ASKED[self.type], t))
            last = self.node._last.get("it")
            return (
                last is not None
                and last.requested is not None
                and last.state in (State.NOMINAL, State.LIMITED)
            )

        self.until(step)


@pytest.fixture
def spun(request: pytest.FixtureRequest, domain: int, tmp_path: Path) -> Iterator[Spun]:
    type_ = request.param
    beside = {"arm": channel("joint_velocity")} if type_ in ("gripper", "wrench") else {}
    arm(tmp_path, data({"it": channel(type_)} | beside))
    config = tmp_path / "profile.yaml"
    given = ["-p", f"config:={config}", "-p", f"ledger:={tmp_path / 'ledger.yaml'}"]
    rclpy.init(args=["--ros-args", *given], domain_id=domain)
    node = shell.build()
    try:
        yield Spun(node, type_)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def broken(*_arguments: object) -> Any:
    raise ZeroDivisionError("broken on purpose")


@pytest.mark.parametrize("spun", sorted(ASKED), indirect=True)
def test_without_the_core_every_channel_stands_at_the_rest_that_was_decided_last(spun: Spun) -> None:
    spun.ask()
    rest = spun.node._last["it"].rest
    spun.node.core.tick = broken
    count = len(spun.sent)
    spun.until(lambda: len(spun.sent) > count + 40)
    assert spun.sent[-1] == rest and len(set(spun.sent[-5:])) == 1
    assert all(math.isfinite(value) for values in spun.sent for value in values)
    if spun.type == "joint_velocity":
        assert rest == (0.0, 0.0)
    else:
        assert set(spun.sent[count:]) == {rest}
    if spun.type == "joint_effort":
        # Two links, 2 kg and 1 kg, held against their weight: about 8.5 Nm at the shoulder, 0.98 Nm at the elbow.
        weight = 9.81 * (2 * 0.15 * math.cos(0.3) + 1 * (0.3 * math.cos(0.3) + 0.1 * math.cos(0.1)))
        assert rest[0] == pytest.approx(weight, rel=0.02) and rest[1] == pytest.approx(0.976, rel=0.02)
    if spun.type == "gripper":
        assert rest[1] >= 15.0, "the hold"


@pytest.mark.parametrize("spun", ["joint_position"], indirect=True)
def test_before_the_joints_were_seen_nothing_is_published(spun: Spun) -> None:
    for _ in range(30):
        spun._executor.spin_once(timeout_sec=0.01)
    spun.node.core.tick = broken
    for _ in range(30):
        spun._executor.spin_once(timeout_sec=0.01)
    assert spun.sent == []


@pytest.mark.parametrize("spun", ["gripper"], indirect=True)
def test_a_channel_that_cannot_be_published_keeps_no_other_from_its_stop(spun: Spun) -> None:
    spun.ask()
    node, stops = spun.node, list[tuple[float, ...]]()
    assert list(node._commands) == ["it", "arm"], "the other comes after it"
    node._commands["it"].publish = broken
    node._commands["arm"].publish = lambda values, now: stops.append(values)
    turn = node._ticks
    spun.until(lambda: node._ticks > turn + 10)
    assert len(stops) > 5 and set(stops) == {(0.0, 0.0)}
    assert "broken on purpose" in node._breakdown.what


@pytest.mark.parametrize("spun", ["joint_position"], indirect=True)
def test_a_latch_is_on_the_disk_before_the_joints_were_seen(spun: Spun) -> None:
    node = spun.node
    node._take(EStop(node.timeline.read(), True))
    spun.until(node._latch.path.exists, 100)
    assert spun.sent == []


@pytest.mark.parametrize("spun", sorted(ASKED), indirect=True)
def test_it_ends_at_rest_and_holds_there(spun: Spun) -> None:
    spun.ask()

    def over() -> bool:
        spun.sense()
        return bool(spun.node.finish())

    spun.until(over)
    last = spun.node._last["it"]
    assert last.state is State.CONTROLLED_STOP and spun.sent[-1] == last.rest
    if spun.type != "joint_velocity":
        assert any(spun.sent[-1]) or spun.type == "wrench"


class Led:
    """A governor of one channel of trajectories in this process; what it publishes for itself is caught."""

    def __init__(self, node: Any) -> None:
        self.node, self.sent = node, list[tuple[Knot, ...]]()
        self.q, self.v = np.array([HERE[name] for name in JOINTS]), np.zeros(2)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(node)
        node._commands["it"].publish = self.sent.append

    def turn(self) -> None:
        t = self.node.timeline.read()
        fingers = np.array([HERE[name] for name in FINGERS])
        position, velocity = np.concatenate([self.q, fingers]), np.concatenate([self.v, np.zeros(2)])
        self.node._take(Joints(t, "joints", (*JOINTS, *FINGERS), position, velocity, np.zeros(4), t))
        self._executor.spin_once(timeout_sec=0.01)

    def until(self, condition: Callable[[], object], turns: int = 2000) -> None:
        for _ in range(turns):
            if condition():
                return
            self.turn()
        pytest.fail("the condition never came")

    def ask(self, *points: Knot) -> None:
        t = self.node.timeline.read()
        self.node._take(Command(t, "it", points[-1].positions, t, None, None, tuple(JOINTS), points))


@pytest.fixture
def led(request: pytest.FixtureRequest, domain: int, tmp_path: Path) -> Iterator[Led]:
    arm(tmp_path, data({"it": channel("joint_trajectory")}))
    config = tmp_path / "profile.yaml"
    config.write_text(f"unsafe_shadow: {str(request.param).lower()}\n{config.read_text()}")
    given = ["-p", f"config:={config}", "-p", f"ledger:={tmp_path / 'ledger.yaml'}"]
    rclpy.init(args=["--ros-args", *given], domain_id=domain)
    node = shell.build()
    try:
        yield Led(node)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


@pytest.mark.parametrize("led", [False], indirect=True)
def test_a_stop_that_was_too_old_to_go_out_goes_out_with_the_next_turn(led: Led) -> None:
    def begun() -> bool:
        led.ask(Knot(5.0, (0.8, 0.2), (0.0, 0.0)))
        return bool(led.sent)

    led.until(begun)
    hold_ups, count = led.node._hold_ups, len(led.sent)
    in_time, hold_ups.too_old = hold_ups.too_old, lambda t: True
    led.node._take(EStop(led.node.timeline.read(), True))
    led.until(lambda: hold_ups._withheld and led.node._last["it"].trajectory is not None)
    assert len(led.sent) == count
    hold_ups.too_old = in_time
    led.until(lambda: len(led.sent) > count, 50)
    assert led.sent[-1][-1].velocities == (0.0, 0.0) and led.sent[-1][-1].time < 1.0


@pytest.mark.parametrize("led", [True], indirect=True)
def test_what_shadow_mode_has_let_out_is_stopped_when_the_node_is_deactivated(led: Led) -> None:
    """The core has refused it, and knows nothing of it."""

    def passed() -> bool:
        led.ask(Knot(0.0, (1.3, 0.8), (0.0, 0.0)), Knot(5.0, (1.4, 0.9), (0.0, 0.0)))
        return bool(led.node._shadow._passed)

    led.until(passed)
    assert led.sent == []
    led.v = np.array([0.4, -0.2])
    led.node.trigger_deactivate()
    led.until(lambda: led.sent, 50)
    assert led.sent[0][0].positions == pytest.approx(led.q) and led.sent[0][-1].time < 1.0
