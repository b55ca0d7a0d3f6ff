"""Whoever keeps the record killed at random moments under load: every receipt holds, and every number is explained."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger import Reader, verify
from iatro_governor.ledger.keys import key_beside, read_key
from iatro_governor.ledger.record import LOST
from test.nodes.chain import Robot

pytestmark = pytest.mark.ros
KILLS = int(os.environ.get("IATRO_KILLS", "0"))
"""Moments; the first four end the witness, the governor, the recorder, and all of them."""
SEED = int(os.environ.get("IATRO_SEED", "6"))
EVERYBODY = ("recorder", "governor", "witness")
VICTIMS = (("witness",), ("governor",), ("recorder",), EVERYBODY)
PATIENCE_S = 120.0


class Talker:
    """A planner that says something five times a second, and again until it has a receipt."""

    def __init__(self, node: Any) -> None:
        from iatro_governor.msg import PlannerStatement

        from iatro_governor.nodes import convert, qos
        from iatro_governor.nodes.outbox import Outbox

        self._node, self._message = node, convert.statement_message
        self.run, self.said = str(uuid.uuid4()), 0
        publisher = node.create_publisher(PlannerStatement, "planner/statement", qos.RECORD)
        self.outbox = Outbox(node, self.run, publisher.publish)
        self._timer = node.create_timer(0.2, self._say)

    def _say(self) -> None:
        body = {
            "t": self._node.get_clock().now().nanoseconds * 1e-9, "seq": self.said, "planner_run": self.run,
            "plan_id": f"talk-{self.said}", "channels": ["base"], "instruction": "Talk.", "text": "I go carefully.",
            "reasoning": "", "actions": [], "final": False, "planner": {"model_id": "talker"},
        }  # fmt: skip
        self.outbox.send(self.said, self._message(body))
        self.said += 1

    def fall_silent(self) -> None:
        """Say nothing new."""
        self._timer.cancel()


def promised(robot: Robot) -> dict[str, int]:
    """Of every writer how far the recorder's receipts went."""
    found: dict[str, int] = {}
    for ack in tuple(robot.acks):
        found[ack.writer] = max(found.get(ack.writer, 0), ack.up_to)
    return found


def unkept(ledger: Path, promises: dict[str, int]) -> dict[str, list[int]]:
    """By writer the numbers with a receipt that the ledger neither has nor declares lost."""
    sql = "SELECT number FROM record WHERE writer = ?"
    with Reader(ledger) as reader:
        stored = {writer: {number for (number,) in reader.query(sql, (writer,))} for writer in promises}
        for record in reader.records(LOST):
            of = stored.setdefault(record.writer.split("/", 1)[1], set())
            of.update(range(record.body["first"], record.body["last"] + 1))
    missing = {writer: sorted(set(range(end)) - stored[writer]) for writer, end in promises.items()}
    return {writer: numbers for writer, numbers in missing.items() if numbers}


def strike(robot: Robot, victims: tuple[str, ...], ledger: Path) -> None:
    """End ``victims`` in the middle of whatever they do, look at what they left, and start them again."""
    for name in victims:
        robot.kill(name)
        robot.processes[name].end()  # what it leaves in shared memory can deafen its successor
    if "recorder" in victims:
        assert unkept(ledger, promised(robot)) == {}, "a receipt was given for what is not on the disk"
        found = verify(ledger, read_key(key_beside(ledger)))
        assert found.sound, found.problem
    for name in victims:
        robot.start(name)


@pytest.mark.skipif(not KILLS, reason="takes minutes: part of make soak, or IATRO_KILLS=n")
def test_whoever_is_killed_under_load_no_receipt_is_broken_and_every_number_is_explained(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    robot = Robot(node_here("ear"), node_process, wait_until, tmp_path)
    robot.drive(seconds=10_000.0, patience=PATIENCE_S)
    talker, chance, ledger = Talker(node_here("talker")), random.Random(SEED), tmp_path / "ledger.db"
    for moment in range(KILLS):
        before = promised(robot)

        def goes_on(before: dict[str, int] = before) -> bool:
            now = promised(robot)
            return all(
                now.get(one, 0) > before.get(one, 0) for one in (talker.run, robot.decisions[-1]["writer"])
            )

        if moment < len(VICTIMS) or chance.random() < 0.7:  # the others die again while they still come up
            robot.until(goes_on, f"receipts before moment {moment}", PATIENCE_S)
        time.sleep(chance.uniform(0.0, 1.0))
        victims = VICTIMS[moment] if moment < len(VICTIMS) else chance.choice(VICTIMS)
        strike(robot, victims, ledger)
    for name, said in zip(EVERYBODY, ("ready", "governing", "ready"), strict=True):
        robot.processes[name].wait_for(said, PATIENCE_S)
    talker.fall_silent()
    robot.until(lambda: not talker.outbox.waiting and robot.settled(), "every receipt", PATIENCE_S)
    accounts = robot.close(PATIENCE_S)
    assert unkept(ledger, promised(robot)) == {}
    assert accounts["lost"] == 0 and accounts["sound"], accounts["problems"]
    assert accounts["statements"] >= talker.said > KILLS and len(set(promised(robot))) > 2
