"""All five nodes of a robot as processes over real DDS, and one ear on what they say."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import reconcile, verify
from iatro_governor.ledger.keys import key_beside, read_key

ROOT = Path(__file__).resolve().parents[2]

LONG = """
version: 1
name: long
world:
  name: field
  walls: [{{name: far, centre: [0.0, 40.0], size: [2.0, 0.2]}}]
plans:
  - plan_id: away
    title: Away
    say: I drive on.
    do: ["drive()"]
    benign: true
    motion: [{{commands: [{{at: 0.0, for: {seconds}, values: [0.3, 0, 0, 0, 0, 0.1]}}]}}]
    gap_s: 0.1
"""


class Robot:
    """The five processes, and one ear on what the governor makes of it."""

    def __init__(self, node: Any, start: Callable[..., Any], wait: Callable[..., None], folder: Path) -> None:
        """``node`` hears; ``start`` starts one of our nodes; ``wait`` waits for a condition."""
        from geometry_msgs.msg import TwistStamped
        from iatro_governor.msg import Ack, GovernorDecision

        from iatro_governor.nodes import convert, qos

        self._start, self._wait, self._folder, self._node = start, wait, folder, node
        self._body = convert.decision_body_of
        self.processes: dict[str, Any] = {}
        self.decisions: list[dict[str, Any]] = []
        self.outputs: list[Any] = []
        self.numbers: list[int] = []
        """Of each output, which one of its publisher's it is: an ear that is busy misses some."""
        self.acks: list[Any] = []
        take = self.decisions.append
        node.create_subscription(
            GovernorDecision, "governor/decision", lambda m: take(self._body(m)), qos.RECORD
        )
        node.create_subscription(TwistStamped, "cmd_vel", self._output, qos.OUTPUT_IN)
        node.create_subscription(Ack, "recorder/ack", self.acks.append, qos.EVENT)

    def _output(self, message: Any, info: Mapping[str, int]) -> None:
        self.outputs.append(message)
        self.numbers.append(info["publication_sequence_number"])

    def start(self, name: str) -> Any:
        """Start one process."""
        scenario = self._folder / "long.yaml"
        given: dict[str, Any] = {
            "plant": {"scenario": scenario, "truth": self._folder / "truth.json"},
            "planner_replay": {"scenario": scenario, "listeners": 2},
        }
        common = {"config": ROOT / "config/amr.yaml", "ledger": self._folder / "ledger.yaml"}
        self.processes[name] = self._start(name, **given.get(name, common))
        return self.processes[name]

    def drive(self, seconds: float = 60.0, patience: float = 25.0) -> None:
        """Start all, with a plan of so many ``seconds``, and wait until the robot moves."""
        (self._folder / "long.yaml").write_text(LONG.format(seconds=seconds))
        for name in ("recorder", "governor", "witness", "plant"):
            self.start(name)
        for name, said in (("recorder", "hears"), ("witness", "hears"), ("plant", "ready")):
            self.processes[name].wait_for(said, patience)
        self.start("planner_replay")
        self.until(lambda: self.measured > 0.25, "motion", patience)

    def until(self, condition: Callable[[], object], what: str, timeout: float = 15.0) -> None:
        """Wait for ``condition``."""
        try:
            self._wait(condition, timeout, what)
        except pytest.fail.Exception:
            said = "\n".join(f"--- {name} {one.code}\n{one.output}" for name, one in self.processes.items())
            pytest.fail(f"{what}: not within {timeout:g} s; last decision {self.decisions[-1:]}\n{said}")

    def kill(self, name: str) -> None:
        """End one by force, in the middle of whatever it does."""
        process = self.processes[name]
        process.send(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL

    def now(self) -> float:
        """Node clock, s."""
        return float(self._node.get_clock().now().nanoseconds * 1e-9)

    @property
    def measured(self) -> float:
        """Measured speed in the latest decision, m/s; 0 where there is none."""
        measured = self.decisions[-1]["measured"] if self.decisions else None
        return measured[0] if measured else 0.0

    @property
    def faults(self) -> dict[str, str]:
        """Faults of the latest decision: name and detail."""
        return {one["name"]: one["detail"] for one in self.decisions[-1]["faults"]} if self.decisions else {}

    @property
    def stopped(self) -> bool:
        """Whether exact zeros are commanded."""
        return bool(self.decisions) and not any(self.decisions[-1]["allowed"])

    def acknowledged(self) -> int:
        """What the recorder last said of the governor's decisions."""
        writer = self.decisions[-1]["writer"]
        return next((ack.up_to for ack in reversed(self.acks) if ack.writer == writer), 0)

    def settled(self) -> bool:
        """Whether the ledger has all but the last second's decisions, which are always under way."""
        return bool(self.acknowledged() > max(body["seq"] for body in self.decisions) - 100)

    def close(self, patience: float = 15.0) -> dict[str, Any]:
        """End the rest in order, check the chain; returns the ledger's accounts."""
        for name in ("planner_replay", "witness", "governor", "plant", "recorder"):
            process = self.processes[name]
            if process.code is None:
                process.send(signal.SIGTERM)
                assert process.wait(patience) == 0, process.output
        ledger = self._folder / "ledger.db"
        result = verify(ledger, read_key(key_beside(ledger)))
        assert result.sound and result.closed, result.problem
        return reconcile(ledger)
