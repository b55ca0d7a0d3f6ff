"""A planner of a body in the air that follows a scenario: says what is written, then flies as written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from iatro_governor.trial.course import Course
from iatro_governor.trial.drone_scenario import DroneMotion, DronePlan, DroneScenario, Fly
from iatro_governor.trial.motion import STILL, Values
from iatro_governor.trial.script import Drive
from iatro_governor.trial.skill import Progress, Skill, Waiting

Seen = tuple[float, float, float, float]
"""[x, y, z, yaw] in the odometry frame."""
CHANNEL = "base"
SLOWEST = 0.2
"""m/s, so that the last decimetre does not take for ever."""
PROGRESS = 0.1
"""m by which it must come closer to count as alive."""


class DronePlanner(Course[DronePlan, Seen, Values, Drive]):
    """Flies by the plans of ``scenario``, at 20 Hz."""

    period, still = 0.05, STILL

    def __init__(self, scenario: DroneScenario) -> None:
        super().__init__(scenario.plans)

    def _motion(self, plan: DronePlan) -> list[Skill[Seen, Values]]:
        return [_skill(motion) for motion in plan.motion]

    def _channels(self, plan: DronePlan) -> tuple[str, ...]:
        return (CHANNEL,)

    def _sent(self, order: Values, plan_id: str | None) -> list[Drive]:
        return [Drive(order, plan_id, CHANNEL)]


def _skill(motion: DroneMotion) -> Skill[Seen, Values]:
    return Waiting(motion.wait_s or 0.0, STILL) if motion.fly is None else _Flying(motion.fly)


@dataclass(slots=True)
class _Flying:
    goal: Fly
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.goal.give_up_s, PROGRESS)

    def command(self, t: float, seen: Seen) -> Values | None:
        goal, way = self.goal, np.asarray(self.goal.to) - np.asarray(seen[:3])
        distance = float(np.linalg.norm(way))
        if distance < goal.tolerance or t > goal.timeout_s or self.progress.stuck(t, distance):
            return None
        braked = float(np.sqrt(2 * goal.braking * max(distance - goal.tolerance / 2, 0.0)))
        started = SLOWEST + goal.starting * t
        vx, vy, vz = way / distance * min(goal.speed, started, max(braked, SLOWEST))
        c, s = np.cos(seen[3]), np.sin(seen[3])
        return (float(c * vx + s * vy), float(-s * vx + c * vy), float(vz), 0.0, 0.0, 0.0)
