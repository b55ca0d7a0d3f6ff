"""Lines of figures, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.shape import Circle
from iatro_governor.governor.wireframe import ball, box, capsule, circle, flat, prism, rods
from iatro_governor.profile.volumes import BoxFigure, PrismFigure

CENTRE = np.array([1.0, 2.0, 3.0])
UP = np.array([0.0, 0.0, 1.0])
AROUND = [[1.0, 2.5], [0.5, 2.0], [1.0, 1.5], [1.5, 2.0]]
"""Half a metre from there: anticlockwise about what points up."""


def closed(points):
    """Segments from each of ``points`` to the next, and from the last to the first."""
    return [[start, end] for start, end in zip(points, points[1:] + points[:1], strict=True)]


def level(z):
    return [[*place, z] for place in AROUND]


def test_a_circle_runs_anticlockwise_about_its_normal():
    assert circle(CENTRE, 0.5, 3 * UP, 4) == pytest.approx(np.array(closed(level(3.0))))


def test_a_rod_is_a_circle_at_each_end_and_the_lines_between_them():
    lines = rods(np.array([[CENTRE, CENTRE + UP]]), np.array([0.5]), 4)
    sides = [[low, high] for low, high in zip(level(3.0), level(4.0), strict=True)]
    assert lines == pytest.approx(np.array([*closed(level(3.0)), *closed(level(4.0)), *sides]))


def test_what_is_no_longer_than_a_nanometre_is_no_rod():
    """A capsule is a ball, and of many at once it stands upright: its circles lie level."""
    end = np.array([1e-9, 0.0, 0.0])
    assert np.array_equal(capsule(np.zeros(3), end, 0.5, 8), ball(np.zeros(3), 0.5, 8))
    lines = rods(np.array([[np.zeros(3), end]]), np.array([0.5]), 8)
    assert np.abs(lines[..., 2]).max() < 1e-12 < 0.49 < np.abs(lines[..., 0]).max()


def test_round_things_are_as_fine_as_they_are_said_to_be():
    """24 points on a circle; an outline of 0.4 m about has one every 0.1 m, on the ground unless told otherwise."""
    assert len(circle(CENTRE, 0.5, UP)) == 24 and len(ball(CENTRE, 0.5)) == 3 * 24
    assert len(capsule(CENTRE, CENTRE + UP, 0.5)) == 2 * 24 + 4
    outline = flat(Circle((0.0, 0.0), 0.4))
    assert len(outline) == 26 and not outline[..., 2].any()


def test_a_box_has_twelve_edges():
    """2 m by 4 m by 6 m, from the origin on."""
    lines = box(BoxFigure(size=(2, 4, 6), pose=(1, 2, 3, 0, 0, 0)))
    along_x = [((0, y, z), (2, y, z)) for y in (0, 4) for z in (0, 6)]
    along_y = [((x, 0, z), (x, 4, z)) for x in (0, 2) for z in (0, 6)]
    along_z = [((x, y, 0), (x, y, 6)) for x in (0, 2) for y in (0, 4)]
    found = [(tuple(start), tuple(end)) for start, end in lines.tolist()]
    assert sorted(found) == sorted([*along_x, *along_y, *along_z])


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ({}, 0.0, 2.0),
        ({"low": 0.5}, 0.5, 2.5),
        ({"high": 1.5}, 0.0, 1.5),
        ({"high": 0.0}, -2.0, 0.0),
        ({"high": -0.5}, -2.5, -0.5),
        ({"low": -3.0, "high": -1.0}, -3.0, -1.0),
    ],
)
def test_a_prism_without_an_end_is_shown_two_metres_high(given, low, high):
    """From the ground up, unless it ends below that."""
    corners = [[1.0, -0.5], [2.0, -0.5], [2.0, 0.5]]
    lines = prism(PrismFigure.model_validate({"corners": corners} | given))
    bottom, top = ([[*corner, z] for corner in corners] for z in (low, high))
    sides = [[start, end] for start, end in zip(bottom, top, strict=True)]
    assert lines == pytest.approx(np.array([*closed(bottom), *closed(top), *sides]))
