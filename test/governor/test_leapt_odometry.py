"""Odometry that begins anew somewhere else: what was seen, and where the map lies, is not looked for where it was."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from iatro_governor.body.planar import compose
from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import MapPose
from test.governor.hall import Drive, Hall, lidar
from test.governor.profiles import amr
from test.governor.test_map import AMCL, MAP, area
from test.governor.test_turned_away import remembering

LEAP = np.array([5.0, 0.0, 0.0])


@dataclass
class Leaping(Drive):
    """A drive whose odometry starts at ``origin``."""

    origin: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def _odom(self, t):
        x, y, yaw = compose(self.origin, self.hall.pose)
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        return replace(super()._odom(t), pose=pose)

    def leap(self, to):
        self.origin = to
        with pytest.raises(EventError, match="from where the last one"):
            self.run(0.01, (0.0, 0.0, 0.0))


def test_it_does_not_reverse_into_what_it_never_saw(tmp_path):
    """A metre ahead of where it started everything was seen, and after the leap that seems to be behind it."""
    profile = remembering(amr(tmp_path, sources={"lidar": {"field_of_view": [-1.6, 1.6]}}))
    drive = Leaping(Governor(profile), Hall(np.array([[-0.6, 0.0, 0.05]])))
    drive.run(0.8, (0.5, 0.0, 0.0))
    drive.leap(LEAP)
    drive.run(0.8, (0.0, 0.0, 0.0))
    drive.run(1.2, (-0.6, 0.0, 0.0))
    assert drive.hall.pose[0] > 0.0
    assert "unseen_space" in [limit.name for limit in drive.last.limits]


def test_a_zone_in_the_map_stays_where_it_is(tmp_path):
    """The localiser has spoken before the leap, and not since."""
    room = [[0.6, -0.6], [2.0, -0.6], [2.0, 0.6], [0.6, 0.6]]
    amcl = {**AMCL, "timeout_s": 4.0}
    profile = amr(tmp_path, limits=[area("zone", room, **MAP)], sources={"amcl": amcl})
    drive = Leaping(Governor(profile), Hall(np.array([[9.0, 0.0, 0.05]])))

    def looks(hall, t):
        pose = np.array([*hall.pose[:2], 0.0, 0.0, 0.0, 0.0, 1.0])
        return [*lidar(hall, t), *([MapPose(t, "amcl", pose, None, (0.01, 0.01), t)] if t == 0 else [])]

    drive.looks = looks
    drive.run(0.2, (0.0, 0.0, 0.0))
    drive.leap(LEAP)
    drive.run(0.8, (0.0, 0.0, 0.0))
    drive.run(2.2, (0.6, 0.0, 0.0))
    assert 0.1 < drive.hall.pose[0] < 0.6 - 0.22
    assert "area" in [limit.name for limit in drive.last.limits]
