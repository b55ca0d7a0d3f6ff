"""Malformed lines for ``iatro govern``: each is told, none ends the run, what comes out is strict and finite."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.lines import TYPES
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.limits.registry import load_profile
from test.fuzz.grammar import spoilt_line

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("IATRO_SEED", "11"))
MANY = int(os.environ.get("IATRO_FUZZ", "2000"))
PIECE = 500


def sound(t: float) -> list[dict[str, Any]]:
    """A sound line of each kind."""
    return [
        {
            "t": t,
            "type": "command",
            "channel": "base",
            "values": [0.3, 0.0, 0.0, 0.0, 0.0, 0.1],
            "plan_id": "a",
        },
        {
            "t": t,
            "type": "scan",
            "source": "lidar",
            "ranges": [9.0] * 36,
            "angle_min": -3.14,
            "angle_increment": 0.175,
        },
        {"t": t, "type": "odom", "pose": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0], "twist": [0.0] * 6},
        {"t": t, "type": "flags", "source": "flags", "payload_held": False},
        {"t": t, "type": "estop", "pressed": False, "source": "estop"},
        {"t": t, "type": "publishers", "topic": "cmd_vel", "endpoints": [{"node": "/n", "gid": "1"}]},
        {"t": t, "type": "reset", "token": "00"},
        {"t": t, "type": "statement", "plan_id": "a", "text": "I stop."},
        {"t": t, "type": "tick"},
        {"t": t, "type": "sync", "id": 1},
    ]


def hopeless(text: str) -> bool:
    """Whether a line is no event at all, told without the reader."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return True
    if not isinstance(data, dict) or data.get("type") not in TYPES:
        return True
    t = data.get("t")
    return isinstance(t, bool) or not isinstance(t, int | float) or abs(t) > 1e11 or math.isnan(t)


def strict(row: str) -> dict[str, Any]:
    """An output line; NaN and infinities are not JSON."""

    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} in {row[:200]}")

    read: dict[str, Any] = json.loads(row, parse_constant=refuse)
    return read


def lines(chance: random.Random, many: int) -> Iterator[str]:
    for number in range(many):
        event = chance.choice(sound(number * 0.001))
        yield json.dumps(event) if chance.random() < 0.1 else spoilt_line(event, chance)


def test_every_malformed_line_is_told_and_none_ends_the_run() -> None:
    profile = load_profile(ROOT / "config" / "amr.yaml")
    chance, told = random.Random(SEED), 0
    for _ in range(max(MANY // PIECE, 1)):
        loop = OfflineLoop(Governor(profile))
        given = [text for text in lines(chance, PIECE) if text.strip()]
        rows = [strict(row) for row in loop.run(given)]
        malformed = {row["line"] for row in rows if row.get("type") == "malformed"}
        silent = [n for n, text in enumerate(given, start=1) if hopeless(text) and n not in malformed]
        assert not silent, f"seed {SEED}: not told: {given[silent[0] - 1][:300]}"
        for row in rows:
            assert all(map(math.isfinite, row.get("allowed", ()))), f"seed {SEED}: {row}"
        told += len(malformed)
    assert told > MANY // 3, "nothing was tried"


@pytest.mark.parametrize("text", ["{", "[1]", '{"t": NaN, "type": "tick"}', '{"t": 1, "type": "nod"}'])
def test_a_line_that_is_no_event_is_known_for_one(text: str) -> None:
    assert hopeless(text) and not hopeless('{"t": 1, "type": "tick"}')


def test_the_command_reads_them_from_a_file_and_ends_with_1(tmp_path: Path) -> None:
    given = tmp_path / "events.jsonl"
    text = "\n".join(lines(random.Random(SEED), 1000))
    given.write_bytes(text.encode("utf-8", "surrogatepass") + b"\n\xff\xfe{\n")
    out = tmp_path / "decisions.jsonl"
    command = [
        sys.executable,
        "-m",
        "iatro_governor.cli.main",
        "govern",
        "--config",
        str(ROOT / "config/amr.yaml"),
    ]
    done = subprocess.run(
        [*command, "--in", str(given), "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    rows = [strict(row) for row in out.read_text(encoding="utf-8").splitlines()]
    assert sum(row.get("type") == "malformed" for row in rows) > 300
