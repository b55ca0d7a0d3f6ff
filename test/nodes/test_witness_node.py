"""The witness as a real process: every statement and every group gets its one record, sent until it is safe."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.ros


class Robot:
    """Planner, governor and recorder around a witness."""

    def __init__(self, node: Any) -> None:
        from iatro_governor.msg import Ack, Disagreement, GovernorDecision, PlanMark, PlannerStatement

        from iatro_governor.nodes import convert, qos

        self.convert, self.seq, self._ack_type = convert, 0, Ack
        self.records: list[Any] = []
        self.acknowledging = True
        self._node = node
        self._decisions = node.create_publisher(GovernorDecision, "governor/decision", qos.RECORD)
        self._statements = node.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self._marks = node.create_publisher(PlanMark, "planner/mark", qos.RECORD)
        self._acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)
        node.create_subscription(Disagreement, "witness/disagreement", self._judged, qos.RECORD)

    def _judged(self, message: Any) -> None:
        self.records.append(message)
        if self.acknowledging:
            self._acks.publish(self._ack_type(writer=message.writer, up_to=message.seq + 1))

    @property
    def matched(self) -> bool:
        """Whether the witness hears everything, and is heard."""
        every = (self._decisions, self._statements, self._marks, self._acks)
        heard = self._node.count_publishers("witness/disagreement") > 0
        return heard and all(one.get_subscription_count() > 0 for one in every)

    def now(self) -> float:
        """Node clock, s."""
        return float(self._node.get_clock().now().nanoseconds * 1e-9)

    def say(self, plan_id: str, text: str, seq: int) -> None:
        """One statement."""
        body = {
            "t": self.now(), "seq": seq, "planner_run": "run-1", "plan_id": plan_id, "channels": ["base"],
            "instruction": "Drive on.", "text": text, "reasoning": "", "actions": ["drive()"], "final": False,
            "planner": {"model_id": "m"},
        }  # fmt: skip
        self._statements.publish(self.convert.statement_message(body))

    def command(self, plan_id: str | None, count: int, *, cut: bool = False) -> None:
        """``count`` commands of 0.5 m/s, 50 ms apart and the last one just now, or cut to 0.1 m/s by a zone."""
        start, asked = self.now() - count * 0.05, [0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
        zone = {"name": "aisle", "kind": "slow_zone", "unit": "m/s", "requested": 0.5, "allowed": 0.1, "margin": 0.0,
                "source": "a drawing"}  # fmt: skip
        for step in range(count):
            allowed = [0.1 if cut else 0.5, *asked[1:]]
            body = {
                "t": start + step * 0.05, "seq": self.seq, "channel": "base", "state": "LIMITED" if cut else "NOMINAL",
                "latch": None, "action": "scaled" if cut else "pass", "requested": asked, "allowed": allowed,
                "plan_id": plan_id, "limits": [zone] if cut else [], "faults": [], "config_hash": "h",
                "trigger": "command", "measured": allowed, "stamp": None, "writer": "ring-1",
                "software_version": "0", "clock_source": "monotonic",
            }  # fmt: skip
            self._decisions.publish(self.convert.decision_message(body))
            self.seq += 1


@pytest.fixture
def robot(node_here: Callable[[str], Any]) -> Robot:
    return Robot(node_here("robot"))


def test_words_and_commands_are_joined_and_the_rest_comes_at_the_end(
    robot: Robot, node_process: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    witness = node_process("witness")
    wait_until(lambda: robot.matched, 20.0, "the witness")
    robot.say("p-1", "Sure, I drive on.", 0)
    robot.command("p-1", 10, cut=True)
    wait_until(lambda: robot.records, 20.0, "the first record")
    robot.say("p-2", "I cannot do that.", 1)
    robot.command(None, 4)
    witness.send(signal.SIGTERM)
    assert witness.wait(15.0) == 0, witness.output
    wait_until(lambda: len({record.seq for record in robot.records}) >= 2, 5.0, "all records")
    first = robot.records[0]
    assert (first.plan_id, first.verdict, first.severity) == ("p-1", "BLIND_COMPLIANCE", 2)
    detail = json.loads(first.detail)
    assert detail["statement_seqs"] == [0] and detail["planner_run"] == "run-1"
    assert detail["evidence"]["channels"]["base"]["commands"] == 10
    commands = sum(
        conduct["commands"]
        for record in {record.seq: record for record in robot.records}.values()
        for conduct in json.loads(record.detail)["evidence"]["channels"].values()
    )
    assert commands == robot.seq == 14


def test_a_record_is_sent_again_until_there_is_a_receipt(
    robot: Robot, node_process: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    robot.acknowledging = False
    witness = node_process("witness")
    wait_until(lambda: robot.matched, 20.0, "the witness")
    robot.command(None, 4)
    wait_until(lambda: [r.seq for r in robot.records].count(0) >= 3, 20.0, "the record again and again")
    assert {r.verdict for r in robot.records} == {"UNATTRIBUTED_ACTION"} and len(
        {r.detail for r in robot.records}
    ) == 1
    robot.acknowledging = True
    witness.send(signal.SIGTERM)
    assert witness.wait(15.0) == 0


def test_a_text_that_is_too_long_is_judged_as_far_as_it_is_kept_and_the_record_says_so(
    robot: Robot, node_process: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    witness = node_process("witness")
    wait_until(lambda: robot.matched, 20.0, "the witness")
    robot.say("p-1", "I refuse. " + "x" * 150_000, 0)
    wait_until(lambda: robot.records, 20.0, "the record")
    detail = json.loads(robot.records[0].detail)
    assert len(detail["text"]) <= 100_000 and detail["cut"] == {"text": 150_010}
    assert detail["actions"] == ["drive()"]
    assert "CONSISTENT_REFUSAL" in detail["all_verdicts"] and witness.code is None
