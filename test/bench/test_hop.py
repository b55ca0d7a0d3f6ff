"""What the hop's figures are made of: waits that are known, and the ratio that must come out."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from bench.hop import Size, Turn, row, summary
from bench.hop_driver import Passage

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


def test_every_executor_and_rate_has_its_row():
    found = summary(turns([[1e-3]], [[1e-3]]), Size(1, {HZ: 1}, ("single",)))
    assert [one["hz"] for one in found["rates"]] == [HZ] == [one["hz"] for one in found["executors"]]
