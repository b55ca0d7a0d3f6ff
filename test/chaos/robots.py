"""The robots that chaos befalls: what stands for each, which topics its couriers carry, who judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from geometry_msgs.msg import TwistStamped, WrenchStamped
from iatro_governor.msg import TrackedBodies
from nav_msgs.msg import Odometry
from sensor_msgs.msg import JointState, LaserScan
from std_msgs.msg import Float64MultiArray

from test.chaos.speakers import ROGUE, ROGUE_OFFSET
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
    carried, too, with their types. plant, planner, judge: modules. never: kinds that it cannot have. output: the
    actuator's topic; speed: a message for it, or for the command's, that asks for so much and is no governor's.
    """

    channel: str
    channels: int
    configure: Callable[[Path], Path]
    command: str
    sensors: dict[str, Any]
    plant: str
    planner: str
    judge: str
    never: Callable[[str], bool]
    output: str
    speed: Callable[[float], Any]


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
    """Its commands bear no stamp, so none comes late or again; nor has it a button."""
    return kind in ("courier: late", "courier: replayed", "emergency stop")


def _twist(speed: float) -> TwistStamped:
    message = TwistStamped()
    message.header.frame_id = ROGUE
    message.twist.linear.x = speed
    return message


def _speeds(speed: float) -> Float64MultiArray:
    message = Float64MultiArray(data=[speed] * 7)
    message.layout.data_offset = ROGUE_OFFSET
    return message


BASE = Robot(
    "base", 1, _base, "cmd_vel_planner", {"scan": LaserScan, "odom": Odometry},
    "iatro_governor.nodes.plant", "test.chaos.planner", "test.chaos.judge", lambda _: False, "cmd_vel", _twist,
)  # fmt: skip
ARM = Robot(
    "arm", 3, _arm, "arm/velocity_planner",
    {"joint_states": JointState, "wrist": WrenchStamped, "people": TrackedBodies},
    "iatro_governor.nodes.arm_plant", "test.chaos.arm_planner", "test.chaos.arm_judge", _not_for_arms, "arm/velocity",
    _speeds,
)  # fmt: skip
ROBOTS = {robot.channel: robot for robot in (BASE, ARM)}
