"""Whoever stamps ahead cannot silence an honest sensor unnoticed; a message that is late now and then is no fault."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Bodies, Flags, Joints, Odom, Scan
from iatro_governor.governor.late import MOST, SPAN
from iatro_governor.limits.registry import load_profile
from test.faults.base_rows import Rig
from test.governor.profiles import amr
from test.governor.room import STEP_S

SPEED = 0.4
TIMEOUT_S = 0.2
"""Of the lidar in config/amr.yaml."""


class Two(Rig):
    """Two scanners on one topic: one sees a wall, and the other one, whose stamps are ahead, does not."""

    def __init__(self, profile, ahead=0.05, honest_every=1, other_every=1):
        super().__init__(profile)
        self.ahead, self.every = ahead, (honest_every, other_every)
        self.wall = False
        self._steps = 0

    def _sense(self):
        self.lidar = False
        super()._sense()
        self._steps += 1
        own, other = (self._steps % every == 0 for every in self.every)
        if self.wall and other:
            self.spoil(self._scan(11.0, self.ahead))
        if own:
            self.spoil(self._scan(0.35 if self.wall else 11.0, 0.0))

    def _scan(self, ranges, ahead):
        step = 2 * math.pi / 360
        return Scan(self.t, "lidar", np.full(360, ranges), -math.pi, step, 0.05, 12.0, self.t + ahead)


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return amr(tmp_path_factory.mktemp("profile"))


@pytest.mark.parametrize(("honest", "other"), [(1, 1), (5, 1), (9, 1), (1, 5), (5, 5)])
def test_a_publisher_whose_stamps_are_ahead_stops_the_robot(profile, honest, other):
    """Both at 50 Hz, and each of them slower: nine steps apart are as seldom as the time-out allows."""
    rig = Two(profile, 0.05, honest, other)
    rig.go(1.5, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED)
    rig.wall = True
    rig.go((MOST + 1) * TIMEOUT_S + 1.0, SPEED)
    assert rig.last.allowed == (0.0,) * 6
    if other == 1:
        assert "two nodes publish" in rig.detail("sensor_malformed")


def test_it_is_over_when_the_other_one_is_gone(profile):
    rig = Two(profile)
    rig.go(1.5, SPEED)
    rig.wall = True
    rig.go(1.0, SPEED)
    assert "sensor_malformed" in rig.faults
    rig.wall = False
    rig.go(1.0)
    assert rig.faults == {"awaiting_command"}
    rig.go(1.0, SPEED)
    assert rig.last.allowed[0] == pytest.approx(SPEED)


def test_a_message_that_is_late_now_and_then_is_no_fault(profile):
    rig = Rig(profile)
    for k in range(30):
        rig.go(SPAN * TIMEOUT_S / MOST + STEP_S, SPEED)
        for source in ("lidar", "odom"):
            old = rig.t - 0.1 - 0.01 * k
            step = 2 * math.pi / 360
            scan = Scan(rig.t, "lidar", np.full(360, 11.0), -math.pi, step, 0.05, 12.0, old)
            rig.tell(scan if source == "lidar" else Odom(rig.t, "odom", np.eye(7)[6], np.zeros(6), old))
    assert not any(f.name == "sensor_malformed" for d in rig.decisions for f in d.faults)
    assert rig.last.allowed[0] == pytest.approx(SPEED)


@pytest.mark.parametrize("ahead", [0.0, 0.001])
def test_stamps_within_what_is_known_of_clocks_are_in_order_and_count_as_they_come(profile, ahead):
    """Nothing is silenced by them: a wall that the later message tells of is seen."""
    rig = Two(profile, ahead)
    rig.go(1.5, SPEED)
    rig.wall = True
    rig.go(1.0, SPEED)
    assert "sensor_malformed" not in rig.faults
    assert rig.last.allowed == (0.0,) * 6


def test_odometry_that_is_stamped_within_it_moves_the_body(profile):
    rig = Rig(profile)
    rig.go(0.5)
    told = Odom(rig.t, "odom", np.array([0.3, 0, 0, 0, 0, 0, 1.0]), np.zeros(6), rig.t - STEP_S - 0.001)
    rig.tell(told)
    assert rig.governor.senses.tracks["odom"].latest.pose[0] == pytest.approx(0.3)


JOINTS = [f"panda_joint{k}" for k in range(1, 8)] + ["panda_finger_joint1", "panda_finger_joint2"]
HOME = np.array([0.0, -0.6, 0.0, -2.2, 0.0, 1.6, 0.8, 0.02, 0.02])
TOLD: dict[str, Any] = {
    "joints": Joints(0.0, "joints", tuple(JOINTS), HOME, np.zeros(9), None, 0.0),
    "people": Bodies(0.0, "people", "panda_link0", (), 0.0),
    "flags": Flags(0.0, "flags", {"payload_held": False}, 0.0),
}


@pytest.mark.parametrize("source", TOLD)
def test_every_kind_of_source_is_held_to_it(source):
    governor = Governor(load_profile(Path(__file__).parents[2] / "config/panda.yaml"))
    seen = set()
    for k in range(40):
        t = k * 0.05
        for name, event in TOLD.items():
            governor.handle(replace(event, t=t, stamp=t))
            if name == source:
                with suppress(EventError):
                    governor.handle(replace(event, t=t, stamp=t - 0.02))
        for decision in governor.tick(t):
            seen |= {f.detail.split(":")[0] for f in decision.faults if f.name == "sensor_malformed"}
    assert seen == {source}
