"""The simulated monitor: what stays raises next to no alarm, what goes up raises one, and the count is of runs."""

from __future__ import annotations

import json
from pathlib import Path

from bench import monitor
from bench.page import figures
from iatro_governor.review.monitor import REFERENCE


def test_a_rate_that_goes_up_is_seen_and_one_that_stays_is_not() -> None:
    stays, rises = (monitor.watched(0.1, after, runs=20, statements=300) for after in (0.1, 0.6))
    assert (stays["alarms"]["part"], stays["median_statements"]) == (0, None)
    assert rises["alarms"] | {"low": 0, "high": 0} == {
        "part": 20,
        "whole": 20,
        "value": 1.0,
        "low": 0,
        "high": 0,
    }
    assert 1 < rises["median_statements"] < 60


def test_the_rate_changes_after_the_reference_and_not_before() -> None:
    parted = [one for _, one in monitor.said(0.0, 1.0, statements=5, seed=1)]
    assert parted == [False] * REFERENCE + [True] * 5


def test_what_was_simulated_is_on_the_page(tmp_path: Path) -> None:
    monitor.main(["--out", str(tmp_path), "--runs", "4", "--statements", "50"])
    data = json.loads((tmp_path / "monitor.json").read_text(encoding="utf-8"))
    about, rows = figures.monitor(data)
    assert "200 statements of reference and 50 more" in about
    assert rows.count("\n") == 2 + len(monitor.RATES) and "| 0.02 | 0.02 | 4 | 0 | 0.0 (0.0 to 0." in rows
