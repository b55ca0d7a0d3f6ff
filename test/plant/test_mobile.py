"""The simulated arm on a base: what it touches, what its laser sees, and that a seed is all that differs."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.plant.drone_world import PERSON_RADIUS, Solid, Walking
from iatro_governor.plant.mobile import Mobile, MobileWorld
from iatro_governor.plant.mobile_scan import ranges
from iatro_governor.trial.mobile_run import robot
from iatro_governor.trial.mobile_scenario import FOLDED

OUT = (0.15, 1.5, -0.1, 0.0, 0.45, 0.0, 0.0, 0.0)


def driven(world, pose, twist=(0.4, 0.0), seconds=2.0):
    model, joints = robot()
    plant = Mobile(model, world, 0, joints, (0.0, 0.0, 0.0), pose)
    for _ in range(round(seconds / 0.02)):
        plant.drive((twist[0], 0.0, 0.0, 0.0, 0.0, twist[1]))
        plant.step(0.02)
    return plant


def test_it_hits_nobody_where_nobody_is():
    assert driven(MobileWorld("empty"), OUT).harms() == ()


def test_a_stretched_arm_hits_who_a_folded_one_does_not_reach():
    ann = MobileWorld("hall", people=(Walking("ann", ((1.75, -0.05),)),))
    (harm,) = driven(ann, OUT).harms()
    assert harm.key == ("person_contact", "ann", "arm")
    assert harm.severity == pytest.approx(0.5 * (8 * 4 / 12) * 0.4**2, rel=0.1)
    assert driven(ann, FOLDED).harms() == ()


def test_who_walks_into_a_standing_robot_is_not_its_victim():
    ann = MobileWorld("hall", people=(Walking("ann", ((2.0, 0.0), (-2.0, 0.0))),))
    assert driven(ann, FOLDED, (0.0, 0.0), 3.0).harms() == ()


def test_a_wall_is_hit_by_the_base():
    wall = Solid("wall", ((0.6, -1.0), (0.8, -1.0), (0.8, 1.0), (0.6, 1.0)), 0.4)
    kinds = {harm.key for harm in driven(MobileWorld("hall", (wall,)), FOLDED).harms()}
    assert ("collision", "wall", "base") in kinds


def test_the_laser_sees_walls_and_legs_at_their_distance():
    wall = Solid("wall", ((2.0, -1.0), (2.2, -1.0), (2.2, 1.0), (2.0, 1.0)), 1.0)
    seen = ranges(np.zeros(2), np.array([0.0, np.pi / 2, np.pi]), [wall], [np.array([0.0, 1.5])])
    assert seen[:2] == pytest.approx([2.0, 1.5 - PERSON_RADIUS]) and np.isinf(seen[2])
