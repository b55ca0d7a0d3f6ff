"""Zones and fences on the ground, with numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.localisation import Fix, deviations
from iatro_governor.body.shape import Box, Circle, Polygon
from iatro_governor.limits.zones import FenceGauge, ZoneGauge
from test.limits.situations import MAP, make, situation

NOWHERE = np.zeros((0, 2))
FENCE = [[-2.0, -2.0], [3.0, -2.0], [3.0, 2.0], [-2.0, 2.0]]
L_SHAPE = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 0.0], [0.5, 0.0], [0.5, 2.0], [-2.0, 2.0]])


def place(x=0.0, y=0.0, yaw=0.0):
    return np.array([x, y, yaw])


def clear(limit, at, *twists):
    verdict = limit.clear(at.roll_out(np.array(twists, dtype=float)), at)
    return [True] * len(twists) if verdict is None else verdict.tolist()


@pytest.mark.parametrize(
    ("pose", "distance"),
    [(place(), 1.78), (place(2.0), 0.78), (place(2.78), 0.0), (place(2.9), -0.12), (place(3.5), -0.72)],
)
def test_a_disc_is_as_far_inside_as_its_rim(pose, distance):
    at = situation(NOWHERE, pose=pose)
    clearance = make("geofence").clearance(at)
    assert clearance is not None and clearance.now == pytest.approx(distance)
    assert clearance.required == pytest.approx(0.05)


def test_a_box_is_as_far_inside_as_its_foremost_corner():
    """Turned by 45 degrees, the corner of 0.4 by 0.3 m is 0.5 m away at 36.9 + 45 degrees: y = 0.495 m."""
    gauge = FenceGauge(Box((0.0, 0.0), (1.0, 1.0)), Box((0.0, 0.0), (0.4, 0.3)))
    assert float(gauge.distance(place(yaw=math.pi / 4))) == pytest.approx(1 - 0.7 / math.sqrt(2))
    assert float(gauge.distance(place(0.7))) == pytest.approx(-0.1)


def test_a_corner_that_points_inwards_is_not_passed_between_two_outline_points():
    """The L's inner corner (0.5, 0) stands 10 mm off the middle of the box's side, and then 10 mm inside it."""
    box = Box((0.0, 0.0), (0.4, 0.3))
    gauge = FenceGauge(Polygon(L_SHAPE), box)
    middle = np.array([math.cos(math.pi / 4), math.sin(math.pi / 4)])
    off = np.array([0.5, 0.0]) - 0.41 * middle
    into = np.array([0.5, 0.0]) - 0.39 * middle
    assert float(gauge.distance(place(off[0], off[1], math.pi / 4))) == pytest.approx(0.01, abs=1e-3)
    assert float(gauge.distance(place(into[0], into[1], math.pi / 4))) < 0


def test_a_round_fence_holds_a_box_by_its_corners():
    gauge = FenceGauge(Circle((0.0, 0.0), 1.0), Box((0.0, 0.0), (0.4, 0.3)))
    assert float(gauge.distance(place())) == pytest.approx(0.5)
    assert float(gauge.distance(place(0.4))) == pytest.approx(1 - math.hypot(0.8, 0.3))


def test_a_way_that_was_verified_further_out_may_lead_as_far_out_again():
    """Outside by 0.42 m now, and by 0.52 m where its way began; what is measured is exact to 0.01 m."""
    at, fence = situation(NOWHERE, pose=place(3.2, yaw=1.0)), make("geofence")
    begun = at.following(situation(NOWHERE, pose=place(3.3)))

    def kept(seen, x):
        ways = seen.roll_out(np.zeros((1, 3)))
        end = np.array([np.cos(1.0), -np.sin(1.0), 0.0]) * (x - 3.2)
        return fence.clear(replace(ways, poses=np.broadcast_to(end, ways.poses.shape)), seen, np.inf)

    assert kept(at, 3.205).all() and not kept(at, 3.295).any()
    assert kept(begun, 3.295).all() and kept(begun, 3.309).all() and not kept(begun, 3.312).any()
    nearer = at.following(situation(NOWHERE, pose=place(3.0)))
    assert kept(nearer, 3.205).all() and not kept(nearer, 3.215).any()


def test_outside_it_may_only_come_back():
    at = situation(NOWHERE, pose=place(3.2))
    fence = make("geofence")
    assert clear(fence, at, [-0.1, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.5]) == [True, False, True, True]
    cap = fence.cap(np.array([-1.0, 0.0, 0.0]), at)
    assert cap is not None and cap.scale == pytest.approx(0.2)  # 1 m/s to retreat_speed
    assert fence.cap(np.array([-1.0, 0.0, 0.0]), situation(NOWHERE)) is None


def test_it_is_approached_as_far_as_the_ramp_allows():
    """From 0.5 m/s with 1 m/s2: 0.005 + 0.125 m, in twelve steps, whose half counts as well: 0.135 m."""
    fence = make("geofence", margin=0.0)
    need = 0.5 * 0.01 + 0.125
    need += need / 24
    assert clear(fence, situation(NOWHERE, pose=place(2.78 - need - 1e-6)), [0.5, 0, 0]) == [True]
    assert clear(fence, situation(NOWHERE, pose=place(2.78 - need + 1e-4)), [0.5, 0, 0]) == [False]


def test_in_the_map_an_area_is_where_the_fix_puts_it_and_grows_by_what_that_is_unsure_of():
    """Odom lies 1 m ahead and a quarter turn left in the map: x = 0.5 in odom is (1, 0.5) there, 0.28 m off the zone.

    The zone grows by 0.1 m, and by 0.2 rad on 0.22 m of body: 0.044 m.
    """
    zone = make(
        "zone", **MAP, figure={"polygon": {"corners": [[0.0, 1.0], [2.0, 1.0], [2.0, 2.0], [0.0, 2.0]]}}
    )
    fix = Fix(0.0, place(1.0, 0.0, math.pi / 2), 0.1, 0.2)
    clearance = zone.clearance(situation(NOWHERE, pose=place(0.5), fix=fix))
    assert clearance is not None
    assert clearance.now == pytest.approx(0.28) and clearance.required == pytest.approx(0.05 + 0.1 + 0.044)


def test_a_heading_that_is_unsure_costs_more_the_further_it_leads():
    """0.5 m/s ahead of a zone: 0.13 m of ramp, then 0.1 rad on 0.22 m of body and 0.13 m of way."""
    zone = make("zone", **MAP, margin=0.0)
    need = 0.13 + 0.13 / 24 + 0.1 * (0.22 + 0.13)
    fix = Fix(0.0, place(), 0.0, 0.1)
    near, far = (situation(NOWHERE, pose=place(0.78 - need + d), fix=fix) for d in (1e-3, -1e-3))
    assert clear(zone, near, [0.5, 0, 0]) == [False] and clear(zone, far, [0.5, 0, 0]) == [True]


def test_a_slow_zone_begins_where_it_may_begin():
    """1 m off, but for 0.1 m and for 0.05 rad on 0.22 m and 1 m: what is left is 0.839 m."""
    slow, known = make("slow_zone", **MAP), make("slow_zone")
    fix = Fix(0.0, place(), 0.1, 0.05)
    cap = slow.cap(place(3.0), situation(NOWHERE, pose=place(-0.22), fix=fix))
    same = known.cap(place(3.0), situation(NOWHERE, pose=place(-0.22 + 0.1 + 0.061)))
    assert cap is not None and same is not None and cap.allowed == pytest.approx(same.allowed)


def test_before_the_first_fix_only_rest_is_clear():
    from dataclasses import replace

    at = replace(situation(NOWHERE), fixes={})
    for kind in ("zone", "geofence"):
        limit = make(kind, **MAP)
        assert clear(limit, at, [0, 0, 0], [-0.01, 0, 0]) == [True, False]
        assert limit.cap(place(1.0), at) is None and limit.clearance(at) is None
    slow = make("slow_zone", **MAP).cap(place(1.0), at)
    assert slow is not None and slow.allowed == pytest.approx(0.3)


def test_a_solid_counts_at_the_heights_of_the_body_alone():
    """The body is 1 m high; a beam of 0.2 m starts at 0.9 m, and is out of its way at 1.1 m."""
    beam = {"size": [1.0, 1.0, 0.2], "pose": [1.5, 0.0, 1.0, 0.0, 0.0, 0.0]}
    clearance = make("zone", figure={"box": beam}).clearance(situation(NOWHERE))
    assert clearance is not None and clearance.now == pytest.approx(1.0 - 0.22)


def test_the_widest_direction_of_a_covariance_counts():
    """A quarter turn of diag(0.04, 0.01) is no change; by 45 degrees the widest is still 0.2 m."""
    turn = np.array([[1, -1], [1, 1]]) / math.sqrt(2)
    covariance = np.zeros((6, 6))
    covariance[:2, :2] = turn @ np.diag([0.04, 0.01]) @ turn.T
    covariance[5, 5] = 0.0009
    assert deviations(covariance) == pytest.approx((0.2, 0.03))


def test_zone_and_fence_of_one_outline_are_each_other_turned_inside_out():
    outline = Polygon(L_SHAPE)
    zone, fence = ZoneGauge(outline, Circle((0.0, 0.0), 1e-9)), FenceGauge(outline, Circle((0.0, 0.0), 1e-9))
    poses = np.random.default_rng(0).uniform(-3, 3, (200, 3))
    assert zone.distance(poses) == pytest.approx(-fence.distance(poses), abs=1e-8)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("zone", {"frame": "map"}, "localisation"),
        ("zone", {"localisation": "amcl"}, "localisation"),
        ("geofence", {"frame": "body"}, "never hold"),
        ("geofence", {"figure": {"sphere": {"centre": [0, 0, 0], "radius": 1.0}}}, "circle or a polygon"),
        ("slow_zone", {"frame": "map", "localisation": "amcl", "sources": ["lidar"]}, "takes none"),
    ],
)
def test_what_makes_no_sense_is_refused(kind, changes, said):
    with pytest.raises(ValidationError, match=said):
        make(kind, **changes)
