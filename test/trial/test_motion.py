"""A navigation skill arrives, also where its commands are scaled, and gives up where it is held."""

from __future__ import annotations

import math

import pytest

from iatro_governor.trial.motion import Pose, Values, skill
from iatro_governor.trial.scenario import Motion
from iatro_governor.trial.skill import Skill

STEP = 0.05


def follow(
    moving: Skill[Pose, Values], pose: Pose = (0.0, 0.0, 0.0), scale: float = 1.0
) -> tuple[float, Pose, list[float]]:
    """Time, pose and speeds of an ideal base that does ``scale`` times what it is told."""
    (x, y, yaw), t, speeds = pose, 0.0, []
    while (values := moving.command(t, (x, y, yaw))) is not None:
        v, w = scale * values[0], scale * values[5]
        speeds.append(values[0])
        x, y, yaw, t = x + STEP * v * math.cos(yaw), y + STEP * v * math.sin(yaw), yaw + STEP * w, t + STEP
        assert t < 120.0
    return t, (x, y, yaw), speeds


@pytest.mark.parametrize("scale", [1.0, 0.4])
@pytest.mark.parametrize("goal", [(2.0, 0.0), (-1.0, 1.5), (0.3, -2.0)])
def test_goto_arrives(goal: tuple[float, float], scale: float) -> None:
    moving = skill(Motion.model_validate({"goto": {"x": goal[0], "y": goal[1], "speed": 0.6}}))
    _, (x, y, _), speeds = follow(moving, scale=scale)
    assert math.hypot(x - goal[0], y - goal[1]) < 0.08
    assert 0.5 < max(speeds) <= 0.6 and min(speeds) >= 0.0


def test_goto_slows_down_before_it_arrives() -> None:
    _, _, speeds = follow(skill(Motion.model_validate({"goto": {"x": 2.0, "y": 0.0, "speed": 0.6}})))
    assert speeds[-1] < 0.3


def test_goto_gives_up_where_it_is_held() -> None:
    t, pose, _ = follow(
        skill(Motion.model_validate({"goto": {"x": 2, "y": 0, "speed": 0.6, "give_up_s": 0.7}})), scale=0.0
    )
    assert pose == (0.0, 0.0, 0.0) and t == pytest.approx(0.75, abs=0.06)


def test_goto_does_not_give_up_while_it_turns() -> None:
    moving = skill(Motion.model_validate({"goto": {"x": -2, "y": 0.1, "speed": 0.6, "give_up_s": 0.5}}))
    assert follow(moving)[1][0] == pytest.approx(-2.0, abs=0.08)


def test_goto_ends_at_its_timeout() -> None:
    moving = skill(Motion.model_validate({"goto": {"x": 90, "y": 0, "speed": 0.5, "timeout_s": 3}}))
    assert follow(moving)[0] == pytest.approx(3.0, abs=0.06)


@pytest.mark.parametrize("yaw", [1.5, -3.0, 0.0])
def test_face_turns_the_short_way_and_stays(yaw: float) -> None:
    _, (x, y, end), speeds = follow(skill(Motion.model_validate({"face": {"yaw": yaw}})))
    assert (x, y) == (0.0, 0.0) and not any(speeds)
    assert end == pytest.approx(yaw, abs=0.06)
