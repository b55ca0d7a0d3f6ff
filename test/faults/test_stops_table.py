"""The report of the stop bench names every row, and fits on a screen."""

from __future__ import annotations

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from bench import stops
from test.faults.wire_rows import ROWS


def test_every_row_is_in_the_table_with_its_figures_or_its_reason() -> None:
    rows = [stops.summary(name, [0.012, 0.02, 0.015]) for name in ROWS]
    told = stops.table(rows)
    assert max(map(len, told.splitlines())) <= stops.WIDTH
    assert all(name in told for name in ROWS)
    assert all(("p99_ms" in row) != ("not_injected" in row) for row in rows)


def test_a_row_that_was_never_measured_says_so() -> None:
    assert stops.summary("estop", [])["not_injected"]
