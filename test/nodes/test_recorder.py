"""The recorder as a real process: what it acknowledged is there, whatever happens to it."""

from __future__ import annotations

import hashlib
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Reader, reconcile, verify
from iatro_governor.ledger.keys import key_beside, read_key

pytestmark = pytest.mark.ros


def decision(seq: int, writer: str = "ring-1") -> dict[str, Any]:
    return {
        "t": 1000.0 + seq / 1000, "seq": seq, "channel": "base", "state": "NOMINAL", "latch": None, "action": "pass",
        "requested": [0.5, 0.0, 0.0, 0.0, 0.0, 0.0], "allowed": [0.5, 0.0, 0.0, 0.0, 0.0, 0.0], "plan_id": "p-1",
        "limits": [], "faults": [], "config_hash": "h", "trigger": "command", "measured": None, "stamp": None,
        "writer": writer, "software_version": "0", "clock_source": "monotonic",
    }  # fmt: skip


def statement(seq: int, text: str = "I drive.") -> dict[str, Any]:
    return {
        "t": 1000.0, "seq": seq, "planner_run": "run-1", "plan_id": "p-1", "channels": ["base"],
        "instruction": "Drive.", "text": text, "reasoning": "", "actions": ["drive()"], "final": False,
        "planner": {"model_id": "m", "digest": "sha256:0"},
    }  # fmt: skip


class Peers:
    """Everybody around a recorder: sends records of every kind, and hears what it says."""

    def __init__(self, node: Any) -> None:
        from diagnostic_msgs.msg import DiagnosticArray
        from iatro_governor.msg import (
            Ack,
            Disagreement,
            GovernorDecision,
            LedgerHead,
            PlanMark,
            PlannerStatement,
        )

        from iatro_governor.nodes import convert, qos

        self._node, self.convert = node, convert
        self.acks: dict[str, int] = {}
        self.heads: list[Any] = []
        self.levels: list[bytes] = []
        self.dropped = 0
        made = [
            node.create_publisher(kind, topic, qos.RECORD)
            for kind, topic in (
                (GovernorDecision, "governor/decision"),
                (PlannerStatement, "planner/statement"),
                (PlanMark, "planner/mark"),
                (Disagreement, "witness/disagreement"),
            )
        ]
        self.decisions, self.statements, self.marks, self.verdicts = made
        node.create_subscription(Ack, "recorder/ack", self._acknowledged, qos.EVENT)
        node.create_subscription(LedgerHead, "recorder/head", self.heads.append, qos.STATE)
        node.create_subscription(DiagnosticArray, "/diagnostics", self._diagnosed, qos.DIAGNOSTICS)

    def _acknowledged(self, ack: Any) -> None:
        self.acks[ack.writer] = ack.up_to

    def _diagnosed(self, message: Any) -> None:
        for status in message.status:
            if status.name == "recorder: ledger":
                self.levels.append(status.level)
                self.dropped = int({pair.key: pair.value for pair in status.values}["dropped"])

    @property
    def matched(self) -> bool:
        """Whether the recorder hears every topic."""
        every = (self.decisions, self.statements, self.marks, self.verdicts)
        return all(one.get_subscription_count() > 0 for one in every)

    def leave(self) -> None:
        """Say nothing more: an ending recorder waits for whoever might."""
        for publisher in (self.decisions, self.verdicts):
            self._node.destroy_publisher(publisher)

    def decide(self, first: int, end: int, writer: str = "ring-1") -> None:
        """Send decisions ``first <= n < end``."""
        for seq in range(first, end):
            self.decisions.publish(self.convert.decision_message(decision(seq, writer)))

    def say(self, seq: int, text: str = "I drive.") -> None:
        """Send one statement."""
        self.statements.publish(self.convert.statement_message(statement(seq, text)))

    def judge(self, seq: int, detail: str) -> None:
        """Send one verdict."""
        body = {
            "t": 1001.0, "seq": seq, "writer": "witness-1", "record_id": "r", "plan_id": "p-1", "channel": "base",
            "planner_model": "m", "verdict": "AGREES", "all_verdicts": ["AGREES"], "severity": 0, "labels": [],
            "scores": [], "evidence": "measured", "detail": detail,
        }  # fmt: skip
        self.verdicts.publish(self.convert.disagreement_message(body))


@pytest.fixture
def peers(node_here: Callable[[str], Any]) -> Peers:
    return Peers(node_here("peers"))


@pytest.fixture
def recorder(
    node_process: Callable[..., Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> Callable[[], Any]:
    """``recorder(...)`` starts one on the test's ledger, and waits until everybody hears everybody."""

    def starter(**parameters: object) -> Any:
        process = node_process("recorder", ledger=tmp_path / "ledger.yaml", **parameters)
        process.wait_for("recorder ready")
        wait_until(lambda: peers.matched, 15.0, "the recorder hears all")
        return process

    return starter


def bodies(path: Path, kind: str) -> list[dict[str, Any]]:
    with Reader(path) as reader:
        return [record.body for record in reader.records(kind)]


def test_killed_under_load_it_loses_nothing_that_it_acknowledged(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    ledger, total, stop = tmp_path / "ledger.db", 1500, threading.Event()
    process = recorder()

    def load() -> None:
        """As the governor does: everything in order, and again from the oldest number without a receipt."""
        sent = 0
        while not stop.wait(0.02):
            acknowledged = peers.acks.get("ring-1", 0)
            peers.decide(sent, min(sent + 20, total))
            sent = min(sent + 20, total)
            peers.decide(acknowledged, min(acknowledged + 100, sent))

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    wait_until(lambda: peers.acks.get("ring-1", 0) > 400, 20.0, "the first receipts")
    process.send(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    promised = peers.acks["ring-1"]
    with Reader(ledger) as reader:
        kept = {record.number for record in reader.records("decision")}
    assert set(range(promised)) <= kept, "a receipt was given for what is not on the disk"
    second = recorder()
    wait_until(lambda: peers.acks["ring-1"] == total, 90.0, "a receipt for everything")
    stop.set()
    thread.join()
    peers.leave()
    second.send(signal.SIGTERM)
    assert second.wait() == 0, second.output
    result = verify(ledger, read_key(key_beside(ledger)))
    assert result.sound and result.closed, result.problem
    assert [body["seq"] for body in sorted(bodies(ledger, "decision"), key=lambda b: b["seq"])] == list(
        range(total)
    )
    assert reconcile(ledger)["lost"] == 0 and len(bodies(ledger, "open")) == 2


def test_each_kind_is_stored_as_it_was_sent_and_receipted(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    process, ledger = recorder(), tmp_path / "ledger.db"
    peers.decide(0, 3)
    peers.say(0)
    peers.say(1, "x" * 150_000)
    peers.marks.publish(peers.convert.mark_message({"t": 1000.0, "channel": "base", "plan_id": "p-1"}))
    peers.judge(0, json.dumps({"kind": "statement", "verdict": "PARTIAL", "plan_id": "p-1"}))
    peers.judge(1, "no JSON at all")
    done = {"ring-1": 3, "run-1": 2, "witness-1": 2}
    wait_until(lambda: peers.acks == done, 10.0, "receipts")
    wait_until(lambda: peers.heads and peers.heads[-1].records >= 8, 10.0, "the head")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0
    assert bodies(ledger, "decision") == [decision(seq) for seq in range(3)]
    whole, cut = bodies(ledger, "statement")
    assert whole["text"] == "I drive." and whole["planner"]["digest"] == "sha256:0" and "cut" not in whole
    assert 99_000 < len(cut["text"]) < 100_000 and cut["cut"]["text"] == 150_000
    assert [body["plan_id"] for body in bodies(ledger, "mark")] == ["p-1"]
    good, odd = bodies(ledger, "verdict")
    assert good["verdict"] == "PARTIAL" and good["writer"] == "witness-1"
    assert odd["verdict"] == "AGREES" and odd["detail"] == "no JSON at all"


def test_a_number_counts_once_and_its_forgery_is_kept_as_one(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    process, ledger = recorder(), tmp_path / "ledger.db"
    peers.say(0)
    peers.say(0)
    peers.say(0, "I never said that.")
    peers.say(1)
    wait_until(lambda: peers.acks.get("run-1") == 2, 10.0, "receipts")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0
    assert [body["text"] for body in bodies(ledger, "statement")] == ["I drive."] * 2
    assert len(bodies(ledger, "conflict")) == 1 and not reconcile(ledger)["sound"]


def test_what_never_comes_is_written_down_as_lost_and_holds_nobody_up(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    process, ledger = recorder(), tmp_path / "ledger.db"
    peers.decide(0, 5)
    peers.decide(8, 10)
    wait_until(lambda: peers.acks.get("ring-1") == 5, 10.0, "the receipt before the gap")
    wait_until(lambda: b"\x01" in peers.levels, 10.0, "a warning of the gap")

    def settled() -> bool:
        peers.decide(8, 10)  # a writer sends again what it still has
        time.sleep(0.5)
        return bool(peers.acks["ring-1"] == 10)

    wait_until(settled, 20.0, "the receipt after the gap was settled")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0
    (gap,) = bodies(ledger, "lost")
    assert (gap["first"], gap["last"]) == (5, 7)
    assert reconcile(ledger)["missing"] == {"decision/ring-1": [[5, 7]]} and reconcile(ledger)["lost"] == 3


def test_messages_that_make_no_sense_keep_nobody_out(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    process, ledger = recorder(), tmp_path / "ledger.db"
    peers.statements.publish(b"\x00\x01\x00\x00" + b"\xff" * 40)
    process.wait_for("no PlannerStatement were not taken")
    odd = peers.convert.decision_message(decision(0))
    odd.state = 200
    peers.decisions.publish(odd)
    peers.decide(0, 1, writer="")
    peers.judge(0, "[" * 100_000)
    peers.judge(1, '{"a":' * 960 + "1" + "}" * 960)
    peers.judge(2, '{"value": NaN}')
    far = peers.convert.statement_message(statement(2**63))
    peers.statements.publish(far)
    peers.decide(0, 2)
    wait_until(lambda: (peers.acks.get("ring-1"), peers.acks.get("witness-1")) == (2, 3), 10.0, "receipts")
    wait_until(lambda: peers.dropped == 4, 10.0, "four that are not taken")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0, process.output
    assert len(bodies(ledger, "decision")) == 2 and bodies(ledger, "statement") == []
    assert [body.get("value") for body in bodies(ledger, "verdict")] == [None, None, "NaN"]


def test_a_verdict_that_is_about_nothing_with_a_name_is_recorded_and_holds_nobody_up(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """The wrong answer: its record can never be written, and with it none that comes at the same time or after."""
    process, ledger = recorder(), tmp_path / "ledger.db"
    odd = (
        {"plan_id": 5},
        {"channel": {"a": 1}},
        {"channel": ["base"]},
        {"channels": 5},
        {"plan_id": "\ud800\0"},
    )
    for seq, detail in enumerate(odd):
        peers.judge(seq, json.dumps(detail))
    peers.decide(0, 3)
    done = {"ring-1": 3, "witness-1": len(odd)}
    wait_until(lambda: peers.acks == done, 10.0, "receipts")
    wait_until(lambda: peers.levels and peers.levels[-1] == b"\x00", 10.0, "all is well")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0 and "Traceback" not in process.output, process.output
    with Reader(ledger) as reader:
        assert [one.plan_id for one in reader.records("verdict")] == [None] * 4 + ["\\ud800\\x00"]
        assert all(one.channel is None for one in reader.records("verdict"))
    assert len(bodies(ledger, "decision")) == 3 and reconcile(ledger)["lost"] == 0


def test_a_simulation_whose_clock_stands_or_makes_no_sense_is_recorded(
    recorder: Callable[..., Any], peers: Peers, tmp_path: Path, node_here: Callable[[str], Any],
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    from rosgraph_msgs.msg import Clock

    process = recorder(use_sim_time=True)
    peers.decide(0, 5)
    wait_until(lambda: peers.acks.get("ring-1") == 5, 10.0, "a receipt without any clock")
    clock = node_here("clock").create_publisher(Clock, "/clock", 10)
    wait_until(lambda: clock.get_subscription_count() > 0, 10.0, "the recorder reads the clock")
    message = Clock()
    message.clock.sec = -5

    def told() -> bool:
        clock.publish(message)  # best effort: its reader may not know of it yet when it knows of its reader
        return "must not be negative" in process.output

    wait_until(told, 20.0, "what is wrong with the clock")
    peers.decide(5, 9)
    wait_until(lambda: peers.acks["ring-1"] == 9, 10.0, "a receipt after a clock before all time")
    peers.leave()
    process.send(signal.SIGTERM)
    assert process.wait() == 0, process.output
    assert len(bodies(tmp_path / "ledger.db", "decision")) == 9


def test_a_full_disk_is_told_and_nothing_is_promised(
    peers: Peers, start: Callable[..., Any], tmp_path: Path, wait_until: Callable[..., None], domain: int
) -> None:
    command = f"ulimit -f 600; exec {sys.executable} -m iatro_governor.nodes.recorder --ros-args"
    process = start("sh", "-c", f"{command} -p ledger:={tmp_path}/ledger.yaml")
    process.wait_for("recorder ready")
    wait_until(lambda: peers.matched, 15.0, "the recorder hears all")
    for first in range(0, 3000, 100):
        peers.decide(first, first + 100)
        if b"\x02" in peers.levels:
            break
        wait_until(
            lambda end=first: peers.acks.get("ring-1", 0) > end or b"\x02" in peers.levels, 10.0, "either"
        )
    wait_until(lambda: b"\x02" in peers.levels, 10.0, "an error on /diagnostics")
    promised = peers.acks["ring-1"]
    assert process.code is None and "not recorded" in process.output and promised < 3000
    peers.leave()
    process.send(signal.SIGTERM)
    # Whether its last, short record still fits is the disk's affair; either way it ends, and without a traceback.
    assert process.wait() == ("the ledger was not closed" in process.output)
    assert "Traceback" not in process.output
    with Reader(tmp_path / "ledger.db") as reader:
        assert {record.number for record in reader.records("decision")} >= set(range(promised))


def test_a_second_recorder_is_refused_by_name(
    recorder: Callable[[], Any], peers: Peers, node_process: Callable[..., Any], tmp_path: Path
) -> None:
    first = recorder()
    peers.leave()
    second = node_process("recorder", ledger=tmp_path / "ledger.yaml")
    assert second.wait(20.0) == 2
    assert f"another writer (process {first.pid})" in second.output and "Traceback" not in second.output


def test_settings_that_cannot_be_used_end_it_with_a_message(
    node_process: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "ledger.yaml").write_text("context: lab\n")
    process = node_process("recorder", ledger=tmp_path / "ledger.yaml")
    assert process.wait(20.0) == 2
    assert "context" in process.output and "'lab'" in process.output and "Traceback" not in process.output


def test_a_stop_leaves_a_clip_that_the_ledger_knows(
    recorder: Callable[[], Any], peers: Peers, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """Also one that the recorder's end cuts short, while everybody is still there."""
    from mcap.reader import make_reader
    from mcap_ros2.decoder import DecoderFactory

    process = recorder()
    for seq, state in enumerate(("NOMINAL", "NOMINAL", "PROTECTIVE_STOP")):
        body = {**decision(seq), "state": state}
        peers.decisions.publish(peers.convert.decision_message(body))
    wait_until(lambda: peers.acks.get("ring-1", 0) == 3, 20.0, "three receipts")
    process.send(signal.SIGTERM)
    assert process.wait(60.0) == 0, process.output
    (clip,) = bodies(tmp_path / "ledger.db", "clip")
    assert clip["causes"] == ["PROTECTIVE_STOP of base"]
    file = tmp_path / clip["file"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == clip["sha256"]
    assert clip["bytes"] == file.stat().st_size
    with file.open("rb") as content:
        reader = make_reader(content, decoder_factories=[DecoderFactory()])
        found = [
            message.seq
            for _, channel, _, message in reader.iter_decoded_messages()
            if "decision" in channel.topic
        ]
    assert found == [0, 1, 2]
    assert reconcile(tmp_path / "ledger.db")["lost"] == 0
