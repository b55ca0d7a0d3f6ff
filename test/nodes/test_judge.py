"""Recorder, witness and governor die at any moments and come back: every count adds up, each command counts once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.ledger import Ledger, Reader, Record, reconcile
from iatro_governor.nodes.judge import Judge
from iatro_governor.nodes.second_hearing import SecondHearing
from iatro_governor.review.backlog import statement_of
from iatro_governor.testimony.records import MarkRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness
from test.testimony.events import Governor, said, twist

KEY = bytes(32)
STEP_S = 0.05
AGAIN_S = 1.0
"""What has no receipt is sent again after this, s."""
AT_ONCE = 25
ORDER = {"decision": 0, "mark": 1, "statement": 2, "verdict": 3}
EVERYBODY = ("recorder", "governor", "witness")
VICTIMS = (
    *(("witness",), ("governor",), ("recorder",), ("receipts",)),
    *(("recorder", "witness"), ("receipts", "witness"), EVERYBODY),
)
Message = tuple[str, str, int, dict[str, Any]]
"""Kind, writer, number, body."""


class Sender:
    """What one writer has sent and has no receipt for."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[float, Message]] = {}

    def send(self, t: float, message: Message) -> Message:
        self.kept[message[2]] = (t, message)
        return message

    def receipt(self, up_to: int) -> None:
        self.kept = {number: kept for number, kept in self.kept.items() if number >= up_to}

    def again(self, t: float) -> list[Message]:
        old = [number for number, (sent, _) in sorted(self.kept.items()) if t - sent >= AGAIN_S][:AT_ONCE]
        return [self.send(t, self.kept[number][1]) for number in old]


class Chain:
    """A planner, a governor, a recorder and a witness, without their nodes; what is said is heard a step later."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.random = path, Random(seed)
        self.t = 100.0
        self.down: dict[str, float] = {}
        """When whoever is away comes back."""
        self.decided, self.ring = Governor(), Sender()
        self.planner, self.said, self.marks = Sender(), 0, 0
        self.plan = ""
        self.named = False
        self.speaking = self.deciding = True
        self.air: list[Message] = []
        self.ledger: Ledger | None = self.opened()
        self.waiting: list[Message] = []
        self.judge: Judge | None = None
        self.verdicts, self.witnesses, self.told = Sender(), 0, Counter[str]()
        self.come_back("witness")

    def opened(self) -> Ledger:
        return Ledger.open(self.path, key=KEY, context="field", software_version="0")

    def kill(self, victims: tuple[str, ...], away_s: float) -> None:
        for name in victims:
            self.down[name] = self.t + self.random.uniform(0.1, 1.0) * away_s
        if "recorder" in victims and self.ledger is not None:
            self.ledger.close()
            self.marks -= sum(one[0] == "mark" for one in self.waiting)
            self.ledger, self.waiting = None, []
        if "witness" in victims:
            self.judge, self.verdicts = None, Sender()

    def come_back(self, name: str) -> None:
        self.down.pop(name, None)
        if name == "recorder":
            self.ledger = self.opened()
        elif name == "witness":
            self.witnesses += 1
            self.judge = Judge(SecondHearing(self.path), Witness, self.t)
            self.tell(self.judge.hear_again(lambda: self.t, []))

    def step(self) -> None:
        self.t = round(self.t + STEP_S, 6)
        for name in [name for name, until in self.down.items() if until <= self.t]:
            self.come_back(name)
        heard, self.air = self.air, []
        for message in heard:
            self.hear(*message)
        self.talk()
        self.govern()
        self.record()
        self.bear_witness()

    def hear(self, kind: str, writer: str, number: int, body: dict[str, Any]) -> None:
        if self.ledger is not None:
            if kind == "mark":
                writer, number, self.marks = "recorder", self.marks, self.marks + 1
            self.waiting.append((kind, writer, number, body))
        if self.judge is None:
            return
        if kind == "statement":
            self.judge.witness.statement(statement_of(body))
        elif kind == "mark":
            self.judge.witness.mark(MarkRecord(body["t"], body["channel"], body["plan_id"] or ""))
        elif kind == "decision":
            self.judge.witness.decision(body)

    def talk(self) -> None:
        self.air += self.planner.again(self.t)
        if not self.speaking or self.random.random() > 0.1:
            return
        plan = f"plan-{self.said}"
        body = {
            "t": self.t, "seq": self.said, "planner_run": "run", "plan_id": plan, "channels": ["base"],
            "instruction": "Drive on.", "text": "On my way.", "reasoning": "", "actions": None, "final": False,
            "planner": {"model_id": "m"},
        }  # fmt: skip
        self.air.append(self.planner.send(self.t, ("statement", "run", self.said, body)))
        self.said += 1
        what = self.random.random()
        self.named = what < 0.2
        if what < 0.5:
            self.plan = plan
            self.air.append(("mark", "", 0, {"t": self.t, "channel": "base", "plan_id": plan}))

    def govern(self) -> None:
        if "governor" in self.down:
            return
        for _ in range(2 if self.deciding else 0):
            command = self.random.random() < 0.4
            more = {"trigger": "command" if command else "tick", "plan_id": self.plan if self.named else None}
            body = self.decided.decide(self.t, 0.3, measured=twist(0.3), **more)
            message = self.ring.send(self.t, ("decision", body["writer"], body["seq"], body))
            if self.random.random() < 0.99:  # else it died in between: the ring has it, and nobody heard it
                self.air.append(message)
        self.air += self.ring.again(self.t)

    def record(self) -> None:
        if self.ledger is None:
            return
        if self.waiting and self.random.random() < 0.5:
            batch = sorted(self.waiting, key=lambda one: (ORDER[one[0]], one[1], one[2]))
            self.ledger.append([self.stored(*one) for one in batch])
            self.waiting = []
        if "receipts" in self.down:
            return
        if "governor" not in self.down:
            self.ring.receipt(self.ledger.next_expected("decision", self.decided.writer))
        self.planner.receipt(self.ledger.next_expected("statement", "run"))
        self.verdicts.receipt(self.ledger.next_expected("verdict", self.writer))

    def stored(self, kind: str, writer: str, number: int, body: dict[str, Any]) -> Record:
        return Record(kind, writer, number, body["t"], body.get("plan_id") or None, "base", body)

    @property
    def writer(self) -> str:
        return f"witness-{self.witnesses}"

    def bear_witness(self) -> None:
        if self.judge is None:
            return
        if self.random.random() < 0.1 and self.judge.missed(self.t):
            self.hear_again()
        self.tell(self.judge.advance(self.t, self.t))
        self.air += self.verdicts.again(self.t)

    def hear_again(self) -> None:
        assert self.judge is not None
        sending = [message[3] for _, message in self.verdicts.kept.values()]
        self.tell(self.judge.hear_again(lambda: self.t, sending))

    def tell(self, records: list[VerdictRecord]) -> None:
        for one in records:
            number = self.told[self.writer]
            self.told[self.writer] += 1
            body = {**one.to_json(), "seq": number, "writer": self.writer}
            self.air.append(self.verdicts.send(self.t, ("verdict", self.writer, number, body)))

    def settle(self) -> None:
        """Everybody is there, nothing new is asked for, and what waits gets its receipt."""
        self.speaking = self.deciding = False
        for _ in range(round(12.0 / STEP_S)):
            self.step()
        assert self.judge is not None and self.ledger is not None
        assert not self.planner.kept and not self.ring.kept and not self.judge.missed(self.t)
        self.tell(self.judge.close(self.t))
        for _ in range(round(4.0 / STEP_S)):
            self.step()
        assert not self.verdicts.kept
        self.ledger.close()


def under(path: Path) -> tuple[set[int], Counter[int]]:
    """Every command, and under how many records it is."""
    with Reader(path) as reader:
        commands = {one.number for one in reader.records("decision") if one.body["trigger"] == "command"}
        counts: Counter[int] = Counter()
        for record in reader.records("verdict"):
            for conduct in record.body["evidence"]["channels"].values():
                for first, last in conduct["numbers"].get("ring", ()):
                    counts.update(commands & set(range(first, last + 1)))
    return commands, counts


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1_000_000))
def test_whoever_dies_whenever_each_command_is_under_one_record(seed: int, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("chain") / "ledger.db"
    chain = Chain(path, seed)
    for _ in range(6):
        for _ in range(chain.random.randint(4, 50)):
            chain.step()
        victims = chain.random.choice(VICTIMS)
        chain.kill(victims, 4.0)
    while chain.down:
        chain.step()
    chain.settle()
    commands, counts = under(path)
    assert {number: counts[number] for number in commands if counts[number] != 1} == {}
    accounts = reconcile(path)
    assert accounts["sound"], accounts["problems"]
    assert accounts["statements"] == chain.said and accounts["commands"] == len(commands) > 20


def alone() -> Judge:
    """A judge without a ledger, that has heard a statement at 1000 s of the clock of its records."""
    judge = Judge(SecondHearing(None), Witness, 0.0)
    judge.witness.statement(said(1000.0, 0, "On my way."))
    assert judge.advance(0.0, 1000.5) == []
    return judge


def test_a_simulation_that_is_started_again_waits_for_no_time_that_was() -> None:
    judge = alone()
    assert judge.advance(0.05, 3.0) == [], "something may still be on its way"
    judge.witness.statement(said(3.1, 1, "On I go."))
    (first,) = judge.advance(0.6, 3.5)
    assert judge.advance(0.65, 3.6) == []
    (second,) = judge.advance(0.7, 8.0)
    assert [one.record_id for one in (first, second)] == ["statement:run:0", "statement:run:1"]
    assert judge.witness.accounting()["verdict_records"] == 2


def test_a_clock_that_was_not_heard_yet_was_set_by_a_little_or_leapt_once_ends_nothing() -> None:
    judge = alone()
    for now, t in ((0.05, 0.0), (0.1, 950.0), (0.15, 3.0), (0.2, 1001.0), (0.7, 3.0)):
        assert judge.advance(now, t) == []
    assert len(judge.advance(0.75, 1004.0)) == 1


def test_a_witness_that_reads_of_another_clock_in_the_ledger_goes_on_by_its_own(tmp_path: Path) -> None:
    """It was started together with the simulation; in the ledger there is the one before."""
    path = tmp_path / "ledger.db"
    body = {
        "t": 1000.0, "seq": 0, "planner_run": "run", "plan_id": "plan-0", "channels": ["base"],
        "instruction": "Drive on.", "text": "On my way.", "reasoning": "", "actions": None, "final": False,
        "planner": {"model_id": "m"},
    }  # fmt: skip
    with Ledger.open(path, key=KEY, context="simulation", software_version="0") as ledger:
        governor = Governor()
        told = [Record("statement", "run", 0, 1000.0, "plan-0", "base", body)]
        decided = [governor.decide(1000.0 + step * 0.1, 0.3) for step in range(1, 60)]
        told += [
            Record("decision", one["writer"], one["seq"], one["t"], None, "base", one) for one in decided
        ]
        ledger.append(told)
    judge = Judge(SecondHearing(path), Witness, 0.0)
    made_up = judge.hear_again(lambda: 0.0, [])
    found = made_up + judge.advance(0.1, 0.0)
    for step in range(1, 70):
        found += judge.advance(0.1 + step * 0.1, 1.0 + step * 0.1)
    assert [one.record_id for one in found] == ["statement:run:0"]
    judge.witness.statement(said(8.0, 1, "On I go."))
    found = [one for step in range(50) for one in judge.advance(7.1 + step * 0.1, 8.0 + step * 0.1)]
    assert [one.record_id for one in found] == ["statement:run:1"]


def test_a_ledger_whose_folder_cannot_be_looked_into_is_out_of_reach(tmp_path: Path) -> None:
    """Its name is longer than any may be."""
    ledger = SecondHearing(tmp_path / ("n" * 300))
    assert not ledger.within_reach and not ledger.missed(lambda *_: False, 0.0) and ledger.hear([]) is None
