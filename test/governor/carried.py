"""A small arm, perhaps on a base that drives or flies, and its body as a group has it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Odom
from iatro_governor.governor.outputs import Outputs
from test.governor.arms import JOINTS, SAID, arm, channel, data

BASE = {
    "type": "twist",
    "input": "cmd",
    "output": "out",
    "base": "omnidirectional",
    "odom": "odom",
    "command_timeout_s": 0.2,
    "actuator_delay_s": 0.05,
    "stop_modes": {
        "controlled": {"linear": 0.6, "angular": 1.5, "source": SAID},
        "protective": {"linear": 1.0, "angular": 2.5, "source": SAID},
    },
}


ODOM = {"type": "odom", "topic": "odom", "timeout_s": 0.2, "rest_speed": 0.02}


COS, SIN = 0.8, 0.6
YAW = math.atan2(SIN, COS)
CIRCLE = {"footprint": {"circle": {"radius": 0.35}}, "footprint_source": SAID}


def body_of(folder, channels, more=(), base=None, **robot) -> Any:
    """The governor of an arm with ``channels`` and limits ``more``, perhaps on a ``base``, and its only body."""
    given = data(channels)
    given["limits"] += more
    if base is not None:
        given["channels"] = {**given["channels"], "base": BASE | base}
        given["sources"]["odom"] = ODOM
        given["robot"]["odom_frame"] = "odom"
        axes = ("travel", "wz") if base.get("base") == "aerial" else ("planar", "wz")
        given["limits"] += [row("speed", f"base_{axis}", "base", axis=axis, bound=2.0) for axis in axes]
    given["robot"] |= robot
    governor = Governor(arm(folder, given))
    return governor, governor.groups[0]._body


def row(kind, name, of, **own):
    """A limit on the channel ``of``."""
    return {"name": name, "kind": kind, "channel": of, "source": SAID} | own


def velocity(**changes):
    """A channel of joint velocities."""
    return {"arm": channel("joint_velocity", "arm", **changes)}


def told(governor, t, q=(0.7, -0.5), rates=(0.0, 0.0), effort=None):
    """What the joints are measured to do."""
    efforts = None if effort is None else np.array(effort)
    governor.handle(Joints(t, "joints", tuple(JOINTS), np.array(q), np.array(rates), efforts, t))


def driven(governor, t, twist=(0.3, 0.2, 0.0, 0.5), height=0.0):
    """At (1.2, -0.7) with a heading of cosine 0.8; ``twist``: vx, vy, vz and wz."""
    pose = np.array([1.2, -0.7, height, 0.0, 0.0, math.sin(YAW / 2), math.cos(YAW / 2)])
    vx, vy, vz, wz = twist
    governor.handle(Odom(t, "odom", pose, np.array([vx, vy, vz, 0.0, 0.0, wz]), t))


def published(size, *outputs):
    """``outputs``: pairs of a time and values."""
    out, before = Outputs(size, 0.05, 9.0), None
    for t, values in outputs:
        out.publish(t, np.array(values, dtype=float), 0.0 if before is None else t - before)
        before = t
    return out


RIVALS = {
    "arm": channel("joint_velocity", "arm"),
    "way": channel(
        "joint_position",
        "way",
        actuator_delay_s=0.03,
        stop_modes={
            "controlled": {"deceleration": [6.0, 3.0], "source": SAID},
            "protective": {"deceleration": [8.0, 10.0], "source": SAID},
        },
    ),
}


def taken(governor, t, values):
    """Have the second of the rivals take the joints."""
    governor.handle(Command(t, "way", values, t))
