"""What keeps returns off a base, by hand: a disc of 0.22 m, commands that come to rest by 1 m/s2 after 0.01 s."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from iatro_governor.limits.keeping import Keeper, slow
from iatro_governor.limits.limit import Clearance
from iatro_governor.limits.span import Span
from test.limits.situations import FIGURES, situation

DISC = FIGURES[0]
KEEPER = Keeper(("lidar",), margin=0.3, floor=0.05, noise=0.02, retreat_speed=0.2)
QUICK, SLOW = np.array([0.5, 0.0, 0.0]), np.array([0.1, 0.0, 0.0])
"""They lead 0.5 * (0.01 + 0.25) = 0.13 m and 0.1 * (0.01 + 0.05) = 0.006 m far, in 12 steps."""


def ahead_by(gap):
    """A base at rest with a return ``gap`` m before it."""
    return situation(np.array([[0.22 + gap, 0.0]]))


def clear(at, *outputs, tolerance=0.0):
    found = KEEPER.clear(DISC, at.roll_out(np.array(outputs)), at, tolerance)
    return None if found is None else found.tolist()


def told(nearest):
    """A moment of which only this is known: the distance of the nearest return."""
    return SimpleNamespace(
        returns=lambda sources, figure: SimpleNamespace(nearest=nearest),
        nearest=lambda sources: nearest,
        anchor=np.zeros(3),
        fastest=lambda twist: float(np.linalg.norm(twist[:2])) + 0.22 * abs(float(twist[2])),
    )


def test_a_way_ends_half_a_step_before_the_margin_at_the_latest():
    """A step of the quick way is 0.0108 m: 0.3054 m are left of 0.4354 m, and not of 0.435 m."""
    assert clear(ahead_by(0.4355), QUICK, SLOW) is None
    assert clear(ahead_by(0.4353), QUICK, SLOW) == [False, True]
    assert clear(ahead_by(0.4353), SLOW) is None


def test_what_was_verified_before_may_be_nearer_by_the_tolerance():
    assert clear(ahead_by(0.42), QUICK) == [False]
    assert clear(ahead_by(0.42), QUICK, tolerance=0.02) is None
    # Within the margin, what is left of 0.25 m counts from where it was measured, less the tolerance.
    assert clear(ahead_by(0.25), SLOW) == [False]
    assert clear(ahead_by(0.25), SLOW, tolerance=0.007) == [True]
    assert clear(ahead_by(0.25), SLOW, tolerance=0.005) == [False]


def test_only_what_gets_no_nearer_than_the_margin_and_its_room_is_idle():
    span = Span((0.0, 0.0, 0.0), 0.125, 0.25)
    keeper = Keeper(("lidar",), 0.5, 0.0, 0.0, 0.2)
    assert keeper.idle(told(0.76), span)
    assert not keeper.idle(told(0.75), span) and not keeper.idle(told(0.7), span)


def test_the_nearest_return_is_the_clearance_and_a_kilometre_where_there_is_none():
    near = KEEPER.clearance(DISC, ahead_by(0.42))
    assert (near.now, near.required) == (pytest.approx(0.42), 0.3)
    assert KEEPER.clearance(DISC, situation(np.zeros((0, 2)))) == Clearance(1000.0, 0.3)


def test_the_least_ahead_is_of_the_last_way_alone():
    at = ahead_by(0.42)
    ways = at.roll_out(np.array([QUICK, SLOW]))
    assert KEEPER.least_ahead(DISC, ways, at) == pytest.approx(0.414)


def test_a_retreat_is_slow_only_where_the_margin_is_broken_by_more_than_noise():
    keeper = Keeper(("lidar",), 0.5, 0.0, 0.25, 0.2)
    assert keeper.retreat(QUICK, DISC, told(0.25)) is None
    found = keeper.retreat(QUICK, DISC, told(0.24))
    assert found is not None and found.scale == pytest.approx(0.4)


def test_the_fastest_point_of_a_base_that_drives_and_turns():
    """Its rim, 0.22 m out: 0.5 m/s and 2 rad/s make 0.94 m/s; what stands, 0.1 m/s and 1 rad/s, 0.32 m/s."""
    at = situation(np.zeros((0, 2)), anchor=np.array([0.06, -0.08, -1.0]))
    found = slow(np.array([0.3, -0.4, -2.0]), at, 0.2)
    assert found.scale == pytest.approx(0.2 / 0.94) and found.requested == pytest.approx(0.94)
    assert (found.allowed, found.unit) == (0.2, "m/s") and found.excess == pytest.approx(0.12)
    assert slow(np.array([0.0, 0.1, 0.4]), at, 0.2).scale == 1.0
