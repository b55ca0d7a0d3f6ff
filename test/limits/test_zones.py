"""Distances between a footprint and an area: against both outlines, and where little is looked at closely."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.planar import inverse, transform
from iatro_governor.body.shape import Box, Circle, Polygon
from iatro_governor.limits.zones import FenceGauge, ZoneGauge

L_SHAPE = Polygon(np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 0.0], [0.5, 0.0], [0.5, 2.0], [-2.0, 2.0]]))
FOOTPRINTS = [
    Box((0.1, -0.05), (0.4, 0.3)),
    Circle((0.15, -0.1), 0.3),
    Polygon(np.array([[0.5, 0.0], [0.1, 0.3], [-0.3, 0.2], [-0.3, -0.2], [0.1, -0.3]])),
]
AREAS = [L_SHAPE, Circle((0.3, -0.4), 1.0), Box((0.2, 0.3), (1.2, 0.9))]


def both_ways(area, footprint, pose, sign):
    """Least distance of either outline, corners included, from the other figure: one of two nearest points is one."""
    there = transform(pose, footprint.outline(0.005))
    back = transform(inverse(pose), area.outline(0.005))
    return min((sign * area.distance(there)).min(), footprint.distance(back).min())


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("footprint", FOOTPRINTS)
def test_off_an_area_it_is_as_far_as_the_nearest_two_points(area, footprint):
    poses = np.random.default_rng(5).uniform(-4.0, 4.0, (60, 3))
    found = ZoneGauge(area, footprint).distance(poses)
    expected = np.array([both_ways(area, footprint, pose, 1.0) for pose in poses])
    outside = expected > 0
    assert outside.sum() > 20 and (~outside).any()
    assert found[outside] == pytest.approx(expected[outside], abs=1e-4)
    assert (found[~outside] <= 1e-4).all()


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("footprint", FOOTPRINTS)
def test_within_a_fence_it_is_as_far_as_its_foremost_point(area, footprint):
    poses = np.random.default_rng(6).uniform(-1.5, 1.5, (60, 3))
    found = FenceGauge(area, footprint).distance(poses)
    expected = np.array([both_ways(area, footprint, pose, -1.0) for pose in poses])
    assert (expected > 0).any() and (expected < 0).any()
    within = expected > 0
    assert found[within] == pytest.approx(expected[within], abs=1e-4)
    assert (found[~within] < 0.02).all()


def test_no_area_passes_between_two_points_of_a_side():
    """A strip 50 mm wide across a side of 0.8 m, from 0.0375 m on: the front, at 0.4 m, has to go back behind it."""
    gauge = ZoneGauge(Box((0.0625, 0.0), (0.025, 3.0)), Box((0.0, 0.0), (0.4, 0.3)))
    assert float(gauge.distance(np.zeros(3))) == pytest.approx(-0.3625)


def test_no_wall_of_a_fence_passes_through_a_body_between_two_points_of_a_side():
    """50 mm thick, and 1.1 m long through a side of 0.8 m, from 0.025 m on: its middle is 25 mm from within."""
    wall = [[0.075, 2.0], [0.075, -0.6], [0.025, -0.6], [0.025, 2.0]]
    hall = Polygon(np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], *wall, [-2.0, 2.0]]))
    found = FenceGauge(hall, Box((0.0, 0.0), (0.4, 0.3))).distance(np.zeros(3))
    assert float(found) == pytest.approx(-0.025)


def test_what_stands_off_a_side_between_two_of_its_points_is_as_near_as_the_side():
    """10 mm off it, and 12.5 mm from both points: a post of 30 mm, and the inner corner of a fence."""
    box = Box((0.0, 0.0), (0.4, 0.3))
    assert float(ZoneGauge(Circle((0.44, 0.0125), 0.03), box).distance(np.zeros(3))) == pytest.approx(0.01)
    c = np.sqrt(0.5)
    base = np.array([0.5, 0.0]) - [c * (0.41 - 0.0125), c * (0.41 + 0.0125)]
    assert float(FenceGauge(L_SHAPE, box).distance(np.array([*base, np.pi / 4]))) == pytest.approx(0.01)


def test_a_tip_within_a_side_is_as_deep_as_it_is_behind_it():
    """The tip of a wedge, less wide where the side is than any spacing of points on it; in exact fractions."""
    half = 51 / 128
    for deep in (1 / 64, 0.0, -1 / 64):
        tip = np.array([half - deep, 1 / 64])
        wedge = Polygon(tip + np.array([[0.0, 0.0], [1.0, -1.0], [1.0, 0.25]]))
        assert float(ZoneGauge(wedge, Box((0.0, 0.0), (half, half))).distance(np.zeros(3))) == -deep


def test_a_round_area_is_as_deep_in_a_box_as_its_centre_is_behind_the_nearest_side_and_its_radius():
    """A radius of 0.5 m, and 0.25 m aside from the middle, 0.1 m to the front from 0.3 m on; 0.2 m off the front."""
    gauge = ZoneGauge(Circle((0.0, 0.0), 0.5), Box((0.0, 0.0), (0.4, 0.25)))
    poses = np.array([[0.0, 0.0, 0.0], [0.0, 0.3, np.pi / 2], [0.6, 0.0, 0.0]])
    assert gauge.distance(poses) == pytest.approx([-0.75, -0.6, -0.3])


def test_what_is_further_than_enough_is_told_by_the_disc_around_the_body():
    """A box of 0.375 by 0.5 m has its corners 0.625 m off; ahead of it stands an area 4 m away, or 2 m."""
    area = Polygon(np.array([[4.0, -1.0], [6.0, -1.5], [6.0, 1.5], [4.0, 1.0]]))
    gauge = ZoneGauge(area, Box((0.0, 0.0), (0.375, 0.5)))
    poses = np.array([[[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]], [[-1.0, 0.0, 0.0], [2.5, 0.0, 0.0]]])
    exact = np.array([[3.625, 1.625], [4.625, 1.125]])
    quick = np.array([[3.375, 1.375], [4.375, 0.875]])
    assert gauge.distance(poses) == pytest.approx(exact)
    assert gauge.distance(poses, 2.0) == pytest.approx(np.where(quick <= 2.0, exact, quick))
    assert gauge.distance(poses, -np.inf) == pytest.approx(quick)
    assert float(gauge.distance(poses[0, 0], 3.375)) == 3.625
