"""When the governor itself fails: its loop goes on and the robot is stopped, whatever broke."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

import rclpy
from geometry_msgs.msg import TwistStamped
from iatro_governor.msg import Ack, GovernorDecision
from iatro_governor.srv import Reset as ResetService
from rclpy.executors import SingleThreadedExecutor

from iatro_governor.governor.decision import State
from iatro_governor.governor.events import Command, EStop, Flags, Odom, Scan
from iatro_governor.governor.resetting import Resets, token_of
from iatro_governor.nodes import governor as shell
from iatro_governor.nodes import latch as latches
from iatro_governor.nodes import qos

pytestmark = pytest.mark.ros
AMR = Path(__file__).resolve().parents[2] / "config" / "amr.yaml"


class Spun:
    """A governor node in this process; its output is caught where it is published."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.sent: list[tuple[float, ...]] = []
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(node)
        outgoing = node._commands["base"]
        publish = outgoing.publish

        def caught(values: tuple[float, ...], now: float) -> None:
            self.sent.append(values)
            publish(values, now)

        outgoing.publish = caught

    def until(self, condition: Callable[[], object], turns: int = 3000) -> None:
        for _ in range(turns):
            if condition():
                return
            try:
                self._executor.spin_once(timeout_sec=0.01)
            except Exception as error:  # noqa: BLE001 - as the main loop does
                assert self.node.survive(error)
        pytest.fail("the condition never came")

    def sense(self) -> float:
        """An open room, and a base that does as it was told; returns the governor's time, s."""
        import numpy as np

        t = self.node.timeline.read()
        speed = self.sent[-1][0] if self.sent else 0.0
        pose, twist = np.array([0.0, 0, 0, 0, 0, 0, 1]), np.array([speed, 0.0, 0, 0, 0, 0])
        self.node._take(Odom(t, "odom", pose, twist, t))
        self.node._take(Scan(t, "lidar", np.full(360, 9.0), -np.pi, np.pi / 180, 0.05, 12.0, t))
        well = dict.fromkeys(("payload_held", "follower_close", "on_slope"), False)
        self.node._take(Flags(t, "flags", well, t))  # or a hard stop gives way to a softer one
        return float(t)

    def ask(self, t: float, plan: str = "") -> bool:
        """Command 0.5 m/s at ``t``; whether it is what was published last. A failure is told as the main loop does."""
        try:
            self.node._take(Command(t, "base", (0.5, 0.0, 0.0, 0.0, 0.0, 0.0), t, plan or None))
        except Exception as error:  # noqa: BLE001
            assert self.node.survive(error)
        return bool(self.sent and self.sent[-1][0] == 0.5)

    def drive(self) -> None:
        """Command 0.5 m/s in an open room until it is published."""
        self.until(lambda: self.ask(self.sense()))


@pytest.fixture
def spun(domain: int, tmp_path: Path) -> Iterator[Spun]:
    # A busy machine holds up the loop of a test as well.
    config = tmp_path / "amr.yaml"
    text = AMR.read_text(encoding="utf-8").replace("rate_hz: 100", "rate_hz: 100\n  max_gap_s: 0.8")
    config.write_text(
        text.replace("timeout_s: 0.25", "timeout_s: 0.8").replace("timeout_s: 0.2\n", "timeout_s: 0.8\n")
    )
    given = {"ledger": tmp_path / "ledger.yaml", "config": config}
    words = [word for name, value in given.items() for word in ("-p", f"{name}:={value}")]
    rclpy.init(args=["--ros-args", *words], domain_id=domain)
    node = shell.build()
    try:
        yield Spun(node)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()


def broken(*_arguments: object) -> Any:
    raise ZeroDivisionError("broken on purpose")


def test_an_error_in_a_callback_stops_the_robot_and_is_in_the_record(spun: Spun) -> None:
    spun.drive()
    spun.node.timeline.of_stamp = broken
    message = TwistStamped()
    message.header.stamp.sec = 1
    reader = next(s for s in spun.node.subscriptions if s.topic_name == "/cmd_vel_planner")
    with pytest.raises(ZeroDivisionError) as caught:
        reader.callback(message)
    assert spun.node.survive(caught.value)
    spun.until(lambda: spun.sent[-1] == (0.0,) * 6)
    last = spun.node._last["base"]
    assert last.state is State.PROTECTIVE_STOP
    assert "broken on purpose" in {fault.name: fault.detail for fault in last.faults}["internal_error"]


@pytest.mark.parametrize("part", ["core.tick", "records.write"])
def test_when_the_core_or_the_record_fails_the_output_ramps_to_zero_and_stays(spun: Spun, part: str) -> None:
    spun.drive()
    owner, name = part.split(".")
    setattr(getattr(spun.node, owner), name, broken)
    count = len(spun.sent)
    spun.until(lambda: spun.sent[-1] == (0.0,) * 6)
    ramp = [values[0] for values in spun.sent[count:]]
    assert len(ramp) > 10 and ramp == sorted(ramp, reverse=True)
    count = len(spun.sent)
    spun.until(lambda: len(spun.sent) > count + 20)
    assert set(spun.sent[count:]) == {(0.0,) * 6}
    status = spun.node._announcer.status(spun.node._last, spun.node._breakdown.what)
    assert status.worst is State.PROTECTIVE_STOP
    assert (status.faults[0].name, "broken on purpose" in status.faults[0].detail) == ("internal_error", True)


@pytest.mark.parametrize("part", ["_keep_latch", "records.write"])
def test_after_a_failure_that_lasted_the_robot_goes_on_from_rest(
    spun: Spun, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Its planner begins anew with one plan after the other: nothing of that goes out, and nothing is made up for."""
    spun.drive()
    node, began = spun.node, spun.node.timeline.read()
    owner, _, name = part.rpartition(".")
    monkeypatch.setattr(getattr(node, owner) if owner else node, name, broken)

    def again() -> float:
        """The planner's next command; for how long the test has lasted, s."""
        lasted = spun.sense() - began
        spun.ask(node.timeline.now, f"plan-{int(lasted / 0.1)}")
        return float(lasted)

    spun.until(lambda: again() > 2.5)
    assert spun.sent[-1] == (0.0,) * 6
    assert "internal_error" in {fault.name for fault in node.core.process.reports}
    assert not any(node.core.groups[0]._outputs.values), "nor does the core take it for moving"
    monkeypatch.undo()
    count = len(spun.sent)
    spun.until(lambda: again() and spun.sent[-1][0] == 0.5)
    speeds = [values[0] for values in spun.sent[count:]]
    assert speeds[0] == 0.0 and max(b - a for a, b in itertools.pairwise(speeds)) < 0.2, "no jump"


def test_a_latch_that_cannot_be_taken_off_the_disk_keeps_the_robot_stopped(
    spun: Spun, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, key = spun.node, bytes(32)
    node.core._resets = Resets(key)
    node._take(EStop(node.timeline.read(), True))
    spun.until(lambda: node._latch.path.exists())
    node._take(EStop(node.timeline.read(), False))
    latch, keep = node.core.latch, latches.keep

    def full(path: Path, kept: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(latches, "keep", full)
    request = ResetService.Request(token=token_of(key, latch.id, latch.nonce))
    answer = node._operator._reset(request, ResetService.Response())
    assert not answer.accepted and "No space left" in answer.message and node._latch.path.exists()
    count = len(spun.sent)
    spun.until(lambda: len(spun.sent) > count + 100)
    assert set(spun.sent[count:]) == {(0.0,) * 6}
    monkeypatch.setattr(latches, "keep", keep)
    spun.until(lambda: not node._latch.path.exists())


def test_a_stop_that_latches_waits_for_no_disk_and_stands_where_that_is_full(
    spun: Spun, monkeypatch: pytest.MonkeyPatch
) -> None:
    spun.drive()
    node, told, kept = spun.node, list[Any](), list[int]()
    monkeypatch.setattr(node, "_send", told.append)

    def full(path: Path, latch: Any) -> None:
        kept.append(node._last["base"].seq)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(latches, "keep", full)
    node._take(EStop(node.timeline.read(), True))
    first, count = node.records.next_number, len(spun.sent)
    spun.until(lambda: node.records.next_number > first + 150)
    assert kept[0] == first, "the stop was out before anybody wrote the latch down"
    pressed = [body for body in told if first <= body["seq"]]
    assert [body["seq"] for body in pressed] == list(range(first, node.records.next_number))
    assert {"estop"} <= {fault["name"] for fault in pressed[0]["faults"]}
    assert all({"estop", "internal_error"} <= {f["name"] for f in body["faults"]} for body in pressed[2:])
    speeds = [values[0] for values in spun.sent[count:]]
    assert speeds == sorted(speeds, reverse=True) and speeds[0] > 0.0 == speeds[-1]
    assert [body["allowed"][0] for body in pressed] == speeds, "what is told is what was published"
    monkeypatch.undo()
    spun.until(lambda: node._latch.path.exists() and node._breakdown.what is None)


@pytest.mark.parametrize("part", ["records.write", "decision_body", "carry_out"])
def test_a_latch_is_on_the_disk_where_what_was_decided_cannot_be_carried_out(
    spun: Spun, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Everybody hears of it; after a restart it is to stand."""
    spun.drive()
    node = spun.node
    owners = {"records.write": node.records, "decision_body": shell, "carry_out": node._commands["base"]}
    monkeypatch.setattr(owners[part], part.rpartition(".")[2], broken)
    node._take(EStop(node.timeline.read(), True))
    spun.until(lambda: node.core.latch is not None)
    spun.until(node._latch.path.exists, 50)
    assert latches.read(node._latch.path) == node.core.latch


@pytest.mark.parametrize("by", ["loop", "command"])
def test_decisions_that_could_not_take_effect_have_their_numbers_in_the_record(
    spun: Spun, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """What was decided cannot be put on record as the emergency stop is pressed: no number may be left out."""
    spun.drive()
    node, told = spun.node, list[Any]()
    node.create_subscription(GovernorDecision, "governor/decision", told.append, qos.RECORD)
    spun.until(lambda: told)
    monkeypatch.setattr(shell, "decision_body", broken)
    node._take(EStop(node.timeline.read(), True))
    if by == "command":
        with pytest.raises(ZeroDivisionError) as caught:
            node._take(Command(t := node.timeline.read(), "base", (0.5, 0.0, 0.0, 0.0, 0.0, 0.0), t))
        assert node.survive(caught.value)
    first = node.records.next_number
    spun.until(lambda: told[-1].seq > first + 150)
    monkeypatch.undo()
    last = told[-1].seq
    spun.until(lambda: "estop" in told[-1].fault_names and told[-1].seq > last + 5)
    by_number = {one.seq: one for one in told}  # what nobody acknowledges comes again
    numbers = sorted(by_number)
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    failed = [by_number[number] for number in range(first + 1, first + 150)]
    assert {tuple(one.fault_names) for one in failed} == {("internal_error",)}
    speeds = [one.allowed[0] for one in failed]
    assert speeds == sorted(speeds, reverse=True) and speeds[0] > 0.0 == speeds[-1]
    assert set(speeds) <= {values[0] for values in spun.sent}, "what is told is what was published"


def test_a_stop_that_has_gone_out_is_no_second_one_where_its_turn_fails_then(
    spun: Spun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails once all decisions are out: what brakes by one step each turn may not brake by two."""
    spun.drive()
    node, turns = spun.node, list[int]()
    publish, count = node._commands["base"].publish, len(spun.sent)

    def noted(values: tuple[float, ...], now: float) -> None:
        turns.append(node._ticks)
        publish(values, now)

    monkeypatch.setattr(node._commands["base"], "publish", noted)
    monkeypatch.setattr(node._faults, "told", broken)
    spun.until(lambda: spun.sent[-1] == (0.0,) * 6)
    assert "broken on purpose" in node._breakdown.what and len(turns) > 10
    first = turns[0]
    twice = [turn for turn, times in Counter(turns).items() if times > 1]
    assert twice == [first], "which went on, and was stopped"
    speeds = [values[0] for values in spun.sent[count:]]
    assert speeds == sorted(speeds, reverse=True)


def test_a_turn_that_fails_stops_each_output_that_no_stop_has_gone_to(
    spun: Spun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the core can be told of no fault, and goes on."""
    spun.drive()
    node, count = spun.node, len(spun.sent)
    monkeypatch.setattr(node._faults, "broke", broken)
    monkeypatch.setattr(node._faults, "told", broken)
    turn = node._ticks
    spun.until(lambda: node._ticks > turn)
    speeds = [values[0] for values in spun.sent[count:]]
    assert speeds[0] == 0.5 > speeds[1] > 0.45
    spun.until(lambda: spun.sent[-1] == (0.0,) * 6)


def test_a_loop_that_was_held_up_stops_the_robot(spun: Spun) -> None:
    spun.drive()
    spun.node._hold_ups._round -= 1.0
    spun.until(lambda: "loop_overrun" in {fault.name for fault in spun.node._last["base"].faults})
    assert spun.node._last["base"].state is State.CONTROLLED_STOP


def test_a_clock_that_is_set_stops_the_robot(spun: Spun) -> None:
    spun.drive()
    spun.node.timeline._last_ros -= 3.0
    spun.until(lambda: "clock_jump" in {fault.name for fault in spun.node._last["base"].faults})
    assert spun.node._last["base"].state is State.CONTROLLED_STOP


def test_a_receipt_for_decisions_never_made_is_believed_only_before_the_robot_moves(spun: Spun) -> None:
    """A ledger may know more than a ring that lost power; a forger may not erase what was never stored."""
    node, start = spun.node, spun.node.records.next_number
    node._receipt(Ack(writer=node.records.writer, up_to=start + 5))
    assert node.records.next_number == start + 5
    node._receipt(Ack(writer=node.records.writer, up_to=2**62))
    assert node.records.next_number == start + 5
    spun.drive()
    held = node.records.next_number
    node._receipt(Ack(writer=node.records.writer, up_to=held + 1))
    assert node.records.next_number == held
