"""A long base with a lidar at either end: neither sees what is beside it, but it has seen that a moment ago."""

from __future__ import annotations

import math

import numpy as np

from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import Scan
from test.governor.hall import BEAMS, RANGE_MAX, STEP, Drive, Hall
from test.governor.profiles import BOX, seeing

AHEAD = 0.35
ENDS = {"front": (AHEAD, 0.0), "rear": (-AHEAD, math.pi)}


def lidar(name):
    x, yaw = ENDS[name]
    pose = [x, 0.0, 0.1, 0.0, 0.0, yaw]
    row = {"type": "scan", "topic": name, "frame": name, "pose": pose, "timeout_s": 0.4, "noise": 0.01}
    return {**row, "field_of_view": [-1.8, 1.8]}


def looks(hall, t):
    """Both scans; the rear one begins straight ahead of the base."""
    out = []
    for name, (x, yaw) in ENDS.items():
        ranges = np.roll(hall.ranges((x, 0.0)), 0 if yaw == 0 else BEAMS // 2)
        out.append(Scan(t, name, ranges, -math.pi, STEP, 0.01, RANGE_MAX, t))
    return out


def test_a_way_to_rest_that_was_verified_is_followed_although_a_corner_turns_out_of_what_is_seen(tmp_path):
    """It turns harder than before; with nothing around it braked hardest for that, and waited to be re-armed."""
    profile = seeing(tmp_path, {name: lidar(name) for name in ENDS}, BOX)
    drive = Drive(Governor(profile), Hall(np.zeros((0, 3))), looks=looks)
    drive.run(1.5, (0.89, 0.0, 0.25))
    drive.run(0.8, (0.67, 0.0, 1.0))
    assert not [d for d in drive.decisions if d.action is Action.UNREACHABLE]
