"""One robot, one decision: base and arm of a mobile manipulator are scaled, stopped and published together."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.limits.link_speed import LinkSpeedConfig
from iatro_governor.limits.registry import load_profile
from iatro_governor.profile.load import Profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
PERIOD = 0.01
REACHED_OUT = {"torso_lift_joint": 0.15, "arm_1_joint": 1.5, "arm_2_joint": -0.1, "arm_4_joint": 0.6}


class Tiago:
    """A mobile manipulator in an empty hall that does exactly what it is told."""

    def __init__(self, profile: Profile | None = None) -> None:
        self.governor = Governor(profile or load_profile(shared("config/tiago.yaml")))
        self.names = self.governor.senses.joint_tracks["joints"].names
        channel = self.governor.profile.data.channels["arm"]
        self.own = [self.names.index(joint) for joint in channel.joints]  # type: ignore[union-attr]
        self.q = np.array([REACHED_OUT.get(name, 0.0) for name in self.names])
        self.rates, self.pose, self.twist = np.zeros(len(self.names)), np.zeros(3), np.zeros(3)
        self.cycle = 0

    @property
    def t(self) -> float:
        return self.cycle * PERIOD

    def run(self, cycles, base=None, arm=None, plan=None):
        """Decisions by channel of every tick; ``base`` and ``arm`` are commanded every other cycle."""
        out = []
        for _ in range(cycles):
            self._sense()
            if self.cycle % 2 == 0:
                for name, values in (("base", base), ("arm", arm)):
                    if values is not None:
                        self.governor.handle(events.Command(self.t, name, tuple(values), self.t, plan))
            decisions = {decision.channel: decision for decision in self.governor.tick(self.t)}
            self._move(decisions)
            out.append(decisions)
            self.cycle += 1
        return out

    def _sense(self):
        if self.cycle % 5 == 0:
            ranges = np.full(720, 8.0)
            scan = events.Scan(self.t, "lidar", ranges, -1.91986, 3.83972 / 719, 0.05, 10.0, self.t)
            self.governor.handle(scan)
        x, y, yaw = self.pose
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        twist = np.array([self.twist[0], 0.0, 0.0, 0.0, 0.0, self.twist[2]])
        self.governor.handle(events.Odom(self.t, "odom", pose, twist, self.t))
        effort = np.zeros(len(self.names))
        self.governor.handle(
            events.Joints(self.t, "joints", self.names, self.q.copy(), self.rates.copy(), effort, self.t)
        )

    def _move(self, decisions):
        vx, _, _, _, _, wz = decisions["base"].allowed
        self.twist = np.array([vx, 0.0, wz])
        self.rates[self.own] = decisions["arm"].allowed
        yaw = self.pose[2] + wz * PERIOD / 2
        self.pose = self.pose + np.array([vx * math.cos(yaw), vx * math.sin(yaw), wz]) * PERIOD
        self.q = self.q + self.rates * PERIOD

    def hand_speed(self):
        """Of the fastest point of the body over ground, m/s."""
        body = self.governor.profile.body
        assert body is not None
        c, s = math.cos(self.pose[2]), math.sin(self.pose[2])
        told = dict(zip(self.names, self.q.tolist(), strict=True))
        moving = dict(zip(self.names, self.rates.tolist(), strict=True))
        q = np.array([*self.pose, *(told[name] for name in body.joints[3:])])
        over_ground = [c * self.twist[0], s * self.twist[0], self.twist[2]]
        rates = np.array([*over_ground, *(moving[name] for name in body.joints[3:])])
        return float(posture(body, q).capsule_speeds(rates).max())


TURN = (0.0, 0.0, 0.0, 0.0, 0.0, 0.6)
SWING = (0.0, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_speed_at_the_hand_is_the_sum_and_one_scale_brings_it_down():
    robot = Tiago()
    rows = [x for x in robot.governor.profile.limits if isinstance(x, LinkSpeedConfig)]
    bound = rows[0].bound
    alone = Tiago()
    alone.run(100, arm=SWING)
    fastest_alone = alone.hand_speed()
    robot.run(100, base=TURN, arm=SWING)
    decisions = robot.run(1, base=TURN, arm=SWING)[0]
    turn = decisions["base"].allowed[5] / TURN[5]
    swing = decisions["arm"].allowed[1] / SWING[1]
    assert robot.hand_speed() <= bound + 1e-6
    assert turn == pytest.approx(swing, rel=1e-6) and turn < 1.0
    assert fastest_alone <= bound + 1e-6
    assert alone.rates[robot.own[1]] > robot.rates[robot.own[1]], "the base's turn takes from the arm's swing"
    for decision in decisions.values():
        assert any(report.kind == "link_speed" for report in decision.limits)


def test_a_channel_that_asks_for_nothing_enters_as_what_is_left_of_its_motion():
    robot = Tiago()
    robot.run(100, base=TURN, arm=SWING)
    seen = robot.run(60, base=(0.0,) * 6, arm=SWING)
    turns = [decisions["base"].allowed[5] for decisions in seen]
    assert turns[0] > 0.1 and turns[-1] == 0.0
    assert all(late <= early + 1e-12 for early, late in itertools.pairwise(turns))
    assert robot.rates[robot.own[1]] > 0.7, "and gives its share of the hand's speed to the arm"
    assert robot.hand_speed() <= 0.7 + 1e-6


def test_silence_of_a_moving_base_stops_the_arm_as_well():
    robot = Tiago()
    robot.run(100, base=TURN, arm=SWING)
    seen = robot.run(150, arm=SWING)
    assert "command_stale" in {fault.name for decisions in seen for fault in decisions["arm"].faults}
    assert seen[-1]["arm"].allowed == (0.0,) * 8


def test_the_base_drives_from_a_standstill_and_faster_once_it_has_seen_its_way():
    robot = Tiago()
    forward = (0.4, 0.0, 0.0, 0.0, 0.0, 0.0)
    first = robot.run(40, base=forward)[-1]["base"].allowed[0]
    later = robot.run(300, base=forward)[-1]["base"].allowed[0]
    assert 0.0 < first <= 0.12 + 1e-9
    assert later == pytest.approx(0.4)


def test_a_fault_of_one_channel_stops_both():
    robot = Tiago()
    robot.run(100, base=TURN, arm=SWING)
    assert robot.twist[2] > 0.1 and robot.rates[robot.own[1]] > 0.1
    robot.governor.handle(events.Command(robot.t, "arm", (math.nan,) * 8, robot.t))
    seen = robot.run(150)
    assert all(decisions["base"].state.value == "CONTROLLED_STOP" for decisions in seen[1:20])
    assert seen[-1]["base"].allowed == (0.0,) * 6 and seen[-1]["arm"].allowed == (0.0,) * 8


def test_a_stop_keeps_the_way_of_base_and_arm_together():
    robot = Tiago()
    robot.run(100, base=TURN, arm=SWING)
    robot.governor.handle(events.EStop(robot.t, True))
    seen = robot.run(60)
    ratios = [d["arm"].allowed[1] / d["base"].allowed[5] for d in seen if d["base"].allowed[5] > 1e-6]
    assert len(ratios) > 5 and max(ratios) - min(ratios) < 1e-6 * max(ratios)
    assert seen[-1]["base"].allowed == (0.0,) * 6 and seen[-1]["arm"].allowed == (0.0,) * 8


def test_both_are_published_on_a_command_of_either():
    robot = Tiago()
    robot.run(20)
    robot._sense()
    decisions = robot.governor.handle(events.Command(robot.t, "arm", SWING, robot.t))
    assert [decision.channel for decision in decisions] == ["base", "arm"]
    assert [decision.on_command for decision in decisions] == [False, True]
    assert [decision.seq for decision in decisions] == [decisions[0].seq, decisions[0].seq + 1]
