"""The robots that chaos befalls: what stands for each, which topics its couriers carry, who judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from test.conftest import ROOT

PATIENT = (("timeout_s: 0.25", "timeout_s: 0.6"), ("timeout_s: 0.2\n", "timeout_s: 0.6\n"))
"""Time-outs that a busy machine can keep."""
WAYS = {"topics": ["drive/raw"], "actions": ["drive/go"], "services": ["drive/set_parameters"]}
"""All that moves the robot besides its governed output."""
ALONE = """
version: 1
robot: arm
name: alone
world: {name: empty}
plans:
  - plan_id: none
    title: Waits
    say: I wait.
    benign: true
    motion: [{wait_s: 1.0}]
    gap_s: 0.1
"""
"""A bench with nobody at it."""


@dataclass(frozen=True)
class Robot:
    """One robot. channel: that is struck and judged. channels: how many decisions a turn of the loop makes.

    configure: writes its profile into a folder. command: the topic that the courier carries. sensors: those that are
    carried, too. plant, planner, judge: modules. never: kinds that it cannot have.
    """

    channel: str
    channels: int
    configure: Callable[[Path], Path]
    command: str
    sensors: tuple[str, ...]
    plant: str
    planner: str
    judge: str
    never: Callable[[str], bool]


def _base(folder: Path) -> Path:
    text = (ROOT / "config/amr.yaml").read_text(encoding="utf-8")
    for old, new in PATIENT:
        text = text.replace(old, new)
    data = yaml.safe_load(text)
    data["channels"]["base"]["actuator"] = WAYS
    return _written(folder / "amr.yaml", data)


def _arm(folder: Path) -> Path:
    from test.nodes.patient import patient_panda

    (folder / "alone.yaml").write_text(ALONE, encoding="utf-8")
    data = yaml.safe_load(patient_panda(folder).read_text(encoding="utf-8"))
    data["loop"]["max_gap_s"] = 0.5
    data["channels"]["arm"]["actuator"] = WAYS
    return _written(folder / "panda.yaml", data)


def _written(path: Path, data: object) -> Path:
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return path


def _not_for_arms(kind: str) -> bool:
    """Its commands bear no stamp, so none comes late or again; nor has it a button. Some rogues know bases only."""
    unseen = ("courier: late", "courier: replayed", "emergency stop")
    return kind in unseen or kind in [
        f"rogue: {how}" for how in ("actuator", "ghost", "flood", "stranger", "deaf")
    ]


BASE = Robot(
    "base", 1, _base, "cmd_vel_planner", ("scan", "odom"),
    "iatro_governor.nodes.plant", "test.chaos.planner", "test.chaos.judge", lambda _: False,
)  # fmt: skip
ARM = Robot(
    "arm", 3, _arm, "arm/velocity_planner", ("joint_states", "wrist", "people"),
    "iatro_governor.nodes.arm_plant", "test.chaos.arm_planner", "test.chaos.arm_judge", _not_for_arms,
)  # fmt: skip
