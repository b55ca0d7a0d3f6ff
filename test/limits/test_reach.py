"""What is left out for being far away: never anything that would have said something."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.limits.registry import KINDS
from test.limits.bodies import body_situation

joints = st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array)
rates = st.tuples(st.floats(-2, 2), st.floats(-2, 2)).map(np.array)
place = st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5), st.floats(-0.3, 0.3))
SHARES = np.linspace(0.0, 1.0, 5)[:, None]


def zone(centre, margin):
    kind = KINDS["link_zone"]
    volume = {"box": {"size": [0.3, 0.2, 0.4], "pose": [*centre, 0.0, 0.0, 0.4]}}
    config = {"name": "z", "kind": "link_zone", "channel": "arm", "source": "made up", "volume": volume}
    return kind(kind.model.model_validate(config | {"margin": margin}))


@settings(max_examples=80, deadline=None)
@given(q=joints, anchor=rates, wanted=rates)
def test_no_output_between_the_two_sweeps_more_than_their_reach(q, anchor, wanted):
    at = body_situation(q, anchor)
    ways = at.roll_out(anchor + SHARES * (wanted - anchor))
    moved = np.linalg.norm(ways.posture.capsules() - at.now.capsules(), axis=-1).max(axis=(1, 3))
    reach = at.reach(wanted)
    assert (moved + ways.half_step <= reach.swept @ at.levers + 1e-9).all()
    assert (reach.swept <= reach.joints + 1e-12).all()


@settings(max_examples=150, deadline=None)
@given(q=joints, anchor=rates, wanted=rates, centre=place, margin=st.floats(0.0, 0.2))
def test_a_zone_that_is_idle_would_have_said_nothing(q, anchor, wanted, centre, margin):
    at, rule = body_situation(q, anchor), zone(centre, margin)
    ways = at.roll_out(anchor + SHARES * (wanted - anchor))
    kept = rule.clear(ways, at)
    if rule.idle(at, at.reach(wanted)):
        clearance = rule.clearance(at)
        assert kept is None or kept.all()
        assert rule.cap(wanted, at) is None and clearance.now >= clearance.required


@settings(max_examples=150, deadline=None)
@given(q=joints, anchor=rates, wanted=rates, centre=place, margin=st.floats(0.0, 0.2))
def test_the_least_distance_ahead_is_that_of_all_links(q, anchor, wanted, centre, margin):
    """Links that cannot be the nearest are not measured; the number is the same."""
    at, rule = body_situation(q, anchor), zone(centre, margin)
    ways = at.roll_out(wanted[None])
    every = rule.volume.distance(ways.posture.capsules(), at.model.capsule_radius)
    assert abs(rule.least_ahead(ways, at) - every[0].min()) <= 1e-12
