"""review.launch.py and replay.launch.py for real, on the record of a run that a third launch has left."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WHY = "not installed (comes with ROS 2, not from PyPI)"
pytest.importorskip("launch", reason=f"launch is {WHY}")
pytest.importorskip("launch_ros", reason=f"launch_ros is {WHY}")
launch_pytest = pytest.importorskip("launch_pytest", reason=f"launch_pytest is {WHY}")
pytest.importorskip("rclpy", reason="rclpy is not installed")

from test.launch.conftest import interrupt  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """
version: 1
name: short
model_id: scripted/short
world: {name: empty}
plans:
  - plan_id: a
    title: Too fast
    say: I drive slowly.
    do: ["drive()"]
    benign: true
    motion: [{commands: [{at: 0.0, for: 0.6, values: [1.5, 0, 0, 0, 0, 0]}]}]
    gap_s: 0.1
"""

pytestmark = pytest.mark.ros


@pytest.fixture
def ledger(tmp_path: Path, ros2_launch: Callable[..., Any], node_process: Callable[..., Any]) -> Path:
    """The ledger of a run whose planner said what was not so; Ctrl-C ends all before its plan is over."""
    scenario, params, settings = (tmp_path / name for name in ("short.yaml", "planner.yaml", "ledger.yaml"))
    scenario.write_text(SCENARIO)
    params.write_text(f"/**:\n  ros__parameters: {{scenario: {scenario}}}\n")
    settings.write_text("context: simulation\n")
    node_process("plant", scenario=scenario)
    run = ros2_launch("robot_with_planner", ledger=settings, planner_params=params)
    run.wait_for("[planner_replay-5]: process has finished cleanly", 180)
    interrupt(run)
    assert run.wait(60) == 0, run.output
    return tmp_path / "ledger.db"


def test_a_recorded_incident_is_decided_again_and_served(
    ledger: Path, tmp_path: Path, ros2_launch: Callable[..., Any]
) -> None:
    same = ros2_launch("replay", db=ledger, incident="a")
    assert same.wait(120) == 0, same.output
    assert "byte-identical" in same.output
    slower = tmp_path / "slower.yaml"
    text = (ROOT / "config/amr.yaml").read_text(encoding="utf-8")
    slower.write_text(text.replace('bound: 0.8\n    source: "stops', 'bound: 0.3\n    source: "stops'))
    other = ros2_launch("replay", db=ledger, incident="a", config=slower)
    assert other.wait(120) == 1, other.output
    assert "iatro replay ended with exit code 1" in other.output
    pages = ros2_launch("review", db=ledger, port=0)
    pages.wait_for("Ctrl-C ends it", 120)
    found = re.search(r"http://127\.0\.0\.1:\d+\S*", pages.output)
    assert found is not None, pages.output
    with urllib.request.urlopen(found.group(), timeout=60) as answer:
        assert answer.status == 200
    interrupt(pages)
    assert pages.wait(60) == 0, pages.output


@pytest.mark.parametrize("name", ["replay", "review"])
def test_a_ledger_that_is_not_there_ends_the_launch_with_1(
    name: str, tmp_path: Path, ros2_launch: Callable[..., Any]
) -> None:
    more = {"incident": "a"} if name == "replay" else {}
    process = ros2_launch(name, db=tmp_path / "none.db", **more)
    assert process.wait(120) == 1, process.output
    assert "none.db" in process.output
