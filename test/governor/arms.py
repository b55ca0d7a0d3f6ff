"""A small arm for tests: two links that lift, as a profile with whatever channels a test needs."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from iatro_governor.governor.core import Governor
from iatro_governor.governor.offline import OfflineLoop
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile

SAID = "a test's own"
JOINTS = ["shoulder", "elbow"]
FINGERS = ["finger_left", "finger_right"]
LIFTING = """<robot name="lifting">
  <link name="base"/>
  <link name="upper">
    <collision><origin xyz="0.15 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><cylinder radius="0.03" length="0.3"/></geometry></collision>
    <inertial><origin xyz="0.15 0 0"/><mass value="2"/>
      <inertia ixx="0.002" ixy="0" ixz="0" iyy="0.02" iyz="0" izz="0.02"/></inertial>
  </link>
  <link name="lower">
    <collision><origin xyz="0.1 0 0" rpy="0 1.5707963267948966 0"/>
      <geometry><cylinder radius="0.03" length="0.2"/></geometry></collision>
    <inertial><origin xyz="0.1 0 0"/><mass value="1"/>
      <inertia ixx="0.001" ixy="0" ixz="0" iyy="0.005" iyz="0" izz="0.005"/></inertial>
  </link>
  <link name="hand"/>
  <joint name="shoulder" type="revolute"><parent link="base"/><child link="upper"/>
    <axis xyz="0 -1 0"/><limit lower="-2" upper="2" velocity="2" effort="60"/></joint>
  <joint name="elbow" type="revolute"><parent link="upper"/><child link="lower"/>
    <origin xyz="0.3 0 0"/><axis xyz="0 -1 0"/><limit lower="-2" upper="2" velocity="3" effort="30"/></joint>
  <joint name="wrist" type="fixed"><parent link="lower"/><child link="hand"/><origin xyz="0.2 0 0"/></joint>
  <link name="left"/>
  <link name="right"/>
  <joint name="finger_left" type="prismatic"><parent link="hand"/><child link="left"/>
    <axis xyz="0 1 0"/><limit lower="0" upper="0.04" velocity="0.1" effort="40"/></joint>
  <joint name="finger_right" type="prismatic"><parent link="hand"/><child link="right"/>
    <axis xyz="0 -1 0"/><limit lower="0" upper="0.04" velocity="0.1" effort="40"/></joint>
</robot>"""
"""Positive angles lift; 0.3 m and 0.2 m, 2 kg and 1 kg, with their centres in the middle; no weight beyond."""
SLOWS = {
    "controlled": {"deceleration": [4.0, 5.0], "source": SAID},
    "protective": {"deceleration": [8.0, 10.0], "source": SAID},
}
MOVES = {
    "controlled": {"linear": 1.0, "angular": 2.0, "source": SAID},
    "protective": {"linear": 2.0, "angular": 4.0, "source": SAID},
}
LETS_GO = {
    "controlled": {"force": 100.0, "torque": 10.0, "source": SAID},
    "protective": {"force": 400.0, "torque": 40.0, "source": SAID},
}
GRIPS = {
    "controlled": {"deceleration": 0.5, "source": SAID},
    "protective": {"deceleration": 1.0, "source": SAID},
}
OF_JOINTS: dict[str, Any] = {"joints": JOINTS, "state": "joints", "stop_modes": SLOWS}
OWN: dict[str, dict[str, Any]] = {
    "joint_velocity": OF_JOINTS,
    "joint_position": OF_JOINTS,
    "joint_effort": OF_JOINTS | {"gravity_compensated": False, "damping": [5.0, 3.0], "damping_source": SAID},
    "joint_trajectory": OF_JOINTS
    | {"start_tolerance": 0.05, "tracking_tolerance": 0.1, "tolerance_source": SAID},
    "pose": {"link": "hand", "frame": "base", "state": "joints", "stop_modes": MOVES},
    "wrench": {
        "frame": "hand",
        "measured": "wrist",
        "hold_source": SAID,
        "state": "joints",
        "stop_modes": LETS_GO,
    },
    "gripper": {
        "fingers": FINGERS,
        "state": "joints",
        "width": [0.0, 0.08],
        "hold_effort": 15.0,
        "max_effort": 40.0,
        "effort_source": SAID,
        "stop_modes": GRIPS,
    },
}
"""What a channel of each type has beside what all have."""
SOURCES: dict[str, Any] = {
    "joints": {"type": "joints", "topic": "joint_states", "timeout_s": 0.1},
    "wrist": {"type": "wrench", "topic": "wrist", "frame": "hand", "timeout_s": 0.1},
}


def channel(kind: str, name: str = "", **changes: Any) -> dict[str, Any]:
    """A channel of a type; whoever gets it may change it."""
    topics = {"input": f"{name or kind}/in", "output": f"{name or kind}/out"}
    own = copy.deepcopy(OWN[kind])
    return {"type": kind, **topics, "command_timeout_s": 0.2, "actuator_delay_s": 0.02} | own | changes


def limits_of(name: str, kind: str = "joint") -> list[dict[str, Any]]:
    """Those without which no channel of a type is governed; wide, where they are not about joints' motion."""
    rows: list[tuple[str, dict[str, Any]]] = [("joint_velocity", {"bounds": [1.0, 1.5]})]
    rows += [("joint_position", {"margin": 0.02})]
    match kind:
        case "joint_effort":
            rows += [("joint_effort", {"bounds": [60.0, 30.0]})]
        case "pose":
            rows = [("link_speed", {"bound": 0.25})]
        case "wrench":
            rows = [("wrench", {"force": 1000.0, "torque": 100.0})]
        case "gripper":
            rows = [("gripper_speed", {"closing": 10.0, "opening": 10.0})]
    return [
        {"name": f"{name}_{kind}", "kind": kind, "channel": name, "source": SAID} | more
        for kind, more in rows
    ]


def data(
    channels: dict[str, dict[str, Any]], limits: list[dict[str, Any]] | None = None, **robot: Any
) -> dict[str, Any]:
    """A profile as plain data; channels of joints get their limits where none are given.

    Whoever gets it may change it: it shares nothing with the next one.
    """
    if limits is None:
        limits = [row for name, made in channels.items() for row in limits_of(name, made["type"])]
    model = {"urdf": "arm.urdf", "joints": [*JOINTS]} | robot
    return {
        "version": 1,
        "robot": {"name": "lifting", "base_frame": "base", "odom_frame": "base", "model": model},
        "sources": {
            name: source
            for name, source in copy.deepcopy(SOURCES).items()
            if name == "joints" or any(c["type"] == "wrench" or "pushed_by" in c for c in channels.values())
        },
        "channels": channels,
        "limits": limits,
    }


def arm(folder: Path, given: dict[str, Any], urdf: str = LIFTING) -> Profile:
    """The profile of ``given``, with the arm's description beside it."""
    (folder / "arm.urdf").write_text(urdf)
    path = folder / "profile.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False))
    return load_profile(path)


def run(profile: Profile, events: list[Any]) -> tuple[list[dict[str, Any]], OfflineLoop]:
    """Rows for ``events``: dicts, or raw text."""
    loop = OfflineLoop(Governor(profile))
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    rows = [
        json.loads(row, parse_constant=lambda token: pytest.fail(f"{token} is not JSON"))
        for row in loop.run(lines)
    ]
    return rows, loop


def decisions(rows: list[dict[str, Any]], channel: str | None = None) -> list[dict[str, Any]]:
    """The decisions among ``rows``, of one channel or of all."""
    return [row for row in rows if "seq" in row and channel in (None, row["channel"])]


def faults(rows: list[dict[str, Any]]) -> set[str]:
    """The names of all faults in ``rows``."""
    return {fault["name"] for row in decisions(rows) for fault in row["faults"]}
