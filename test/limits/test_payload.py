"""Payload: numbers by hand, and what must not be taken for an empty hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.limits.sensed import Sensed
from test.limits.bodies import body_situation
from test.limits.situations import make

HELD = {"flags": "cell", "flag": "payload_held"}


def cap(rates, flags=None, **changes):
    at = body_situation(np.zeros(2), None, Sensed(flags=flags or {}))
    return make("payload", **changes).cap(np.array(rates, dtype=float), at)


@pytest.mark.parametrize(("mass", "allowed"), [(0.0, 1.0), (1.0, 0.75), (2.0, 0.5)])
def test_the_share_by_hand(mass, allowed):
    """Half the speed with 2 kg, the rest on a straight line."""
    found = cap([1.5, 0.2], mass=mass)
    assert found.allowed == pytest.approx(allowed) and found.scale == pytest.approx(allowed / 1.5)
    assert make("payload", mass=mass).each == pytest.approx((allowed, allowed))


@pytest.mark.parametrize(
    ("flags", "empty"),
    [
        ({"cell": {"payload_held": False}}, True),
        ({"cell": {"payload_held": True}}, False),
        ({"cell": {}}, False),
        ({}, False),
        ({"other": {"payload_held": False}}, False),
    ],
)
def test_only_a_trusted_no_makes_the_hand_empty(flags, empty):
    assert (cap([0.9, 0.0], flags, held=HELD).scale == 1.0) == empty


def test_without_a_flag_the_load_is_always_there():
    assert cap([0.9, 0.0], {"cell": {"payload_held": False}}).scale == pytest.approx(0.75 / 0.9)


def test_more_than_the_hand_may_carry_is_refused():
    with pytest.raises(ValidationError, match="at most rated"):
        make("payload", mass=2.1)


BOUNDS = {"bounds": [1.0, 0.6], "mass": 0.0}


def drifting(start, anchor=(0.0, 0.0)):
    at = body_situation(np.zeros(2), np.array(anchor))
    drive = replace(at.drive, start=np.array(start))
    return replace(at, drive=drive, comfort=drive)


def test_what_the_joints_do_by_themselves_counts_first():
    """0.2 rad/s of the elbow by itself and 0.8 on top; 0.6 rad/s are allowed."""
    found = make("payload", **BOUNDS).cap(np.array([0.0, 0.8]), drifting([0.0, 0.2]))
    assert found is not None
    assert found.requested == pytest.approx(1.0) and found.allowed == 0.6
    assert found.scale == pytest.approx((0.6 - 0.2) / 0.8)


@pytest.mark.parametrize(
    ("rates", "told"), [([0.5, 0.2], (0.5, 1.0)), ([-0.5, -0.4], (0.4, 0.6)), ([0.5, -0.35], (0.35, 0.6))]
)
def test_within_the_bounds_the_joint_that_is_nearest_to_its_own_is_told(rates, told):
    found = cap(rates, **BOUNDS)
    assert found.scale == 1.0 and (found.requested, found.allowed) == told


def test_the_excess_is_that_of_the_joint_that_stands_furthest_beyond():
    rule = make("payload", **BOUNDS)
    for anchor, excess in (([1.3, -0.7], 0.3), ([-1.1, 0.9], 0.3), ([0.9, 0.5], 0.0), ([1.0, 0.6], 0.0)):
        found = rule.cap(np.zeros(2), drifting([0.0, 0.0], anchor))
        assert found is not None and found.excess == pytest.approx(excess, abs=1e-12)


def test_rows_bound_each_joint_both_ways():
    found = make("payload", **BOUNDS).rows(body_situation(np.zeros(2)))
    assert found is not None
    assert found.matrix == pytest.approx(np.concatenate([np.eye(2), -np.eye(2)]))
    assert found.bounds.tolist() == [1.0, 0.6, 1.0, 0.6]


def test_the_self_test_moves_each_joint_of_the_first_scene_too_fast():
    scenes = [body_situation(np.zeros(2)), None]
    rule = make("payload", **BOUNDS)
    trips = [trip for challenge in rule.trips(scenes) for trip in challenge.trips]
    assert {tuple(trip.command.tolist()) for trip in trips} == {(2.0, 0), (-2.0, 0), (0, 1.2), (0, -1.2)}
    for trip in trips:
        found = rule.cap(trip.command, trip.situation)
        assert found is not None and found.scale == pytest.approx(0.5)
