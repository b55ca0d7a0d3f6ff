"""Signed distances against brute force."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.body.shape import Box, Circle, Polygon

PENTAGON = Polygon(np.array([[0.5, 0.0], [0.1, 0.3], [-0.3, 0.2], [-0.3, -0.2], [0.1, -0.3]]))
NOTCHED = Polygon(np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [1.0, 0.6], [0.0, 2.0]]))
FIGURES: list[Any] = [Circle((0.2, -0.1), 0.4), PENTAGON, NOTCHED, Box((0.1, 0.0), (0.4, 0.25))]
near = st.floats(-1.0, 2.5)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: type(f).__name__)
@given(x=near, y=near)
def test_its_size_is_the_distance_to_the_outline(figure, x, y):
    outline = figure.outline(0.002)
    brute = np.hypot(outline[:, 0] - x, outline[:, 1] - y).min()
    assert abs(figure.distance(np.array([x, y]))) == pytest.approx(brute, abs=0.0011)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: type(f).__name__)
@given(x=near, y=near)
def test_its_sign_is_the_winding_of_the_outline(figure, x, y):
    d = float(figure.distance(np.array([x, y])))
    if abs(d) < 0.01:
        return
    outline = figure.outline(0.002) - [x, y]
    angle = np.unwrap(np.arctan2(outline[:, 1], outline[:, 0]), period=2 * math.pi)
    turns = round((angle[-1] - angle[0]) / (2 * math.pi))
    assert (d < 0) == (turns != 0)


@pytest.mark.parametrize("figure", [PENTAGON, NOTCHED])
@pytest.mark.parametrize("dx", [-0.05, 0.05])
@pytest.mark.parametrize("dy", [0.0, -2e-17, 2e-17, -1e-300, 1e-16])
def test_a_point_level_with_a_corner_is_on_the_right_side(figure, dx, dy):
    """Ray casting fails here if the two ends of an edge are compared with rounding."""
    for corner in figure.corners:
        level = corner + np.array([dx, dy])
        beside = corner + np.array([dx, 1e-7])
        d, e = (float(figure.distance(p)) for p in (level, beside))
        assert d == pytest.approx(e, abs=1e-6)


@given(half=st.tuples(st.floats(0.05, 1.0), st.floats(0.05, 1.0)), x=near, y=near)
def test_a_box_is_the_polygon_of_its_corners(half, x, y):
    box = Box((0.1, -0.2), half)
    point = np.array([x, y])
    assert box.distance(point) == pytest.approx(float(Polygon(box.keys[0]).distance(point)), abs=1e-9)


def test_shapes_keep_the_shape_of_what_they_are_asked():
    for figure in FIGURES:
        assert figure.distance(np.zeros((3, 4, 2))).shape == (3, 4)
        assert figure.reach == pytest.approx(np.hypot(*figure.outline(0.01).T).max(), abs=0.01)
