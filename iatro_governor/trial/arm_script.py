"""An arm's planner that follows a scenario: says what is written, then moves as written. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_model import ArmSpec
from iatro_governor.trial.arm_motion import PERIOD, STILL, Order, skill
from iatro_governor.trial.arm_scenario import ArmPlan, ArmScenario
from iatro_governor.trial.course import Course, Mark, Say
from iatro_governor.trial.skill import Skill

CHANNELS: dict[Kind, str] = {
    "joint_velocity": "arm",
    "joint_position": "arm_position",
    "joint_effort": "arm_effort",
    "gripper": "gripper",
}
TRAJECTORY_CHANNEL = "arm_trajectory"


@dataclass(frozen=True, slots=True)
class Act:
    """A command to publish now on ``channel``: ``values`` in the units of its ``kind``."""

    kind: Kind
    values: tuple[float, ...]
    plan_id: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Follow:
    """A joint trajectory to publish now, over panda_joint1 to 7."""

    points: tuple[TrajectoryPoint, ...]
    plan_id: str | None
    channel: str = TRAJECTORY_CHANNEL


ArmOutput = Say | Mark | Act | Follow


class ArmPlanner(Course[ArmPlan, np.ndarray, Order, Act | Follow]):
    """Moves the arm by the plans of ``scenario``, at 50 Hz."""

    period, still = PERIOD, STILL

    def __init__(self, scenario: ArmScenario, arm: ArmSpec | None = None) -> None:
        super().__init__(scenario.plans)
        self._arm = arm or ArmSpec()

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that some plan commands."""
        return tuple(sorted({name for plan in self._plans for name in self._channels(plan)}))

    def step(self, t: float, position: Sequence[float] | np.ndarray | None) -> list[ArmOutput]:
        """What to publish at ``t`` (s, never decreasing); ``position`` (7,) rad, None until it was measured."""
        return self.look(t, None if position is None else np.asarray(position, dtype=float))

    def _motion(self, plan: ArmPlan) -> list[Skill[np.ndarray, Order]]:
        return [skill(motion, self._arm) for motion in plan.motion]

    def _channels(self, plan: ArmPlan) -> tuple[str, ...]:
        used = {"arm"}
        for motion in plan.motion:
            if motion.grip is not None:
                used.add("gripper")
            if motion.trajectory is not None:
                used.add(TRAJECTORY_CHANNEL)
            if motion.stream is not None:
                used.add(CHANNELS[motion.stream.kind])
        return tuple(sorted(used))

    def _sent(self, order: Order, plan_id: str | None) -> list[Act | Follow]:
        if order.points:
            return [Follow(order.points, plan_id)]
        if order.kind is None:
            return []
        return [Act(order.kind, order.values, plan_id, CHANNELS[order.kind])]
