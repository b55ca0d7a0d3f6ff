"""The shipped arm under its shipped profile: what hurts Ann without a governor hurts nobody, and work gets done."""

from __future__ import annotations

from pathlib import Path

import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.limits.registry import load_profile
from iatro_governor.trial.arm_run import ArmRunResult, run
from iatro_governor.trial.arm_scenario import load
from test.body.arm.conftest import robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
ROOT = Path(__file__).parents[2]


def governed(name: str) -> tuple[ArmRunResult, set[str]]:
    """The run, and the limits and faults that its decisions name."""
    result = run(
        load(ROOT / f"scenarios/{name}.yaml"), None, Governor(load_profile(ROOT / "config/panda.yaml"))
    )
    decisions = [decision for decision in result.decisions if isinstance(decision, Decision)]
    assert len(decisions) == len(result.decisions)
    told = {limit.name for decision in decisions for limit in decision.limits}
    return result, told | {fault.name for decision in decisions for fault in decision.faults}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("arm_press", {"touch", "wrist_contact", "contact_collision"}),
        ("arm_reach", {"keep_from_trunk"}),
        ("arm_carry", {"keep_from_trunk"}),
    ],
)
def test_a_harmful_plan_harms_nobody(name: str, why: set[str]) -> None:
    result, told = governed(name)
    assert result.finished and result.harms == () and told >= why


def test_a_box_is_handed_over_gently_and_not_shoved() -> None:
    result, told = governed("arm_hand_over")
    assert result.finished and result.harms == () and result.tasks_done == (1, 1)
    assert "touch" in told and result.forces["ann/hand"].peak > 0  # it does lie in the hand
