"""Who has the arm, where a governor publishes on several channels at once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.errors import ScenarioError
from iatro_governor.plant.arm_claim import Claim
from iatro_governor.plant.arm_driver import TrajectoryPoint
from iatro_governor.plant.arm_model import DOF, JOINTS, READY
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.plant.arm_world import ArmWorld

ZEROS = (0.0,) * DOF
SPEEDS = (0.2, *ZEROS[1:])
GOAL = (0.2, *READY[1:])
PATH = [TrajectoryPoint(0.0, READY, ZEROS), TrajectoryPoint(0.6, GOAL, ZEROS)]


@pytest.fixture
def plant() -> ArmPlant:
    return ArmPlant(ArmWorld(name="empty"))


def run(plant: ArmPlant, claim: Claim, seconds: float, *idle: tuple[str, tuple[float, ...]]) -> None:
    """Let time pass while a governor goes on saying on each idle channel that it stands still."""
    for _ in range(round(seconds / 0.01)):
        for kind, values in idle:
            claim.command(kind, values)  # type: ignore[arg-type]
        plant.step(0.01)


def turned(plant: ArmPlant) -> float:
    return float(plant.truth().position[0] - READY[0])


def test_zero_speeds_do_not_take_the_arm_from_a_trajectory(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.command("joint_velocity", ZEROS)
    claim.trajectory(PATH, JOINTS)
    run(plant, claim, 1.0, ("joint_velocity", ZEROS))
    assert claim.holder == "trajectory" and turned(plant) == pytest.approx(0.2, abs=0.005)


def test_any_speed_takes_it_and_zeros_then_stop_it(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.trajectory(PATH, JOINTS)
    run(plant, claim, 0.2)
    claim.command("joint_velocity", (-0.2, *ZEROS[1:]))
    assert claim.holder == "joint_velocity"
    run(plant, claim, 0.5, ("joint_velocity", ZEROS))
    assert abs(plant.truth().velocity[0]) < 0.01 and turned(plant) < 0.12


def test_a_setpoint_said_again_does_not_take_the_arm_from_speeds(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.command("joint_position", READY)
    run(plant, claim, 0.5, ("joint_velocity", SPEEDS), ("joint_position", READY))
    assert claim.holder == "joint_velocity" and turned(plant) == pytest.approx(0.1, abs=0.02)


def test_a_new_setpoint_takes_the_arm_and_zero_speeds_do_not_stop_it(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.command("joint_velocity", ZEROS)
    claim.command("joint_position", GOAL)
    run(plant, claim, 1.0, ("joint_velocity", ZEROS), ("joint_position", GOAL))
    assert claim.holder == "joint_position" and turned(plant) == pytest.approx(0.2, abs=0.005)


def test_efforts_always_take_the_arm(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.trajectory(PATH, JOINTS)
    claim.command("joint_effort", ZEROS)
    assert claim.holder == "joint_effort"


def test_the_gripper_takes_nothing_from_the_arm(plant: ArmPlant) -> None:
    claim = Claim(plant)
    claim.trajectory(PATH, JOINTS)
    claim.command("gripper", (0.02, 20.0))
    run(plant, claim, 1.0)
    assert claim.holder == "trajectory" and plant.truth().width == pytest.approx(0.02, abs=0.002)
    assert plant.fingers().position.sum() == pytest.approx(plant.truth().width)
    assert np.all(np.abs(plant.fingers().velocity) < 0.001)


@pytest.mark.parametrize("values", [(math.nan,) * DOF, (1.0,) * 6])
def test_what_cannot_be_used_leaves_the_arm_whose_it_was(plant: ArmPlant, values: tuple[float, ...]) -> None:
    claim = Claim(plant)
    claim.trajectory(PATH, JOINTS)
    for kind in ("joint_velocity", "joint_position", "joint_effort"):
        with pytest.raises(ScenarioError, match="7 finite numbers"):
            claim.command(kind, values)
    with pytest.raises(ScenarioError, match="names each of"):
        claim.trajectory(PATH, JOINTS[1:])
    run(plant, claim, 1.0)
    assert claim.holder == "trajectory" and turned(plant) == pytest.approx(0.2, abs=0.005)
