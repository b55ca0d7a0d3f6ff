"""A scenario of an arm on a base in a closed loop, in one process."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from iatro_governor.body.model import ArmModel
from iatro_governor.errors import ScenarioError
from iatro_governor.governor import events
from iatro_governor.limits.registry import load_profile
from iatro_governor.plant.mobile import Mobile
from iatro_governor.plant.worst_harm import WorstHarm
from iatro_governor.resources import shared
from iatro_governor.trial.course import Mark, Say
from iatro_governor.trial.loop import PERIOD, Governor, Played, Result, digest, play
from iatro_governor.trial.mobile_scenario import MobileScenario, MobileTask
from iatro_governor.trial.mobile_script import ARM, BASE, MobilePlanner, Seen, Told
from iatro_governor.trial.tasks import judge

ROBOT = "config/tiago.yaml"
"""The profile whose description the plant is built from, whatever profile governs it."""
SCAN_EVERY = 5
"""Periods: 20 Hz."""
TOOL = "wrist_ft_tool_link"


@dataclass(frozen=True, slots=True)
class MobileTrace:
    """Samples, n rows: ``t`` s, true ``pose`` (n, 3) of the base, ``speed`` (n,) m/s forward, ``tool`` (n, 3) m.

    ``gap``: (n,) m to the nearest person.
    """

    t: np.ndarray
    pose: np.ndarray
    speed: np.ndarray
    tool: np.ndarray
    gap: np.ndarray

    def digest(self) -> str:
        """SHA-256 over every sample."""
        return digest((self.t, self.pose, self.speed, self.tool, self.gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileRunResult(Result[Told, WorstHarm, MobileTrace]):
    """What came of one run."""


@cache
def robot() -> tuple[ArmModel, tuple[str, ...]]:
    """The model of the simulated robot, and the joints of its arm. Raises ScenarioError where there is none."""
    profile = load_profile(shared(ROBOT))
    if profile.body is None:
        raise ScenarioError(f"{ROBOT} has no model, so there is nothing to simulate")
    return profile.body, tuple(profile.data.channels[ARM].joints)  # type: ignore[union-attr]


def run(
    scenario: MobileScenario, seed: int | None = None, governor: Governor | None = None
) -> MobileRunResult:
    """Play ``scenario`` to its end. ``seed`` defaults to the scenario's own; no ``governor`` is ungoverned."""
    rig = _Mobile(scenario, scenario.seed if seed is None else seed, sees=governor is not None)
    return rig.result(play(rig, governor))


@dataclass(slots=True)
class _Mobile:
    """The rig of an arm on a base; ``sees``: somebody wants its scans."""

    scenario: MobileScenario
    seed: int
    sees: bool
    warm_up: float = 0.5
    longest: float = 120.0
    period: float = PERIOD
    plant: Mobile = field(init=False)
    planner: MobilePlanner = field(init=False)
    rows: list[tuple[Any, ...]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        model, joints = robot()
        world = self.scenario.world.built()
        self.plant = Mobile(model, world, self.seed, joints, self.scenario.start, self.scenario.pose)
        self.planner = MobilePlanner(self.scenario)

    @property
    def t(self) -> float:
        return self.plant.t

    @property
    def done(self) -> bool:
        return self.planner.done

    def step(self, dt: float) -> None:
        self.plant.step(dt)

    def sense(self, period: int) -> Iterator[events.Event]:
        plant, t = self.plant, self.plant.t
        x, y, yaw = plant.q[:3].tolist()
        names = plant.model.joints[3:]
        speeds = np.zeros(len(names))
        speeds[[names.index(name) for name in plant.joints]] = plant.rates
        yield events.Joints(t, "joints", names, plant.q[3:].copy(), speeds, None, t)
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        v, w = plant.twist.tolist()
        yield events.Odom(t, "odom", pose, np.array([v, 0.0, 0.0, 0.0, 0.0, w]), t)
        if period % SCAN_EVERY == 0 and self.sees:
            spec = plant.spec
            step = 2 * spec.field_of_view / (spec.beams - 1)
            yield events.Scan(t, "lidar", plant.scan(), -spec.field_of_view, step, 0.02, spec.range_max, t)

    def say(self, t: float) -> Sequence[Say | Mark | Told]:
        x, y, yaw = self.plant.q[:3].tolist()
        own = [self.plant.model.joints.index(name) for name in self.plant.joints]
        return self.planner.look(t, Seen((x, y, yaw), tuple(self.plant.q[own].tolist())))

    def command(self, t: float, sent: Told) -> events.Command:
        return events.Command(t, sent.channel, sent.values, t, sent.plan_id)

    def obey(self, channel: str, values: Sequence[float], knots: Sequence[events.Knot] | None) -> None:
        if channel == BASE:
            self.plant.drive(values)
        elif channel == ARM:
            self.plant.move(values)

    def sample(self) -> None:
        plant = self.plant
        self.rows.append((plant.t, plant.q[:3].copy(), plant.twist[0], plant.tool(TOOL), plant.person_gap()))

    def result(self, played: Played[Told]) -> MobileRunResult:
        trace = MobileTrace(*(np.array(column) for column in zip(*self.rows, strict=True)))

        def distance(task: MobileTask, at: tuple[tuple[float, ...], tuple[float, ...]]) -> float:
            base, tool = at
            return math.dist(task.at, tool) if task.tool else math.dist(task.at[:2], base[:2])

        places = zip(trace.pose.tolist(), trace.tool.tolist(), strict=True)
        track = [
            (t, (tuple(base), tuple(tool))) for t, (base, tool) in zip(trace.t.tolist(), places, strict=True)
        ]
        return MobileRunResult(
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
