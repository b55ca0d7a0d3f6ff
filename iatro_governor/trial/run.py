"""One scenario in a closed loop, in one process: plant, scripted planner and perhaps a governor between them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from iatro_governor.governor import events
from iatro_governor.plant import Harm, OdomReading, Plant
from iatro_governor.trial.scenario import Scenario
from iatro_governor.trial.script import Drive, Output, Say, ScriptedPlanner, Span
from iatro_governor.trial.tasks import TaskResult, judge

PERIOD = 0.01  # s, the governor's tick
ODOM_EVERY = 2  # periods: 50 Hz
SCAN_EVERY = 5  # periods: 20 Hz
WARM_UP = 0.5  # s in which sensors come up before the planner begins
COAST = 1.0  # s after the last plan in which the robot comes to rest
LONGEST = 600.0  # s, a run that is not over by then is cut


class Decision(Protocol):
    """What the loop needs of a governor's decision."""

    @property
    def allowed(self) -> Sequence[float]:
        """What may reach the actuators, in the channel's values."""
        ...


class Governor(Protocol):
    """What the loop needs of a governor; iatro_governor.governor.core.Governor is one."""

    def handle(self, event: Any) -> Sequence[Decision]:
        """Take one of governor.events, decide."""
        ...

    def tick(self, t: float) -> Sequence[Decision]:
        """Decide at ``t`` (s) without a new event."""
        ...


@dataclass(frozen=True, slots=True)
class Trace:
    """Samples at 50 Hz, n rows, in m, s and rad.

    ``t``, true ``pose`` [x, y, yaw], ``measured`` true twist [vx, vy, wz], ``requested``
    and ``allowed`` [vx, vy, vz, wx, wy, wz] (NaN where nothing was requested in the last period), ``plan``
    index or -1.
    """

    t: np.ndarray
    pose: np.ndarray
    measured: np.ndarray
    requested: np.ndarray
    allowed: np.ndarray
    plan: np.ndarray

    def digest(self) -> str:
        """SHA-256 over every sample, to compare runs byte by byte."""
        parts = (self.t, self.pose, self.measured, self.requested, self.allowed, self.plan)
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of one run.

    ``peak_speeds`` (m/s) by zone; ``outputs`` all that the planner published, with its time (s); ``decisions`` is
    empty without a governor.
    """

    scenario: str
    seed: int
    duration: float
    harms: tuple[Harm, ...]
    tasks: tuple[TaskResult, ...]
    spans: tuple[Span, ...]
    peak_speeds: dict[str, float]
    trace: Trace
    outputs: tuple[tuple[float, Output], ...]
    finished: bool
    decisions: tuple[Decision, ...] = ()

    @property
    def statements(self) -> tuple[tuple[float, Say], ...]:
        """What the planner said, and when (s)."""
        return tuple((t, output) for t, output in self.outputs if isinstance(output, Say))

    @property
    def commands(self) -> int:
        """How many commands the planner sent."""
        return sum(isinstance(output, Drive) for _, output in self.outputs)

    @property
    def tasks_done(self) -> tuple[int, int]:
        """How many of the benign tasks were done, and of how many."""
        return sum(task.done for task in self.tasks), len(self.tasks)

    def harms_of(self, span: Span) -> tuple[Harm, ...]:
        """The harms that began while this plan was the latest one."""
        following = [s.start for s in self.spans if s.start > span.start]
        end = min(following, default=np.inf)
        return tuple(harm for harm in self.harms if span.start <= harm.t < end)


def run(scenario: Scenario, seed: int | None = None, governor: Governor | None = None) -> RunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned.

    The same scenario, seed and governor give the same bytes; faster than real time.
    """
    return _Loop(scenario, scenario.seed if seed is None else seed, governor).run()


def ungoverned(scenario: Scenario, seed: int | None = None) -> RunResult:
    """The twin without a governor: every command reaches the base as the planner gave it."""
    return run(scenario, seed, None)


@dataclass(slots=True)
class _Loop:
    scenario: Scenario
    seed: int
    governor: Governor | None
    plant: Plant = field(init=False)
    planner: ScriptedPlanner = field(init=False)
    odom: OdomReading = field(init=False)
    allowed: np.ndarray = field(init=False, default_factory=lambda: np.zeros(6))
    requested: np.ndarray = field(init=False, default_factory=lambda: np.full(6, np.nan))
    outputs: list[tuple[float, Output]] = field(init=False, default_factory=list)
    decisions: list[Decision] = field(init=False, default_factory=list)
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.plant = Plant(self.scenario.world.built(), self.seed, self.scenario.built_start())
        self.planner = ScriptedPlanner(self.scenario)

    def run(self) -> RunResult:
        period, ends_at = 0, LONGEST
        while self.plant.t < ends_at:
            self._period(period)
            self.plant.step(PERIOD)
            period += 1
            if self.planner.done and ends_at == LONGEST:
                ends_at = self.plant.t + COAST
        return self._result()

    def _period(self, period: int) -> None:
        t = self.plant.t
        if period % SCAN_EVERY == 0 and self.governor is not None:
            scan = self.plant.scan()
            self._feed(
                events.Scan(
                    t,
                    "lidar",
                    scan.ranges,
                    scan.angle_min,
                    scan.angle_increment,
                    scan.range_min,
                    scan.range_max,
                    t,
                )
            )
        if period % ODOM_EVERY == 0:
            self.odom = self.plant.odom()
            self._feed(events.Odom(t, "odom", self.odom.pose, self.odom.twist, t))
        if t >= WARM_UP:
            for output in self.planner.step(t, self.odom.pose, self.odom.twist):
                self._publish(t, output)
        if self.governor is not None:
            self._obey(self.governor.tick(t))
        if period % ODOM_EVERY == 0:
            self._sample()

    def _publish(self, t: float, output: Output) -> None:
        self.outputs.append((t, output))
        if isinstance(output, Drive):
            self.requested = np.asarray(output.values)
            if self.governor is None:
                self._apply(output.values)
            else:
                self._feed(events.Command(t, output.channel, output.values, t, output.plan_id))

    def _feed(self, event: Any) -> None:
        if self.governor is not None:
            self._obey(self.governor.handle(event))

    def _obey(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            self.decisions.append(decision)
            self._apply(decision.allowed)

    def _apply(self, values: Sequence[float]) -> None:
        self.allowed = np.asarray(values, dtype=float)
        self.plant.command(self.allowed.tolist())

    def _sample(self) -> None:
        truth = self.plant.truth()
        span = self.planner.spans[-1] if self.planner.spans else None
        plan = span.index if span is not None and span.end is None else -1
        self.rows.append((truth.t, truth.pose, truth.twist, self.requested, self.allowed, plan))
        if self.planner.plan is None:
            self.requested = np.full(6, np.nan)

    def _result(self) -> RunResult:
        columns = [np.array(column) for column in zip(*self.rows, strict=True)]
        trace = Trace(*columns)
        track = zip(trace.t.tolist(), trace.pose[:, 0].tolist(), trace.pose[:, 1].tolist(), strict=True)
        return RunResult(
            scenario=self.scenario.name,
            seed=self.seed,
            duration=self.plant.t,
            harms=self.plant.harms(),
            tasks=judge(self.scenario, self.planner.spans, track),
            spans=tuple(self.planner.spans),
            peak_speeds=self.plant.peak_speeds(),
            trace=trace,
            outputs=tuple(self.outputs),
            finished=self.planner.done,
            decisions=tuple(self.decisions),
        )
