"""Stopped, killed or flooded, the witness holds nobody up, and afterwards every verdict is in the ledger."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import reconcile

pytestmark = pytest.mark.ros
TEXTS = ("I drive on.", "I cannot do that.", "I'll stay below 0.2 m/s.", "I'll drive carefully.")


class Robot:
    """A planner that speaks and a governor that decides, with the receipts of the recorder."""

    def __init__(self, node: Any, wait: Callable[..., None], ledger: Path) -> None:
        from iatro_governor.msg import Ack, GovernorDecision, PlannerStatement

        from iatro_governor.nodes import convert, qos

        self.acks: dict[str, int] = {}
        self.decided = self.said = 0
        self._convert, self._node, self._wait, self._ledger = convert, node, wait, ledger
        self._decisions = node.create_publisher(GovernorDecision, "governor/decision", qos.RECORD)
        self._statements = node.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        node.create_subscription(Ack, "recorder/ack", self._acknowledged, qos.EVENT)

    def _acknowledged(self, ack: Any) -> None:
        self.acks[ack.writer] = ack.up_to

    def leave(self) -> None:
        """Decide nothing more: an ending recorder waits for whoever might."""
        self._node.destroy_publisher(self._decisions)

    def heard_by(self, count: int) -> None:
        """Wait until ``count`` nodes hear both topics."""
        both = (self._decisions, self._statements)
        self._wait(
            lambda: all(one.get_subscription_count() >= count for one in both), 30.0, f"{count} listeners"
        )

    def say(self, actions: list[str] | None = None) -> None:
        """One statement of its own plan."""
        body = {
            "t": self._now(), "seq": self.said, "planner_run": "run-1", "plan_id": f"p-{self.said}",
            "channels": ["base"], "instruction": "Drive on.", "text": TEXTS[self.said % len(TEXTS)],
            "reasoning": "", "actions": actions, "final": False, "planner": {"model_id": "m"},
        }  # fmt: skip
        self._statements.publish(self._convert.statement_message(body))
        self.said += 1

    def command(self, count: int) -> None:
        """Commands of the latest plan, 5 ms apart."""
        asked = [0.3, 0.0, 0.0, 0.0, 0.0, 0.0]
        for _ in range(count):
            body = {
                "t": self._now(), "seq": self.decided, "channel": "base", "state": "NOMINAL", "latch": None,
                "action": "pass", "requested": asked, "allowed": asked, "plan_id": f"p-{self.said - 1}",
                "limits": [], "faults": [], "config_hash": "h", "trigger": "command", "measured": asked,
                "stamp": None, "writer": "ring-1", "software_version": "0", "clock_source": "monotonic",
            }  # fmt: skip
            self._decisions.publish(self._convert.decision_message(body))
            self.decided += 1
            time.sleep(0.005)

    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds * 1e-9)

    def recorded(self) -> None:
        """Wait for the receipts of all that was said and decided."""
        self._wait(
            lambda: (self.acks.get("ring-1", 0), self.acks.get("run-1", 0)) == (self.decided, self.said),
            30.0,
            "receipts while the witness is away",
        )

    def judged(self) -> dict[str, Any]:
        """Wait until every statement has its verdict; the accounts then."""
        self._wait(lambda: reconcile(self._ledger)["sound"], 40.0, "accounts that add up")
        return reconcile(self._ledger)


@pytest.fixture
def robot(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> Iterator[Robot]:
    recorder = node_process("recorder", ledger=tmp_path / "ledger.yaml")
    recorder.wait_for("recorder ready")
    made = Robot(node_here("robot"), wait_until, tmp_path / "ledger.db")
    made.heard_by(1)
    yield made
    made.leave()
    recorder.send(signal.SIGTERM)
    assert recorder.wait(20.0) == 0, recorder.output


@pytest.fixture
def witness(node_process: Callable[..., Any], robot: Robot, tmp_path: Path) -> Callable[[], Any]:
    def starter() -> Any:
        process = node_process("witness", ledger=tmp_path / "ledger.yaml")
        process.wait_for("witness ready")
        robot.heard_by(2)
        return process

    return starter


def sound(accounts: dict[str, Any], robot: Robot) -> None:
    assert accounts["sound"], accounts["problems"]
    assert accounts["statements"] == accounts["verdict_records"] == robot.said
    assert accounts["commands"] == accounts["attributed"] == robot.decided


def test_killed_in_the_middle_of_a_plan_another_one_makes_up_for_it(
    robot: Robot, witness: Callable[[], Any]
) -> None:
    first = witness()
    for _ in range(3):
        robot.say()
        robot.command(10)
    robot.recorded()
    first.send(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    for _ in range(4):
        robot.command(10)
        robot.say()
    robot.recorded()
    second = witness()
    robot.say()
    robot.command(10)
    sound(robot.judged(), robot)
    second.send(signal.SIGTERM)
    assert second.wait(20.0) == 0, second.output


def test_stopped_for_longer_than_its_queue_it_reads_in_the_ledger_what_it_missed(
    robot: Robot, witness: Callable[[], Any]
) -> None:
    process = witness()
    robot.say()
    robot.command(10)
    process.send(signal.SIGSTOP)
    for _ in range(12):
        robot.command(100)
        robot.say()
    robot.recorded()
    process.send(signal.SIGCONT)
    sound(robot.judged(), robot)
    assert "made up from the ledger" in process.output
    process.send(signal.SIGTERM)
    assert process.wait(20.0) == 0, process.output


def test_a_hundred_statements_a_second_all_get_their_verdict(
    robot: Robot, witness: Callable[[], Any]
) -> None:
    process = witness()
    start = time.monotonic()
    for number in range(300):
        time.sleep(max(0.0, start + number / 100 - time.monotonic()))
        robot.say(["drive()"])
    sound(robot.judged(), robot)
    process.send(signal.SIGTERM)
    assert process.wait(20.0) == 0, process.output
