"""What sources of all kinds tell, and senses that take it."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from iatro_governor.errors import EventError
from iatro_governor.governor.events import Joints, Odom, Scan
from iatro_governor.governor.senses import Senses
from iatro_governor.profile.sources import SourceConfig

UPRIGHT = [0.0, 0.0, 0.0, 1.0]
T = 10.0
SOURCES: dict[str, dict[str, Any]] = {
    "odom": {"type": "odom", "max_jump": 0.25},
    "wheels": {"type": "odom", "max_jump": 0.25},
    "amcl": {"type": "map_pose", "sigmas": 3.0, "source": "a test", "max_jump": 0.25},
    "joints": {"type": "joints", "max_speed": 8.0, "max_jump": 0.25},
    "wrist": {"type": "wrench", "frame": "hand"},
    "people": {"type": "bodies", "frame": "odom", "radius": 0.3, "source": "a test"},
    "flags": {"type": "flags", "names": ["hand_guided", "on_slope"]},
    "more": {"type": "flags", "names": ["hand_guided"]},
    "lidar": {
        "type": "scan",
        "frame": "laser",
        "pose": [0.0] * 6,
        "field_of_view": [-math.pi, math.pi],
        "noise": 0.01,
        "max_increment": 0.1,
    },
    "estop": {"type": "estop"},
}
"""Of each all are told of T: none is older than 0.5 s before it is stale."""
JOINTS = {"joints": ("a", "b")}


def senses(*names, moved_by: Any = "odom", base="differential", **changes) -> Senses:
    """Of the sources ``names``, or all; a base is moved by the odometry ``moved_by``, where there is one."""
    given = {name: SOURCES[name] | {"topic": name, "timeout_s": 0.5} | changes for name in names or SOURCES}
    sources = {name: TypeAdapter(SourceConfig).validate_python(source) for name, source in given.items()}
    moves = SimpleNamespace(odom=moved_by, base=base) if moved_by in sources else None
    return Senses(sources, 5.0, JOINTS, None, moves)  # type: ignore[arg-type]


def odom(x=1.0, y=2.0, t=T, source="odom", twist=(0.0,) * 6, turn=UPRIGHT, z=0.0, at=None):
    """Odometry of a base at (``x``, ``y``), which comes as it is stamped."""
    return Odom(t if at is None else at, source, np.array([x, y, z, *turn]), np.array(twist, dtype=float), t)


def joints(q=(0.1, 0.2), v=(0.3, -0.4), names=("a", "b"), t=T, effort=(1.0, 2.0), at=None):
    """Two joints."""
    efforts = None if effort is None else np.array(effort)
    return Joints(t if at is None else at, "joints", names, np.array(q), np.array(v), efforts, t)


def scan(t=T, ranges=2.0):
    """A scan that sees something ``ranges`` m away all around."""
    return Scan(t, "lidar", np.full(73, ranges), -math.pi, math.pi / 36, 0.05, 12.0, t)


def refused(take, event) -> str:
    """Why ``take`` refuses ``event``."""
    with pytest.raises(EventError) as caught:
        take(event)
    return str(caught.value)
