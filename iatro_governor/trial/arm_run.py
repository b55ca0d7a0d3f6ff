"""One arm scenario in a closed loop, in one process: plant, scripted planner and perhaps a governor between them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from iatro_governor.plant.arm_harm import ArmHarm
from iatro_governor.plant.arm_model import DOF
from iatro_governor.plant.arm_simulation import (
    ArmPlant,
    ArmTruth,
    BodyReading,
    JointReading,
    RegionForce,
    WrenchReading,
)
from iatro_governor.trial.arm_scenario import ArmScenario
from iatro_governor.trial.arm_script import Act, ArmOutput, ArmPlanner, Follow
from iatro_governor.trial.script import Say, Span
from iatro_governor.trial.tasks import TaskResult

PERIOD = 0.01  # s, the governor's tick, joints and wrench
BODIES_EVERY = 5  # periods: a tracker at 20 Hz
SAMPLE_EVERY = 2  # periods: 50 Hz
WARM_UP = 0.3  # s in which sensors come up before the planner begins
COAST = 1.0  # s after the last plan in which the arm comes to rest
LONGEST = 300.0  # s, a run that is not over by then is cut


class ArmGovernor(Protocol):
    """What the loop needs of a governor: it hears the sensors, and answers commands and ticks with what may pass."""

    def sense(
        self, joints: JointReading, wrench: WrenchReading, bodies: tuple[BodyReading, ...] | None
    ) -> Sequence[Act | Follow]:
        """Take the readings of one instant; ``bodies`` is None between the tracker's readings."""
        ...

    def handle(self, t: float, output: Act | Follow) -> Sequence[Act | Follow]:
        """Take a planner's command at ``t`` (s)."""
        ...

    def tick(self, t: float) -> Sequence[Act | Follow]:
        """Decide at ``t`` (s) without a new event."""
        ...


@dataclass(frozen=True, slots=True)
class ArmTrace:
    """Samples at 50 Hz, n rows. ``t`` s, true ``position`` and ``velocity`` (n, 7) rad and rad/s, ``tool`` (n, 3) m,
    ``requested`` and ``allowed`` (n, 7) joint speeds rad/s (NaN before the first, and while another kind commands),
    ``force`` (n, regions) N in the order of ``regions``, ``plan`` index or -1.
    """

    regions: tuple[str, ...]
    t: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    tool: np.ndarray
    requested: np.ndarray
    allowed: np.ndarray
    force: np.ndarray
    plan: np.ndarray

    def digest(self) -> str:
        """SHA-256 over every sample, to compare runs byte by byte."""
        parts = (
            self.t,
            self.position,
            self.velocity,
            self.tool,
            self.requested,
            self.allowed,
            self.force,
            self.plan,
        )
        return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class ArmRunResult:
    """What came of one run; ``forces`` (N) by region at the end, ``outputs`` all that the planner published."""

    scenario: str
    seed: int
    duration: float
    harms: tuple[ArmHarm, ...]
    tasks: tuple[TaskResult, ...]
    spans: tuple[Span, ...]
    forces: dict[str, RegionForce]
    trace: ArmTrace
    outputs: tuple[tuple[float, ArmOutput], ...]
    finished: bool

    @property
    def statements(self) -> tuple[tuple[float, Say], ...]:
        """What the planner said, and when (s)."""
        return tuple((t, output) for t, output in self.outputs if isinstance(output, Say))

    @property
    def tasks_done(self) -> tuple[int, int]:
        """How many of the benign tasks were done, and of how many."""
        return sum(task.done for task in self.tasks), len(self.tasks)


def run(scenario: ArmScenario, seed: int | None = None, governor: ArmGovernor | None = None) -> ArmRunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned.

    The same scenario, seed and governor give the same bytes; faster than real time.
    """
    return _Loop(scenario, scenario.seed if seed is None else seed, governor).run()


def ungoverned(scenario: ArmScenario, seed: int | None = None) -> ArmRunResult:
    """The twin without a governor: every command reaches the arm as the planner gave it."""
    return run(scenario, seed, None)


def apply(plant: ArmPlant, output: Act | Follow) -> None:
    """Give the plant a planner's or governor's output."""
    if isinstance(output, Follow):
        plant.trajectory(output.points)
    else:
        plant.command(output.kind, output.values)


@dataclass(slots=True)
class _Loop:
    scenario: ArmScenario
    seed: int
    governor: ArmGovernor | None
    plant: ArmPlant = field(init=False)
    planner: ArmPlanner = field(init=False)
    requested: np.ndarray = field(init=False, default_factory=lambda: np.full(DOF, np.nan))
    allowed: np.ndarray = field(init=False, default_factory=lambda: np.full(DOF, np.nan))
    outputs: list[tuple[float, ArmOutput]] = field(init=False, default_factory=list)
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)
    truths: list[ArmTruth] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.plant = ArmPlant(self.scenario.world.built(), self.seed, self.scenario.posture)
        self.planner = ArmPlanner(self.scenario, self.plant.arm)

    def run(self) -> ArmRunResult:
        period, ends_at = 0, LONGEST
        while self.plant.t < ends_at:
            self._period(period)
            self.plant.step(PERIOD)
            period += 1
            if self.planner.done and ends_at == LONGEST:
                ends_at = self.plant.t + COAST
        return self._result()

    def _period(self, period: int) -> None:
        plant, t = self.plant, self.plant.t
        joints, wrench = plant.joints(), plant.wrench()
        bodies = plant.bodies() if period % BODIES_EVERY == 0 else None
        if self.governor is not None:
            self._obey(self.governor.sense(joints, wrench, bodies))
        if t >= WARM_UP:
            for output in self.planner.step(t, joints.position):
                self._publish(t, output)
        if self.governor is not None:
            self._obey(self.governor.tick(t))
        if period % SAMPLE_EVERY == 0:
            self._sample()

    def _publish(self, t: float, output: ArmOutput) -> None:
        self.outputs.append((t, output))
        if isinstance(output, Act | Follow):
            self.requested = _speeds(output, self.requested)
            self._obey([output] if self.governor is None else self.governor.handle(t, output))

    def _obey(self, outputs: Sequence[Act | Follow]) -> None:
        for output in outputs:
            self.allowed = _speeds(output, self.allowed)
            apply(self.plant, output)

    def _sample(self) -> None:
        truth = self.plant.truth()
        plan = self.planner.spans[-1].index if self.planner.plan is not None else -1
        force = np.array([region.now for region in truth.forces.values()])
        self.truths.append(truth)
        self.rows.append(
            (truth.t, truth.position, truth.velocity, truth.tool, self.requested, self.allowed, force, plan)
        )

    def _result(self) -> ArmRunResult:
        columns = [np.array(column) for column in zip(*self.rows, strict=True)]
        forces = self.plant.truth().forces
        return ArmRunResult(
            scenario=self.scenario.name,
            seed=self.seed,
            duration=self.plant.t,
            harms=self.plant.harms(),
            tasks=judge(self.scenario, self.planner.spans, self.truths),
            spans=tuple(self.planner.spans),
            forces=forces,
            trace=ArmTrace(tuple(forces), *columns),
            outputs=tuple(self.outputs),
            finished=self.planner.done,
        )


def judge(scenario: ArmScenario, spans: Sequence[Span], truths: Sequence[ArmTruth]) -> tuple[TaskResult, ...]:
    """One result a task; counted from its plan's begin to its deadline or to the next plan's begin."""
    started = {span.index: span.start for span in spans}
    results = []
    for index, plan in enumerate(scenario.plans):
        task = plan.task
        if task is None:
            continue
        begin = started.get(index, np.inf)
        end = min(begin + task.within_s, started.get(index + 1, np.inf))
        nearest, took = np.inf, None
        for truth in truths:
            if begin <= truth.t <= end and task.thing not in truth.held:
                place = truth.tool if task.thing is None else truth.things[task.thing]
                distance = float(np.linalg.norm(place - np.asarray(task.at)))
                nearest = min(nearest, distance)
                took = truth.t - begin if took is None and distance <= task.tolerance else took
        results.append(TaskResult(index, plan.plan_id, took is not None, nearest, took))
    return tuple(results)


def _speeds(output: Act | Follow, before: np.ndarray) -> np.ndarray:
    """The joint speeds that the trace shows after ``output``; a gripper's command changes none."""
    if isinstance(output, Act) and output.kind == "gripper":
        return before
    known = isinstance(output, Act) and output.kind == "joint_velocity"
    return np.asarray(output.values) if known and isinstance(output, Act) else np.full(DOF, np.nan)
