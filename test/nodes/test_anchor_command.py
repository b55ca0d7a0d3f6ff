"""Anchors that leave the machine by a command of the operator's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.nodes.anchor_command import AnchorCommand


def keeping(place: Path) -> list[str]:
    return [sys.executable, "-c", f"import sys; open({str(place)!r}, 'a').write(sys.stdin.read())"]


def test_the_command_gets_each_anchor_when_it_is_due_and_the_last_one_always(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    hook = AnchorCommand(keeping(place), 60.0)
    hook.offer(b"one\n", 0.0)
    hook.wait()
    hook.offer(b"two\n", 1.0)
    hook.wait()
    hook.offer(b"three\n", 61.0)
    hook.offer(b"four\n", 62.0, last=True)
    assert place.read_text() == "one\nthree\nfour\n"
    assert not hook.fault


@pytest.mark.parametrize(
    "command",
    [["/absent/command"], ["no\0command"], [sys.executable, "-c", "import sys; sys.exit('no route')"]],
)
def test_a_command_that_fails_is_told_and_stops_nothing(command: list[str]) -> None:
    hook = AnchorCommand(command, 1.0)
    hook.offer(b"one\n", 0.0, last=True)
    assert "anchor command" in hook.fault


def test_without_a_command_nothing_runs() -> None:
    hook = AnchorCommand([], 1.0)
    hook.offer(b"one\n", 0.0, last=True)
    assert hook.fault == ""
