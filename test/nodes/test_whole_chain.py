"""All five nodes as processes over real DDS, and one of them killed while the robot moves."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Reader
from iatro_governor.ledger.ring import Ring
from test.nodes.chain import Robot

pytestmark = [pytest.mark.ros, pytest.mark.apart]


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
    began = len(robot.numbers) - 1
    robot.kill("planner_replay")
    robot.until(lambda: "command_stale" in robot.faults and robot.stopped, "a governed stop")
    robot.until(lambda: abs(robot.measured) < 0.02, "rest")
    speeds = [message.twist.linear.x for message in robot.outputs[began:]]
    told = list(zip(robot.numbers[began:], speeds, strict=False))
    steps = [a - b for (at, a), (then, b) in itertools.pairwise(told) if then == at + 1]
    assert sum(steps) > 0.1, f"most of the stop was not heard: {told}"
    assert max(steps) <= 0.05, "no ramp"
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
    with Ring.open(tmp_path / "ledger.ring") as ring:
        assert list(ring.unacknowledged()) == [], "its last decisions wait for the next start"
        assert accounts["decisions"] == ring.next_number
    with Reader(tmp_path / "ledger.db") as reader:
        last = max((record.body for record in reader.records("decision")), key=lambda body: body["seq"])
    assert last["allowed"] == [0.0] * 6 and last["measured"][0] == pytest.approx(0.0, abs=0.05)
