"""Limits that cannot matter to a base are left out, and that changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.twist import TwistChart
from test.governor.hall import Drive, Hall
from test.governor.profiles import BOX, amr

SAID = "a test's own"
AREAS = [
    {
        "name": "stairs",
        "kind": "zone",
        "channel": "base",
        "frame": "odom",
        "figure": {"polygon": {"corners": [[0.9, 0.2], [1.6, 0.3], [1.2, 1.1]]}},
        "margin": 0.05,
        "source": SAID,
    },
    {
        "name": "aisle",
        "kind": "slow_zone",
        "channel": "base",
        "frame": "odom",
        "figure": {"polygon": {"corners": [[-2.4, -2.0], [-1.0, -2.0], [-1.0, 2.0], [-2.4, 2.0]]}},
        "speed": 0.2,
        "source": SAID,
    },
    {
        "name": "hall",
        "kind": "geofence",
        "channel": "base",
        "frame": "odom",
        "figure": {"circle": {"radius": 3.0}},
        "margin": 0.05,
        "source": SAID,
    },
]


def drive(folder, figure, seed: int, seconds: float = 6.0) -> list[str]:
    """What is decided on random commands, in a hall that is empty at first and has a few posts."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-2.0, 2.0, (12, 2))
    posts = np.column_stack(
        [places[np.hypot(*places.T) > 0.7], np.full((np.hypot(*places.T) > 0.7).sum(), 0.05)]
    )
    commands = rng.uniform([-1.0, 0.0, -1.5], [1.0, 0.0, 1.5], (20, 3)) * rng.choice([0.4, 1.5], (20, 1))
    course = Drive(Governor(amr(folder, figure, AREAS, drop=("slow_zone", "zone"))), Hall(posts))
    course.run(seconds, lambda t: commands[int(t / 1.2)])
    return [str(decision.to_json()) for decision in course.decisions]


@pytest.mark.parametrize("figure", [None, BOX], ids=["disc", "box"])
@pytest.mark.parametrize("seed", [1, 3])
def test_decisions_are_the_same_when_every_limit_is_asked(tmp_path, monkeypatch, figure, seed):
    asked, sift = [], TwistChart.relevant

    def counting(self, limits, situation, wanted):
        left = sift(self, limits, situation, wanted)
        asked.append({limit.config.name for limit in left})
        return left

    monkeypatch.setattr(TwistChart, "relevant", counting)
    sifted = drive(tmp_path, figure, seed)
    monkeypatch.setattr(TwistChart, "relevant", lambda self, limits, situation, wanted: limits)
    assert drive(tmp_path, figure, seed) == sifted
    assert {"obstacles", "hall"} <= set().union(*asked)
    assert min(map(len, asked)) <= 1  # the fence is always looked at
