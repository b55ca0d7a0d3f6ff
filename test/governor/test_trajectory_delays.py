"""A base that drives at a wall while its arm draws back by a trajectory, and begins to later than the base."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.kinematics import posture
from iatro_governor.body.path import JointPath, JointState
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints, Knot, Odom
from iatro_governor.governor.trajectory import Shape, check_shape
from iatro_governor.profile.joint_channels import JointTrajectoryChannel
from iatro_governor.profile.volumes import Volume3
from test.body.arm.conftest import robots_folder
from test.governor.moving import among, shipped
from test.governor.places import kept_capsules

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
MARGIN, GAP = 0.01, 0.004
DELAY = 0.2
BACK, SECONDS = 0.2, 1.6
DRIVE = 0.1
TIAGO = np.array([0.0, 0.0, 0.0, 0.2, 1.5, 0.6, 0.0, 1.2, 0.0, 0.0, 0.0, 0.0, 0.0])
FREE = ("link_speed", "self_collision")


class Robot:
    """Its base does at once what it is told, its arm follows a path ``late`` s after it was published."""

    def __init__(self, late: float) -> None:
        body = shipped("tiago").body
        assert body is not None
        self.body, self.which, self.late = body, kept_capsules("tiago"), late
        ends, radius = posture(body, TIAGO).capsules()[self.which], body.capsule_radius[self.which]
        self.tip = int(np.argmax(ends[..., 0].max(axis=1) + radius))
        front = float((ends[..., 0].max(axis=1) + radius)[self.tip])
        box = {"size": [1.0, 3.0, 3.0], "pose": [front + MARGIN + GAP + 0.5, 0.0, 1.0, 0.0, 0.0, 0.0]}
        row = {"name": "wall", "kind": "link_zone", "volume": {"box": box}, "margin": MARGIN}
        self.wall = Volume3.model_validate({"box": box}).volume()
        profile = among("tiago", row, drop=FREE)
        given = profile.data.channels["arm"].model_dump(exclude_unset=True)
        given |= {"type": "joint_trajectory", "start_tolerance": 0.05, "tracking_tolerance": 0.1}
        given |= {"tolerance_source": "a test", "actuator_delay_s": DELAY, "policy": "retime"}
        arm = JointTrajectoryChannel.model_validate(given)
        channels = {**profile.data.channels, "arm": arm}
        self.governor = Governor(
            replace(profile, data=profile.data.model_copy(update={"channels": channels}))
        )
        self.joints = arm.joints
        self.own = [body.joints.index(joint) for joint in self.joints]
        self.q, self.rates, self.vx, self.trail = TIAGO.copy(), np.zeros(len(TIAGO)), 0.0, [TIAGO]
        self.paths: deque[tuple[float, JointPath]] = deque()

    def drawing_back(self) -> tuple[Knot, ...]:
        """From rest to rest along a cubic, by which the foremost link goes ``BACK`` m."""
        now, x = posture(self.body, TIAGO), np.array([[1.0, 0.0, 0.0]])
        foremost = self.which[[self.tip]]
        ends = now.capsules()[foremost]
        at = ends[:, int(np.argmax(ends[0, :, 0]))]
        row = now.rows(self.body.capsule_body[foremost], at, x)[0][self.own]
        row[0] = 0.0
        start, way, knots = TIAGO[self.own], -row / (row @ row) * BACK, []
        for s in np.linspace(0, 1, 9):
            place, pace = start + (3 * s**2 - 2 * s**3) * way, (6 * s - 6 * s**2) / SECONDS * way
            knots.append(Knot(float(s * SECONDS), tuple(place.tolist()), tuple(pace.tolist())))
        return tuple(knots)

    def run(self, cycles: int) -> None:
        """Its arm is sent back, and its base ahead."""
        for k in range(cycles):
            t = k * self.governor.period
            names, q, rates = self.body.joints[3:], self.q[3:].copy(), self.rates[3:].copy()
            self.governor.handle(Joints(t, "joints", names, q, rates, None, t))
            pose = np.array([self.q[0], 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
            self.governor.handle(Odom(t, "odom", pose, np.array([self.vx, 0.0, 0.0, 0.0, 0.0, 0.0]), t))
            decisions = []
            if k == 5:
                points = self.drawing_back()
                sent = Command(t, "arm", points[-1].positions, t, "p", None, self.joints, points)
                decisions += self.governor.handle(sent)
            elif k > 5 and k % 3 == 0:
                decisions += self.governor.handle(Command(t, "base", (DRIVE, 0.0, 0.0, 0.0, 0.0, 0.0), t))
            for decision in (*decisions, *self.governor.tick(t)):
                if decision.channel == "base":
                    self.vx = decision.allowed[0]
                elif decision.trajectory is not None:
                    state = JointState(self.q[self.own], self.rates[self.own])
                    shape = Shape(self.joints, 10.0, 1e3, 9999)
                    path = check_shape(self.joints, decision.trajectory, shape, state)
                    self.paths.append((t + self.late, path))
            self._move(t + self.governor.period)

    def _move(self, t: float) -> None:
        before = self.q.copy()
        self.q[0] += self.vx * self.governor.period
        begun = [(start, path) for start, path in self.paths if start <= t]
        if begun:
            start, path = begun[-1]
            self.q[self.own] = path.positions(np.array(t - start))
        self.rates = (self.q - before) / self.governor.period
        self.trail.append(self.q.copy())


def test_a_link_keeps_out_where_the_base_acts_before_the_trajectory_of_its_arm():
    """Until the arm does what it is told, the base is alone: it counts on no room that the arm has yet to make."""
    robot = Robot(late=DELAY)
    robot.run(60)
    way = np.array(robot.trail)
    ends, radius = (
        posture(robot.body, way).capsules()[:, robot.which],
        robot.body.capsule_radius[robot.which],
    )
    assert way[-1, robot.own].tolist() != way[0, robot.own].tolist() and way[-1, 0] > 0.005
    assert robot.wall.distance(ends, radius).min() >= MARGIN - 1e-4
