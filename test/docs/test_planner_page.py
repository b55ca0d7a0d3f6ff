"""What the page on planners shows can be used as it stands: its settings, its answer, and its nodes' failures."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from iatro_governor.planning.answer import read
from iatro_governor.planning.endpoint import BUSY
from iatro_governor.planning.reply import read_raw
from iatro_governor.planning.settings import ChatSettings, PlannerSettings
from iatro_governor.planning.steps import Move
from iatro_governor.planning.tools import Tools
from iatro_governor.profile.load import load_data
from test.docs.checking import Block, blocks
from test.docs.commands import ROOT

TEXT = (ROOT / "docs/how-to/own_planner.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = (one for one in blocks(TEXT) if one.language == language)
    assert isinstance(found, Block)
    return "\n".join(found.lines)


def test_its_settings_are_settings() -> None:
    found = PlannerSettings.model_validate(yaml.safe_load(block("yaml")))
    assert found.chat is not None and found.chat.local and found.identity.weights


def test_its_answer_moves_the_demos_robot() -> None:
    tools = Tools(load_data(ROOT / "config/amr.yaml").channels)
    reading = read(read_raw(block("json")), tools)
    assert not reading.undone and [type(step) for step in reading.steps] == [Move]
    assert reading.actions is not None and reading.actions[1] == "look(packing_bench)"


def test_its_table_of_settings_is_whole() -> None:
    keys = {
        key
        for row in re.findall(r"^\| (`.*?`) \|", TEXT, re.MULTILINE)
        for key in re.findall(r"`(\w+)`", row)
    }
    assert set(ChatSettings.model_fields) <= keys


def test_it_names_every_status_that_is_asked_again() -> None:
    (row,) = re.findall(r"^\| no connection, (.*), or silence", TEXT, re.MULTILINE)
    named = {int(code) for code in re.findall(r"\d{3}", row)}
    assert named | set(range(500, 600)) >= BUSY >= named and "5xx" in row


def test_its_python_publishes_a_statement() -> None:
    pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")
    sent: list[object] = []

    class Node:
        """As much of a node as the page uses."""

        def create_publisher(self, *_: object) -> Node:
            return self

        def publish(self, message: object) -> None:
            sent.append(message)

        def get_clock(self) -> Node:
            return self

        def now(self) -> Node:
            return self

        def to_msg(self) -> object:
            from builtin_interfaces.msg import Time

            return Time()

    given = {"node": Node(), "number": 0, "run": "r", "instruction": "i", "answer": json.dumps("a")}
    exec(compile(block("python"), "own_planner.md", "exec"), given)
    assert [type(one).__name__ for one in sent] == ["PlannerStatement", "PlanMark"]
