"""What a soak says of runs that grow, that do not, and of a short one of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mujoco", reason="MuJoCo is not installed")

from bench.soak import FLAT_MB_H, grown, judged
from bench.soak_hour import hour


def samples(
    each_hour_mb: float, noise_mb: float = 0.3, lasts_s: float = 3600.0, every_s: float = 10.0, seed: int = 1
) -> tuple[list[float], list[float]]:
    """A run that is looked at every so often; its first minutes fill what is remembered."""
    t = np.arange(0.0, lasts_s, every_s)
    filling = 20.0 * (1.0 - np.exp(-t / 60.0))
    noise = np.random.default_rng(seed).normal(0.0, noise_mb, len(t))
    return t.tolist(), (80.0 + filling + each_hour_mb * t / 3600.0 + noise).tolist()


def test_memory_that_fills_and_stays_is_flat() -> None:
    row = grown(*samples(0.0))
    assert row["verdict"] == "flat" and abs(row["mb_h"]) < 0.5
    assert grown([0.0, 10.0, 20.0, 30.0, 40.0], [91.0] * 5)["verdict"] == "flat"


@pytest.mark.parametrize("each_hour_mb", [2 * FLAT_MB_H, 50.0])
def test_memory_that_grows_is_not(each_hour_mb: float) -> None:
    row = grown(*samples(each_hour_mb))
    assert row["verdict"] == "grows" and row["mb_h"] == pytest.approx(each_hour_mb, rel=0.1)


@pytest.mark.parametrize("noise_mb", [0.1, 1.0, 5.0])
def test_a_leak_of_sixteen_megabytes_an_hour_is_not_flat_however_short_and_noisy_the_run(
    noise_mb: float,
) -> None:
    """The wrong answer: the more noise, the wider the interval, and the sooner some of it is small enough."""
    found = [grown(*samples(16.0, noise_mb, 900.0, 60.0, seed))["verdict"] for seed in range(100)]
    assert found.count("flat") <= 5, "an interval of 95 % is wrong as often, on either side"


def test_what_noise_hides_is_not_shown_and_no_pass() -> None:
    noisy = samples(0.0, 5.0, 900.0, 60.0, seed=3)
    assert grown(*noisy)["verdict"] == "not shown"
    good = {"governed": 0.0, "relay": 0.0, "spread": 0.0, "chance": 1.0}
    found = judged({"problems": [], "memory": noisy}, real(good, []))
    assert found["wrong"] and "not shown" in found["wrong"][0]


def test_samples_that_repeat_their_neighbours_do_not_make_a_line_surer() -> None:
    """The wrong answer: looking a hundred times as often shows a hundred times as much."""
    t, sizes = samples(0.0, 1.0, 900.0, 60.0)
    once = grown(t, sizes)["interval_mb_h"]
    often = grown(np.repeat(t, 50).tolist(), np.repeat(sizes, 50).tolist())["interval_mb_h"]
    assert often[1] - often[0] > 0.5 * (once[1] - once[0])


def real(late: dict[str, float], problems: list[str], grows_mb: float = 0.0) -> dict[str, object]:
    return {"late": late, "problems": problems, "memory": {"governor": samples(grows_mb)}}


def test_all_that_should_not_be_is_told() -> None:
    good = {"governed": 0.001, "relay": 0.0, "spread": 0.001, "chance": 0.01}
    simulated = {"problems": [], "memory": samples(0.0)}
    assert judged(dict(simulated), real(good, []))["wrong"] == []
    bad = judged({**simulated, "problems": ["the chain: x"]}, real(good | {"governed": 0.01}, ["y"], 50.0))
    told = " ".join(bad["wrong"])
    by_chance = judged(dict(simulated), real(good | {"governed": 0.01, "chance": 0.03}, []))
    assert by_chance["wrong"] == []
    assert (
        "governor grows" in told
        and "late" in told
        and "simulated: the chain: x" in told
        and "real: y" in told
    )


def test_what_the_relay_takes_is_told_and_is_no_fault_of_ours() -> None:
    good = {"governed": 0.0, "relay": 0.0, "spread": 0.0, "chance": 1.0}
    run = real(good, []) | {"memory": {"governor": samples(0.0), "relay": samples(50.0)}}
    found = judged({"problems": [], "memory": samples(0.0)}, run)
    assert found["memory"]["relay"]["verdict"] == "grows" and found["wrong"] == []


def test_what_one_process_plays_is_governed_recorded_and_sound(tmp_path: Path) -> None:
    """The first seconds of what `make soak` does for an hour."""
    found = hour(tmp_path, 25.0)
    assert found["problems"] == [] and found["chain_sound"]
    assert found["decisions"] >= 2500 + found["commands"] and found["commands"] > 200
    assert len(found["memory"][0]) == 3 and min(found["memory"][1]) > 10.0
