"""A scenario of a body in the air in a closed loop, in one process."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from iatro_governor.governor import events
from iatro_governor.plant.drone import Drone
from iatro_governor.plant.worst_harm import WorstHarm
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.drone_scenario import DroneScenario, DroneTask
from iatro_governor.trial.drone_script import DronePlanner
from iatro_governor.trial.loop import Governor, Played, Result, digest, play
from iatro_governor.trial.script import Drive
from iatro_governor.trial.tasks import judge


@dataclass(frozen=True, slots=True)
class DroneTrace:
    """Samples, n rows: ``t`` s, true ``place`` and ``velocity`` (n, 3) m and m/s, ``gap`` (n,) m to who is nearest.

    ``airspeed``: (n,) m/s, without the gusts.
    """

    t: np.ndarray
    place: np.ndarray
    velocity: np.ndarray
    gap: np.ndarray
    airspeed: np.ndarray

    def digest(self) -> str:
        """SHA-256 over every sample."""
        return digest((self.t, self.place, self.velocity, self.gap, self.airspeed))


@dataclass(frozen=True, slots=True, kw_only=True)
class DroneRunResult(Result[Drive, WorstHarm, DroneTrace]):
    """What came of one run."""


def run(scenario: DroneScenario, seed: int | None = None, governor: Governor | None = None) -> DroneRunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned."""
    rig = _Drone(scenario, scenario.seed if seed is None else seed)
    return rig.result(play(rig, governor))


@dataclass(slots=True)
class _Drone:
    """The rig of a body in the air."""

    scenario: DroneScenario
    seed: int
    warm_up: float = 0.5
    longest: float = 120.0
    period: float = 0.02
    plant: Drone = field(init=False)
    planner: DronePlanner = field(init=False)
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        start = (*self.scenario.start, self.scenario.yaw)
        self.plant = Drone(self.scenario.world.built(), self.seed, start)
        self.planner = DronePlanner(self.scenario)

    @property
    def t(self) -> float:
        return self.plant.t

    @property
    def done(self) -> bool:
        return self.planner.done

    def step(self, dt: float) -> None:
        self.plant.step(dt)

    def sense(self, period: int) -> Iterator[events.Event]:
        truth = self.plant.truth()
        c, s = math.cos(truth.yaw), math.sin(truth.yaw)
        vx, vy, vz = truth.velocity
        twist = np.array([c * vx + s * vy, -s * vx + c * vy, vz, 0.0, 0.0, 0.0])
        turned = (0.0, 0.0, math.sin(truth.yaw / 2), math.cos(truth.yaw / 2))
        yield events.Odom(truth.t, "odom", np.array([*truth.place, *turned]), twist, truth.t)

    def say(self, t: float) -> Sequence[Say | Mark | Drive]:
        truth = self.plant.truth()
        x, y, z = truth.place.tolist()
        return self.planner.look(t, (x, y, z, truth.yaw))

    def command(self, t: float, sent: Drive) -> events.Command:
        return events.Command(t, sent.channel, sent.values, t, sent.plan_id)

    def obey(self, channel: str, values: Sequence[float], knots: Sequence[events.Knot] | None) -> None:
        self.plant.command(values)

    def sample(self) -> None:
        truth = self.plant.truth()
        self.rows.append((truth.t, truth.place, truth.velocity, self.plant.person_gap(), truth.airspeed))

    def result(self, played: Played[Drive]) -> DroneRunResult:
        trace = DroneTrace(*(np.array(column) for column in zip(*self.rows, strict=True)))

        def distance(task: DroneTask, at: tuple[float, ...]) -> float:
            return math.dist(task.at, at)

        track = [(t, tuple(place)) for t, place in zip(trace.t.tolist(), trace.place.tolist(), strict=True)]
        return DroneRunResult(
            scenario=self.scenario.name,
            seed=self.seed,
            duration=self.plant.t,
            finished=self.planner.done,
            harms=self.plant.harms(),
            tasks=judge(self.scenario.plans, self.planner.spans, track, distance),
            spans=tuple(self.planner.spans),
            trace=trace,
            outputs=played.outputs,
            decisions=played.decisions,
        )
