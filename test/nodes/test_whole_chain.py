"""All five nodes as processes over real DDS, and one of them killed while the robot moves."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Reader, reconcile, verify
from iatro_governor.ledger.keys import key_beside, read_key

pytestmark = [pytest.mark.ros, pytest.mark.alone]
ROOT = Path(__file__).resolve().parents[2]

LONG = """
version: 1
name: long
world:
  name: field
  walls: [{name: far, centre: [0.0, 40.0], size: [2.0, 0.2]}]
plans:
  - plan_id: away
    title: Away
    say: I drive on.
    do: ["drive()"]
    benign: true
    motion: [{commands: [{at: 0.0, for: 60.0, values: [0.3, 0, 0, 0, 0, 0.1]}]}]
    gap_s: 0.1
"""


class Robot:
    """The five processes, and one ear on what the governor makes of it."""

    def __init__(self, node: Any, start: Callable[..., Any], wait: Callable[..., None], folder: Path) -> None:
        from geometry_msgs.msg import TwistStamped
        from iatro_governor.msg import Ack, GovernorDecision

        from iatro_governor.nodes import convert, qos

        self._start, self._wait, self._folder, self._node = start, wait, folder, node
        self._body = convert.decision_body_of
        self.processes: dict[str, Any] = {}
        self.decisions: list[dict[str, Any]] = []
        self.outputs: list[Any] = []
        self.acks: list[Any] = []
        take = self.decisions.append
        node.create_subscription(
            GovernorDecision, "governor/decision", lambda m: take(self._body(m)), qos.RECORD
        )
        node.create_subscription(TwistStamped, "cmd_vel", self.outputs.append, qos.OUTPUT_IN)
        node.create_subscription(Ack, "recorder/ack", self.acks.append, qos.EVENT)

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

    def drive(self) -> None:
        """Start all, and wait until the robot moves."""
        (self._folder / "long.yaml").write_text(LONG)
        for name in ("recorder", "governor", "witness", "plant"):
            self.start(name)
        for name, said in (("recorder", "hears"), ("witness", "hears"), ("plant", "ready")):
            self.processes[name].wait_for(said)
        self.start("planner_replay")
        self.until(lambda: self.measured > 0.25, "motion", 25.0)

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

    def close(self) -> dict[str, Any]:
        """End the rest in order, check the chain; returns the ledger's accounts."""
        for name in ("planner_replay", "witness", "governor", "plant", "recorder"):
            process = self.processes[name]
            if process.code is None:
                process.send(signal.SIGTERM)
                assert process.wait(15.0) == 0, process.output
        ledger = self._folder / "ledger.db"
        result = verify(ledger, read_key(key_beside(ledger)))
        assert result.sound and result.closed, result.problem
        return reconcile(ledger)


@pytest.fixture
def robot(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> Robot:
    made = Robot(node_here("ear"), node_process, wait_until, tmp_path)
    made.drive()
    return made


def test_the_planner_dies_and_the_robot_stops(robot: Robot, tmp_path: Path) -> None:
    robot.kill("planner_replay")
    robot.until(lambda: "command_stale" in robot.faults and robot.stopped, "a governed stop")
    robot.until(lambda: abs(robot.measured) < 0.02, "rest")
    speeds = [message.twist.linear.x for message in robot.outputs[-400:]]
    assert max(a - b for a, b in itertools.pairwise(speeds)) <= 0.05, "no ramp"
    accounts = robot.close()
    assert accounts["sound"], accounts["problems"]
    assert json.loads((tmp_path / "truth.json").read_text())["harms"] == []


def test_the_plant_dies_and_the_governor_stops_naming_its_sensors(robot: Robot) -> None:
    robot.kill("plant")
    robot.until(lambda: "sensor_stale" in robot.faults and robot.stopped, "a stop for the sensors")
    told = " ".join(robot.faults.values())
    assert "lidar" in told or "odom" in told
    assert robot.close()["sound"]


def test_the_witness_dies_and_nobody_else_notices(robot: Robot) -> None:
    robot.kill("witness")
    before = robot.acknowledged()
    robot.until(lambda: robot.acknowledged() > before + 200, "receipts going on")
    assert robot.measured > 0.25 and robot.faults == {}
    accounts = robot.close()
    assert accounts["lost"] == 0 and not accounts["missing"]
    assert accounts["verdict_records"] < accounts["statements"] and not accounts["sound"], "it must be seen"


def test_the_recorder_dies_and_comes_back_and_everything_is_there(robot: Robot, tmp_path: Path) -> None:
    robot.kill("recorder")
    gap = robot.decisions[-1]["seq"]
    robot.until(lambda: robot.decisions[-1]["seq"] > gap + 100, "decisions without a recorder")
    assert robot.measured > 0.25, "a short gap in the record is no reason to stop"
    robot.start("recorder")
    robot.until(robot.settled, "receipts for the gap", 30.0)
    accounts = robot.close()
    assert accounts["sound"], accounts["problems"]
    with Reader(tmp_path / "ledger.db") as reader:
        numbers = [record.number for record in reader.records("decision")]
    assert sorted(numbers) == list(range(len(numbers))) and len(numbers) > gap + 100


def test_the_governor_dies_and_its_successor_starts_closed_and_loses_no_number(
    robot: Robot, tmp_path: Path
) -> None:
    robot.kill("governor")
    killed = robot.now()
    robot.start("governor")
    later = lambda: [body for body in robot.decisions if body["t"] > killed]  # noqa: E731
    robot.until(lambda: len(later()) > 20, "decisions of the successor", 25.0)
    assert len({body["writer"] for body in robot.decisions}) == 1
    robot.until(robot.settled, "receipts", 30.0)
    accounts = robot.close()
    assert accounts["lost"] == 0 and not accounts["missing"], accounts["problems"]
    with Reader(tmp_path / "ledger.db") as reader:
        bodies = sorted(
            (record.body for record in reader.records("decision")), key=lambda body: int(body["seq"])
        )
    first = next(body for body in bodies if body["t"] > killed)
    assert not any(first["allowed"]) and "closed" in {fault["name"] for fault in first["faults"]}


def test_ctrl_c_to_all_at_once_leaves_a_stopped_robot_and_closed_accounts(
    robot: Robot, tmp_path: Path
) -> None:
    """As ros2 launch does it: nobody may go before those who still have something to tell it."""
    together = ("planner_replay", "recorder", "witness", "governor")
    for name in together:
        robot.processes[name].send(signal.SIGINT)
    for name in together:
        assert robot.processes[name].wait(20.0) == 0, (name, robot.processes[name].output)
    accounts = robot.close()
    assert accounts["sound"], accounts["problems"]
    with Reader(tmp_path / "ledger.db") as reader:
        last = max((record.body for record in reader.records("decision")), key=lambda body: body["seq"])
    assert last["allowed"] == [0.0] * 6 and last["measured"][0] == pytest.approx(0.0, abs=0.05)
