"""Simple polygons as convex parts: together they are the whole, and no less."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.convex_parts import convex_parts, half_planes
from iatro_governor.body.shape import Polygon

L_SHAPE = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 0.0], [0.5, 0.0], [0.5, 2.0], [-2.0, 2.0]])
U_SHAPE = np.array([[-2, -2], [2, -2], [2, 2], [1, 2], [1, -1], [-1, -1], [-1, 2], [-2, 2]], dtype=float)


def star(points):
    """With as many corners that point inwards."""
    angle = np.arange(2 * points) * (np.pi / points)
    radius = np.where(np.arange(2 * points) % 2, 0.7, 1.5)
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1) * radius[:, None]


def comb(teeth):
    """Whose cuts run along each other's edges and through each other's corners."""
    top = [[x, y] for k in range(teeth) for x, y in ((2 * k, 0), (2 * k, 1), (2 * k + 1, 1), (2 * k + 1, 0))]
    return np.array([*top, [2 * teeth - 1, -1], [0, -1]], dtype=float)


def turns(corners):
    """Twice the areas (n,), m2, of each corner and its neighbours; more than 0 to the left."""
    before, after = corners - np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0) - corners
    return before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]


SHAPES = [L_SHAPE, L_SHAPE[::-1], U_SHAPE, star(4), star(5), star(9), comb(2), comb(4)]


@pytest.mark.parametrize("corners", SHAPES)
def test_a_point_is_in_one_of_them_where_it_is_in_the_whole_and_nowhere_else(corners):
    parts = convex_parts(corners)
    assert all(turns(part).min() >= -1e-9 for part in parts)
    low, high = corners.min(axis=0) - 0.2, corners.max(axis=0) + 0.2
    points = np.random.default_rng(0).uniform(low, high, (4000, 2))
    whole = Polygon(corners).distance(points)
    normals = [half_planes(part) for part in parts]
    each = np.array([(points @ n.T - offset).max(axis=1) for n, offset in normals]).min(axis=0)
    assert (each[whole < 0] <= 1e-9).all() and (each[whole > 1e-9] > 0).all()


def test_what_is_convex_is_its_own_part():
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0]])
    for corners in (square, square[::-1]):
        (part,) = convex_parts(corners)
        assert sorted(part.tolist()) == sorted(square.tolist())


@pytest.mark.parametrize("points", [4, 5, 20])
def test_there_is_one_part_more_than_corners_that_point_inwards_at_most(points):
    assert len(convex_parts(star(points))) <= points + 1


def test_an_outward_normal_is_of_length_one_and_its_offset_is_where_the_edge_is():
    normals, offsets = half_planes(np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]]))
    assert normals == pytest.approx(np.array([[0.0, -1.0], [0.8, 0.6], [-1.0, 0.0]]))
    assert offsets == pytest.approx([0.0, 2.4, 0.0])
