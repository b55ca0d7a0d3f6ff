"""Arms that are told where to be: what holds of their true motion, and fails without the limit that makes it hold."""

from __future__ import annotations

import numpy as np
import pytest

from test.body.arm.conftest import robots_folder
from test.governor.judging import MARGIN, SECONDS, clearance, eaten, judge, pilots, world
from test.governor.places import around, in_the_way, kept_capsules, start

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
