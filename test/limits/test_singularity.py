"""Singularity: values by hand, the trend against finite differences, and the ways out that stay free."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import load_text
from iatro_governor.body.singularity import least_singular_value, singularity, steepest_falls
from test.body.arm.conftest import load_robot, robots_folder
from test.limits.bodies import TWO_LINKS, body_situation
from test.limits.situations import make

HAND = """<link name="tip"/>
  <joint name="mount" type="fixed"><parent link="lower"/><child link="tip"/><origin xyz="0.4 0 0"/></joint>
</robot>"""
BENT, STRETCHED = np.array([0.4, 1.2]), np.array([0.4, 0.05])
elbow = st.floats(0.02, 1.5)


def limit(**changes):
    """Without turning, the lower link's origin sees the shoulder alone: look at how it turns, too."""
    return make(
        "singularity",
        **{"link": "lower", "reach": 0.3, "threshold": 0.28, "least": 0.1, "speed": 0.4, **changes},
    )


def test_the_smallest_singular_value_by_hand():
    """The origin of the lower link moves by the shoulder alone, 0.6 m a radian, and turns by both.

    J = [[0, 0], [0.6, 0], [0, 0], [0, 0], [0, 0], [r, r]] at q = 0, so J^T J = [[0.36 + r^2, r^2], [r^2, r^2]] with
    r = 0.3: [[0.45, 0.09], [0.09, 0.09]]. Its eigenvalues are 0.27 +- sqrt(0.18^2 + 0.09^2).
    """
    at = body_situation(np.zeros(2)).soon
    assert least_singular_value(at, "lower", 0.3) == pytest.approx(np.sqrt(0.27 - np.hypot(0.18, 0.09)))


def test_the_elbow_does_not_matter_to_the_origin_of_its_own_link():
    """A body of two links has the same value everywhere there: nothing falls, so nothing is slowed."""
    assert limit().cap(np.array([0.0, 1.0]), body_situation(BENT)) is None


def tip():
    """The two links with a hand 0.4 m out on the lower one: singular where stretched or folded."""
    model = load_text(TWO_LINKS.replace("</robot>", HAND))

    def at(q, anchor=None):
        return replace(body_situation(q, anchor), now=posture(model, q))

    return at


def cap(q, command, **changes):
    return limit(link="tip", reach=0.01, **changes).cap(np.array(command), tip()(np.array(q)))


def test_stretching_out_is_slowed_and_folding_in_is_free():
    """J of the tip, stretched by the elbow angle e: area |det J| = 0.6 * 0.4 sin e, so sigma falls with e."""
    slowed, free = cap(STRETCHED, [0.0, -1.0]), cap(STRETCHED, [0.0, 1.0])
    assert slowed is not None and slowed.scale == 0.0 and slowed.allowed == 0.0
    assert free is None or free.scale == 1.0


def test_between_the_thresholds_the_hand_has_a_share_of_the_speed():
    q = np.array([0.3, 0.6])
    sigma = least_singular_value(tip()(q).soon, "tip", 0.01)
    assert 0.1 < sigma < 0.28
    found = cap(q, [0.0, -2.0])
    assert found is not None
    assert found.allowed == pytest.approx(0.4 * (sigma - 0.1) / 0.18)
    assert found.requested == pytest.approx(2.0 * 0.4)  # the tip is 0.4 m from the elbow
    assert found.scale == pytest.approx(found.allowed / 0.8)


def test_far_from_singular_nothing_is_said():
    assert cap([0.0, np.pi / 2], [0.0, -2.0]) is None


@settings(max_examples=40, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), elbow).map(np.array),
    rates=st.tuples(st.floats(-2, 2), st.floats(-2, 2)).map(np.array),
)
def test_it_slows_exactly_where_a_small_step_makes_the_value_smaller(q, rates):
    at, step = tip(), 1e-6
    here, there = (least_singular_value(at(x).soon, "tip", 0.01) for x in (q, q + step * rates))
    trend = singularity(at(q).soon, "tip", rates, 0.01)[2]
    assert (there - here) / step == pytest.approx(float(trend), abs=2e-4)
    found = cap(q, rates)
    if there - here > 1e-9 or here >= 0.28:
        assert found is None or found.scale == 1.0
    if there - here < -1e-9 and here < 0.1:
        assert found is not None and found.scale == 0.0


def test_a_hand_that_stands_too_fast_is_an_excess():
    found = limit(link="tip", reach=0.01).cap(np.zeros(2), tip()(np.array([0.3, 0.6]), np.array([0.0, -2.0])))
    assert found is not None and found.scale == 1.0 and found.excess > 0
    away = limit(link="tip", reach=0.01).cap(
        np.array([0.0, -2.0]), tip()(np.array([0.3, 0.6]), np.array([0.0, 2.0]))
    )
    assert away.scale < 1.0 and away.excess == 0.0


def test_thresholds_the_wrong_way_round_are_refused():
    with pytest.raises(ValidationError, match="least must be below threshold"):
        limit(least=0.3)
    with pytest.raises(ValidationError, match="least must be below threshold"):
        limit(least=0.28)


@pytest.mark.parametrize("name", ["panda", "ur5", "tiago"])
def test_the_smallest_value_falls_no_faster_than_the_bound_says(name):
    """What lets the limit skip its work while it is far; at small steps and at large ones."""
    if robots_folder() is None:
        pytest.skip("example-robot-data is not installed")
    model, _ = load_robot(name)
    link = model.links[int(np.argmax(model.link_body))]
    bound = steepest_falls(model, link, 0.2)
    rng = np.random.default_rng(3)
    low, high = np.maximum(model.lower, -3.0), np.minimum(model.upper, 3.0)
    worst = 0.0
    for step in np.repeat([1e-4, 0.05, 0.5], 60):
        one = rng.uniform(low, high)
        other = one + rng.normal(0.0, step, len(one))
        here, there = (least_singular_value(posture(model, q), link, 0.2) for q in (one, other))
        change = abs(there - here)
        allowed = float(bound @ np.abs(other - one))
        worst = max(worst, change / allowed)
        assert change <= allowed + 1e-12
    assert worst > 0.01


def test_what_it_saw_before_changes_no_answer():
    rule, at = limit(link="tip", reach=0.01), tip()
    for q in (np.array([0.0, 1.5]), np.array([0.0, 1.1]), np.array([0.1, 0.5]), np.array([0.1, 0.9])):
        fresh = limit(link="tip", reach=0.01).cap(np.array([0.0, -1.0]), at(q))
        assert rule.cap(np.array([0.0, -1.0]), at(q)) == fresh
