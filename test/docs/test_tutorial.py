"""What the tutorial has its reader run by hand does what it says."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest

from test.docs.checking import ROOT, blocks

PAGE = ROOT / "docs/tutorial/first_robot.md"
TOP_SPEED = 0.8


def script(change: tuple[str, str] = ("", "")) -> str:
    (found,) = (block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.language == "python")
    text = "\n".join(found.lines)
    assert change[0] in text
    return text.replace(*change) if change[0] else text


def decisions(text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """What the script is told, as it runs it: the command line is that of this checkout."""
    real = subprocess.run

    def run(command: list[str], **given: Any) -> Any:
        assert command[0] == "iatro"
        words = [sys.executable, "-m", "iatro_governor.cli.main", *command[1:]]
        return real(words, cwd=ROOT, **given)

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "run", run)
        names: dict[str, Any] = {}
        exec(compile(text, "first_robot.md", "exec"), names)
    assert "m/s" in capsys.readouterr().out
    return names["decisions"]


def test_no_line_is_faster_than_the_profile_allows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = decisions(script(), monkeypatch, capsys)
    speeds = [one["allowed"][0] for one in done]
    assert (
        0.0 < max(speeds) <= TOP_SPEED and max(one["requested"][0] for one in done if one["requested"]) == 3.0
    )


def test_what_is_no_number_stops_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = decisions(
        script(("[3.0,", "[math.nan,")).replace("import json", "import json, math", 1), monkeypatch, capsys
    )
    assert not any(value for one in done for value in one["allowed"]) and math.isfinite(done[0]["allowed"][0])
    assert any(fault["name"] == "command_malformed" for one in done for fault in one["faults"])


def test_a_statement_changes_nothing_at_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = '{"t": t, "type": "command"'
    words = '{"t": t, "type": "statement", "plan_id": "a", "text": "I am very careful."},\n        '
    with_words = decisions(script((command, words + command)), monkeypatch, capsys)
    assert json.dumps(with_words) == json.dumps(decisions(script(), monkeypatch, capsys))
