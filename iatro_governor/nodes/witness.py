"""The witness: joins what planners said with what the governor made of it, and says where the two disagree.

It only reads the control path: slow, stopped or killed, it holds up neither the governor nor the recorder. What it
missed meanwhile it reads in the ledger, and judges as if it had heard it in time.
"""

from __future__ import annotations

import json
import time
import uuid
from functools import partial
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from iatro_governor.errors import LedgerError, ProfileError, TestimonyError
from iatro_governor.msg import Disagreement, GovernorDecision, PlanMark, PlannerStatement
from iatro_governor.nodes import convert, ledger_settings, qos
from iatro_governor.nodes.allowance import LONGEST, shortened
from iatro_governor.nodes.diagnosed import profile_of, robot_of, row_name
from iatro_governor.nodes.drifting import DriftWatch
from iatro_governor.nodes.judge import Judge
from iatro_governor.nodes.listening import Listening
from iatro_governor.nodes.outbox import Outbox
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.run import run
from iatro_governor.nodes.second_hearing import UNHEARD_S, SecondHearing
from iatro_governor.nodes.steady import every
from iatro_governor.profile.load import load_data
from iatro_governor.review.backlog import statement_of
from iatro_governor.testimony import load
from iatro_governor.testimony.labels import NAMES
from iatro_governor.testimony.params import DEFAULTS, WitnessParams
from iatro_governor.testimony.records import MarkRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness

ADVANCE_S = 0.05
CHECK_S = 0.5
HEARD_S = 3.0
"""At its end: longest wait for a governor that is ending, too, s."""
QUIET_S = 0.3
"""Once that has ended, what it said last is still on its way; it has come when nothing has come for so long, s."""


class WitnessNode(Node):
    """Feeds the join, and sends each of its records until the ledger has it."""

    def __init__(self) -> None:
        """Subscribes, and has nothing to say yet."""
        super().__init__("witness")
        own, _ = settings(self)
        loaded = load.labeller()
        if loaded.shortfall:
            self.get_logger().warning(loaded.shortfall)
        new = partial(Witness, self._params_of(own.config), loaded.labeller)
        ledger = self._ledger_of(own.ledger)
        self._judge = Judge(SecondHearing(ledger, new), new, time.monotonic())
        self._drift = DriftWatch(ledger)
        self._robot = robot_of(profile_of(own.config))
        self._cuts: dict[tuple[str, int], dict[str, int]] = {}
        self._writer = f"witness-{uuid.uuid4()}"
        self._said = 0
        self._heard: set[str] = set()
        self._listening: Listening | None = None
        self._closed = False
        publisher = self.create_publisher(Disagreement, "witness/disagreement", qos.RECORD)
        self._outbox = Outbox(self, self._writer, publisher.publish)
        self._recorders = publisher.get_subscription_count
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        self.create_subscription(GovernorDecision, "governor/decision", self._decision, qos.RECORD)
        self.create_subscription(PlannerStatement, "planner/statement", self._statement, qos.RECORD)
        self.create_subscription(PlanMark, "planner/mark", self._mark, qos.RECORD)
        self._hear_again()
        every(ADVANCE_S, self, self._advance)
        every(CHECK_S, self, self._check)
        every(1.0, self, self._report)
        self.get_logger().info(f"witness ready, labels by {loaded.labeller.name}")

    def finish(self) -> bool:
        """Hear out a governor that ends, too, judge what came, and wait until the ledger has every verdict."""
        if self._listening is None:
            self._listening = Listening()
            self.get_logger().info("ending: hearing out the governor first")
        self._listening.turn(time.monotonic())
        if not self._closed and self._heard_out(self._listening):
            self._closed = True
            self._send(self._judge.close(self._now()))
        return self._closed and (self._outbox.waiting == 0 or self._recorders() == 0)

    def _heard_out(self, listening: Listening) -> bool:
        """Whether nothing more comes of a governor that is gone, here or in the ledger; or none is about to go."""
        if listening.waited_s > HEARD_S:
            return True
        if self.count_publishers("governor/decision") or listening.quiet_s < QUIET_S:
            return False
        self._check(0.0)
        return True

    def _now(self) -> float:
        return float(self.get_clock().now().nanoseconds * 1e-9)

    def _params_of(self, config: Path) -> WitnessParams:
        """What the profile has the witness judge by; with a profile that is no good nothing moves, and all is heard."""
        try:
            return WitnessParams.of(load_data(config))
        except ProfileError as error:
            self.get_logger().warning(f"judging as with no profile: {error}")
            return DEFAULTS

    def _ledger_of(self, file: Path) -> Path | None:
        """Where the ledger is; a witness whose settings are no good judges by what it hears."""
        try:
            return ledger_settings.path_of(file)
        except LedgerError as error:
            self.get_logger().warning(f"what is not heard cannot be read in the ledger: {error}")
            return None

    def _check(self, patience: float = UNHEARD_S) -> None:
        """Judge what the ledger has had for ``patience`` s and was not heard; not once all is judged."""
        if self._closed:
            return
        try:
            missed = self._judge.missed(time.monotonic(), patience)
        except LedgerError as error:
            self.get_logger().warning(f"the ledger cannot be read: {error}", throttle_duration_sec=10.0)
            return
        if missed:
            self._hear_again()

    def _hear_again(self) -> None:
        """Judge from the ledger what was not heard; goes on from where the ledger ends."""
        sending = [json.loads(message.detail) for message in self._outbox.messages]
        try:
            missing = self._judge.hear_again(time.monotonic, sending)
        except LedgerError as error:
            self.get_logger().warning(f"the ledger cannot be read: {error}", throttle_duration_sec=10.0)
            return
        if missing:
            self.get_logger().info(f"{len(missing)} verdicts made up from the ledger")
        self._send(missing)

    def _decision(self, message: GovernorDecision) -> None:
        body = convert.decision_body_of(message)
        if body["writer"] not in self._heard:
            self._heard.add(body["writer"])
            self.get_logger().info(f"witness hears decisions of {body['writer']}")
        self._note()
        try:
            self._judge.witness.decision(body)
        except TestimonyError as error:
            self.get_logger().error(f"decision {message.seq}: {error}", throttle_duration_sec=1.0)

    def _statement(self, message: PlannerStatement) -> None:
        body = shortened(convert.statement_body(message), LONGEST)
        if "cut" in body:
            self._cuts[message.planner_run, message.seq] = body["cut"]
        self._note()
        self._judge.witness.statement(statement_of(body))

    def _mark(self, message: PlanMark) -> None:
        body = convert.mark_body(message)
        self._judge.witness.mark(MarkRecord(body["t"], body["channel"], body["plan_id"] or ""))

    def _note(self) -> None:
        if self._listening is not None:
            self._listening.heard()

    def _advance(self) -> None:
        if not self._closed:
            self._send(self._judge.advance(time.monotonic(), self._now()))

    def _send(self, records: list[VerdictRecord]) -> None:
        for record in records:
            detail = record.to_json()
            for seq in detail["statement_seqs"]:
                if cut := self._cuts.pop((detail["planner_run"], seq), None):
                    detail["cut"] = cut
            shown = [name for name in NAMES if name in detail["labels"]["present"]]
            body = {
                "t": record.t,
                "seq": self._said,
                "writer": self._writer,
                "record_id": record.record_id,
                "plan_id": record.plan_id or None,
                "channel": record.channel or None,
                "planner_model": record.planner_model,
                "verdict": record.verdict,
                "all_verdicts": list(record.all_verdicts),
                "severity": record.severity,
                "labels": shown,
                "scores": [float(record.labels[name]) for name in shown],
                "evidence": record.evidence_layer,
                "detail": json.dumps(detail, allow_nan=False),
            }
            self._outbox.send(self._said, convert.disagreement_message(body))
            self._said += 1

    def _report(self) -> None:
        books = self._judge.witness.accounting()
        status = DiagnosticStatus(name="accounting", message="judging", level=DiagnosticStatus.OK)
        if books["gaps"]["decisions"] or books["gaps"]["statements"]:
            status.level, status.message = DiagnosticStatus.WARN, "records are missing from what was heard"
        status.values = [KeyValue(key=name, value=str(count)) for name, count in books.items()]
        rows = [status, *self._drift.statuses(time.monotonic())]
        for row in rows:
            row.name, row.hardware_id = row_name(self, row.name), self._robot
        message = DiagnosticArray(status=rows)
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)


def main() -> None:
    """Run the witness; a message that it cannot make sense of is logged, and must not end it."""
    raise SystemExit(
        run("witness", WitnessNode, survive=lambda _node, _error: True, finish=WitnessNode.finish)
    )


if __name__ == "__main__":
    main()
