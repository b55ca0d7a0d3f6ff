"""A trapped robot over real processes: only who holds the key, and holds it down, moves it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from iatro_governor import operator_key
from test.governor.profiles import BOX

pytestmark = pytest.mark.ros

STEP = 2 * math.pi / 360


def walls() -> list[float]:
    """All around a long robot, nearer than its margin."""
    bearings = [-math.pi + STEP * k for k in range(360)]
    return [1.0 / max(abs(math.cos(b)) / 0.45, abs(math.sin(b)) / 0.30) for b in bearings]


def recover(key: Path, move: str = "-0.5,0,0,0,0,0") -> subprocess.Popen[bytes]:
    words = ["recover", "base", f"--move={move}", "--json", "--timeout", "30", "--key", str(key)]
    command = [sys.executable, "-m", "iatro_governor.cli.main", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)


def press(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Hold a key, as a keyboard repeats it."""
    assert process.stdin is not None
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        process.stdin.write(b" ")
        process.stdin.flush()
        time.sleep(0.05)


def test_a_trapped_robot_creeps_while_the_operator_holds_a_key_and_no_longer(
    governed: Any, tmp_path: Path
) -> None:
    key, stranger = tmp_path / "operator.key", tmp_path / "stranger.key"
    operator_key.create(key)
    operator_key.create(stranger)
    data = yaml.safe_load(governed.config.read_text())
    data["robot"]["footprint"] = BOX
    data["channels"]["base"]["recover"]["hold_s"] = 0.8
    data["loop"]["max_gap_s"] = 1.0  # a busy machine's pauses would end each standstill, or the motion
    governed.config.write_text(yaml.safe_dump(data))
    bench = governed.bench
    bench.ranges = walls()
    governed.launch(environment={operator_key.ENVIRONMENT: str(key)})
    governed.until(lambda: bench.outputs and bench.decisions and bench.faults <= {"awaiting_command"}, "open")
    bench.command = (0.3, 0.4)
    governed.until(lambda: bench.states and bench.states[-1].trap_id, "a trap", 60.0)
    told = bench.states[-1]
    assert list(told.trap_channels) == ["base"] and "obstacles" in told.trap_limits

    refused = recover(stranger)
    press(refused, 20.0)
    out, _ = refused.communicate(timeout=30)
    assert refused.returncode == 1 and "does not fit" in json.loads(out)["message"]
    assert bench.twist == (0.0, 0.0)

    since = len(bench.outputs)
    held = recover(key)
    end = time.monotonic() + 30.0
    while not any(bench.twist) and time.monotonic() < end:
        press(held, 0.2)
    assert any(bench.twist), "it never moved"
    press(held, 0.5)
    assert "recovering" in bench.faults
    out, _ = held.communicate(timeout=30)
    answer = json.loads(out)
    assert held.returncode == 0 and answer["messages"] > 0 and answer["message"] == ""
    governed.until_rest()
    assert max(max(abs(vx), abs(wz)) for _, vx, wz in bench.outputs[since:]) <= 0.05 + 1e-9
    governed.until(lambda: "awaiting_rearm" in bench.faults, "a planner that has to begin anew")
