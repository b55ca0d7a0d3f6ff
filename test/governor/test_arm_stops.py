"""The ends of joints, judged on the true motion of arms that are driven at them.

IATRO_SEEDS=N takes N more seeds for each; ``make soak`` does.
"""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.flights import LEAST_LEVER
from iatro_governor.governor.in_flight import ASIDE
from iatro_governor.limits.joint_position import JointPositionConfig
from test.body.arm.conftest import robots_folder
from test.governor.judging import bound, judge, strays, world
from test.governor.moving import SIGMAS, World, shipped
from test.governor.pilots import TOO_FAST, most, said, wandering
from test.governor.places import HOME, start
from test.seeds import MORE

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")

PUSHED_S = 3.5
"""Enough to get to an end, from 0.8 s of full speed to the quarter that is left, with all stopped half of the time, s.

The first joint at its end stops all for 0.25 s of each 0.5 s. The slowest to get going, tiago, gains 1.875 full speeds
a second, brakes by 2.5, and waits 0.03 s for its command: it gets to 0.41 in 0.22 s and stands 0.165 s later. That is
0.079 s of full speed in each 0.5 s.
"""
arm = pytest.mark.parametrize("name", ("panda", "ur5", "tiago"))
seeded = pytest.mark.parametrize("seed", range(1 + MORE))


def near_ends(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A posture (m,) from which each joint of the arm gets to one of its ends in a second, and which ends (n,)."""
    rng, model = np.random.default_rng(seed), shipped(name).body
    assert model is not None
    q, at = np.array(HOME[name]), world(name, np.array(HOME[name]), seed=seed)
    own = at.own("arm")
    sides = rng.choice([-1.0, 1.0], len(own))
    ends = np.where(sides > 0, model.upper[own], model.lower[own])
    q[own] = ends - sides * rng.uniform(0.4, 0.8, len(own)) * most(at, "arm") / TOO_FAST
    return q, sides


def rooms(at: World) -> np.ndarray:
    """The least distance (n,) of each joint of the arm to its ends, all along the way, rad or m."""
    trail, model = np.array(at.trail), at.model
    least: np.ndarray = np.minimum(trail - model.lower, model.upper - trail)[:, at.own("arm")].min(axis=0)
    return least


@arm
@seeded
def test_at_full_speed_into_its_ends_no_joint_passes_them(name, seed):
    """All at once, where the first brakes all, and in turn those that have room; without its limit each passes."""
    q, sides = near_ends(name, seed)

    def told(at: World):
        own, margin = at.own("arm"), bound(at, JointPositionConfig) or 0.0
        room = np.where(sides > 0, at.model.upper[own] - at.q[own], at.q[own] - at.model.lower[own])
        pushed = (room > margin + 0.02 * most(at, "arm")) | (int(at.t / 0.25) % 2 == 0)
        return {"arm": said(at, "arm", sides * pushed * most(at, "arm"))}

    others = ("self_collision", "link_speed")
    twin = world(name, q, seed=seed, drop=(*others, "joint_position")).run(PUSHED_S, told)
    assert (rooms(twin) < 0.0).all()
    at = world(name, q, seed=seed, drop=others).run(PUSHED_S, told)
    judge(at)
    margin = bound(at, JointPositionConfig)
    assert margin is not None and (rooms(at) < margin + 0.1 * most(at, "arm")).all()


@arm
@seeded
def test_a_joint_that_starts_beyond_its_end_only_moves_back(name, seed):
    """Beyond the description's own end, or nearer to it than its margin."""
    rng = np.random.default_rng(seed)
    q, model = start(name, rng), shipped(name).body
    assert model is not None
    at = world(name, q, seed=seed, drop=("self_collision",))
    joint = int(rng.choice(at.own("arm")))
    side, over = rng.choice([-1.0, 1.0]), rng.uniform(-0.01, 0.05)
    at.q[joint] = (model.upper[joint] if side > 0 else model.lower[joint]) + side * over
    out = np.zeros(len(at.own("arm")))
    place = at.own("arm").index(joint)

    def told(_: World):
        return {"arm": said(at, "arm", out)}

    out[place] = side * most(at, "arm")[place]
    begun = at.q[joint]
    at.run(0.6, told)
    assert (side * (np.array(at.trail)[:, joint] - begun)).max() <= SIGMAS * at.noise[0]
    out[place] *= -1
    at.run(0.8, told)
    assert side * (at.q[joint] - begun) < -0.01
    before = len(at.trail)
    at.run(0.8, wandering(seed))
    ahead = side * (np.array(at.trail)[before:, joint] - begun)
    assert ahead.max() <= max(0.0, ahead[0]) + ASIDE / LEAST_LEVER + strays(at)[joint]
