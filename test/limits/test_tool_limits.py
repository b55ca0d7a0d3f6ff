"""Efforts, wrenches and fingers: numbers by hand, shares against a search, and stops that nothing cuts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.governor.stepping import Rates
from test.limits.bodies import body_situation
from test.limits.situations import make

NONE = np.zeros(6)
six = st.tuples(*[st.floats(-60.0, 60.0)] * 6).map(np.array)


def holding(rest, anchor=(0.0, 0.0)):
    """The two joints, which a stop holds with ``rest`` Nm."""
    return replace(
        body_situation(np.zeros(2)), rest={"arm": np.array(rest)}, anchor=np.array(anchor, dtype=float)
    )


def effort(command, rest, **more):
    return make("joint_effort", bounds=[20.0, 10.0]).cap(
        np.array(command, dtype=float), holding(rest, **more)
    )


def test_the_effort_that_holds_counts_by_hand():
    """12 Nm hold the shoulder, 16 more would make 28: half of them are allowed. The elbow's 3 - 4 Nm are within 10."""
    found = effort([16.0, -4.0], [12.0, 3.0])
    assert found.scale == pytest.approx(0.5) and (found.requested, found.allowed) == (28.0, 20.0)


def test_an_effort_against_what_holds_has_more_room():
    """12 - 32 = -20 Nm: just at the bound."""
    assert effort([-32.0, 0.0], [12.0, 0.0]).scale == 1.0
    assert effort([-33.0, 0.0], [12.0, 0.0]).scale == pytest.approx(32 / 33)


def test_what_holds_more_than_its_bound_is_never_cut_and_may_only_ease():
    held = [25.0, 0.0]
    assert effort([0.0, 0.0], held).scale == 1.0 and effort([0.0, 0.0], held).excess == 0.0
    assert effort([1.0, 0.0], held).scale == 0.0
    assert effort([-3.0, 0.0], held).scale == 1.0


def test_an_effort_that_stands_beyond_its_bound_is_an_excess():
    assert effort([0.0, 0.0], [12.0, 3.0], anchor=(10.0, 0.0)).excess == pytest.approx(2.0)


def test_efforts_grow_no_faster_than_the_rate_and_fall_back_at_once():
    """From 1 Nm beyond the stop, 200 Nm/s allow 2 Nm more in 10 ms; back to it, and no further, at once."""
    rates = Rates.of([make("effort_rate", bounds=[200.0, 100.0])], {"joint": np.arange(2)}, 2)
    anchor = np.array([1.0, 0.0])
    more, back, across = rates.step(anchor, np.array([[9.0, 0.0], [0.0, 0.0], [-9.0, 0.0]]), 0.01, 0.02)
    assert more.tolist() == [3.0, 0.0] and back.tolist() == [0.0, 0.0]
    assert across[0] == pytest.approx(-2.0, abs=1e-3)


def tool(command, hold=NONE, anchor=NONE, **changes):
    at = replace(
        body_situation(np.zeros(2)),
        rest={"tool": np.array(hold)},
        anchor=np.array(anchor),
        places={"tool": slice(0, 6)},
    )
    return make("wrench", channel="tool", **changes).cap(np.array(command, dtype=float), at)


def test_a_push_on_top_of_a_load_by_hand():
    """15 N carry the load upwards; 20 N across make 25 N, at the bound: sqrt(15^2 + 20^2)."""
    carries = [0.0, 0.0, 15.0, 0.0, 0.0, 0.0]
    assert tool([20.0, 0.0, 0.0, 0.0, 0.0, 0.0], carries).scale == 1.0
    found = tool([40.0, 0.0, 0.0, 0.0, 0.0, 0.0], carries)
    assert found.scale == pytest.approx(0.5) and found.allowed == 25.0 and found.unit == "N"
    assert found.requested == pytest.approx(np.hypot(15.0, 40.0))


def test_a_twist_is_bounded_by_itself():
    found = tool([1.0, 0.0, 0.0, 0.0, 0.0, 6.0])
    assert found.scale == pytest.approx(0.5) and (found.allowed, found.unit) == (3.0, "Nm")


def test_a_load_beyond_the_bound_is_carried_on_and_not_pushed():
    heavy = [0.0, 0.0, 30.0, 0.0, 0.0, 0.0]
    assert tool(np.zeros(6), heavy).scale == 1.0
    assert tool([0.0, 0.0, 1.0, 0.0, 0.0, 0.0], heavy).scale == 0.0
    assert tool([0.0, 0.0, -4.0, 0.0, 0.0, 0.0], heavy).scale == 1.0
    assert tool(np.zeros(6), heavy, anchor=[0.0, 0.0, 2.0, 0.0, 0.0, 0.0]).excess == pytest.approx(2.0)


@settings(max_examples=80, deadline=None)
@given(hold=six, command=six)
def test_the_share_of_a_wrench_is_the_largest_there_is(hold, command):
    """It keeps both bounds, and a little more would break one."""
    found = tool(command, hold / 5).scale
    parts = (slice(0, 3), slice(3, 6))
    held = [float(np.linalg.norm(hold[part] / 5)) for part in parts]
    bounds = np.maximum((25.0, 3.0), held)

    def beyond(share):
        return np.array([np.linalg.norm(hold[p] / 5 + share * command[p]) for p in parts]) - bounds

    assert beyond(found).max() <= 1e-9
    assert found == 1.0 or beyond(found + 1e-3).max() > -1e-12


@pytest.mark.parametrize(
    ("speed", "scale", "allowed"), [(0.08, 1.0, 0.1), (0.2, 0.5, 0.1), (-0.08, 0.625, 0.05), (0.0, 1.0, 0.05)]
)
def test_fingers_close_slower_than_they_open(speed, scale, allowed):
    at = body_situation(np.zeros(2))
    found = make("gripper_speed", channel="gripper").cap(
        np.array([speed]), replace(at, anchor=np.array([-0.07]))
    )
    assert found is not None and found.scale == pytest.approx(scale) and found.allowed == allowed
    assert found.excess == pytest.approx(0.02)
