"""The demo's arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from iatro_governor.cli._demo_robot import Json, Peak, Run
from iatro_governor.plant.force_chart import Panel, force_chart
from iatro_governor.trial.arm_run import ArmRunResult, judge_arm, ungoverned
from iatro_governor.trial.arm_scenario import ArmPlan, ArmScenario, load
from iatro_governor.trial.arm_scene import Scene
from iatro_governor.trial.arm_script import ArmPlanner
from iatro_governor.trial.course import Span
from iatro_governor.trial.tasks import TaskResult


@dataclass
class ArmRobot:
    """An arm at a bench with people; see ``DemoRobot``."""

    file: Path
    config: Path
    name: str = "arm"
    plant: str = "arm_plant"
    scenario: ArmScenario = field(init=False)

    def __post_init__(self) -> None:
        self.scenario = load(self.file)

    @property
    def plans(self) -> Sequence[ArmPlan]:
        """Those of the scenario."""
        return self.scenario.plans

    @property
    def channels(self) -> tuple[str, ...]:
        """Those that some plan commands."""
        return ArmPlanner(self.scenario).channels

    @cached_property
    def twin(self) -> ArmRunResult:
        """In one process."""
        return ungoverned(self.scenario)

    def tasks(self, spans: Sequence[Span], truth: Json) -> tuple[TaskResult, ...]:
        """By where tool and things truly were."""
        return judge_arm(self.scenario, spans, map(Scene.read, truth["track"]))

    def peaks(self, truth: Json) -> list[Peak]:
        """Forces on the regions of people that either run touched."""
        parts = self.scenario.world.built().parts
        pairs = {
            name: (force.peak, truth["forces"][name]["peak"]) for name, force in self.twin.forces.items()
        }
        return [
            Peak(f"force on {name}", "N", *pair, parts[name].bound.peak)
            for name, pair in pairs.items()
            if any(pair)
        ]

    def picture(self, run: Run) -> tuple[str, str]:
        """The force over time, plan by plan, on the region that the twin harmed or else pressed most in it."""
        trace, parts = self.twin.trace, self.scenario.world.built().parts
        scenes = [Scene.read(told) for told in run.truth["track"]]
        kept = np.array([[scene.t, *(scene.forces[name] for name in trace.regions)] for scene in scenes])
        bare = np.column_stack([trace.t, trace.force])
        panels = []
        for index, plan in enumerate(self.plans):
            courses = [
                _during(index, spans, rows) for spans, rows in ((self.twin.spans, bare), (run.spans, kept))
            ]
            region = self._worst(index, courses)
            if not any(rows[:, 1 + region].any() for rows in courses):
                continue
            name = trace.regions[region]
            cut = [rows[:, [0, 1 + region]] for rows in courses]
            panels.append(Panel(plan.title, name, parts[name].bound.peak, *cut))
        return "forces.svg", force_chart(panels)

    def _worst(self, index: int, courses: Sequence[np.ndarray]) -> int:
        """The place of the region to show of a plan; samples can miss the peak of a blow, harms do not."""
        regions = self.twin.trace.regions
        harms = [h for span in self.twin.spans if span.index == index for h in self.twin.harms_of(span)]
        felt = [harm for harm in harms if harm.victim in regions and harm.unit == "N"]
        if felt:
            return regions.index(max(felt, key=lambda harm: harm.severity).victim)
        peaks = [rows[:, 1:].max(axis=0, initial=0.0) for rows in courses]
        return int(np.argmax(np.max(peaks, axis=0)))


def _during(index: int, spans: Sequence[Span], rows: np.ndarray) -> np.ndarray:
    """The rows while plan ``index`` was the latest one; the first column in s since its begin."""
    start = next((span.start for span in spans if span.index == index), np.inf)
    end = next((span.start for span in spans if span.index == index + 1), np.inf)
    chosen = rows[(rows[:, 0] >= start) & (rows[:, 0] < end)]
    return np.asarray(chosen - [start, *(0.0,) * (rows.shape[1] - 1)]) if len(chosen) else chosen
