"""A base's scenario in a closed loop, in one process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.governor import events
from iatro_governor.plant import Harm, OdomReading, Plant
from iatro_governor.trial.course import Mark, Say, Span
from iatro_governor.trial.loop import PERIOD, Governor, Played, Result, digest, play
from iatro_governor.trial.scenario import Reach, Scenario
from iatro_governor.trial.script import Drive, ScriptedPlanner
from iatro_governor.trial.tasks import TaskResult, judge

ODOM_EVERY = 2  # periods: 50 Hz
SCAN_EVERY = 5  # periods: 20 Hz


@dataclass(frozen=True, slots=True)
class Trace:
    """Samples at 50 Hz, n rows, in m, s and rad.

    ``t``, true ``pose`` [x, y, yaw], ``measured`` true twist [vx, vy, wz], ``requested``
    and ``allowed`` [vx, vy, vz, wx, wy, wz] (NaN where nothing was requested in the last period), ``plan``
    index or -1, ``gap`` to the nearest person, skin to skin (infinite where there is nobody).
    """

    t: np.ndarray
    pose: np.ndarray
    measured: np.ndarray
    requested: np.ndarray
    allowed: np.ndarray
    plan: np.ndarray
    gap: np.ndarray

    def digest(self) -> str:
        """SHA-256 over every sample."""
        return digest((self.t, self.pose, self.measured, self.requested, self.allowed, self.plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult(Result[Drive, Harm, Trace]):
    """What came of one run; ``peak_speeds`` (m/s) by zone."""

    peak_speeds: dict[str, float]


def run(scenario: Scenario, seed: int | None = None, governor: Governor | None = None) -> RunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned."""
    rig = BaseRig(scenario, scenario.seed if seed is None else seed, sees=governor is not None)
    return rig.result(play(rig, governor))


def ungoverned(scenario: Scenario, seed: int | None = None) -> RunResult:
    """The twin without a governor: every command reaches the base as the planner gave it."""
    return run(scenario, seed, None)


def judge_base(
    scenario: Scenario, spans: Iterable[Span], track: Iterable[tuple[float, float, float]]
) -> tuple[TaskResult, ...]:
    """The tasks of ``scenario`` on ``track``, rows of t, x, y in s and m, on the clock of ``spans``."""

    def distance(task: Reach, at: tuple[float, float]) -> float:
        return math.hypot(at[0] - task.x, at[1] - task.y)

    return judge(scenario.plans, spans, [(t, (x, y)) for t, x, y in track], distance)


@dataclass(slots=True)
class BaseRig:
    """The rig of a base; ``sees``: somebody wants its scans."""

    scenario: Scenario
    seed: int
    sees: bool
    warm_up: float = 0.5
    longest: float = 600.0
    period: float = PERIOD
    plant: Plant = field(init=False)
    planner: ScriptedPlanner = field(init=False)
    odom: OdomReading = field(init=False)
    allowed: np.ndarray = field(init=False, default_factory=lambda: np.zeros(6))
    requested: np.ndarray = field(init=False, default_factory=lambda: np.full(6, np.nan))
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.plant = Plant(self.scenario.world.built(), self.seed, self.scenario.built_start())
        self.planner = ScriptedPlanner(self.scenario)

    @property
    def t(self) -> float:
        """Seconds since the start."""
        return self.plant.t

    @property
    def done(self) -> bool:
        """Whether the planner has come to its end."""
        return self.planner.done

    def step(self, dt: float) -> None:
        """Let ``dt`` s pass."""
        self.plant.step(dt)

    def sense(self, period: int) -> Iterator[events.Event]:
        """What lidar and odometry say in this period."""
        t = self.plant.t
        if period % SCAN_EVERY == 0 and self.sees:
            scan = self.plant.scan()
            geometry = (scan.angle_min, scan.angle_increment, scan.range_min, scan.range_max)
            yield events.Scan(t, "lidar", scan.ranges, *geometry, t)
        if period % ODOM_EVERY == 0:
            self.odom = self.plant.odom()
            yield events.Odom(t, "odom", self.odom.pose, self.odom.twist, t)

    def say(self, t: float) -> Sequence[Say | Mark | Drive]:
        """What the planner publishes at ``t`` (s)."""
        return self.planner.step(t, self.odom.pose, self.odom.twist)

    def command(self, t: float, sent: Drive) -> events.Command:
        """A planner's command as its governor hears it."""
        self.requested = np.asarray(sent.values)
        return events.Command(t, sent.channel, sent.values, t, sent.plan_id)

    def obey(self, channel: str, values: Sequence[float], knots: Sequence[events.Knot] | None) -> None:
        """Let ``values`` (m/s, rad/s) reach the wheels."""
        self.allowed = np.asarray(values, dtype=float)
        self.plant.command(self.allowed.tolist())

    def sample(self) -> None:
        """Note how things stand, for the trace."""
        truth = self.plant.truth()
        plan = self.planner.spans[-1].index if self.planner.plan is not None else -1
        gap = self.plant.person_gap()
        self.rows.append((truth.t, truth.pose, truth.twist, self.requested, self.allowed, plan, gap))
        if self.planner.plan is None:
            self.requested = np.full(6, np.nan)

    def result(self, played: Played[Drive]) -> RunResult:
        """What came of it."""
        trace = Trace(*(np.array(column) for column in zip(*self.rows, strict=True)))
        track = zip(trace.t.tolist(), trace.pose[:, 0].tolist(), trace.pose[:, 1].tolist(), strict=True)
        return RunResult(
            scenario=self.scenario.name,
            seed=self.seed,
            duration=self.plant.t,
            finished=self.planner.done,
            harms=self.plant.harms(),
            tasks=judge_base(self.scenario, self.planner.spans, track),
            spans=tuple(self.planner.spans),
            trace=trace,
            outputs=played.outputs,
            decisions=played.decisions,
            peak_speeds=self.plant.peak_speeds(),
        )
