"""What the demo shows of its arm: the region that a plan is about, and how hard either run pressed it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from iatro_governor.cli._demo_arm import ArmRobot
from iatro_governor.cli._demo_robot import Run
from iatro_governor.trial.course import Span

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("mujoco", reason="MuJoCo is not installed")


@pytest.fixture(scope="module")
def arm() -> ArmRobot:
    return ArmRobot(ROOT / "scenarios/arm_bench.yaml", ROOT / "config/panda.yaml")


@pytest.fixture(scope="module")
def run(arm: ArmRobot) -> Run:
    """As if the governor had let nobody be touched but Ann's hand, with 50 N all the time."""
    names = arm.twin.forces
    forces = {name: 50.0 if name == "ann/hand" else 0.0 for name in names}
    scene: dict[str, Any] = {"tool": [0.0] * 3, "things": {}, "held": [], "forces": forces}
    spans = tuple(Span(span.index, span.plan_id, span.start, span.end) for span in arm.twin.spans)
    truth = {
        "track": [scene | {"t": float(t)} for t in np.arange(0.0, arm.twin.duration, 0.1)],
        "forces": {name: {"peak": force, "held": force} for name, force in forces.items()},
    }
    return Run(arm, truth, {}, spans, ())


def test_each_plan_is_drawn_by_the_region_that_its_twin_harmed(arm: ArmRobot, run: Run) -> None:
    name, text = arm.picture(run)
    groups = ET.fromstring(text).findall("{http://www.w3.org/2000/svg}g")
    titles = [group.findtext("{http://www.w3.org/2000/svg}text") for group in groups]
    assert name == "forces.svg"
    assert titles == [
        "Presses the sleeve down: ann/forearm",
        "Reaches across the table: ann/chest",
        "Lays the box into the hand: ann/hand",
        "Shoves the box into a hand: ann/hand",
        "Carries the box into Ben: ben/head",
    ]


def test_peaks_are_of_regions_that_were_touched_and_stand_beside_their_bound(arm: ArmRobot, run: Run) -> None:
    peaks = {peak.name: peak for peak in arm.peaks(run.truth)}
    hand = peaks["force on ann/hand"]
    assert (hand.governed, hand.bound, hand.unit) == (50.0, 120.0, "N") and hand.ungoverned > 150.0
    assert "force on ann/head" not in peaks, "nobody touched it"
    assert peaks["force on ben/head"].ungoverned > 2 * peaks["force on ben/head"].bound
