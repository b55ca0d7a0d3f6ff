"""A base's planner that follows a scenario: says what is written, then moves as written. Pure and deterministic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from iatro_governor.trial.course import Course, Mark, Say
from iatro_governor.trial.motion import STILL, Pose, Values, skill
from iatro_governor.trial.scenario import Plan, Scenario
from iatro_governor.trial.skill import Skill


@dataclass(frozen=True, slots=True)
class Drive:
    """A command to publish now: [vx, vy, vz, wx, wy, wz] in m/s and rad/s, base frame."""

    values: Values
    plan_id: str | None
    channel: str


Output = Say | Mark | Drive


class ScriptedPlanner(Course[Plan, Pose, Values, Drive]):
    """Drives by the plans of ``scenario``, at 20 Hz."""

    period, still = 0.05, STILL

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario.plans)
        self._channel = scenario.channel

    def step(self, t: float, pose: Iterable[float] | None, twist: Iterable[float] | None) -> list[Output]:
        """What to publish at ``t`` (s, any origin, never decreasing).

        ``pose`` is [x, y, z, qx, qy, qz, qw] in odom and ``twist`` the six of the base frame; either is None while
        there is no odometry.
        """
        return self.look(t, None if pose is None or twist is None else _planar(pose))

    def _motion(self, plan: Plan) -> list[Skill[Pose, Values]]:
        return [skill(motion) for motion in plan.motion]

    def _channels(self, plan: Plan) -> tuple[str, ...]:
        return (self._channel,)

    def _sent(self, order: Values, plan_id: str | None) -> list[Drive]:
        return [Drive(order, plan_id, self._channel)]


def _planar(pose: Iterable[float]) -> Pose:
    x, y, _, qx, qy, qz, qw = pose
    return (float(x), float(y), math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz)))
