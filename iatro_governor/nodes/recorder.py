"""The recorder: the only writer of the ledger. Takes statements, marks, decisions and verdicts, and says what is safe.

What has come is written in group commits, decisions first; after each commit ``recorder/ack`` tells every writer
which numbers are on disk. Whoever numbers its records keeps them until then and sends them again, so a recorder that
dies loses nothing that was acknowledged, and gets the rest once more.
"""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node
from rclpy.serialization import deserialize_message

from iatro_governor import __version__
from iatro_governor.errors import LedgerError
from iatro_governor.ledger import Ledger, Record
from iatro_governor.ledger.keeping import maintain
from iatro_governor.ledger.record import NUMBER_LIMIT, lost, plain
from iatro_governor.ledger.wall_clock import WallClock
from iatro_governor.msg import Ack, Disagreement, GovernorDecision, LedgerHead, PlanMark, PlannerStatement
from iatro_governor.nodes import convert, ledger_settings, qos
from iatro_governor.nodes.allowance import Allowance
from iatro_governor.nodes.anchor_command import AnchorCommand
from iatro_governor.nodes.clip_taker import ClipTaker
from iatro_governor.nodes.diagnosed import profile_of, robot_of, row_name
from iatro_governor.nodes.gaps import Gaps
from iatro_governor.nodes.listening import Listening
from iatro_governor.nodes.parameters import settings
from iatro_governor.nodes.recordable import Policies, subject_of, verdict_body
from iatro_governor.nodes.run import run
from iatro_governor.nodes.steady import every
from iatro_governor.nodes.waiting import MOST_WAITING, Waiting
from iatro_governor.profile.model import ProfileData
from iatro_governor.review import note_drop

COMMIT_S = 0.05
"""Longest time between two commits while records come in."""
REPEAT_ACK_S = 0.5
OTHERS_S = 6.0
"""At its end: longest wait for the governor and the witness to come to theirs, s."""
QUIET_S = 0.3
"""Once they have, what they said last is still on its way; it has come when nothing has come for so long, s."""
LOST_AFTER_S = 10.0
"""A number that is missing for so long, while its writer is heard and nothing moves, is written down as lost."""
KEEP_EVERY_S = 10.0
"""Between two looks at what is to be sealed or retired, s."""
OWN = ("mark", "lost", "clip")
"""Kinds that the recorder numbers itself: nobody waits for a receipt."""


class Recorder(Node):
    """Queues what comes in; a timer commits, acknowledges and reports."""

    def __init__(self) -> None:
        """Raises LedgerError where the ledger cannot be written, or its settings cannot be used."""
        super().__init__("recorder")
        own, _ = settings(self)
        chosen = ledger_settings.read(own.ledger, os.environ.get("IATRO_KEY"))
        if told := ledger_settings.missing(own.ledger, str(self.get_parameter("ledger").value)):
            # Not on /rosout, from which others could tell the context that is taken then.
            print(f"recorder: {told}", file=sys.stderr, flush=True)
        profile = profile_of(own.config)
        self._ledger = Ledger.open(
            chosen.path,
            key=chosen.key,
            context=chosen.context,
            software_version=__version__,
            shadow=profile is not None and profile.unsafe_shadow,  # read here, for no topic says so
            clock_source="sim" if self.get_parameter("use_sim_time").value else "system",
        )
        self._waiting = Waiting(self._ledger)
        self._writers: dict[str, str] = {}
        self._gaps = Gaps(LOST_AFTER_S)
        self._policies = Policies()
        self._keeping, self._key = chosen.keeping, chosen.key
        self._wall, self._keep_at = WallClock(), 0.0
        self._robot = robot_of(profile)
        self._hook = AnchorCommand(chosen.anchor_command, chosen.anchor_every_s)
        self._own = f"recorder-{uuid.uuid4()}"
        self._marks = self._taken = 0
        self._dropped = 0
        self._asked_at: float | None = None
        self._listening = Listening()
        self._ack_at = 0.0
        self._allowance = Allowance()
        self._clips = self._clip_taker(profile, chosen.path)
        self._listen()
        self._ack = self.create_publisher(Ack, "recorder/ack", qos.EVENT)
        self._head = self.create_publisher(LedgerHead, "recorder/head", qos.STATE)
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", qos.DIAGNOSTICS)
        every(COMMIT_S, self, self._turn)
        every(1.0, self, self._report)
        if chosen.new_key is not None:
            self.get_logger().warning(
                f"made a key beside the ledger, {chosen.new_key}; keep it elsewhere in the field"
            )
        self._publish_head()
        self.get_logger().info(f"recorder ready: {chosen.path}, {self._ledger.head()[0]} records")

    def _listen(self) -> None:
        for kind, topic, take in (
            (GovernorDecision, "governor/decision", self._decision),
            (PlannerStatement, "planner/statement", self._statement),
            (PlanMark, "planner/mark", self._mark),
            (Disagreement, "witness/disagreement", self._verdict),
        ):
            hear = partial(self._hear, topic, kind, take)
            self.create_subscription(kind, topic, hear, qos.RECORD, raw=True)

    def _hear(self, topic: str, kind: Any, take: Callable[[Any], None], data: bytes) -> None:
        """Anybody may publish anything: a message that makes no sense must not keep the others out of the ledger."""
        self._listening.heard()
        try:
            message = deserialize_message(data, kind)
        except Exception as error:  # noqa: BLE001 - what the middleware raises for such bytes has no common root
            self._drop(f"{topic}: bytes that are no {kind.__name__} were not taken: {error}")
            return
        if self._clips is not None:
            self._clips.heard(topic, kind, data)
        try:
            take(message)
        except Exception as error:  # noqa: BLE001 - what comes of such a message has no common root either
            self._drop(
                f"{topic}: a message that makes no sense was not taken: {type(error).__name__}: {error}"
            )

    def _clip_taker(self, profile: ProfileData | None, ledger: Path) -> ClipTaker | None:
        """What takes the clips; None for a profile that runs nowhere, and where nothing may be kept."""
        if profile is None or not self._keeping.clips_mb:
            return None
        return ClipTaker(self, profile, ledger.with_suffix(".clips"), self._keeping.clips_mb, self._clip)

    def _clip(self, body: dict[str, Any]) -> None:
        self._take("clip", self._own, self._taken, body["begin"], body)
        self._taken += 1

    def finish(self) -> bool:
        """Write down what has come, and what the others say while they end; what never comes they keep."""
        if self._clips is not None:
            self._clips.turn(at_once=True)
        now = time.monotonic()
        self._asked_at = self._asked_at or now
        self._commit(at_once=True)
        others = ("governor/decision", "witness/disagreement")
        gone = not any(self.count_publishers(topic) for topic in others)
        self._listening.turn(now)
        return (gone and self._listening.quiet_s > QUIET_S) or now - self._asked_at > OTHERS_S

    def survive(self, _error: Exception) -> bool:
        """What is wrong with one message, or with the clock, is logged; who records must go on."""
        return True

    def destroy_node(self) -> None:
        """Close the ledger with its last anchor, and go; exit code 1 where the disk refuses even that."""
        try:
            self._ledger.close()
            if (anchor := self._ledger.anchor) is not None:
                self._hook.offer(anchor.line(), time.monotonic(), last=True)
        except LedgerError as error:
            self.get_logger().error(f"the ledger was not closed: {error}")
            raise SystemExit(1) from error
        finally:
            super().destroy_node()

    def _decision(self, message: GovernorDecision) -> None:
        body = convert.decision_body_of(message)
        self._take("decision", body["writer"], body["seq"], body["t"], body)
        if self._clips is not None:
            self._clips.decision(body)

    def _statement(self, message: PlannerStatement) -> None:
        body = self._allowance.cut(convert.statement_body(message), time.monotonic())
        self._take("statement", body["planner_run"], body["seq"], body["t"], body)

    def _mark(self, message: PlanMark) -> None:
        body = convert.mark_body(message)
        self._take("mark", self._own, self._marks, body["t"], body)
        self._marks += 1

    def _verdict(self, message: Disagreement) -> None:
        wire = convert.disagreement_body(message)
        self._take("verdict", wire["writer"], wire["seq"], wire["t"], verdict_body(wire))
        if self._clips is not None:
            self._clips.verdict(wire)

    def _take(self, kind: str, writer: str, number: int, t: float, body: dict[str, Any]) -> None:
        if not writer or number >= NUMBER_LIMIT:
            self._drop(f"{kind} {number} of {writer!r} cannot be counted, so it is not taken")
            return
        writer = plain(writer)  # as the ledger, which is asked what it has of it, names it
        self._gaps.hear((kind, writer))
        if self._waiting.full:
            self._drop(
                f"{MOST_WAITING} records wait for the disk; a {kind} was not taken and must be sent again"
            )
            return
        plan_id, channel = subject_of(body)
        policy = self._policies.of(kind, channel or "", body)
        self._waiting.add(Record(kind, writer, number, t, plan_id, channel, body, policy))
        if self._waiting.due:
            self._commit()

    def _drop(self, why: str) -> None:
        self._dropped += 1
        self.get_logger().error(why, throttle_duration_sec=1.0)

    def _turn(self) -> None:
        now = time.monotonic()
        if self._clips is not None:
            self._clips.turn()
        self._commit()
        if now >= self._ack_at:
            self._ack_at = now + REPEAT_ACK_S
            self._settle_gaps(now)
            self._acknowledge(self._writers)

    def _commit(self, *, at_once: bool = False) -> None:
        """Write what waits; where the disk refuses, it is tried again later."""
        outcome = self._waiting.commit(time.monotonic(), at_once=at_once)
        if outcome.refused:
            self.get_logger().error(f"not recorded: {outcome.refused}", throttle_duration_sec=5.0)
        if outcome.left_out:
            self._dropped += len(outcome.left_out)
            self.get_logger().error(self._waiting.left_out, throttle_duration_sec=1.0)
        done = (*outcome.written, *outcome.left_out)
        known = {record.writer: record.kind for record in done if record.kind not in OWN}
        for writer in known.keys() - self._writers.keys():
            self.get_logger().info(f"recorder hears {known[writer]}s of {writer}")
        self._writers.update(known)
        if outcome.written:
            self._acknowledge(known)
            self._publish_head()

    def _settle_gaps(self, now: float) -> None:
        """Write down as lost what has been missing for long while its writer went on."""
        missing = {writer: gaps for writer, gaps in self._ledger.missing().items() if writer[0] not in OWN}
        for (kind, writer), (first, last) in self._gaps.given_up(missing, now):
            cause = f"not sent again within {LOST_AFTER_S:g} s"
            stamp = self.get_clock().now().nanoseconds * 1e-9
            self._waiting.add(lost(kind, writer, first, last, cause, stamp))
            self.get_logger().error(f"{kind} {first} to {last} of {writer} never came")

    def _acknowledge(self, writers: dict[str, str]) -> None:
        stamp = self.get_clock().now().to_msg()
        for writer, kind in writers.items():
            up_to = self._ledger.next_expected(kind, writer)
            self._ack.publish(Ack(stamp=stamp, writer=writer, up_to=up_to, ledger_id=self._ledger.ledger_id))

    def _publish_head(self) -> None:
        records, head = self._ledger.head()
        stamp = self.get_clock().now().to_msg()
        self._head.publish(
            LedgerHead(stamp=stamp, ledger_id=self._ledger.ledger_id, records=records, head=head)
        )

    def _maintain(self) -> None:
        """Now and then: seal, retire, and let the newest anchor leave the machine."""
        now = time.monotonic()
        if (anchor := self._ledger.anchor) is not None:
            self._hook.offer(anchor.line(), now)
        held = self._wall.held(wall := time.time(), now)
        if self._waiting.fault:
            return
        self._take_notes()
        if now < self._keep_at:
            return
        self._keep_at = now + KEEP_EVERY_S
        try:
            for done in maintain(self._ledger, self._keeping, wall, held=held):
                self.get_logger().info(done)
        except (LedgerError, OSError) as error:
            self._waiting.fault = str(error)

    def _take_notes(self) -> None:
        """What readers of the ledger have left beside it."""
        try:
            for refused in note_drop.take(self._ledger, self._key):
                self.get_logger().error(refused)
        except LedgerError as error:
            self._waiting.fault = str(error)

    def _minor_fault(self) -> str:
        """What was left out of the record, or goes wrong beside it."""
        beside = self._hook.fault or (self._clips.fault if self._clips is not None else "")
        return self._waiting.left_out or beside

    def _report(self) -> None:
        if self._clips is not None:
            self._clips.look()
        self._maintain()
        missing = sum(last - first + 1 for gaps in self._ledger.missing().values() for first, last in gaps)
        level = DiagnosticStatus.WARN if missing or self._minor_fault() else DiagnosticStatus.OK
        status = DiagnosticStatus(
            name=row_name(self, "ledger"),
            hardware_id=self._robot,
            message=self._waiting.fault or self._minor_fault() or "writing",
            level=DiagnosticStatus.ERROR if self._waiting.fault else level,
        )
        counts = {
            "records": self._ledger.head()[0],
            "waiting": len(self._waiting),
            "missing": missing,
            "duplicates": self._ledger.duplicates,
            "conflicts": self._ledger.conflicts,
            "dropped": self._dropped,
        }
        status.values = [KeyValue(key=name, value=str(count)) for name, count in counts.items()]
        message = DiagnosticArray(status=[status])
        message.header.stamp = self.get_clock().now().to_msg()
        self._diagnostics.publish(message)


def main() -> None:
    """Run the recorder."""
    raise SystemExit(
        run("recorder", Recorder, survive=Recorder.survive, finish=Recorder.finish, finish_s=2 * OTHERS_S)
    )


if __name__ == "__main__":
    main()
