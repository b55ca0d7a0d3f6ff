"""A trajectory on a base that drives: what the base does beside it gives way, and it is stopped for what it does."""

from __future__ import annotations

import math

import numpy as np
import pytest
import yaml

from iatro_governor.body.path import JointState
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.governor.trajectory import Shape, check_shape
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import robots_folder
from test.governor.arms import SAID
from test.shipped import shipped

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
PERIOD = 0.01
TURN = (0.0, 0.0, 0.0, 0.0, 0.0, 0.6)
AHEAD = (0.4, 0.0, 0.0, 0.0, 0.0, 0.0)
SWING = np.array([0.0, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
REACHED_OUT = {"torso_lift_joint": 0.15, "arm_1_joint": 1.5, "arm_2_joint": -0.1, "arm_4_joint": 0.6}


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """config/tiago.yaml, its arm by trajectories."""
    data = shipped(shared("config/tiago.yaml"))
    arm = data["channels"]["arm"]
    arm |= {
        "type": "joint_trajectory",
        "start_tolerance": 0.05,
        "tracking_tolerance": 0.1,
        "tolerance_source": SAID,
    }
    model = data["robot"]["model"]
    model["srdf"] = str(shared("config/tiago.srdf"))
    path = tmp_path_factory.mktemp("tiago") / "tiago.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return load_profile(path)


class Robot:
    """It does what it is told at once; the wall is so many metres ahead."""

    def __init__(self, profile, wall=9.0):
        self.governor = Governor(profile)
        self.names = self.governor.senses.joint_tracks["joints"].names
        self.joints = profile.data.channels["arm"].joints
        self.own = [self.names.index(joint) for joint in self.joints]
        self.q = np.array([REACHED_OUT.get(name, 0.0) for name in self.names])
        self.rates, self.pose, self.twist = np.zeros(len(self.names)), np.zeros(3), np.zeros(3)
        self.t, self.wall, self.path, self.began, self.decisions = 0.0, wall, None, 0.0, []

    def run(self, seconds, base=None):
        for step in range(round(seconds / PERIOD)):
            self._sense(step)
            if base is not None and step % 2 == 0:
                self._take(self.governor.handle(events.Command(self.t, "base", base, self.t)))
            self._take(self.governor.tick(self.t))
            self._move()
        return self

    def send(self, way, seconds):
        """From rest to rest along a cubic."""
        start, knots = self.q[self.own], []
        for s in np.linspace(0, 1, 5):
            place, pace = start + (3 * s**2 - 2 * s**3) * way, (6 * s - 6 * s**2) / seconds * way
            knots.append(events.Knot(float(s * seconds), tuple(place.tolist()), tuple(pace.tolist())))
        ends = knots[-1].positions
        command = events.Command(self.t, "arm", ends, self.t, "p1", None, self.joints, tuple(knots))
        decisions = self.governor.handle(command)
        self._take(decisions)
        return next(decision for decision in decisions if decision.channel == "arm")

    def last(self, channel):
        return next(decision for decision in reversed(self.decisions) if decision.channel == channel)

    @property
    def published(self):
        return [decision.t for decision in self.decisions if decision.trajectory is not None]

    def _sense(self, step):
        if step % 5 == 0:
            beams = -1.91986 + np.arange(720) * 3.83972 / 719
            gap = self.wall - self.pose[0] - 0.202
            away = np.where(np.cos(beams) > 0.05, gap / np.maximum(np.cos(beams), 0.05), 20.0)
            ranges = np.minimum(away, 20.0)
            scan = events.Scan(self.t, "lidar", ranges, -1.91986, 3.83972 / 719, 0.05, 10.0, self.t)
            self.governor.handle(scan)
        x, y, yaw = self.pose
        pose = np.array([x, y, 0.0, 0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2)])
        twist = np.array([self.twist[0], 0.0, 0.0, 0.0, 0.0, self.twist[2]])
        self.governor.handle(events.Odom(self.t, "odom", pose, twist, self.t))
        still = np.zeros(len(self.names))
        told = events.Joints(self.t, "joints", self.names, self.q.copy(), self.rates.copy(), still, self.t)
        self.governor.handle(told)

    def _take(self, decisions):
        self.decisions += decisions
        for decision in decisions:
            if decision.channel == "base":
                vx, _, _, _, _, wz = decision.allowed
                self.twist = np.array([vx, 0.0, wz])
            elif decision.trajectory is not None:
                shape, state = (
                    Shape(self.joints, 10.0, 1e3, 9999),
                    JointState(self.q[self.own], self.rates[self.own]),
                )
                self.path, self.began = (
                    check_shape(self.joints, decision.trajectory, shape, state),
                    decision.t,
                )

    def _move(self):
        self.t = round(self.t + PERIOD, 6)
        vx, _, wz = self.twist
        yaw = self.pose[2] + wz * PERIOD / 2
        self.pose = self.pose + np.array([vx * math.cos(yaw), vx * math.sin(yaw), wz]) * PERIOD
        if self.path is not None:
            now = self.path.positions(np.array(self.t - self.began))
            self.rates[self.own] = (now - self.q[self.own]) / PERIOD
            self.q[self.own] = now


def test_the_base_slows_down_beside_a_trajectory_that_goes_on(profile):
    """Together the hand would be too fast: the base gives way, and has its speed once the arm has arrived."""
    robot = Robot(profile)
    robot.run(0.2)
    start = robot.q[robot.own]
    assert robot.send(SWING, 1.9).trajectory is not None
    turns = []
    for _ in range(24):
        robot.run(0.1, TURN)
        turns.append(float(robot.twist[2]))
    assert robot.q[robot.own] == pytest.approx(start + SWING, abs=1e-6) and len(robot.published) == 1
    assert min(turns[5:12]) < 0.5 and turns[-1] == pytest.approx(0.6)
    assert not any(decision.faults for decision in robot.decisions)


def test_a_wall_before_the_base_is_none_of_the_arms_business(profile):
    robot = Robot(profile, wall=1.1)
    robot.run(0.2).run(0.8, AHEAD)
    start = robot.q[robot.own]
    assert robot.send(SWING * 0.3, 1.5).trajectory is not None
    robot.run(3.0, AHEAD)
    assert robot.q[robot.own] == pytest.approx(start + SWING * 0.3, abs=1e-6) and len(robot.published) == 1
    assert robot.twist[0] < 0.05 and robot.pose[0] + 0.28 < 1.1
    assert not any(decision.faults for decision in robot.decisions)


def test_a_stop_brings_both_to_rest_and_the_arm_along_its_way(profile):
    robot = Robot(profile)
    robot.run(0.2)
    robot.send(SWING, 1.9)
    robot.run(0.8, AHEAD)
    robot.governor.handle(events.EStop(robot.t, True))
    robot.run(1.5)
    assert len(robot.published) == 2 and not robot.twist.any() and np.abs(robot.rates).max() < 1e-9
    assert robot.last("arm").allowed == pytest.approx(robot.q[robot.own].tolist(), abs=1e-6)
