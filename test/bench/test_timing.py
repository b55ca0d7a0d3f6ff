"""Distributions, lines, and what the two clocks are."""

from __future__ import annotations

import time

import numpy as np
import pytest

from bench.timing import Took, both, clocked, slope, summary


def test_a_line_is_told_with_how_sure_it_is() -> None:
    """The wrong answer is a slope alone, from four medians that lie anywhere."""
    sure = slope([0, 10, 30, 100], [5.0, 25.0, 65.0, 205.0])
    assert sure["us_each"] == 2.0 and sure["us_at_none"] == 5.0
    assert sure["us_each_error"] < 1e-9 and sure["residual_us"] == 0.0
    unsure = slope([0, 10, 30, 100], [50.0, 5.0, 60.0, 40.0])
    assert unsure["us_each_error"] > abs(unsure["us_each"]) and unsure["residual_us"] > 10.0


def test_a_slope_of_a_tenth_of_a_microsecond_is_not_rounded_away() -> None:
    assert slope([0, 1000, 100_000], [0.0, 43.2, 4320.0])["us_each"] == 0.0432


def test_what_never_changes_has_a_line_and_no_error() -> None:
    """The wrong answer is that nothing is known of it: memory that stays the same to the byte would be no pass."""
    assert slope([0, 1, 2, 3], [7.0] * 4) == {
        "us_each": 0.0, "us_each_error": 0.0, "us_at_none": 7.0, "residual_us": 0.0,
    }  # fmt: skip


def test_every_distribution_has_the_same_parts_and_none_where_there_is_nothing() -> None:
    found = summary(np.arange(1001.0), unit="ms")
    assert found == {"p50_ms": 500.0, "p99_ms": 990.0, "p999_ms": 999.0, "max_ms": 1000.0, "samples": 1001}
    assert summary([]) == {"p50_us": None, "p99_us": None, "p999_us": None, "max_us": None, "samples": 0}


def test_time_that_is_slept_is_on_the_wall_and_not_the_threads_own() -> None:
    took = clocked(lambda: time.sleep(0.2))
    assert took.wall >= 0.2 > took.cpu


def test_both_clocks_are_told() -> None:
    found = both([Took(1e-6, 3e-6), Took(2e-6, 5e-6)])
    assert found["max_us"] == 2.0 and found["wall"]["max_us"] == 5.0 and found["wall"]["samples"] == 2


@pytest.mark.parametrize("samples", [1, 7])
def test_few_samples_have_no_quantile_beyond_the_worst(samples: int) -> None:
    assert summary(np.full(samples, 4.0))["p999_us"] == 4.0
