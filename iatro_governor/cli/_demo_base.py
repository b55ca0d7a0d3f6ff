"""The demo's mobile base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from iatro_governor.cli._demo_robot import Json, Peak, Run
from iatro_governor.plant.harm import Harm
from iatro_governor.plant.picture import Path as Way
from iatro_governor.plant.picture import top_view
from iatro_governor.trial.course import Span
from iatro_governor.trial.run import RunResult, judge_base, ungoverned
from iatro_governor.trial.scenario import Plan, Scenario, load
from iatro_governor.trial.tasks import TaskResult

UNGOVERNED, GOVERNED = "#c0392b", "#1f7a4d"


@dataclass
class BaseRobot:
    """A base in a hall; see ``DemoRobot``."""

    file: Path
    config: Path
    name: str = "base"
    plant: str = "plant"
    scenario: Scenario = field(init=False)

    def __post_init__(self) -> None:
        self.scenario = load(self.file)

    @property
    def plans(self) -> Sequence[Plan]:
        """Those of the scenario."""
        return self.scenario.plans

    @property
    def channels(self) -> tuple[str, ...]:
        """The scenario's."""
        return (self.scenario.channel,)

    @cached_property
    def twin(self) -> RunResult:
        """In one process."""
        return ungoverned(self.scenario)

    def tasks(self, spans: Sequence[Span], truth: Json) -> tuple[TaskResult, ...]:
        """By the base's true track."""
        return judge_base(self.scenario, spans, map(tuple, truth["track"]))

    def peaks(self, truth: Json) -> list[Peak]:
        """Speeds in zones; none is allowed where the base must keep out."""
        zones = {zone.name: zone.limit or 0.0 for zone in self.scenario.world.zones}
        return [
            Peak(f"speed in {zone}", "m/s", self.twin.peak_speeds[zone], truth["peak_speeds"][zone], bound)
            for zone, bound in zones.items()
        ]

    def picture(self, run: Run) -> tuple[str, str]:
        """The hall from above, with the ways of the governed base and of its twin."""
        trace = self.twin.trace
        bare = np.column_stack([trace.t, trace.pose[:, :2]])
        kept = np.array(run.truth["track"])
        ways = (
            Way("ungoverned", UNGOVERNED, bare, self.twin.harms),
            Way("governed", GOVERNED, kept, [Harm(**harm) for harm in run.truth["harms"]]),
        )
        return "top_view.svg", top_view(self.scenario.world.built(), ways)
