"""What the hop's figures are made of: waits that are known, and the ratio that must come out."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from bench.hop_driver import Passage
from bench.hop_figures import Size, Turn, row, summary
from bench.hop_profile import BEGIN, END, KEPT, explained
from bench.page.hop import hop
from test.conftest import Process

HZ = 1000


def turns(relay_s, governed_s):
    def of(waits):
        return Turn(Passage(np.array(waits), HZ), 0.1, 50.0)

    return {
        ("relay", "single", HZ): [of(waits) for waits in relay_s],
        ("governor", "single", HZ): [of(waits) for waits in governed_s],
    }


def test_the_ratio_is_taken_turn_by_turn():
    """A busy minute hits a relay and the governor after it alike: it must not look like one of the two being slow."""
    found = row(
        turns([[1e-3] * 9, [5e-3] * 9, [1e-3] * 9], [[2e-3] * 9, [10e-3] * 9, [2e-3] * 9]), "single", HZ
    )
    assert found["p50_ratio"] == 2.0 and found["p50_ratio_range"] == [2.0, 2.0]
    assert found["relay_p50_us"] == 1000.0 and found["relay_p50_us_range"] == [1000.0, 5000.0]
    assert found["relay_runs_p99_ratio"] == 5.0


def test_what_was_never_answered_is_not_in_time_and_in_no_quantile():
    found = row(turns([[1e-3, 1e-3, 3e-3, np.inf]], [[1e-3, 1e-3, 1e-3, 1e-3]]), "single", HZ)
    assert found["relay_in_time"] == 0.5 and found["governed_in_time"] == 1.0
    assert found["relay_p50_us"] == 1000.0


def test_one_that_answers_nothing_has_no_time():
    """The wrong answer would be zero, or what JSON has no word for."""
    found = row(turns([[1e-3]], [[np.inf]]), "single", HZ)
    assert (
        found["governed_p50_us"] is None and found["p50_ratio"] is None and found["governed_in_time"] == 0.0
    )


def test_what_is_over_the_budget_is_so_in_its_own_turn():
    found = row(turns([[1e-3] * 3, [4e-3] * 3], [[1.25e-3] * 3, [5e-3] * 3]), "single", HZ)
    assert found["over_us_range"] == [100.0, 400.0]
    assert row(turns([[1e-3]], [[1e-3]]), "single", HZ)["over_us"] == -150.0


def test_a_rare_wait_of_one_turn_is_in_the_tails_of_all():
    """The wrong answer is the median of the turns' worst, which hides it."""
    found = row(
        turns([[1e-3] * 99] * 3, [[1e-3] * 99, [1e-3] * 98 + [0.5], [1e-3] * 98 + [np.inf]]), "single", HZ
    )
    assert found["governed_all"]["max_us"] == 5e5 and found["governed_all"]["p999_us"] > 1e5
    assert found["governed_all"]["samples"] == 296 and found["governed_unanswered"] == 1
    assert found["relay_all"] == {
        "p50_us": 1000.0,
        "p99_us": 1000.0,
        "p999_us": 1000.0,
        "max_us": 1000.0,
        "samples": 297,
    }


PROFILE = {
    "hz": 100,
    "commands": 5,
    "relay": {
        "us_a_command": 90.0,
        "calls_a_command": 50,
        "files": {"rclpy/executors.py": 60.0},
        "callbacks": [],
    },
    "governor": {
        "us_a_command": 400.0,
        "calls_a_command": 700,
        "files": {"governor/core.py": 200.0},
        "callbacks": [
            {"callback": "nodes/a.py:heard", "calls": 1.0, "us_a_call": 300.0, "us_a_command": 300.0}
        ],
    },
}


def test_every_executor_and_rate_has_its_row_in_the_figures_and_on_the_page():
    taken = turns([[1e-3]], [[2e-3]])
    taken |= {(what, "events", hz): each for (what, _, hz), each in taken.items()}
    found = summary(taken, Size(1, {HZ: 1}, ("single", "events")))
    assert [(one["executor"], one["hz"]) for one in found["executors"]] == [("single", HZ), ("events", HZ)]
    told = "".join(hop(found | {"profile": PROFILE}))
    assert (
        "| single | 1000 |" in told and "| events | 1000 |" in told and "| 850.0 (850.0 to 850.0) |" in told
    )
    assert "| `rclpy/executors.py` | 60.0 | - |" in told and "| `governor/core.py` | - | 200.0 |" in told
    assert "| `nodes/a.py:heard` | 1.0 | 300.0 | 300.0 |" in told


def test_the_profile_of_a_process_is_of_what_it_did_between_two_signals(tmp_path):
    """The wrong answers: its start, which is most of its work, or the time in which it waits."""
    kept = tmp_path / "a.profile"
    with in_process(kept) as process:
        process.wait_for("started", 60.0)
        process.send(BEGIN)
        process.wait_for("worked", 60.0)
        process.send(END)
        process.wait_for(KEPT, 60.0)
    found = explained(kept, 1)
    assert any(name.startswith("json/") or name == "encoder.py" for name in found["files"]), found
    assert not any("decoder" in name for name in found["files"]), "that was its start"
    assert 0.0 < found["us_a_command"]


WORKER = """
import json, sys, time
from pathlib import Path
from bench.hop_profile import on_signals
on_signals(Path(sys.argv[1]))
[json.JSONDecoder().decode('[1, 2]') for _ in range(100)]
print("started", flush=True)
while sys.getprofile() is None:
    time.sleep(0.01)
[json.JSONEncoder(indent=1).encode([1, 2]) for _ in range(100)]
print("worked", flush=True)
while True:
    time.sleep(0.01)
"""


@contextmanager
def in_process(kept):
    """A process that works, waits for a signal, works and waits."""
    process = Process([sys.executable, "-c", WORKER, str(kept)], dict(os.environ))
    try:
        yield process
    finally:
        process.end()
