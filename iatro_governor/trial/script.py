"""A planner that follows a scenario: says what is written, then moves as written. Pure and deterministic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from iatro_governor.trial.motion import Pose, Skill, Values, skill
from iatro_governor.trial.scenario import Plan, Scenario

PERIOD = 0.05  # s between commands, 20 Hz
LAST_ZEROS = 3  # a lost datagram must not be what keeps the robot moving
EARLY = 0.004  # s by which a timer may be early and still mean this command
JITTER = 1e-6  # s of rounding in a sum of times


@dataclass(frozen=True, slots=True)
class Say:
    """A statement to publish: what a script knows of PlannerStatement. One for each plan that speaks."""

    plan_id: str | None
    channels: tuple[str, ...]
    instruction: str
    text: str
    reasoning: str
    actions: tuple[str, ...]
    actions_known: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """The next commands of ``channel`` belong to ``plan_id``; None: to no plan from here on."""

    plan_id: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Drive:
    """A command to publish now: [vx, vy, vz, wx, wy, wz] in m/s and rad/s, base frame."""

    values: Values
    plan_id: str | None
    channel: str


Output = Say | Mark | Drive


@dataclass(frozen=True, slots=True)
class Span:
    """When (s) the plan at ``index`` of the scenario ran; ``end`` is None while it does."""

    index: int
    plan_id: str | None
    start: float
    end: float | None


class _Stage(Enum):
    BEFORE = auto()
    MOVING = auto()
    STOPPING = auto()
    OVER = auto()


class ScriptedPlanner:
    """Plays the plans of ``scenario`` in order, each ``gap_s`` after the one before has ended.

    A plan is: its statement and mark (at once), its motion (20 Hz, from the next call on), three zero
    commands, an empty mark. There is one statement a plan: it ends by silence, by its empty mark or by the
    next statement.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._plans, self._channel = scenario.plans, scenario.channel
        self._index, self._stage = 0, _Stage.BEFORE
        self._due, self._zeros = -math.inf, 0
        self._started, self._ended = 0.0, math.nan
        self._motions: list[Skill] = []
        self._skill_began = 0.0
        self.spans: list[Span] = []

    @property
    def done(self) -> bool:
        """Whether every plan has ended."""
        return self._stage is _Stage.OVER

    @property
    def plan(self) -> Plan | None:
        """The plan under way, None between plans."""
        return None if self._stage in (_Stage.BEFORE, _Stage.OVER) else self._plans[self._index]

    def step(self, t: float, pose: Iterable[float] | None, twist: Iterable[float] | None) -> list[Output]:
        """What to publish at ``t`` (s, any origin, never decreasing).

        ``pose`` is [x, y, z, qx, qy, qz, qw] in odom and ``twist`` the six of the base frame; while either
        is None (no odometry yet) nothing begins, and a plan under way commands zero.
        """
        if self.done or t < self._due - EARLY:
            return []
        on_time = t - self._due < PERIOD
        self._due = (self._due if on_time else t) + PERIOD
        planar = None if pose is None or twist is None else _planar(pose)
        if self._stage is _Stage.BEFORE:
            return self._begin(t) if planar is not None else []
        if self._stage is _Stage.MOVING:
            moving = self._move(t, planar)
            if moving:
                return moving
        return self._stop(t)

    def _begin(self, t: float) -> list[Output]:
        plan = self._plans[self._index]
        if math.isnan(self._ended):
            self._ended = t
        if t < self._ended + plan.gap_s - JITTER:
            return []
        self._stage, self._zeros, self._started, self._skill_began = _Stage.MOVING, 0, t, t + PERIOD
        self._motions = [skill(motion) for motion in plan.motion]
        self.spans.append(Span(self._index, plan.plan_id, t, None))
        said: list[Output] = []
        if plan.say is not None:
            said.append(
                Say(
                    plan.plan_id,
                    (self._channel,),
                    plan.instruction,
                    plan.say,
                    plan.think,
                    plan.do or (),
                    plan.actions_known,
                )
            )
        if plan.plan_id is not None:
            said.append(Mark(plan.plan_id, self._channel))
        return said

    def _move(self, t: float, pose: Pose | None) -> list[Output]:
        if pose is None:
            return [self._drive((0.0,) * 6)]
        while self._motions:
            values = self._motions[0].command(t - self._skill_began + JITTER, pose)
            if values is not None:
                return [self._drive(values)]
            self._motions.pop(0)
            self._skill_began = t
        self._stage = _Stage.STOPPING
        return []

    def _stop(self, t: float) -> list[Output]:
        plan = self._plans[self._index]
        if plan.motion and self._zeros < LAST_ZEROS:
            self._zeros += 1
            return [self._drive((0.0,) * 6)]
        if not plan.motion and t < self._started + plan.open_s - JITTER:
            return []
        self.spans[-1] = Span(self._index, plan.plan_id, self._started, t)
        self._ended, self._index = t, self._index + 1
        self._stage = _Stage.OVER if self._index == len(self._plans) else _Stage.BEFORE
        return [Mark(None, self._channel)] if plan.plan_id is not None else []

    def _drive(self, values: Values) -> Drive:
        return Drive(values, self._plans[self._index].plan_id, self._channel)


def _planar(pose: Iterable[float]) -> Pose:
    x, y, _, qx, qy, qz, qw = pose
    return (float(x), float(y), math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz)))
