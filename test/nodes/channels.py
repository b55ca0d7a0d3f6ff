"""One channel and one source of every type, as a profile would have them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from iatro_governor.profile.every_channel import AnyChannel, ChannelConfig
from iatro_governor.profile.sources import SourceConfig

SAID = "a test's own"
JOINTS = ("a", "b")
SLOWS = {"controlled": {"deceleration": (1.0, 2.0), "source": SAID},
         "protective": {"deceleration": (2.0, 4.0), "source": SAID}}  # fmt: skip
MOVES = {"controlled": {"linear": 0.5, "angular": 1.0, "source": SAID},
         "protective": {"linear": 1.0, "angular": 2.0, "source": SAID}}  # fmt: skip
LETS_GO = {"controlled": {"force": 10.0, "torque": 1.0, "source": SAID},
           "protective": {"force": 10.0, "torque": 1.0, "source": SAID}}  # fmt: skip
GRIPS = {
    "controlled": {"deceleration": 1.0, "source": SAID},
    "protective": {"deceleration": 1.0, "source": SAID},
}

COMMON: dict[str, Any] = {"input": "in", "output": "out", "command_timeout_s": 0.2, "actuator_delay_s": 0.01}
JOINT: dict[str, Any] = {"joints": JOINTS, "state": "joints", "stop_modes": SLOWS}
OWN: dict[str, dict[str, Any]] = {
    "twist": {"base": "differential", "odom": "odom", "stop_modes": MOVES},
    "joint_velocity": JOINT,
    "joint_position": JOINT,
    "joint_effort": JOINT
    | {"gravity_compensated": True, "damping": (1.0, 1.0), "damping_source": SAID},
    "joint_trajectory": JOINT
    | {"start_tolerance": 0.05, "tracking_tolerance": 0.1, "tolerance_source": SAID, "max_points": 3},
    "pose": {"link": "hand", "state": "joints", "stop_modes": MOVES, "frame": "base"},
    "wrench": {"frame": "hand", "measured": "wrist", "hold_source": SAID, "state": "joints",
               "stop_modes": LETS_GO},
    "gripper": {"fingers": ("f1", "f2"), "state": "joints", "width": (0.0, 0.08), "hold_effort": 5.0,
                "max_effort": 40.0, "effort_source": SAID, "stop_modes": GRIPS},
}  # fmt: skip
SOURCES: dict[str, dict[str, Any]] = {
    "scan": {"frame": "laser", "pose": (0.0,) * 6, "field_of_view": (-3.0, 3.0), "noise": 0.01},
    "points": {
        "frame": "camera",
        "pose": (0.0, 0.0, 0.5, 0.0, 0.0, 0.0),
        "field_of_view": (-0.5, 0.5),
        "height": (0.1, 1.0),
        "range_max": 5.0,
    },
    "range": {"frame": "sonar", "pose": (0.0,) * 6, "field_of_view": 0.5, "range_max": 4.0},
    "odom": {},
    "map_pose": {"sigmas": 3.0, "source": SAID},
    "flags": {"names": ["payload_held"]},
    "estop": {},
    "joints": {},
    "wrench": {"frame": "hand"},
    "bodies": {"radius": 0.3, "source": SAID},
}


def channel(type_: str, **changes: Any) -> AnyChannel:
    """A channel of ``type_``."""
    made: AnyChannel = TypeAdapter(ChannelConfig).validate_python(
        {"type": type_} | COMMON | OWN[type_] | changes
    )
    return made


def source(type_: str, **changes: Any) -> Any:
    """A source of ``type_``."""
    given = {"type": type_, "topic": type_, "timeout_s": 0.5} | SOURCES[type_] | changes
    return TypeAdapter(SourceConfig).validate_python(given)
