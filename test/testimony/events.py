"""Statements and decisions, made up for the tests of the witness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iatro_governor.testimony.records import StatementRecord, VerdictRecord
from iatro_governor.testimony.witness import Witness

CAP = {
    "name": "cap",
    "kind": "speed",
    "unit": "m/s",
    "requested": 1.0,
    "allowed": 0.4,
    "margin": 0.0,
    "source": "test",
}
RAMP = {
    "name": "ramp",
    "kind": "acceleration",
    "unit": "m/s^2",
    "requested": 9.0,
    "allowed": 1.0,
    "margin": 0.0,
    "source": "test",
}
RATE = 0.05


def twist(speed: float, turn: float = 0.0) -> list[float]:
    return [speed, 0.0, 0.0, 0.0, 0.0, turn]


def said(t: float, seq: int, text: str, **more: Any) -> StatementRecord:
    return StatementRecord(
        t=t,
        seq=seq,
        planner_run=more.pop("run", "run"),
        plan_id=more.pop("plan_id", f"plan-{seq}"),
        channels=more.pop("channels", ("base",)),
        text=text,
        planner_model=more.pop("model", "model-a"),
        **more,
    )


@dataclass
class Governor:
    """Numbers decisions without gaps, as a governor does."""

    writer: str = "ring"
    seq: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def decide(self, t: float, speed: float = 0.0, **more: Any) -> dict[str, Any]:
        requested = more.pop("requested", twist(speed, more.pop("turn", 0.0)))
        allowed = more.pop("allowed", requested)
        body = {
            "t": t,
            "seq": self.seq,
            "writer": self.writer,
            "channel": "base",
            "trigger": "command",
            "state": "NOMINAL",
            "latch": None,
            "action": "pass",
            "requested": requested,
            "allowed": allowed,
            "measured": allowed,
            "plan_id": None,
            "limits": [],
            "faults": [],
            "config_hash": "0" * 64,
        } | more
        self.seq += 1
        self.bodies.append(body)
        return body

    def drive(self, t: float, seconds: float, speed: float, **more: Any) -> None:
        for step in range(round(seconds / RATE)):
            self.decide(t + step * RATE, speed, **dict(more))


def judged(
    statements: list[StatementRecord], governor: Governor, end: float = 100.0, witness: Witness | None = None
) -> list[VerdictRecord]:
    witness = witness or Witness()
    for one in statements:
        witness.statement(one)
    for body in governor.bodies:
        witness.decision(body)
    return witness.advance(end) + witness.close(end)


def verdicts(records: list[VerdictRecord]) -> list[str]:
    return [record.verdict for record in records]


def channel(record: VerdictRecord) -> dict[str, Any]:
    """The evidence of a record's only channel."""
    (conduct,) = record.detail["evidence"]["channels"].values()
    return dict(conduct)


def floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from floats(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from floats(inner)
