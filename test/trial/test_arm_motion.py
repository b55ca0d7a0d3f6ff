"""An arm's skills arrive, also where their commands are scaled, give up where they are held, and end in rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.plant.arm_model import DOF, READY, ArmSpec, kinematics
from iatro_governor.trial.arm_motion import PERIOD, STILL, Order, skill
from iatro_governor.trial.arm_scenario import ArmMotion
from iatro_governor.trial.skill import Skill

ARM = ArmSpec()


def started(**motion: Any) -> Skill[np.ndarray, Order]:
    return skill(ArmMotion.model_validate(motion), ARM)


def follow(moving: Skill[np.ndarray, Order], scale: float = 1.0) -> tuple[float, np.ndarray, list[float]]:
    """Time, posture and tool speeds of an ideal arm that does ``scale`` times what it is told."""
    t, q, speeds = 0.0, np.array(READY), list[float]()
    while (order := moving.command(t, q)) is not None:
        assert order.kind == "joint_velocity"
        dq = scale * np.array(order.values)
        speeds.append(float(np.linalg.norm(kinematics(ARM, q).jacobian[:3] @ np.array(order.values))))
        t, q = t + PERIOD, q + PERIOD * dq
        assert t < 60.0
    return t, q, speeds


@pytest.mark.parametrize("scale", [1.0, 0.4])
@pytest.mark.parametrize("goal", [(0.5, 0.2, 0.3), (0.45, -0.35, 0.1), (0.3, 0.0, 0.6)])
def test_a_move_arrives_with_the_gripper_down(goal: tuple[float, float, float], scale: float) -> None:
    _, q, speeds = follow(started(move={"to": goal, "speed": 0.3}), scale)
    here = kinematics(ARM, q)
    assert here.tool == pytest.approx(goal, abs=0.008)
    assert here.frames[-1][:3, 2] == pytest.approx([0, 0, -1], abs=0.08)
    assert 0.2 < max(speeds) < 0.33 and speeds[-1] < 0.15


def test_no_joint_is_asked_for_more_than_it_can() -> None:
    moving, q = started(move={"to": (0.3, 0.5, 0.3), "speed": 5.0, "braking": 50.0}), np.array(READY)
    fastest = 0.0
    for k in range(30):
        order = moving.command(k * PERIOD, q)
        if order is None:
            break
        share = np.max(np.abs(order.values) / np.asarray(ARM.speed))
        fastest = max(fastest, float(share))
        q = q + PERIOD * np.array(order.values)
    assert fastest == pytest.approx(1.0)


def test_a_move_gives_up_where_it_is_held() -> None:
    t, q, _ = follow(started(move={"to": (0.5, 0, 0.3), "speed": 0.3, "give_up_s": 0.7}), scale=0.0)
    assert q == pytest.approx(READY) and t == pytest.approx(0.72, abs=0.05)


def test_a_move_out_of_reach_ends() -> None:
    t, _, _ = follow(started(move={"to": (3.0, 0, 0.3), "speed": 0.5, "timeout_s": 4.0}))
    assert t < 4.1


def test_a_grip_repeats_its_width_and_force_and_a_wait_stands() -> None:
    q = np.array(READY)
    gripping = started(grip={"width": 0.02, "force": 25, "wait_s": 0.5})
    order = gripping.command(0.0, q)
    assert order is not None and (order.kind, order.values) == ("gripper", (0.02, 25.0))
    assert gripping.command(0.5, q) is None
    waiting = started(wait_s=0.3)
    assert waiting.command(0.2, q) == STILL and waiting.command(0.3, q) is None


def test_a_trajectory_is_sent_once_and_waited_for() -> None:
    following, q = started(trajectory=[{"time": 1.0, "positions": [0.1] * DOF}]), np.array(READY)
    orders = [following.command(t, q) for t in (0.0, 0.02, 0.98)]
    assert [bool(order and order.points) for order in orders] == [True, False, False]
    assert None not in orders and following.command(1.0, q) is None
