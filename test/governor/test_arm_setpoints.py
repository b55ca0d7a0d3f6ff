"""Arms that are told where to be: what holds of their true motion, and fails without the limit that makes it hold."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import Command, Joints
from test.body.arm.conftest import robots_folder
from test.governor.judging import MARGIN, SECONDS, clearance, eaten, judge, pilots, world
from test.governor.moving import among
from test.governor.places import HOME, around, in_the_way, kept_capsules, start

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")

PILOTED = [("panda", "diving", 0), ("ur5", "diving", 1), ("tiago", "diving", 1), ("panda", "reversing", 0)]
"""Who is told what, with a seed with which the divers' twins get in."""


@pytest.mark.parametrize(("name", "how", "seed"), PILOTED)
def test_set_points_lead_no_link_into_a_volume(name, how, seed):
    """And those of its twin do, from whom alone the limits of the volumes were taken."""
    rng, which = np.random.default_rng(seed), kept_capsules(name)
    q = start(name, rng)
    surroundings, twin = around(name, q, rng, margin=MARGIN), world(name, q, seed=seed, setpoints=True)
    twin.run(SECONDS, pilots(name, surroundings, seed)[how])
    if how != "diving":
        surroundings = in_the_way(name, q, np.array(twin.trail), surroundings, MARGIN)
    assert clearance(twin, surroundings.volumes, which).min() < 0.0
    at = world(name, q, *surroundings.rows, seed=seed, setpoints=True)
    at.run(SECONDS, pilots(name, surroundings, seed)[how])
    assert {decision.channel_type for decision in at.decisions} >= {"joint_position"}
    assert clearance(at, surroundings.volumes, which).min() >= MARGIN - eaten(at)
    judge(at)


@pytest.mark.parametrize("missed", [1, 2, 7, 12])
def test_a_loop_that_is_late_for_the_first_time_leads_no_set_point_further_than_was_judged(missed):
    """A joint that is where it is told, on its way to its end, as the loop misses periods where it begins to brake."""
    profile = among("panda", drop=("self_collision", "link_speed"), setpoints=True)
    assert profile.body is not None
    end = float(profile.body.upper[0]) - 0.03
    for late in (104, 107, 112, 115):
        governor, q = Governor(profile), np.array(HOME["panda"])
        q[0] = end - 1.0
        furthest, faults = -np.inf, set()
        for k in range(160):
            if late <= k < late + missed:
                continue
            t = k * governor.period
            governor.handle(Joints(t, "joints", profile.body.joints, q.copy(), np.zeros(7), None, t))
            decisions = []
            if k % 2 == 0:
                asked = tuple((q + 2.0 * np.eye(7)[0]).tolist())
                decisions += governor.handle(Command(t, "arm", asked, t))
            for decision in (*decisions, *governor.tick(t)):
                q = np.array(decision.allowed)
                furthest = max(furthest, float(q[0]))
                faults |= {fault.name for fault in decision.faults}
        assert end - 0.02 < furthest <= end + 1e-9 and faults <= {"closed"}, late
