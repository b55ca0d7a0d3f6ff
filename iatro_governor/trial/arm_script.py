"""An arm's planner that follows a scenario: says what is written, then moves as written. Pure and deterministic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_model import ArmSpec
from iatro_governor.trial.arm_motion import PERIOD, STILL, Order, Skill, skill
from iatro_governor.trial.arm_scenario import ArmPlan, ArmScenario
from iatro_governor.trial.script import EARLY, JITTER, LAST_ZEROS, Mark, Say, Span

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


@dataclass(slots=True)
class ArmPlanner:
    """Plays the plans of ``scenario`` in order, each ``gap_s`` after the one before has ended.

    A plan is: its statement and marks, its motion at 50 Hz, three zero speeds, empty marks.
    """

    scenario: ArmScenario
    arm: ArmSpec = field(default_factory=ArmSpec)
    spans: list[Span] = field(default_factory=list)
    done: bool = False
    _index: int = 0
    _due: float = -math.inf
    _ended: float = math.nan
    _skills: list[Skill] | None = None
    _began: float = 0.0
    _zeros: int = 0

    @property
    def plan(self) -> ArmPlan | None:
        """The plan under way, None between plans."""
        return self.scenario.plans[self._index] if self._skills is not None else None

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that some plan commands."""
        return tuple(sorted({name for plan in self.scenario.plans for name in self._channels(plan)}))

    def step(self, t: float, position: Sequence[float] | np.ndarray | None) -> list[ArmOutput]:
        """What to publish at ``t`` (s, never decreasing); ``position`` (7,) rad, None until it was measured."""
        if self.done or t < self._due - EARLY or position is None:
            return []
        on_time = t - self._due < PERIOD
        self._due = (self._due if on_time else t) + PERIOD
        if self._skills is None:
            return self._begin(t)
        order = self._order(t, np.asarray(position, dtype=float))
        return self._end(t) if order is None else self._published(order)

    def _begin(self, t: float) -> list[ArmOutput]:
        plan = self.scenario.plans[self._index]
        self._ended = t if math.isnan(self._ended) else self._ended
        if t < self._ended + plan.gap_s - JITTER:
            return []
        self._skills, self._zeros, self._began = [skill(m, self.arm) for m in plan.motion], 0, t + PERIOD
        self.spans.append(Span(self._index, plan.plan_id, t, None))
        channels = self._channels(plan)
        said: list[ArmOutput] = []
        if plan.say is not None:
            said.append(Say(plan.plan_id, channels, plan.instruction, plan.say, plan.think, plan.do or (),
                            plan.actions_known))  # fmt: skip
        if plan.plan_id is not None:
            said += [Mark(plan.plan_id, channel) for channel in channels]
        return said

    def _order(self, t: float, q: np.ndarray) -> Order | None:
        skills = self._skills or []
        if skills:
            order = skills[0].command(t - self._began + JITTER, q)
            if order is not None:
                return order
            skills.pop(0)
            self._began = t + PERIOD
            return STILL  # or the last speed would go on until the driver's watchdog
        if self._zeros < LAST_ZEROS and self.scenario.plans[self._index].motion:
            self._zeros += 1
            return STILL
        return None

    def _end(self, t: float) -> list[ArmOutput]:
        plan, span = self.scenario.plans[self._index], self.spans[-1]
        self.spans[-1] = Span(span.index, span.plan_id, span.start, t)
        self._ended, self._index, self._skills = t, self._index + 1, None
        self.done = self._index == len(self.scenario.plans)
        return [Mark(None, channel) for channel in self._channels(plan)] if plan.plan_id is not None else []

    def _published(self, order: Order) -> list[ArmOutput]:
        plan_id = self.scenario.plans[self._index].plan_id
        if order.points:
            return [Follow(order.points, plan_id)]
        if order.kind is None:
            return []
        return [Act(order.kind, order.values, plan_id, CHANNELS[order.kind])]

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
