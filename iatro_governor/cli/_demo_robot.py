"""What the demo asks of each of its robots: its plans, its twin, and how to read what its nodes leave behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from iatro_governor.trial.course import Span
from iatro_governor.trial.loop import Result
from iatro_governor.trial.tasks import TaskResult
from iatro_governor.trial.words import Words

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Peak:
    """One number of which the largest counts, ungoverned and governed, and what it may be."""

    name: str
    unit: str
    ungoverned: float
    governed: float
    bound: float


class DemoRobot(Protocol):
    """One robot of the demo. ``name`` is its namespace, ``plant`` the module of the node that simulates it."""

    name: str
    plant: str
    file: Path
    config: Path

    @property
    def plans(self) -> Sequence[Words]:
        """What its planner says and does."""
        ...

    @property
    def channels(self) -> tuple[str, ...]:
        """What its plans command."""
        ...

    @property
    def twin(self) -> Result[Any, Any, Any]:
        """The same plans without a governor, in one process."""
        ...

    def tasks(self, spans: Sequence[Span], truth: Json) -> tuple[TaskResult, ...]:
        """Which tasks were done, by what its plant says truly happened."""
        ...

    def peaks(self, truth: Json) -> list[Peak]:
        """The numbers that show what governing did."""
        ...

    def picture(self, run: Run) -> tuple[str, str]:
        """A file's name and its text (SVG)."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What plant and planner say of the governed run of one robot."""

    robot: DemoRobot
    truth: Json
    planner: Json
    spans: tuple[Span, ...]
    tasks: tuple[TaskResult, ...]

    @classmethod
    def read(cls, robot: DemoRobot, out: Path) -> Run:
        """From the files that the two nodes left in ``out``."""
        truth, planner = (
            json.loads((out / f"{robot.name}.{what}.json").read_text(encoding="utf-8"))
            for what in ("truth", "planner")
        )
        spans = tuple(Span(**span) for span in planner["spans"])
        return cls(robot, truth, planner, spans, robot.tasks(spans, truth))
