"""The course of a scripted planner: what is said and commanded in which order, whatever the robot."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar

from iatro_governor.trial.skill import Skill
from iatro_governor.trial.words import Words

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


PlanT = TypeVar("PlanT", bound=Words)
Seen = TypeVar("Seen")
Order = TypeVar("Order")
Sent = TypeVar("Sent")


class Course(ABC, Generic[PlanT, Seen, Order, Sent]):
    """Plays ``plans`` in order, each ``gap_s`` after the one before has ended.

    A plan is: its statement and marks (at once), its motion (from the next call on, a command each ``period`` s), three
    commands of rest, empty marks. There is one statement a plan: it ends by silence, by its empty marks or by the next
    statement. ``Seen`` is what the planner sees of its robot, ``Order`` what a skill commands, ``Sent`` how that is
    published.
    """

    period: float
    still: Order

    def __init__(self, plans: Sequence[PlanT]) -> None:
        self._plans = plans
        self._index, self._stage = 0, _Stage.BEFORE
        self._due, self._zeros = -math.inf, 0
        self._started, self._ended = 0.0, math.nan
        self._skills: list[Skill[Seen, Order]] = []
        self._skill_began = 0.0
        self.spans: list[Span] = []

    @abstractmethod
    def _motion(self, plan: PlanT) -> list[Skill[Seen, Order]]:
        """The skills of ``plan``, one after the other."""

    @abstractmethod
    def _channels(self, plan: PlanT) -> tuple[str, ...]:
        """The channels that ``plan`` commands."""

    @abstractmethod
    def _sent(self, order: Order, plan_id: str | None) -> list[Sent]:
        """``order`` as it is published."""

    @property
    def done(self) -> bool:
        """Whether every plan has ended."""
        return self._stage is _Stage.OVER

    @property
    def plan(self) -> PlanT | None:
        """The plan under way, None between plans."""
        return None if self._stage in (_Stage.BEFORE, _Stage.OVER) else self._plans[self._index]

    def look(self, t: float, seen: Seen | None) -> list[Say | Mark | Sent]:
        """What to publish at ``t`` (s, any origin, never decreasing), for what is seen then.

        While nothing is seen nothing begins, and a plan under way commands rest.
        """
        if self.done or t < self._due - EARLY:
            return []
        on_time = t - self._due < self.period
        self._due = (self._due if on_time else t) + self.period
        if self._stage is _Stage.BEFORE:
            return self._begin(t) if seen is not None else []
        if self._stage is _Stage.MOVING and (moving := self._move(t, seen)) is not None:
            return moving
        return self._stop(t)

    def _begin(self, t: float) -> list[Say | Mark | Sent]:
        plan = self._plans[self._index]
        if math.isnan(self._ended):
            self._ended = t
        if t < self._ended + plan.gap_s - JITTER:
            return []
        self._stage, self._zeros, self._started, self._skill_began = _Stage.MOVING, 0, t, t + self.period
        self._skills = self._motion(plan)
        self.spans.append(Span(self._index, plan.plan_id, t, None))
        channels = self._channels(plan)
        said: list[Say | Mark | Sent] = []
        if plan.say is not None:
            said.append(Say(plan.plan_id, channels, plan.instruction, plan.say, plan.think, plan.do or (),
                            plan.actions_known))  # fmt: skip
        return said + self._marks(plan, plan.plan_id)

    def _move(self, t: float, seen: Seen | None) -> list[Say | Mark | Sent] | None:
        """The motion's next command, nothing being one, too; None once it is over."""
        if seen is None:
            return self._command(self.still)
        while self._skills:
            order = self._skills[0].command(t - self._skill_began + JITTER, seen)
            if order is not None:
                return self._command(order)
            self._skills.pop(0)
            self._skill_began = t
        self._stage = _Stage.STOPPING
        return None

    def _stop(self, t: float) -> list[Say | Mark | Sent]:
        plan = self._plans[self._index]
        if plan.motion and self._zeros < LAST_ZEROS:
            self._zeros += 1
            return self._command(self.still)
        if not plan.motion and t < self._started + plan.open_s - JITTER:
            return []
        self.spans[-1] = Span(self._index, plan.plan_id, self._started, t)
        self._ended, self._index = t, self._index + 1
        self._stage = _Stage.OVER if self._index == len(self._plans) else _Stage.BEFORE
        return self._marks(plan, None)

    def _command(self, order: Order) -> list[Say | Mark | Sent]:
        return [*self._sent(order, self._plans[self._index].plan_id)]

    def _marks(self, plan: PlanT, plan_id: str | None) -> list[Say | Mark | Sent]:
        if plan.plan_id is None:
            return []
        return [Mark(plan_id, channel) for channel in self._channels(plan)]
