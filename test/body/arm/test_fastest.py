"""What was slow of late is known to be slow for a while; the answer is never wrong about what is fast."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.fastest import Fastest
from iatro_governor.body.kinematics import posture
from iatro_governor.body.levers import levers
from test.body.arm.conftest import load_robot, robots_folder

pytestmark = pytest.mark.skipif(robots_folder() is None, reason="example-robot-data is not installed")


@pytest.mark.parametrize("name", ["panda", "ur5", "tiago"])
def test_no_point_is_faster_than_what_is_remembered_allows(name, monkeypatch):
    model, _ = load_robot(name)
    points = Fastest(model, levers(model), np.arange(len(model.capsule_link)))
    rng = np.random.default_rng(3)
    looks: list[object] = []
    exactly = Fastest.exactly

    def looking(self, at, rates):
        looks.append(at)
        return exactly(self, at, rates)

    monkeypatch.setattr(Fastest, "exactly", looking)
    slow, asked = 0, 0
    for _ in range(15):
        q = rng.uniform(np.maximum(model.lower, -2.0), np.minimum(model.upper, 2.0))
        rates = rng.uniform(-1.0, 1.0, (2, len(q)))
        bound = float(exactly(points, posture(model, q), rates).max()) * rng.uniform(0.9, 1.5)
        for _ in range(8):
            at = posture(model, q)
            still = np.zeros(len(q))
            said, true = points.within(bound, at, rates, still), float(exactly(points, at, rates).max())
            assert said == (true <= bound)
            slow, asked = slow + said, asked + 1
            q = q + rng.normal(0.0, 0.004, len(q))
            rates = rates + rng.normal(0.0, 0.004, rates.shape)
    assert 0 < slow < asked and len(looks) < 0.9 * asked


def test_the_levers_alone_never_say_too_little():
    model, _ = load_robot("tiago")
    points = Fastest(model, levers(model), np.arange(len(model.capsule_link)))
    rng = np.random.default_rng(4)
    for _ in range(40):
        at = posture(model, rng.uniform(np.maximum(model.lower, -2.0), np.minimum(model.upper, 2.0)))
        rates = rng.uniform(-1.0, 1.0, (3, len(model.joints)))
        assert (points.exactly(at, rates) <= points.at_most(rates) + 1e-9).all()


@pytest.mark.parametrize("name", ["panda", "ur5", "tiago"])
def test_what_is_within_a_bound_stays_so_on_its_way(name):
    model, _ = load_robot(name)
    points = Fastest(model, levers(model), np.arange(len(model.capsule_link)))
    rng = np.random.default_rng(5)
    slow = 0
    for _ in range(40):
        q = rng.uniform(np.maximum(model.lower, -2.0), np.minimum(model.upper, 2.0))
        rates, way = rng.uniform(-1.0, 1.0, (2, len(q))), rng.normal(0.0, 0.01, len(q))
        at = posture(model, q)
        bound = float(points.exactly(at, rates).max()) * rng.uniform(1.0, 1.4)
        if points.within(bound, at, rates, np.abs(way)):
            slow += 1
            for share in (0.3, 1.0):
                assert points.exactly(posture(model, q + share * way), rates).max() <= bound + 1e-9
    assert slow > 5
