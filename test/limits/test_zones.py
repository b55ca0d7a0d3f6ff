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
    """A strip 50 mm wide across a side of 0.8 m, from 0.0375 m on: the points at 0.05 m and 0.075 m are 12.5 mm in."""
    gauge = ZoneGauge(Box((0.0625, 0.0), (0.025, 3.0)), Box((0.0, 0.0), (0.4, 0.3)))
    assert float(gauge.distance(np.zeros(3))) == pytest.approx(-0.0125)


def test_what_stands_off_a_side_between_two_of_its_points_is_as_near_as_the_side():
    """10 mm off it, and 12.5 mm from both points: a post of 30 mm, and the inner corner of a fence."""
    box = Box((0.0, 0.0), (0.4, 0.3))
    assert float(ZoneGauge(Circle((0.44, 0.0125), 0.03), box).distance(np.zeros(3))) == pytest.approx(0.01)
    c = np.sqrt(0.5)
    base = np.array([0.5, 0.0]) - [c * (0.41 - 0.0125), c * (0.41 + 0.0125)]
    assert float(FenceGauge(L_SHAPE, box).distance(np.array([*base, np.pi / 4]))) == pytest.approx(0.01)


def test_what_touches_with_a_point_of_its_outline_is_at_it():
    """The tip of a wedge between two points of a side, through one of which its edge runs; in exact fractions."""
    half = 51 / 128  # 32 points a side, 51 / 2048 m apart
    tip = np.array([half - 1 / 64, 1 / 64])
    wedge = Polygon(tip + np.array([[0.0, 0.0], [1.0, -1.0], [1.0, 0.25]]))
    assert float(ZoneGauge(wedge, Box((0.0, 0.0), (half, half))).distance(np.zeros(3))) == 0.0


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
