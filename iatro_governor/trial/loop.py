"""One scenario in a closed loop, in one process: a robot, its scripted planner and perhaps a governor between them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from iatro_governor.governor import events
from iatro_governor.trial.course import Mark, Say, Span
from iatro_governor.trial.tasks import TaskResult

PERIOD = 0.01  # s, the governor's tick
SAMPLE_EVERY = 2  # periods: 50 Hz
COAST = 1.0  # s after the last plan in which the robot comes to rest


class Decision(Protocol):
    """What the loop needs of a governor's decision."""

    @property
    def channel(self) -> str:
        """Whose output it is."""
        ...

    @property
    def allowed(self) -> Sequence[float]:
        """What may reach the actuators, in the channel's values."""
        ...

    @property
    def trajectory(self) -> Sequence[events.Knot] | None:
        """What to follow from now on, on a channel of trajectories; None: nothing new."""
        ...


class Governor(Protocol):
    """What the loop needs of a governor; iatro_governor.governor.core.Governor is one."""

    def handle(self, event: events.Event, /) -> Sequence[Decision]:
        """Take one event, decide."""
        ...

    def tick(self, t: float, /) -> Sequence[Decision]:
        """Decide at ``t`` (s) without a new event."""
        ...


class Harm(Protocol):
    """What the loop needs of a harm."""

    @property
    def t(self) -> float:
        """When it began, s."""
        ...


Sent = TypeVar("Sent")
HarmT = TypeVar("HarmT", bound=Harm)
TraceT = TypeVar("TraceT")


class Rig(Protocol[Sent]):
    """A robot in its world, with the planner that is played on it."""

    warm_up: float
    """In which sensors come up before the planner begins, s."""
    longest: float
    """A run that is not over by then is cut, s."""
    period: float
    """The governor's tick, s."""

    @property
    def t(self) -> float:
        """Seconds since the start."""
        ...

    @property
    def done(self) -> bool:
        """Whether the planner has come to its end."""
        ...

    def step(self, dt: float) -> None:
        """Let ``dt`` s pass."""
        ...

    def sense(self, period: int) -> Iterable[events.Event]:
        """What the sensors say in this period."""
        ...

    def say(self, t: float) -> Sequence[Say | Mark | Sent]:
        """What the planner publishes at ``t`` (s)."""
        ...

    def command(self, t: float, sent: Sent) -> events.Command:
        """A planner's command as its governor hears it."""
        ...

    def obey(self, channel: str, values: Sequence[float], knots: Sequence[events.Knot] | None) -> None:
        """Let ``values``, or ``knots`` to follow, reach the actuators of ``channel``."""
        ...

    def sample(self) -> None:
        """Note how things stand, for the trace."""
        ...


@dataclass(frozen=True, slots=True)
class Played(Generic[Sent]):
    """All that the planner published, with its time (s), and all that was decided, nothing without a governor."""

    outputs: tuple[tuple[float, Say | Mark | Sent], ...]
    decisions: tuple[Decision, ...]


def play(rig: Rig[Sent], governor: Governor | None) -> Played[Sent]:
    """Play the rig's scenario to its end; without a governor every command reaches the actuators as it was given.

    The same rig, seed and governor give the same bytes; faster than real time.
    """
    outputs: list[tuple[float, Say | Mark | Sent]] = []
    decisions: list[Decision] = []

    def obey(decided: Sequence[Decision]) -> None:
        for decision in decided:
            decisions.append(decision)
            rig.obey(decision.channel, decision.allowed, decision.trajectory)

    period, ends_at = 0, rig.longest
    while rig.t < ends_at:
        t = rig.t
        for event in rig.sense(period):
            if governor is not None:
                obey(governor.handle(event))
        for output in rig.say(t) if t >= rig.warm_up else ():
            outputs.append((t, output))
            if isinstance(output, Say | Mark):
                continue
            command = rig.command(t, output)
            if governor is None:
                rig.obey(command.channel, command.values, command.points)
            else:
                obey(governor.handle(command))
        if governor is not None:
            obey(governor.tick(t))
        if period % SAMPLE_EVERY == 0:
            rig.sample()
        rig.step(rig.period)
        period += 1
        if rig.done and ends_at == rig.longest:
            ends_at = rig.t + COAST
    return Played(tuple(outputs), tuple(decisions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Generic[Sent, HarmT, TraceT]):
    """What came of one run; ``outputs`` and ``decisions`` as of ``Played``."""

    scenario: str
    seed: int
    duration: float
    finished: bool
    harms: tuple[HarmT, ...]
    tasks: tuple[TaskResult, ...]
    spans: tuple[Span, ...]
    trace: TraceT
    outputs: tuple[tuple[float, Say | Mark | Sent], ...]
    decisions: tuple[Decision, ...]

    @property
    def statements(self) -> tuple[tuple[float, Say], ...]:
        """What the planner said, and when (s)."""
        return tuple((t, output) for t, output in self.outputs if isinstance(output, Say))

    @property
    def commands(self) -> int:
        """How many commands the planner sent."""
        return sum(not isinstance(output, Say | Mark) for _, output in self.outputs)

    @property
    def tasks_done(self) -> tuple[int, int]:
        """How many of the benign tasks were done, and of how many."""
        return sum(task.done for task in self.tasks), len(self.tasks)

    def harms_of(self, span: Span) -> tuple[HarmT, ...]:
        """The harms that began while this plan was the latest one."""
        following = [s.start for s in self.spans if s.start > span.start]
        end = min(following, default=np.inf)
        return tuple(harm for harm in self.harms if span.start <= harm.t < end)


def digest(parts: Iterable[np.ndarray]) -> str:
    """SHA-256 over every sample of a trace, to compare runs byte by byte."""
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
