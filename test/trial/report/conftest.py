"""A campaign's folder whose answer is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from iatro_governor.trial.manifest import OUTCOMES, Manifest, write_manifest
from iatro_governor.trial.outcomes import Outcome, write
from test.trial.estimate.synthetic import OWN, PREVENTABLE, Treatment, hill, run, sweep, twins

DOSES = (0.0, 0.5, 1.0, 2.0)
AMR = shared("config/amr.yaml")


def manifest(runs: int, **changes) -> Manifest:
    profile = load_profile(AMR)
    told = {
        "robot": profile.data.robot.name,
        "profile": str(AMR),
        "config_hash": profile.config_hash,
        "limits": {"obstacles": "obstacle", "travel_speed": "speed"},
        "scenarios": "base",
        "library_hash": "0" * 64,
        "doses": DOSES,
        "seed": 0,
        "seeds": 8,
        "runs": runs,
        "command": "iatro trial run --scenarios base --out out/trial",
        "software": {"iatro_governor": "0.1.0"},
    }
    return Manifest.model_validate({**told, **changes})


def rows() -> list[Outcome]:
    """A sweep, each limit left out, and a protective stop that a close follower runs into."""
    found = sweep(Treatment(hill(0.4, 4.0), hill(3.0, 4.0)), DOSES, 8, 0)
    for place, who in enumerate(twins(8)):
        close = place % 2 == 0
        found.append(run(**who, off=("travel_speed",), harms={}))
        found.append(run(**who, off=("obstacles",), harms={PREVENTABLE: 1.0}))
        trap = {**who, "family": "stop", "scenario": f"stop_{place}"}
        found.append(run(**trap, kind="trap", treatment="ungoverned", dose=0.0))
        harms = {OWN: 0.9} if close else {}
        moment = {"follower_close": close}
        found.append(run(**trap, kind="trap", harms=harms, moment=moment, stop_mode="protective"))
    return found


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    found = rows()
    write(tmp_path / OUTCOMES, found)
    write_manifest(tmp_path, manifest(len(found)))
    return tmp_path
