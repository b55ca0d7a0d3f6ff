"""Every profile that is shipped: sound, readable on a narrow terminal, complete, and of the robot that it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iatro_governor.cli.main import app
from iatro_governor.governor.core import Governor
from iatro_governor.limits.power_and_force import PowerAndForceConfig
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.tool_channels import GripperChannel

CONFIG = Path(__file__).parents[2] / "config"
every_profile = pytest.mark.parametrize("path", sorted(CONFIG.glob("*.yaml")), ids=lambda path: path.stem)
MODELLED = {"panda": 7, "ur5": 6, "tiago": 3 + 10, "iris": 4}
"""Joints of each model, the base's own first."""


@every_profile
def test_check_lists_what_it_bounds_within_eighty_columns(path):
    told = CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(app, ["check", str(path)])
    assert told.exit_code == 0 and "is sound" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 80
    told = CliRunner().invoke(app, ["check", str(path), "--json"])
    summary = json.loads(told.stdout)
    assert summary["ok"] and not summary["errors"]
    for row in summary["limits"]:
        assert row["bound"] is None or isinstance(row["bound"], int | float)
        assert row["bounds"] is None or all(isinstance(value, int | float) for value in row["bounds"])
        assert row["source"] and row["unit"]
    listed = {row["kind"] for row in summary["limits"] if row["bounds"] is not None}
    assert listed in (set(), {"joint_velocity", "joint_acceleration", "joint_deceleration"})


@every_profile
def test_a_governor_starts_from_it_and_says_what_it_waits_for(path):
    governor = Governor(load_profile(path))
    decisions = governor.tick(0.0)
    for decision in decisions:
        assert not any(decision.allowed) and "closed" in [fault.name for fault in decision.faults]


@pytest.mark.parametrize("name", sorted(MODELLED))
def test_the_model_is_that_of_the_robot_with_nothing_left_unsaid(name):
    """Wheels and rotors are locked by name; pairs of links that only the fit makes touch are excused by name."""
    body = load_profile(CONFIG / f"{name}.yaml").body
    assert body is not None and len(body.joints) == MODELLED[name]
    for warning in body.warnings:
        assert "immobile" not in warning and "always overlap" not in warning


def test_the_fingers_of_the_arm_press_with_less_than_a_hand_bears_by_its_own_bounds():
    """No limit sees what is between them."""
    profile = load_profile(CONFIG / "panda.yaml")
    fingers = profile.data.channels["gripper"]
    (touch,) = [limit for limit in profile.limits if isinstance(limit, PowerAndForceConfig)]
    assert isinstance(fingers, GripperChannel)
    assert fingers.max_effort < (touch.regions["hand"].clamped_force or 0.0)
