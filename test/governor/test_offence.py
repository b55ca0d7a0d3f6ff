"""What is wrong with a path, limit by limit: by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.path_bounds import Excess
from iatro_governor.governor.offence import Reading, of_joint, of_reading
from test.body.paths import bounds


def speed(requested, allowed):
    return Reading("tip", "m/s", np.array(requested), np.array(allowed), speed=True)


def test_the_pace_of_a_speed_is_the_part_of_it_that_is_allowed():
    """Of 4 m/s 1 is a quarter; what is within the bound goes whole, and what is no number does not go."""
    given = [(0.3, 0.5), (0.5, 0.5), (4.0, 1.0), (0.8, -0.3), (-0.2, -0.3)]
    given += [(math.inf, 0.4), (math.nan, 0.4), (0.4, math.nan)]
    requested, allowed = zip(*given, strict=True)
    assert speed(requested, allowed).pace().tolist() == [1.0, 1.0, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_what_is_no_speed_is_no_better_for_going_slowly():
    assert Reading("gap", "m", np.array([4.0, math.nan]), np.array([1.0, 1.0])).pace().tolist() == [1.0, 1.0]


def test_a_bound_that_is_missed_by_the_slack_is_kept_and_by_more_is_broken():
    requested, allowed = np.array([1.25, 1.375, math.nan]), np.array([1.0, 1.0, 1.0])
    assert Reading("lid", "N", requested, allowed).broken(0.25, 9.0).tolist() == [False, True, True]
    least = Reading("gap", "m", np.array([0.75, 0.625, math.nan]), allowed, at_least=True)
    assert least.broken(0.25, 9.0).tolist() == [False, True, True]


def test_a_speed_may_miss_its_bound_by_a_share_of_it_or_by_the_slack_if_that_is_more():
    """A quarter of 4 and of -4 is 1, of 0.5 it is 0.125, and then 0.25 counts."""
    reading = speed([5.0, 5.125, -3.0, 0.75, 0.875], [4.0, 4.0, -4.0, 0.5, 0.5])
    assert reading.broken(0.25, 0.25).tolist() == [False, True, False, False, True]


@pytest.mark.parametrize(
    ("kind", "unit", "slows"),
    [
        ("joint_position", "m", False),
        ("joint_velocity", "m/s", True),
        ("joint_acceleration", "m/s2", True),
        ("joint_jerk", "m/s3", True),
    ],
)
def test_a_joints_excess_is_told_in_the_unit_of_its_kind_and_of_all_but_a_place_slower_is_a_cure(
    kind, unit, slows
):
    excess = Excess(kind=kind, joint=1, time=0.7, requested=-3.5, allowed=-3.0)
    told = of_joint(excess, bounds(2, units=("rad", "m")))
    assert (told.time, told.limit, told.joint, told.link) == (0.7, kind, "joint_1", None)
    assert (told.requested, told.allowed, told.margin) == (-3.5, -3.0, -0.5)
    assert (told.unit, told.slows) == (unit, slows)


def test_a_reading_is_told_with_the_link_it_is_about():
    links, about = ("hand", "elbow", "arm"), np.array([2, 0, 1])
    requested, allowed = np.array([0.9, 0.5, 0.25]), np.array([0.1, 0.2, 0.75])
    gap = Reading("gap", "m", requested, allowed, at_least=True, links=links, link=about)
    told = of_reading(gap, 2, 1.5, slows=False)
    assert str(told) == "gap of elbow at 1.500 s: 0.25 m requested, 0.75 m allowed"
    assert (told.joint, told.margin, told.slows) == (None, -0.5, False)
    bare = of_reading(speed([0.9, 0.5], [0.1, 0.25]), 1, 0.5, slows=True)
    assert str(bare) == "tip at 0.500 s: 0.5 m/s requested, 0.25 m/s allowed"
    assert (bare.link, bare.margin, bare.slows) == (None, -0.25, True)
