"""Leaving out limits that cannot matter is quick, and changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers, pair_levers
from iatro_governor.governor import events
from iatro_governor.governor.core import Governor
from iatro_governor.governor.jointed import JointedBody
from iatro_governor.limits.registry import load_profile
from iatro_governor.resources import shared
from test.body.arm.conftest import load_robot, robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")
PERIOD = 0.01


def drive(governor: Governor, seed: int, cycles: int) -> list[str]:
    """Decisions on random commands; the arm goes where it is let."""
    rng = np.random.default_rng(seed)
    names = governor.senses.joint_tracks["joints"].names
    own = governor.profile.data.channels["arm"].joints  # type: ignore[union-attr]
    body = governor.profile.body
    assert body is not None
    q = np.array([0.0, -0.5, 0.0, -2.2, 0.0, 1.8, 0.7]) + rng.uniform(-0.4, 0.4, 7)
    rates, wanted, out = np.zeros(7), np.zeros(7), []
    zero = np.zeros(3)
    for cycle in range(cycles):
        t = cycle * PERIOD
        position, velocity = np.zeros(len(names)), np.zeros(len(names))
        at = [names.index(name) for name in own]
        position[at], velocity[at] = q, rates
        governor.handle(events.Joints(t, "joints", names, position, velocity, np.zeros(len(names)), t))
        governor.handle(events.Wrench(t, "wrist", zero, zero, t))
        place = events.Body("ann", np.array([0.9, 0.1, 0.4]), zero, "chest")
        governor.handle(events.Bodies(t, "people", "panda_link0", (place,), t))
        if cycle % 40 == 0:
            wanted = rng.uniform(-1.5, 1.5, 7)
        decisions = governor.handle(events.Command(t, "arm", tuple(wanted), t))
        decision = next(d for d in decisions if d.channel == "arm")
        rates = np.array(decision.allowed)
        q = np.clip(q + rates * PERIOD, body.lower, body.upper)
        out.append(str(decision.to_json()))
    return out


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_decisions_are_the_same_when_every_limit_is_asked(seed):
    profile = load_profile(shared("config/panda.yaml"))
    sifted = drive(Governor(profile), seed, 160)
    before = JointedBody.relevant
    JointedBody.relevant = lambda self, limits, situation, wanted: list(limits)  # type: ignore[method-assign]
    try:
        whole = drive(Governor(profile), seed, 160)
    finally:
        JointedBody.relevant = before  # type: ignore[method-assign]
    assert whole == sifted


@pytest.mark.parametrize("name", ["panda", "ur5", "tiago"])
def test_no_capsule_moves_further_than_the_levers_say(name):
    model, _ = load_robot(name)
    reach = levers(model)
    apart = pair_levers(model, reach)
    rng = np.random.default_rng(5)
    low = np.where(np.isfinite(model.lower), model.lower, -np.pi)
    high = np.where(np.isfinite(model.upper), model.upper, np.pi)
    first, second = model.pairs.T
    for _ in range(60):
        one = rng.uniform(low, high)
        other = np.clip(one + rng.normal(0.0, 0.2, len(one)), low, high)
        ends = posture(model, np.stack([one, other])).capsules()
        moved = np.linalg.norm(ends[1] - ends[0], axis=-1).max(axis=-1)
        change = np.abs(other - one)
        assert (moved <= change @ reach + 1e-9).all()
        middles = ends.mean(axis=2)
        gap = np.linalg.norm(middles[:, first] - middles[:, second], axis=-1)
        assert (np.abs(gap[1] - gap[0]) <= change @ apart + 1e-9).all()
