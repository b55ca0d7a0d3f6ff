"""Joint efforts and fingers: which joint is told, what counts as an excess, and what they are tried with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.limits.span import Span
from test.limits.bodies import body_situation
from test.limits.situations import make


def holding(rest, anchor=(0.0, 0.0)):
    """The two joints, which a stop holds with ``rest`` Nm; None: with nothing."""
    rest = {} if rest is None else {"arm": np.array(rest)}
    return replace(body_situation(np.zeros(2)), rest=rest, anchor=np.array(anchor))


def capped(rule, command, at):
    found = rule.cap(np.array(command), at)
    assert found is not None
    return found


def test_where_all_is_allowed_the_joint_that_pushes_hardest_for_its_bound_is_told():
    """4 + 2 of 20 Nm, and 3 + 4 of 10 Nm."""
    found = capped(make("joint_effort"), [2.0, 4.0], holding([4.0, 3.0]))
    assert (found.scale, found.requested, found.allowed) == (1.0, 7.0, 10.0)
    found = capped(make("joint_effort"), [16.0, 4.0], holding(None))
    assert (found.scale, found.requested, found.allowed) == (1.0, 16.0, 20.0)


def test_an_excess_is_what_stands_beyond_the_bound_or_beyond_what_holds():
    rule = make("joint_effort")
    assert capped(rule, [0.0, 0.0], holding([25.0, 3.0], (1.5, 0.0))).excess == pytest.approx(1.5)
    assert capped(rule, [0.0, 0.0], holding([-25.0, 3.0], (-1.5, 0.0))).excess == pytest.approx(1.5)
    assert capped(rule, [0.0, 0.0], holding([12.0, 3.0], (8.5, 7.75))).excess == pytest.approx(0.75)
    assert capped(rule, [0.0, 0.0], holding([12.0, 3.0], (7.5, 6.75))).excess == 0.0


def test_a_billionth_is_no_excess():
    tiny = make("joint_effort", bounds=[1e-9, 10.0])
    assert capped(tiny, [0.0, 0.0], holding(None, (2e-9, 0.0))).excess == 0.0
    assert capped(tiny, [0.0, 0.0], holding(None, (3e-9, 0.0))).excess == pytest.approx(2e-9)


def test_each_joint_is_tried_by_twice_its_bound_and_what_holds_it():
    for rest, tried in ((None, [40.0, -40.0, 20.0, -20.0]), ([-4.0, 3.0], [48.0, -48.0, 26.0, -26.0])):
        trips = [trip for each in make("joint_effort").trips([holding(rest)]) for trip in each.trips]
        assert [trip.command.sum() for trip in trips] == tried
        assert all(np.count_nonzero(trip.command) == 1 and not trip.situation.anchor.any() for trip in trips)


def test_fingers_are_tried_by_twice_what_they_may_close_and_open():
    at = replace(body_situation(np.zeros(2)), anchor=np.zeros(2))
    every = list(make("gripper_speed", channel="gripper", closing=0.05, opening=0.3).trips([at]))
    trips = [trip for each in every for trip in each.trips]
    assert [trip.command.tolist() for trip in trips] == [[-0.1, 0.0], [0.6, 0.0]]
    assert all(not trip.situation.anchor.any() for trip in trips)


@pytest.mark.parametrize(("closing", "opening"), [(0.125, 0.5), (0.5, 0.125)])
def test_fingers_are_idle_up_to_the_slower_of_both_bounds(closing, opening):
    rule = make("gripper_speed", channel="gripper", closing=closing, opening=opening)
    assert rule.bound == closing
    assert rule.idle(None, Span((0.125,), 0.0, 0.0)) and not rule.idle(None, Span((0.126,), 0.0, 0.0))


def test_an_excess_of_fingers_is_by_the_bound_of_the_way_they_go():
    rule = make("gripper_speed", channel="gripper", closing=0.05, opening=0.1)
    for standing, beyond in ((-0.08, 0.03), (0.08, 0.0), (0.13, 0.03), (-0.04, 0.0)):
        at = replace(body_situation(np.zeros(2)), anchor=np.array([standing]))
        assert capped(rule, [0.01], at).excess == pytest.approx(beyond)
