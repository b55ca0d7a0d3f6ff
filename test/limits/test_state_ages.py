"""People walk by the clock: for the age of their own data and on, however old what is known of the robot is.

A robot measured ``OLD`` s ago, and what it was told to do since, is the same as one measured where that led it to now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.planar import arc, compose
from iatro_governor.body.rollout import Flight
from iatro_governor.limits.ssm import allowed_closing_speed
from test.limits.bodies import NOTHING, body_situation, joint_rates, pace, place
from test.limits.situations import make, persons, situation
from test.limits.test_link_separation import people

NOWHERE = np.zeros((0, 2))
OLD = 0.04
RESERVE = 0.08
DELAY = 0.05
"""Until a command of the base acts, s."""


def limit(kind: str, **changes: Any) -> Any:
    return make(kind, **changes)


def fresh(rows, age, twist=(0.0, 0.0, 0.0), pose=(0.0, 0.0, 0.0)):
    """The base, measured now at ``pose``; people, as ``persons``, ``age`` s ago."""
    return situation(NOWHERE, pose=np.array(pose), anchor=np.array(twist), people=persons(list(rows), age))


def aged(at):
    """The same, measured ``OLD`` s before: it has driven the twist that stands since."""
    vx, vy, wz = at.anchor.tolist()
    pieces = [((vx, vy, wz), OLD), ((vx, vy, wz), DELAY)]
    before = compose(at.pose, arc(-OLD * at.anchor))
    flight = Flight(pieces, at.reach)
    return replace(at, pose=before, flight=flight, reaction_s=DELAY + OLD, age_s=OLD)


def ahead(distance):
    """One who stands so far from a base at the origin, 0.22 m about, m; a person is 0.3 m about."""
    return 0.22 + distance + 0.3, 0.0, 0.0, 0.0


@pytest.mark.parametrize("age", [0.0, 0.02, 0.04, 0.1])
def test_head_on_it_is_the_closed_form_whether_odometry_or_people_are_older(age):
    """At 0.5 m/s: ``S_p`` from now on, 0.05 + 0.01 s of reaction and 0.5 s of braking, less 1/24 of the way.

    2 mm to either side of it.
    """
    v, twist = 0.5, np.array([[0.5, 0.0, 0.0]])
    moved, flying = v * 0.01 + v * v / 2, v * DELAY
    need = RESERVE + 1.6 * (age + 0.06 + v) + moved + flying + max(moved / 12, flying) / 2
    for distance, kept in ((need + 0.002, True), (need - 0.002, False)):
        at = aged(fresh([ahead(distance)], age, (v, 0.0, 0.0)))
        verdict = limit("separation").clear(at.roll_out(twist), at)
        assert (verdict is None or bool(verdict[0])) == kept


@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2)),
        min_size=1,
        max_size=2,
    ),
    age=st.floats(0.0, 0.2),
    twist=st.tuples(st.floats(-0.8, 0.8), st.floats(-0.3, 0.3), st.floats(-1, 1)),
)
def test_a_base_measured_before_is_let_do_what_one_measured_now_is(rows, age, twist):
    """But for rounding, at the brink. Where it left somebody since it was measured, it may come back as far."""
    now = fresh(rows, age, twist)
    before = aged(now)
    left = any(np.hypot(*(before.pose[:2] - row[:2])) < np.hypot(row[0], row[1]) for row in rows)
    rule, outputs = limit("separation"), np.linspace(0.0, 1.0, 9)[:, None] * np.array([0.8, 0.1, 0.5])

    def kept(at, noise=0.0):
        verdict = rule.clear(at.roll_out(outputs), at, noise)
        return np.ones(len(outputs), dtype=bool) if verdict is None else verdict

    assert (kept(now) <= kept(before, 1e-6)).all()
    assert left or (kept(before) <= kept(now, 1e-6)).all()


def test_its_rows_count_the_walk_by_the_clock_and_the_way_of_the_base_from_odometry_on():
    """People of 0.1 s ago at 2 m, odometry of 0.04 s ago: they walk for 0.1 + 0.05 + 0.01 s until it brakes."""
    at = replace(fresh([ahead(2.0)], 0.1), reaction_s=DELAY + OLD, age_s=OLD)
    reaction = OLD + DELAY + 0.01
    found = float(limit("separation").rows(at).bounds[0])
    walked = 1.6 * (0.1 + DELAY + 0.01)
    b = reaction + 1.6
    assert found == pytest.approx(np.sqrt(b * b + 2 * (2.0 - RESERVE - walked)) - b)
    assert found == pytest.approx(
        float(allowed_closing_speed(2.0, 1.6, reaction, 1.0, RESERVE + 1.6 * (0.1 - OLD)))
    )


@pytest.mark.parametrize("age", [0.0, 0.1])
def test_what_is_told_as_clear_of_people_is_by_the_clock(age):
    at = aged(fresh([ahead(1.0)], age))
    rule = limit("separation")
    assert rule.clearance(at).now == pytest.approx(1.0 - 1.6 * (age + DELAY))
    ways = at.roll_out(np.array([[0.5, 0.0, 0.0]]))
    assert rule.least_ahead(ways, at) == pytest.approx(1.0 - 0.13 - 1.6 * (age + 0.06 + 0.5))


def test_who_is_measured_after_odometry_has_not_walked_before_that():
    """Odometry of 0.2 s ago, which the base leaves them from at 2 m/s: 0.05 s later it is 0.1 m on, and no more."""
    at = replace(fresh([ahead(0.3)], 0.0), reaction_s=DELAY + 0.2, age_s=0.2)
    at = replace(at, flight=Flight([((-2.0, 0.0, 0.0), 0.05)] * 5, at.reach))
    ways = at.roll_out(np.zeros((1, 3)))
    assert limit("separation").least_ahead(ways, at) == pytest.approx(0.3 + 0.1)


def same(rule, now, before, outputs):
    """Whether a limit on links finds the same, of every kind that it is asked."""
    ways = [at.roll_out(outputs) for at in (now, before)]
    clear = [rule.clear(way, at) for way, at in zip(ways, (now, before), strict=True)]
    assert (clear[0] is None) == (clear[1] is None)
    assert clear[0] is None or clear[0].tolist() == clear[1].tolist()
    for output in outputs:
        assert rule.cap(output, now) == rule.cap(output, before)
    rows = [rule.rows(at) for at in (now, before)]
    assert (rows[0] is None) == (rows[1] is None)
    assert rows[0] is None or rows[0].bounds.tolist() == rows[1].bounds.tolist()
    assert rule.clearance(now) == rule.clearance(before)
    assert rule.least_ahead(ways[0], now) == rule.least_ahead(ways[1], before)
    idle = [rule.idle(at, at.reach(outputs[0])) for at in (now, before)]
    assert idle[0] == idle[1]


def arm(q, command, sensed):
    """Measured now, and the same with joints told before: one 1/32 s, the other just now. All sums are exact."""
    now = body_situation(q, 0.3 * command, sensed, delay=1 / 16)
    return now, replace(now, ages=np.array([1 / 32, 0.0]), reaction_s=1 / 16 + 1 / 32, memo={})


@settings(max_examples=100, deadline=None)
@given(
    q=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array),
    command=joint_rates,
    crowd=st.lists(st.tuples(place, pace), min_size=1, max_size=3),
    age=st.floats(0.0, 0.2),
)
def test_an_arm_measured_before_is_let_do_what_one_measured_now_is(q, command, crowd, age):
    there = people(*(where for where, _ in crowd), velocities=[how for _, how in crowd], age=age)
    outputs = np.stack([command, 0.5 * command, 0.0 * command])
    now, before = arm(q, command, there)
    same(limit("link_separation"), now, before, outputs)


@settings(max_examples=100, deadline=None)
@given(
    command=joint_rates,
    crowd=st.lists(st.tuples(place, pace), min_size=1, max_size=3),
    age=st.floats(0.0, 0.2),
    felt=st.booleans(),
)
def test_how_hard_an_arm_may_meet_them_is_by_the_clock_too(command, crowd, age, felt):
    """What feels a contact is as old as it is: of a wrist, that is not the age of the joints."""
    there = people(*(where for where, _ in crowd), velocities=[how for _, how in crowd], age=age)
    there = replace(there, felt=NOTHING.felt if felt else {})
    region = {"force": 60.0, "stiffness": 40_000.0, "mass": 1.0, "source": "measured"}
    outputs = np.stack([command, 0.5 * command, 0.0 * command])
    now, before = arm(np.zeros(2), command, there)
    same(limit("power_and_force", default=region), now, before, outputs)
