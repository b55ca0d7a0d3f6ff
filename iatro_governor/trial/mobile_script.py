"""A planner of an arm on a base that follows a scenario: says what is written, then drives and moves as written."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from iatro_governor.trial import motion
from iatro_governor.trial.course import Course
from iatro_governor.trial.mobile_scenario import DOF, Both, MobileMotion, MobilePlan, MobileScenario, Pose
from iatro_governor.trial.scenario import Motion
from iatro_governor.trial.skill import Progress, Skill, Waiting

BASE, ARM = "base", "arm"
GAIN = 2.0
"""1/s, how a joint comes to its place."""
TORSO = 0.1
"""Of the speed of the joints that turn, m/s for rad/s."""
PROGRESS = 0.02


@dataclass(frozen=True, slots=True)
class Seen:
    """What it sees of its robot: ``pose`` [x, y, yaw] and the ``joints``' positions."""

    pose: motion.Pose
    joints: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A twist of the base and speeds of torso and arm; None: nothing for that one."""

    drive: motion.Values | None
    arm: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Told:
    """A command to publish now on ``channel``."""

    values: tuple[float, ...]
    plan_id: str | None
    channel: str


STILL = Order(motion.STILL, (0.0,) * DOF)


class MobilePlanner(Course[MobilePlan, Seen, Order, Told]):
    """Moves by the plans of ``scenario``, at 20 Hz."""

    period, still = 0.05, STILL

    def __init__(self, scenario: MobileScenario) -> None:
        super().__init__(scenario.plans)

    def _motion(self, plan: MobilePlan) -> list[Skill[Seen, Order]]:
        return [_skill(each) for each in plan.motion]

    def _channels(self, plan: MobilePlan) -> tuple[str, ...]:
        return (BASE, ARM)

    def _sent(self, order: Order, plan_id: str | None) -> list[Told]:
        parts = ((order.drive, BASE), (order.arm, ARM))
        return [Told(tuple(values), plan_id, channel) for values, channel in parts if values is not None]


def _skill(piece: MobileMotion) -> Skill[Seen, Order]:
    if piece.pose is not None:
        return _Posing(piece.pose)
    if piece.both is not None:
        return _Both(piece.both)
    if piece.wait_s is not None:
        return Waiting(piece.wait_s, STILL)
    return _Driving(motion.skill(Motion(goto=piece.goto, face=piece.face)))


@dataclass(slots=True)
class _Driving:
    skill: Skill[motion.Pose, motion.Values]

    def command(self, t: float, seen: Seen) -> Order | None:
        values = self.skill.command(t, seen.pose)
        return None if values is None else Order(values, None)


@dataclass(slots=True)
class _Both:
    goal: Both

    def command(self, t: float, _seen: Seen) -> Order | None:
        vx, vy, vz, wx, wy, wz = self.goal.drive
        return Order((vx, vy, vz, wx, wy, wz), self.goal.arm) if t < self.goal.for_ else None


@dataclass(slots=True)
class _Posing:
    goal: Pose
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.goal.give_up_s, PROGRESS)

    def command(self, t: float, seen: Seen) -> Order | None:
        way = np.asarray(self.goal.to) - np.asarray(seen.joints)
        left = float(np.abs(way).max())
        if left < self.goal.tolerance or t > self.goal.timeout_s or self.progress.stuck(t, left):
            return None
        most = np.full(DOF, self.goal.speed)
        most[0] *= TORSO
        return Order(None, tuple(np.clip(GAIN * way, -most, most).tolist()))
