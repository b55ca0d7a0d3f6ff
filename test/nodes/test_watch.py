"""The watch, with real processes: whatever becomes of the governor, the robot is stopped, and by one of the two."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.ros, pytest.mark.apart]

AMR = Path(__file__).resolve().parents[2] / "config" / "amr.yaml"
STILL = 1e-3
"""m or m/s: less is rest."""


class Pair:
    """A governor and its watch."""

    def __init__(self, governed: Any, node_process: Callable[..., Any]) -> None:
        self.governed, self.bench = governed, governed.bench
        self._start = node_process
        self.watch: Any = None

    def launch_watch(self) -> None:
        self.watch = self._start("watch", config=self.governed.config, ledger=self.governed.ledger)
        self.watch.wait_for("watching base")

    def open(self) -> None:
        self.launch_watch()
        self.governed.open()
        self.watch.wait_for("the governor lives")

    def freeze(self, number: int) -> None:
        self.governed.governor.send(number)

    def until_watch_stops(self) -> None:
        """The watch has brought the bench's robot to rest, never faster in between."""
        count = len(self.bench.outputs)
        self.governed.wait(lambda: self.bench.twist == (0.0, 0.0), 15.0, "exact zeros")
        self.watch.wait_for("stopping base")
        speeds = [vx for _, vx, _ in self.bench.outputs[max(count - 1, 0) :]]
        assert speeds == sorted(speeds, reverse=True)


def first_since(bench: Any, began: float) -> dict[str, Any] | None:
    """The first decision after ``began``, s; what came before the nodes found each other is sent again."""
    kept = {body["seq"]: body for body in list(bench.decisions)}
    numbers = [number for number, body in kept.items() if body["t"] > began]
    return kept[min(numbers)] if numbers and min(numbers) - 1 in kept else None


@pytest.fixture
def pair(governed: Any, node_process: Callable[..., Any]) -> Pair:
    text = governed.config.read_text()
    governed.config.write_text(text.replace("rate_hz: 100", "rate_hz: 100\n  max_gap_s: 0.5"))
    return Pair(governed, node_process)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_robot_is_stopped_when_the_governor_is_killed_or_hangs(pair: Pair, number: int) -> None:
    pair.open()
    assert not pair.bench.told("foreign_publisher")
    pair.governed.drive()
    pair.freeze(number)
    pair.until_watch_stops()
    count = len(pair.bench.outputs)
    pair.governed.wait(lambda: len(pair.bench.outputs) > count + 30, 10.0, "zeros, on and on")
    assert {(vx, wz) for _, vx, wz in pair.bench.outputs[count:]} == {(0.0, 0.0)}
    if number == signal.SIGSTOP:
        pair.freeze(signal.SIGCONT)


def test_a_watch_that_is_asked_to_end_in_the_middle_of_a_slow_ramp_ends_at_rest(pair: Pair) -> None:
    """From 0.5 m/s by 0.07 m/s2, as the base brakes of which nobody knows what it carries: 7 s."""
    text = pair.governed.config.read_text()
    pair.governed.config.write_text(text.replace("linear: 0.8", "linear: 0.07"))
    pair.open()
    pair.governed.drive()
    pair.freeze(signal.SIGKILL)
    pair.watch.wait_for("stopping base")
    pair.watch.send(signal.SIGTERM)
    assert pair.watch.wait(20.0) == 0, pair.watch.output
    assert pair.bench.outputs[-1][1:] == (0.0, 0.0)


def test_a_governor_that_was_held_up_does_not_take_up_its_old_speed(pair: Pair) -> None:
    pair.open()
    pair.governed.drive(0.6)
    pair.freeze(signal.SIGSTOP)
    pair.until_watch_stops()
    count = len(pair.bench.outputs)
    pair.freeze(signal.SIGCONT)
    pair.watch.wait_for("has base again")
    pair.governed.until(lambda: pair.bench.told("loop_overrun"), "the overrun in the record")
    pair.governed.until(lambda: pair.bench.faults == {"awaiting_command"} or not pair.bench.faults, "cleared")
    # The planner went on all the time: what moves again begins at rest. Nobody can hold back what was on its way out
    # when the process was held up: one output, and the next is as it should be.
    again = [vx for _, vx, _ in pair.bench.outputs[count:]]
    again = again[1:] if again[0] > 0.1 else again
    steps = [b - a for a, b in zip([0.0, *again], again, strict=False)]
    assert max(map(abs, steps)) < 0.1, "no jump"
    assert not pair.bench.told("foreign_publisher")


def test_what_was_decided_before_a_hold_up_does_not_go_out_after_it(
    pair: Pair, start: Callable[..., Any], domain: int
) -> None:
    """Between a decision and its output the machine may be busy with something else."""

    def stalled(_name: str, **parameters: object) -> Any:
        options = [word for key, value in parameters.items() for word in ("-p", f"{key}:={value}")]
        return start(sys.executable, "-m", "test.nodes.stalled", "--ros-args", *options)

    pair.governed.start, original = stalled, pair.governed.start
    pair.open()
    pair.governed.start = original
    pair.governed.drive(0.6)
    count = len(pair.bench.outputs)
    pair.governed.governor.send(signal.SIGUSR1)
    pair.watch.wait_for("stopping base")
    pair.governed.until(lambda: "too old to go out" in pair.bench.told("loop_overrun"), "in the record")
    pair.governed.until(lambda: pair.bench.speed > 0.3, "it goes on")
    steps = [b - a for (_, a, _), (_, b, _) in itertools.pairwise(pair.bench.outputs[count:])]
    assert max(steps) < 0.15, "no jump back to where it was"
    assert not pair.bench.told("foreign_publisher")


def test_a_respawned_governor_starts_closed_and_the_watch_falls_silent(pair: Pair) -> None:
    pair.open()
    pair.governed.drive()
    for turn in range(1, 4):
        pair.freeze(signal.SIGKILL)
        pair.governed.governor.wait(10.0)
        pair.until_watch_stops()
        pair.governed.wait(lambda: pair.watch.output.count("stopping base") >= turn, 15.0, "it says so")  # noqa: B023
        began = pair.bench.now()
        pair.governed.launch()
        pair.governed.until(lambda: first_since(pair.bench, began), "its first decision", 30.0)  # noqa: B023
        first = first_since(pair.bench, began)
        assert first is not None and not any(first["allowed"])
        # The stream of the planner went on; a new beginning is needed, and then the robot moves again.
        pair.bench.command = (0.0, 0.0)
        pair.governed.until(lambda: not pair.bench.faults, "nothing in force")
        pair.governed.drive()
        pair.governed.until(lambda: pair.watch.output.count("has base again") >= turn, "silence")  # noqa: B023
    assert not pair.bench.told("foreign_publisher")
    assert pair.watch.code is None


def test_while_the_governor_lives_the_watch_publishes_nothing(pair: Pair) -> None:
    pair.open()
    pair.governed.drive()
    pair.watch.send(signal.SIGKILL)
    pair.watch.wait(10.0)
    count = len(pair.bench.decisions)
    pair.governed.until(lambda: len(pair.bench.decisions) > count + 150, "a while without a watch")
    pair.launch_watch()
    count = len(pair.bench.decisions)
    pair.governed.until(lambda: len(pair.bench.decisions) > count + 150, "a while with a new one")
    # Neither its ghost nor its successor is a stranger, and nobody has touched the output.
    assert not pair.bench.told("foreign_publisher")
    assert pair.bench.latest["allowed"][0] == pytest.approx(0.5)
    assert "stopping" not in pair.watch.output


def test_a_planner_that_calls_itself_the_watch_is_a_stranger(
    pair: Pair, node_here: Callable[[str], Any]
) -> None:
    from geometry_msgs.msg import TwistStamped

    pair.governed.open()
    pair.governed.drive()
    node_here("watch").create_publisher(TwistStamped, "cmd_vel", 1)
    pair.governed.until(
        lambda: "/watch publishes on cmd_vel" in pair.bench.told("foreign_publisher"), "a stranger"
    )
    pair.governed.until_rest()


def test_a_counter_that_stands_still_is_no_life(benches: Any, domain: int, pair: Pair, governed: Any) -> None:
    from geometry_msgs.msg import TwistStamped
    from iatro_governor.msg import Heartbeat

    from iatro_governor.nodes import qos

    pair.launch_watch()
    with benches.node(domain, "governor_like") as node:
        beats = node.create_publisher(Heartbeat, "governor/heartbeat", qos.heartbeat(0.6))
        moves = node.create_publisher(TwistStamped, "cmd_vel", qos.output(100.0, 0.5))
        count = [0]

        def speak(step: int) -> bool:
            count[0] += step
            beats.publish(Heartbeat(count=count[0]))
            message = TwistStamped()
            message.twist.linear.x = 0.5
            moves.publish(message)
            time.sleep(0.01)
            return bool(pair.bench.twist == (0.5, 0.0) and keeps_still())

        def stops() -> int:
            return int(pair.watch.output.count("stopping base"))

        def keeps_still() -> bool:
            told: str = pair.watch.output
            return told.rfind("base again") >= max(
                map(told.rfind, ("stopping base", "stopping it", "stand still"))
            )

        # A busy machine may hold the talk up for as long as a dead governor is silent.
        governed.wait(lambda: speak(1) and count[0] > 100, 15.0, "a lively governor", 0.0)
        before = stops()
        governed.wait(lambda: not speak(0) and stops() > before, 15.0, "the watch steps in", 0.0)


def test_a_second_watch_of_the_same_robot_is_refused(pair: Pair) -> None:
    pair.launch_watch()
    second = pair._start("watch", config=pair.governed.config, ledger=pair.governed.ledger)
    assert second.wait(20.0) == 2
    assert "another watch of this robot runs" in second.output and "Traceback" not in second.output


def test_a_file_that_others_may_write_introduces_nobody(pair: Pair, tmp_path: Path) -> None:
    pair.launch_watch()
    introduction = tmp_path / "ledger.watch"
    assert json.loads(introduction.read_text()) and introduction.stat().st_mode & 0o077 == 0
    os.chmod(introduction, 0o666)
    pair.governed.launch()
    pair.governed.until(
        lambda: "/watch publishes on cmd_vel" in pair.bench.told("foreign_publisher"), "a stranger"
    )


def test_the_plant_stands_still_when_the_governor_is_killed(
    node_process: Callable[..., Any],
    node_here: Callable[[str], Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    """The simulated robot obeys its last command for ever: without the watch it would drive on."""
    from geometry_msgs.msg import TwistStamped
    from nav_msgs.msg import Odometry

    from iatro_governor.nodes import qos

    config = tmp_path / "amr.yaml"
    config.write_text(
        AMR.read_text().replace("timeout_s: 0.25", "timeout_s: 0.6").replace(": 0.2\n", ": 0.6\n")
    )
    own = {"config": config, "ledger": tmp_path / "ledger.yaml"}
    node_process("plant").wait_for("plant ready")
    watch, governor = node_process("watch", **own), node_process("governor", **own)
    pilot = node_here("pilot")
    poses: list[tuple[float, float, float]] = []

    def measured(message: Odometry) -> None:
        pose = message.pose.pose
        poses.append((pose.position.x, pose.position.y, pose.orientation.z))

    pilot.create_subscription(Odometry, "odom", measured, qos.INPUT)
    wish = pilot.create_publisher(TwistStamped, "cmd_vel_planner", qos.COMMAND)
    command = TwistStamped()
    command.twist.linear.x, command.twist.angular.z = 0.1, 0.8

    def steer() -> None:
        command.header.stamp = pilot.get_clock().now().to_msg()
        wish.publish(command)

    def moved(last: int) -> float:
        return max((math.dist(poses[-1], pose) for pose in poses[-last:]), default=0.0)

    pilot.create_timer(0.05, steer)
    wait_until(lambda: moved(25) > 0.05, 30.0, "a moving robot")
    governor.send(signal.SIGKILL)
    watch.wait_for("stopping base")
    wait_until(lambda: moved(25) < STILL, 15.0, "a robot at rest")
    count = len(poses)
    wait_until(lambda: len(poses) > count + 100, 15.0, "two more seconds")
    assert moved(100) < 3 * STILL


def test_outputs_that_cannot_be_read_are_told_and_are_no_output(
    benches: Any, domain: int, pair: Pair, governed: Any
) -> None:
    """Somebody publishes what is no number, and no governor anything else: the watch says so, and stops the robot."""
    from diagnostic_msgs.msg import DiagnosticArray
    from geometry_msgs.msg import TwistStamped

    from iatro_governor.nodes import qos

    told: list[str] = []
    with benches.node(domain, "garbler") as garbler:
        publisher = garbler.create_publisher(TwistStamped, "cmd_vel", qos.EVENT)
        garbler.create_subscription(
            DiagnosticArray,
            "/diagnostics",
            lambda message: told.extend(row.message for row in message.status if "outputs" in row.name),
            qos.DIAGNOSTICS,
        )
        message = TwistStamped()
        message.twist.linear.x = math.nan
        garbler.create_timer(0.02, lambda: publisher.publish(message))
        pair.launch_watch()
        pair.watch.wait_for("outputs could not be read")
        governed.wait(lambda: any("could not be read" in row for row in told), 15.0, "a diagnostic")
        governed.wait(
            lambda: any((vx, wz) == (0.0, 0.0) for _, vx, wz in list(governed.bench.outputs)), 15.0, "zeros"
        )
        # A governor that was not found yet is waited for as long as if nobody had said anything.
        assert "no governor yet" in pair.watch.output and "nothing is published" not in pair.watch.output


def test_an_output_that_says_nothing_while_its_governor_lives_is_stopped(
    benches: Any, domain: int, pair: Pair, governed: Any
) -> None:
    from geometry_msgs.msg import TwistStamped
    from iatro_governor.msg import Heartbeat

    from iatro_governor.nodes import qos

    with benches.node(domain, "mute_governor") as node:
        beats = node.create_publisher(Heartbeat, "governor/heartbeat", qos.heartbeat(0.6))
        garbled = node.create_publisher(TwistStamped, "cmd_vel", qos.EVENT)
        message = TwistStamped()
        message.twist.linear.x = math.nan
        count = itertools.count(1)
        node.create_timer(0.02, lambda: garbled.publish(message))
        node.create_timer(0.02, lambda: beats.publish(Heartbeat(count=next(count))))
        pair.launch_watch()
        pair.watch.wait_for("nothing is published on the output of base")
        assert "the governor lives" in pair.watch.output and "no governor yet" not in pair.watch.output
