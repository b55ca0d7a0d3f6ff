"""A hundred statements a second for a minute: whether each gets its verdict. Writes out/bench/statements.json.

Recorder and witness are processes of their own, over real DDS; each statement is another written example, with a
declared action. Exit code 1: a statement was lost, or the accounts of the ledger do not add up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

from bench.machine import stamp
from bench.memory import resident_mb
from bench.written import write
from iatro_governor.training.examples import own
from test.conftest import Process, wait
from test.domains import fresh_domain
from test.nodes.bench import node
from test.nodes.spoken import Robot

HZ, SECONDS = 100, 60
READY_S, JUDGED_S = 60.0, 300.0
"""Longest waits, s: for a node that starts, and for the last verdict."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, write, print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--seconds", type=int, default=SECONDS)
    chosen = parser.parse_args(arguments)
    texts = [text.text for text in islice(cycle(own("train")), HZ * chosen.seconds)]
    with tempfile.TemporaryDirectory() as folder:
        result = stamp() | measured(Path(folder), texts)
    write(chosen.out / "statements.json", result)
    print(json.dumps(result, indent=1))
    return 0 if result["sound"] and not result["lost"] else 1


def measured(folder: Path, texts: Sequence[str]) -> dict[str, Any]:
    """Say all ``texts`` at ``HZ``; what was said, how fast, and what the ledger has of it."""
    domain = fresh_domain()
    ledger = folder / "ledger.yaml"
    ledger.write_text("path: ledger.db\ncontext: simulation\n", encoding="utf-8")
    with ExitStack() as stack:
        running = {}
        for name in ("recorder", "witness"):
            running[name] = _started(name, domain, ledger)
            stack.callback(running[name].end)
            running[name].wait_for(f"{name} ready", READY_S)
        robot = Robot(stack.enter_context(node(domain, "robot")), wait, folder / "ledger.db")
        robot.heard_by(2)
        sent = _said(robot, texts)
        ended = time.monotonic()
        accounts = robot.judged(JUDGED_S)
        return {
            "wanted_hz": HZ,
            "hz": round((len(sent) - 1) / (sent[-1] - sent[0]), 2),
            "seconds": round(sent[-1] - sent[0], 2),
            "longest_gap_s": round(max(b - a for a, b in pairwise(sent)), 3),
            "said": robot.said,
            **{name: accounts[name] for name in ("statements", "verdict_records", "sound")},
            "lost": robot.said - accounts["verdict_records"],
            "last_verdict_after_s": round(time.monotonic() - ended, 2),
            "made_up_from_the_ledger": "made up from the ledger" in running["witness"].output,
            "memory_mb": {name: round(resident_mb(one.pid), 1) for name, one in running.items()},
        }


def _started(name: str, domain: int, ledger: Path) -> Process:
    command = [sys.executable, "-m", f"iatro_governor.nodes.{name}", "--ros-args", "-p", f"ledger:={ledger}"]
    return Process(command, {**os.environ, "ROS_DOMAIN_ID": str(domain), "PYTHONUNBUFFERED": "1"})


def _said(robot: Robot, texts: Sequence[str]) -> list[float]:
    """When each was sent, s of the clock of stamps."""
    sent, start = [], time.monotonic()
    for number, text in enumerate(texts):
        time.sleep(max(0.0, start + number / HZ - time.monotonic()))
        sent.append(robot.now())
        robot.say(["drive()"], at=sent[-1], text=text)
    return sent


if __name__ == "__main__":
    sys.exit(main())
