"""An arm's scenario in a closed loop, in one process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.governor import events
from iatro_governor.plant.arm_claim import Claim
from iatro_governor.plant.arm_driver import TrajectoryPoint
from iatro_governor.plant.arm_harm import ArmHarm
from iatro_governor.plant.arm_model import DOF, JOINTS
from iatro_governor.plant.arm_simulation import ArmPlant, ArmTruth, RegionForce
from iatro_governor.trial.arm_scenario import ArmScenario, ArmTask
from iatro_governor.trial.arm_scene import Scene
from iatro_governor.trial.arm_script import CHANNELS, TRAJECTORY_CHANNEL, Act, ArmPlanner, Follow
from iatro_governor.trial.course import Mark, Say, Span
from iatro_governor.trial.loop import PERIOD, Governor, Played, Result, digest, play
from iatro_governor.trial.tasks import TaskResult, judge

BODIES_EVERY = 5  # periods: a tracker at 20 Hz; joints and wrist speak every period
WRIST_FRAME, BASE_FRAME = "panda_hand", "panda_link0"
KINDS = {channel: kind for kind, channel in CHANNELS.items()}


@dataclass(frozen=True, slots=True)
class ArmTrace:
    """Samples at 50 Hz, n rows. ``t`` s, true ``position`` and ``velocity`` (n, 7) rad and rad/s, ``tool`` (n, 3) m,
    ``requested`` and ``allowed`` (n, 7) joint speeds rad/s (NaN before the first, and while another kind commands),
    ``force`` (n, regions) N in the order of ``regions``, as of ``Scene``, ``plan`` index or -1.
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
        """SHA-256 over every sample."""
        told = (self.requested, self.allowed)
        return digest((self.t, self.position, self.velocity, self.tool, *told, self.force, self.plan))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRunResult(Result[Act | Follow, ArmHarm, ArmTrace]):
    """What came of one run; ``forces`` (N) by region at the end."""

    forces: dict[str, RegionForce]


def run(scenario: ArmScenario, seed: int | None = None, governor: Governor | None = None) -> ArmRunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned."""
    rig = _Arm(scenario, scenario.seed if seed is None else seed)
    return rig.result(play(rig, governor))


def ungoverned(scenario: ArmScenario, seed: int | None = None) -> ArmRunResult:
    """The twin without a governor: every command reaches the arm as the planner gave it."""
    return run(scenario, seed, None)


def world_at(
    scenario: ArmScenario, t: float, seed: int | None = None, governor: Governor | None = None
) -> ArmPlant:
    """The simulated arm as it stands ``t`` s into a run, to be looked at."""
    rig = _Arm(scenario, scenario.seed if seed is None else seed, longest=t)
    _: Played[Act | Follow] = play(rig, governor)
    return rig.plant


def judge_arm(
    scenario: ArmScenario, spans: Iterable[Span], scenes: Iterable[Scene]
) -> tuple[TaskResult, ...]:
    """The tasks of ``scenario``; ``scenes`` on the clock of ``spans``."""

    def distance(task: ArmTask, scene: Scene) -> float:
        if task.thing in scene.held:
            return math.inf
        return math.dist(scene.tool if task.thing is None else scene.things[task.thing], task.at)

    return judge(scenario.plans, spans, [(scene.t, scene) for scene in scenes], distance)


@dataclass(slots=True)
class _Arm:
    """The rig of an arm."""

    scenario: ArmScenario
    seed: int
    warm_up: float = 0.3
    longest: float = 300.0
    period: float = PERIOD
    plant: ArmPlant = field(init=False)
    claim: Claim = field(init=False)
    planner: ArmPlanner = field(init=False)
    position: np.ndarray = field(init=False)
    requested: np.ndarray = field(init=False, default_factory=lambda: np.full(DOF, np.nan))
    allowed: np.ndarray = field(init=False, default_factory=lambda: np.full(DOF, np.nan))
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)
    scenes: list[Scene] = field(init=False, default_factory=list)
    seen: ArmTruth | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.plant = ArmPlant(self.scenario.world.built(), self.seed, self.scenario.posture)
        self.claim = Claim(self.plant)
        self.planner = ArmPlanner(self.scenario, self.plant.arm)

    @property
    def t(self) -> float:
        return self.plant.t

    @property
    def done(self) -> bool:
        return self.planner.done

    def step(self, dt: float) -> None:
        self.plant.step(dt)

    def sense(self, period: int) -> Iterator[events.Event]:
        t, arm, fingers, wrench = self.plant.t, self.plant.joints(), self.plant.fingers(), self.plant.wrench()
        self.position = arm.position
        yield events.Joints(
            t,
            "joints",
            (*arm.names, *fingers.names),
            np.concatenate((arm.position, fingers.position)),
            np.concatenate((arm.velocity, fingers.velocity)),
            np.concatenate((arm.effort, fingers.effort)),
            t,
        )
        yield events.Wrench(t, "wrist", wrench.force, wrench.torque, t, WRIST_FRAME)
        if period % BODIES_EVERY == 0:
            seen = [events.Body(b.id, b.position, b.velocity, b.region) for b in self.plant.bodies()]
            yield events.Bodies(t, "people", BASE_FRAME, tuple(seen), t)

    def say(self, t: float) -> Sequence[Say | Mark | Act | Follow]:
        return self.planner.step(t, self.position)

    def command(self, t: float, sent: Act | Follow) -> events.Command:
        self.requested = _speeds(
            sent.channel, () if isinstance(sent, Follow) else sent.values, self.requested
        )
        if isinstance(sent, Act):
            return events.Command(t, sent.channel, sent.values, t, sent.plan_id)
        knots = tuple(events.Knot(p.time, p.positions, p.velocities or ()) for p in sent.points)
        return events.Command(
            t, sent.channel, knots[-1].positions, t, sent.plan_id, names=JOINTS, points=knots
        )

    def obey(self, channel: str, values: Sequence[float], knots: Sequence[events.Knot] | None) -> None:
        self.allowed = _speeds(channel, values, self.allowed)
        if channel != TRAJECTORY_CHANNEL:
            self.claim.command(KINDS[channel], values)
        elif knots is not None:
            points = [TrajectoryPoint(k.time, k.positions, k.velocities or None) for k in knots]
            self.claim.trajectory(points, JOINTS)

    def sample(self) -> None:
        truth = self.plant.truth()
        plan = self.planner.spans[-1].index if self.planner.plan is not None else -1
        scene, self.seen = Scene.of(truth.t, truth, self.seen), truth
        force = np.array(list(scene.forces.values()))
        self.scenes.append(scene)
        self.rows.append(
            (truth.t, truth.position, truth.velocity, truth.tool, self.requested, self.allowed, force, plan)
        )

    def result(self, played: Played[Act | Follow]) -> ArmRunResult:
        forces = self.plant.truth().forces
        return ArmRunResult(
            scenario=self.scenario.name,
            seed=self.seed,
            duration=self.plant.t,
            finished=self.planner.done,
            harms=self.plant.harms(),
            tasks=judge_arm(self.scenario, self.planner.spans, self.scenes),
            spans=tuple(self.planner.spans),
            trace=ArmTrace(tuple(forces), *(np.array(column) for column in zip(*self.rows, strict=True))),
            outputs=played.outputs,
            decisions=played.decisions,
            forces=forces,
        )


def _speeds(channel: str, values: Sequence[float], before: np.ndarray) -> np.ndarray:
    """The joint speeds that the trace shows after a command on ``channel``; the gripper's changes none."""
    if KINDS.get(channel) == "gripper":
        return before
    return np.asarray(values) if KINDS.get(channel) == "joint_velocity" else np.full(DOF, np.nan)
