"""The simulated arm behind a governor, in one process: sensors every 10 ms, and whatever planner a test is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Decision
from iatro_governor.governor.events import Bodies, Command, Event, Joints, Wrench
from iatro_governor.limits.registry import load_profile
from iatro_governor.plant.arm_claim import Claim
from iatro_governor.plant.arm_driver import Kind, TrajectoryPoint
from iatro_governor.plant.arm_model import JOINTS
from iatro_governor.plant.arm_simulation import ArmPlant
from iatro_governor.profile.load import Profile
from test.body.arm.conftest import robots_folder
from test.shipped import shipped

PANDA = Path(__file__).parents[2] / "config/panda.yaml"
PERIOD = 0.01

Planner = Callable[[float], Sequence[Event]]


def panda(
    folder: Path, channels: dict[str, Any] | None = None, without: Sequence[str] = (), **changes: Any
) -> Profile:
    """config/panda.yaml with ``channels`` merged in, one that is None left out, and the limits ``without`` as well."""
    if robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    data = shipped(PANDA)
    for name, change in (channels or {}).items():
        if change is None:
            del data["channels"][name]
            data["limits"] = [row for row in data["limits"] if row["channel"] != name]
        else:
            data["channels"][name] = data["channels"].get(name, {}) | change
    data["limits"] = [row for row in data["limits"] if row["name"] not in without]
    data["limits"] += changes.pop("limits", [])
    for key, change in changes.items():
        data[key] = change
    path = folder / "panda.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return load_profile(path)


class Bench:
    """Steps plant and governor together; ``decisions`` holds all that was decided."""

    def __init__(self, plant: ArmPlant, profile: Profile) -> None:
        self.plant = plant
        self.claim = Claim(plant)
        self.governor = Governor(profile)
        self.kinds: dict[str, str] = {name: c.type for name, c in profile.data.channels.items()}
        self.decisions: list[Decision] = []
        self.blind = False
        """Whether the joints are no longer told."""

    @property
    def t(self) -> float:
        """Seconds since the start."""
        return self.plant.t

    def run(self, seconds: float, planner: Planner | None = None) -> list[Decision]:
        """Let time pass; returns what was decided meanwhile."""
        before = len(self.decisions)
        for _ in range(round(seconds / PERIOD)):
            t = self.plant.t
            self._sense(t)
            for event in planner(t) if planner else ():
                self._obey(self.governor.handle(event))
            self._obey(self.governor.tick(t))
            self.plant.step(PERIOD)
        return self.decisions[before:]

    def command(self, channel: str, values: Sequence[float], plan_id: str | None = None) -> Command:
        """A command that is sent now."""
        return Command(self.t, channel, tuple(map(float, values)), self.t, plan_id)

    def last(self, channel: str) -> Decision:
        """The newest decision of a channel."""
        return next(d for d in reversed(self.decisions) if d.channel == channel)

    def _sense(self, t: float) -> None:
        sources = self.governor.profile.data.sources
        if not self.blind:
            arm, fingers = self.plant.joints(), self.plant.fingers()
            parts = ("position", "velocity", "effort")
            told = {part: np.append(getattr(arm, part), getattr(fingers, part)) for part in parts}
            self.governor.handle(Joints(t, "joints", (*arm.names, *fingers.names), stamp=t, **told))
        if "wrist" in sources:
            felt = self.plant.wrench()
            self.governor.handle(Wrench(t, "wrist", felt.force, felt.torque, t))
        if "people" in sources:
            self.governor.handle(Bodies(t, "people", "panda_link0", (), t))

    def _obey(self, decisions: Sequence[Decision]) -> None:
        self.decisions += decisions
        for decision in decisions:
            kind = self.kinds[decision.channel]
            if kind == "joint_trajectory":
                if decision.trajectory is not None:
                    points = [
                        TrajectoryPoint(knot.time, knot.positions, knot.velocities or None)
                        for knot in decision.trajectory
                    ]
                    self.claim.trajectory(points, JOINTS)
            elif kind in ("joint_velocity", "joint_position", "joint_effort", "gripper"):
                self._command(kind, decision.allowed)

    def _command(self, kind: Any, values: Sequence[float]) -> None:
        made: Kind = kind
        self.claim.command(made, values)
