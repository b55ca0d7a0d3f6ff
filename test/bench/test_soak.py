"""What a soak says of runs that grow, that do not, and of a short one of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mujoco", reason="MuJoCo is not installed")

from bench.soak import FLAT_MB, grown, judged
from bench.soak_hour import hour


def samples(each_hour_mb: float, noise_mb: float = 0.3) -> tuple[list[float], list[float]]:
    """An hour, looked at every ten seconds; the first minutes fill what is remembered."""
    t = np.arange(0.0, 3600.0, 10.0)
    filling = 20.0 * (1.0 - np.exp(-t / 120.0))
    sizes = (
        80.0 + filling + each_hour_mb * t / 3600.0 + np.random.default_rng(1).normal(0.0, noise_mb, len(t))
    )
    return t.tolist(), sizes.tolist()


def test_memory_that_fills_and_stays_is_flat() -> None:
    row = grown(*samples(0.0))
    assert row["flat"] and abs(row["grown_mb"]) < 0.5


@pytest.mark.parametrize("each_hour_mb", [2 * FLAT_MB, 50.0])
def test_memory_that_grows_is_not(each_hour_mb: float) -> None:
    row = grown(*samples(each_hour_mb))
    assert not row["flat"] and row["grown_mb"] == pytest.approx(0.75 * each_hour_mb, rel=0.1)


def real(late: dict[str, float], problems: list[str], grows_mb: float = 0.0) -> dict[str, object]:
    return {"late": late, "problems": problems, "memory": {"governor": samples(grows_mb)}}


def test_all_that_should_not_be_is_told() -> None:
    good = {"governed": 0.001, "relay": 0.0, "spread": 0.001}
    simulated = {"problems": [], "memory": samples(0.0)}
    assert judged(dict(simulated), real(good, []))["wrong"] == []
    bad = judged({**simulated, "problems": ["the chain: x"]}, real(good | {"governed": 0.01}, ["y"], 50.0))
    told = " ".join(bad["wrong"])
    assert (
        "governor grows" in told
        and "late" in told
        and "simulated: the chain: x" in told
        and "real: y" in told
    )


def test_a_minute_in_one_process_is_governed_recorded_and_sound(tmp_path: Path) -> None:
    found = hour(tmp_path, 60.0)
    assert found["problems"] == [] and found["chain_sound"]
    assert found["decisions"] >= 6000 + found["commands"] and found["commands"] > 500
    assert len(found["memory"][0]) == 6 and min(found["memory"][1]) > 10.0
