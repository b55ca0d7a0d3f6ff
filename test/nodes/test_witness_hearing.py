"""Stopped, killed or flooded, the witness holds nobody up, and afterwards every verdict is in the ledger."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger.reader import Reader
from test.nodes.spoken import Robot

pytestmark = pytest.mark.ros
HZ = 100


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
    robot: Robot, witness: Callable[[], Any], tmp_path: Path
) -> None:
    """Three seconds of them by their own stamps, none sent before its time; a slow machine sends late ones at once."""
    process = witness()
    start = robot.now()
    for number in range(3 * HZ):
        time.sleep(max(0.0, start + number / HZ - robot.now()))
        robot.say(["drive()"], at=start + number / HZ)
    sound(robot.judged(), robot)
    with Reader(tmp_path / "ledger.db") as ledger:
        stamps = [record.body["t"] for record in ledger.records("statement")]
    assert len(stamps) == 3 * HZ
    assert (len(stamps) - 1) / (max(stamps) - min(stamps)) == pytest.approx(HZ)
    process.send(signal.SIGTERM)
    assert process.wait(20.0) == 0, process.output


def test_held_up_while_it_ends_it_still_judges_what_a_governor_said_last(
    robot: Robot, witness: Callable[[], Any]
) -> None:
    process = witness()
    robot.say()
    robot.command(10)
    process.send(signal.SIGINT)
    process.wait_for("hearing out the governor")
    process.send(signal.SIGSTOP)
    robot.command(40)
    robot.recorded()
    robot.leave()
    process.send(signal.SIGCONT)
    assert process.wait(20.0) == 0, process.output
    sound(robot.judged(5.0), robot)
