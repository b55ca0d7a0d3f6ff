"""Where areas are from a base, by hand: in odom and in a map, quickly and exactly, and what they are tried with."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.localisation import Fix
from iatro_governor.body.shape import Box, Circle, Polygon
from iatro_governor.limits.ground import Ground, GroundConfig
from iatro_governor.limits.ground_trips import on_the_edge, on_the_way
from test.limits.situations import MAP, make, situation

DISC = Circle((2.0, 1.0), 0.5)
NOWHERE = np.zeros((0, 2))
TURNED = Fix(0.0, np.array([2.0, -1.0, math.pi / 2]), 0.05, 0.02)
"""Odom's origin is at (2, -1) in the map, and its x axis points along the map's y axis."""


class Figure:
    """A figure that tells how often its shape was asked for, and at which heights."""

    def __init__(self, shape):
        self._shape, self.asked = shape, []

    def shape(self, low, high):
        self.asked.append((low, high))
        return self._shape


def ground(shape=DISC, localisation=None, **more):
    return Ground(GroundConfig.model_construct(figure=Figure(shape), localisation=localisation), **more)


def at(*pose, fix=TURNED):
    """A disc of 0.22 m."""
    return situation(NOWHERE, pose=np.array(pose), fix=fix)


@pytest.mark.parametrize("kind", ["zone", "slow_zone", "geofence"])
def test_an_area_in_the_map_needs_who_tells_where_that_is_and_another_has_none(kind):
    for frame in ({"frame": "map"}, {"localisation": "amcl"}):
        with pytest.raises(ValidationError, match="localisation"):
            make(kind, **frame)
    assert make(kind, **MAP).config.localisation == "amcl"


def test_a_base_leaves_a_flat_area_on_the_ground_and_carries_none_along():
    for figure in ({"circle": {"radius": 2.0}}, make("geofence").config.example["figure"]):
        assert make("geofence", figure=figure).config.frame == "odom"
    with pytest.raises(ValidationError, match="circle or a polygon"):
        make("geofence", figure={"sphere": {"centre": [0.0, 0.0, 0.5], "radius": 2.0}})
    with pytest.raises(ValidationError, match="carries along"):
        make("geofence", frame="body")


def test_the_shape_is_worked_out_once_at_the_heights_of_the_body():
    figure = Figure(DISC)
    area = Ground(GroundConfig.model_construct(figure=figure, localisation=None))
    here = at(0.0, 0.0, 0.0)
    assert area.shape(here) is DISC and area.shape(here) is DISC and figure.asked == [(0.0, 1.0)]


def test_a_map_is_known_once_it_was_told_where_it_lies():
    here = at(0.0, 0.0, 0.0)
    assert ground().known(here) and ground(localisation="amcl").known(here)
    assert not ground(localisation="other").known(here)


def test_the_distance_now_and_ahead_by_hand():
    """5 m from the middle of the disc, of 0.5 m; a turn to the left and 1 m on make (-1, -2)."""
    here = at(-1.0, -3.0, math.pi / 2)
    assert ground().now(here) == pytest.approx(5.0 - 0.5 - 0.22)
    ahead = ground().along(here, np.array([[1.0, 0.0, 0.0], [0.0, -3.0, 0.0]]))
    assert ahead == pytest.approx(np.array([math.hypot(3.0, 3.0), 4.0]) - 0.72)


def test_the_distance_in_a_map_by_hand():
    """The base is 2 m below the middle of the disc, and its way ahead leads up to it."""
    here, area = at(0.0, 0.0, 0.0), ground(localisation="amcl")
    assert area.now(here) == pytest.approx(2.0 - 0.72)
    assert area.along(here, np.array([[1.0, 0.0, 0.0]])) == pytest.approx([1.0 - 0.72])


def test_what_a_map_is_unsure_of_grows_with_the_way():
    here = at(0.0, 0.0, 0.0)
    assert ground(localisation="amcl").unsure(here, 1.5) == pytest.approx(0.05 + 0.02 * (0.22 + 1.5))
    assert ground().unsure(here, 1.5) == 0.0


class Told:
    """At least 0.5 m, and in fact 0.75 m; by what was enough each time it was asked."""

    asked: list[float]

    def __init__(self, area, footprint):
        Told.asked = []

    def distance(self, poses, enough):
        self.asked.append(enough)
        return np.array(0.5 if enough < 0 else 0.75)


def test_a_distance_is_told_exactly_only_where_the_bound_is_not_enough_and_once_a_moment():
    area, here = ground(gauge=Told), at(0.0, 0.0, 0.0)
    assert area.now(here, 0.4) == 0.5 and Told.asked == [-math.inf]
    assert area.now(here, 0.5) == 0.75 and area.now(here) == 0.75 and area.now(here, 0.45) == 0.5
    assert Told.asked == [-math.inf, math.inf]
    assert area.now(at(1.0, 0.0, 0.0)) == 0.75 and Told.asked == [-math.inf, math.inf] * 2


def test_a_quick_bound_is_by_the_disc_around_the_area_and_there_is_none_in_a_map():
    """Around the triangle: about (2, 1), of sqrt(2^2 + 1^2) m, for its third corner is nearer."""
    here = at(-1.0, -3.0, 0.0)
    assert ground().at_least(here) == pytest.approx(5.0 - 0.72)
    triangle = ground(Polygon(np.array([[0.0, 0.0], [4.0, 0.0], [3.0, 2.0]])))
    assert triangle.at_least(at(2.0, -9.0, 0.0)) == pytest.approx(10.0 - math.hypot(2.0, 1.0) - 0.22)
    assert triangle.at_least(at(-5.0, 1.0, 0.0)) == pytest.approx(7.0 - math.hypot(2.0, 1.0) - 0.22)
    assert ground(localisation="amcl").at_least(here) == -math.inf


def test_at_the_edge_a_base_drives_every_way_at_every_place():
    """Of 13 points of the outline, 2 * pi * 0.5 / 0.25 of them, eight: the first, the last and some between."""
    trips = list(on_the_edge(DISC, at(0.0, 0.0, 0.0)))
    poses = np.array([trip.situation.pose for trip in trips])
    assert len(trips) == 8 * 8 * 3 and len(np.unique(poses.round(9), axis=0)) == 8 * 8
    angle = np.arctan2(poses[:, 1] - 1.0, poses[:, 0] - 2.0) % (2 * math.pi) * (13 / (2 * math.pi))
    assert set(angle.round(6) % 13) == {0, 1, 3, 5, 6, 8, 10, 12}
    assert np.hypot(poses[:, 0] - 2.0, poses[:, 1] - 1.0) == pytest.approx(np.full(len(poses), 0.5))
    assert sorted(set((poses[:, 2] / (math.pi / 4)).round(9))) == list(range(8))
    assert [trip.command.tolist() for trip in trips[:3]] == [[0.5, 0, 0], [2.0, 0, 0], [10.0, 0, 0]]
    assert all(trip.situation.anchor.tolist() == trip.command.tolist() for trip in trips)


WALL = Box((3.0, 0.0), (1.0, 2.0))
"""From x = 2 on."""


def front(reach):
    """How far a body is from x = 2 that reaches so far ahead, m."""
    return lambda moment: 2.0 - (moment.pose[0] + reach * math.cos(moment.pose[2]))


@pytest.mark.parametrize(("reach", "away"), [(0.12, 0.17), (0.22, 0.27)])
def test_on_its_way_a_base_is_a_little_more_than_the_margin_off_and_drives_on(reach, away):
    """0.05 m are kept, and its front is nearer than the 0.22 m that it reaches at most."""
    trips = list(on_the_way(WALL, at(0.0, 0.0, 0.0), front(reach), 0.05))
    ahead = [trip for trip in trips if trip.situation.pose[2] == 0.0]
    # Of the 48 points of the outline, 0.25 m apart, the 13th and the 20th are on the side that faces it.
    poses = [trip.situation.pose[0] for trip in ahead if trip.situation.pose[1] in (0.75, -1.0)]
    found = [round(x, 6) for x in poses[::3]]
    assert found == [round(2.0 - away - gap, 6) for gap in (0.02, 0.2)] * 2
    assert all(0.05 < front(reach)(trip.situation) <= 0.45 for trip in trips)
    assert [trip.command.tolist() for trip in trips[:3]] == [[0.5, 0, 0], [2.0, 0, 0], [10.0, 0, 0]]
    assert all(trip.situation.anchor.tolist() == trip.command.tolist() for trip in trips)


def test_a_base_on_its_way_faces_the_place_that_it_comes_to():
    """0.27 m before each of the points of the outline, and 0.47 m, whichever way that is."""
    asked = []

    def distance(moment):
        asked.append(moment.pose)
        return 0.06

    trips = list(on_the_way(DISC, at(0.0, 0.0, 0.0), distance, 0.05))
    assert len(trips) == 8 * 8 * 2 * 3
    poses = np.array(asked)
    assert len(np.unique(poses.round(9), axis=0)) == 8 * 8 * 2  # it is asked of no other places
    for away in (0.29, 0.47):
        reached = poses[:, :2] + away * np.stack([np.cos(poses[:, 2]), np.sin(poses[:, 2])], axis=-1)
        there = np.abs(np.hypot(reached[:, 0] - 2.0, reached[:, 1] - 1.0) - 0.5) < 1e-9
        assert there.sum() >= len(poses) / 2


@pytest.mark.parametrize(
    ("distance", "count"),
    [(0.05, 0), (0.05 + 2 * 0.02, 384), (0.0901, 192), (0.05 + 2 * 0.2, 192), (0.4501, 0)],
)
def test_only_what_is_beyond_the_margin_and_near_it_is_tried(distance, count):
    """8 places, 8 headings, 2 gaps of 0.02 m and 0.2 m, and 3 speeds."""
    assert len(list(on_the_way(DISC, at(0.0, 0.0, 0.0), lambda moment: distance, 0.05))) == count


def test_a_fence_eases_nothing_unless_it_is_asked_to():
    """0.18 m before the fence at x = 3, and 0.13 m of way: 0.05 m are left, of which half a step is 0.0054 m."""
    here, rule = at(3.0 - 0.22 - 0.18, 0.0, 0.0), make("geofence")
    ways = here.roll_out(np.array([[0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    found = rule.clear(ways, here)
    assert found is not None and found.tolist() == [False, True] and rule.clear(ways, here, 0.01) is None
