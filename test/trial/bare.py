"""The shipped arm scenarios without a governor: several files of tests look at the same runs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from iatro_governor.trial.arm_run import ArmRunResult, ungoverned
from iatro_governor.trial.arm_scenario import load

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@cache
def bare(name: str, seed: int | None = None) -> ArmRunResult:
    """The scenario called ``name`` as nobody governs it; ``seed``: in place of its own."""
    return ungoverned(load(SCENARIOS / f"{name}.yaml"), seed)
