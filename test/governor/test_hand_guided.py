"""An arm that somebody leads by hand stays where it is let go, and does not sink meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Flags, Joints
from test.governor.arms import JOINTS, arm, channel, data, limits_of
from test.governor.test_pose_chart_steps import placed

FLAGS = {"type": "flags", "topic": "f", "timeout_s": 0.5, "names": ["hand_guided"]}
DT, LAG_S = 0.01, 0.05


class Arm:
    """Two joints at rest, on a channel of set-points that nobody commands."""

    def __init__(self, folder: Any, kind: str) -> None:
        limits = limits_of("arm", "pose") if kind == "pose" else limits_of("arm")
        given = data({"arm": channel(kind, "arm")}, limits)
        given["sources"] = given["sources"] | {"flags": FLAGS}
        self.governor, self.t = Governor(arm(folder, given)), 0.0
        self.q, self.rates = np.array([0.3, 0.2]), np.zeros(2)
        self.setpoint = self.turn(False)

    def turn(self, guided: bool) -> np.ndarray:
        """What is published in this cycle."""
        self.t = round(self.t + DT, 6)
        now = np.array(self.q), np.array(self.rates)
        self.governor.handle(Joints(self.t, "joints", tuple(JOINTS), *now, None, self.t))
        self.governor.handle(Flags(self.t, "flags", {"hand_guided": guided}, self.t))
        (decision,) = [one for one in self.governor.tick(self.t) if one.channel == "arm"]
        assert decision.faults == ()
        return np.array(decision.allowed)

    def move(self, rates: Any, turns: int, guided: bool) -> np.ndarray:
        """The joints go on by ``rates`` for so many cycles; what is published in the last."""
        for _ in range(turns):
            self.rates = np.array(rates)
            self.q = self.q + self.rates * DT
            out = self.turn(guided)
        self.rates = np.zeros(2)
        return out


def test_a_set_point_is_led_along_with_the_joints(tmp_path):
    """By 0.9 rad in 1.8 s; a drive that follows it with a lag of 0.05 s then does so by 0.4 rad/s at most."""
    made = Arm(tmp_path, "joint_position")
    assert made.move((0.5, 0.0), 180, True) == pytest.approx(made.q, abs=0.02)
    for guided in (True, False):
        out = made.move((0.0, 0.0), 5, guided)
        assert np.abs(out - made.q).max() / LAG_S <= 0.4 + 1e-9


def test_a_pose_is_led_along_with_its_link(tmp_path):
    made = Arm(tmp_path, "pose")
    before = made.turn(True)
    after = made.move((0.5, 0.0), 180, True)
    where = Arm(tmp_path, "pose")
    where.q = made.q
    assert np.linalg.norm(after[:3] - before[:3]) > 0.1
    where.governor = Governor(where.governor.profile)
    assert after[:3] == pytest.approx(where.turn(False)[:3], abs=0.011)


@pytest.mark.parametrize("kind", ["joint_position", "pose"])
def test_what_a_load_takes_is_not_followed(tmp_path, kind):
    """The wrong answer: each cycle begins where the load has pulled the joints to, and they sink for good."""
    made = Arm(tmp_path, kind)
    there = made.turn(True)
    made.q = made.q - np.array([0.008, 0.0])
    assert made.move((0.0, 0.0), 100, True) == pytest.approx(there, abs=1e-12)


def test_a_set_point_stands_where_nobody_says_that_the_arm_is_guided(tmp_path):
    made = Arm(tmp_path, "joint_position")
    there = made.turn(False)
    made.q = made.q + np.array([0.05, 0.0])
    assert made.turn(False) == pytest.approx(there)
    assert made.turn(True) == pytest.approx(made.q)


@pytest.mark.parametrize(
    ("ahead", "stands"),
    [
        ((0.0, 0.0, 0.0095, 0.0, 0.0195, 0.0), True),
        ((0.0, 0.0, 0.0105, 0.0, 0.0, 0.0), False),
        ((0.0, 0.0, 0.0, 0.0, 0.0205, 0.0), False),
    ],
)
def test_a_link_that_is_led_or_turned_far_enough_begins_anew_where_it_is(tmp_path, ahead, stands):
    chart, _ = placed(tmp_path, ahead)
    before = chart.setpoint.values()
    chart.guide()
    now = chart.setpoint.values() if stands else np.array(chart.measured_values)
    assert chart.setpoint.values() == pytest.approx(now, abs=1e-12)
    assert bool(np.abs(chart.setpoint.values() - before).max() < 1e-12) is stands
