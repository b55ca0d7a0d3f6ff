"""Rows by hand: planes that touch a bound, one for each bearing, and how a turn brings a side of the body nearer."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.rollout import Braking
from iatro_governor.body.shape import Box, Circle
from iatro_governor.body.surroundings import Obstacles
from iatro_governor.limits.rows import box, braked_for, gradient_rows, norm, off_returns
from iatro_governor.limits.situation import Jerk
from test.limits.situations import make, situation

NOWHERE = np.zeros((0, 2))
DISC = Circle((0.0, 0.0), 0.22)


def sorted_rows(matrix):
    return np.array(sorted(np.round(matrix, 9).tolist())) + 0.0


def test_the_planes_of_a_norm_face_all_around():
    """A sixteenth of a turn apart; and to the faces, edges and corners of a cube. Other components are free."""
    angles = np.radians(np.arange(0.0, 360.0, 22.5))
    flat = np.column_stack([np.cos(angles), np.sin(angles), np.zeros((16, 2))])
    cube = [np.array([*cell, 0.0]) for cell in itertools.product((-1.0, 0.0, 1.0), repeat=3) if any(cell)]
    solid = np.array([cell / math.sqrt(cell @ cell) for cell in cube])
    for components, planes in ((2, flat), (3, solid)):
        rows = norm(components, 4, 0.7)
        assert sorted_rows(rows.matrix) == pytest.approx(sorted_rows(planes))
        assert rows.bounds.tolist() == [0.7] * len(planes)
    assert sorted_rows(norm(2, 3, 0.7).matrix) == pytest.approx(sorted_rows(flat[:, :3]))


def test_a_box_has_a_row_for_each_end_and_none_of_them_is_negative():
    rows = box(np.array([-0.3, -np.inf, 0.2]), np.array([0.5, 0.9, np.inf]))
    assert rows.matrix.tolist() == [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, -1]]
    assert rows.bounds.tolist() == [0.5, 0.9, 0.3, 0.0]


def torricelli(room, seconds=0.06, braking=1.0):
    at = braking * seconds
    return -at + math.sqrt(at * at + 2 * braking * room) if room > 0 else 0.0


def test_what_is_braked_for_leaves_half_a_step_or_a_centimetre():
    """At 2 m/s 2.02 m are left in twelve steps, and 0.1 m in flight: half of the longest is 84 mm."""
    room = np.array([0.5, 0.05, -0.2])
    rest = situation(NOWHERE)
    assert braked_for(room, rest) == pytest.approx([torricelli(0.49), torricelli(0.04), 0.0])
    fast = situation(NOWHERE, anchor=np.array([2.0, 0.0, 0.0]))
    half = (2.0 * 0.01 + 2.0) / 24
    assert braked_for(room, fast) == pytest.approx([torricelli(0.5 - half), 0.0, 0.0])
    eased = replace(
        rest, jerk=Jerk(np.array([4.0, 5.0, 9.0]), 0.01, np.ones(3, dtype=bool)), braking=Braking(2.0, 3.0)
    )
    assert braked_for(room[:1], eased) == pytest.approx([torricelli(0.49, 0.06 + 0.5, 2.0)])


def polar(distance, degrees):
    return [distance * math.cos(math.radians(degrees)), distance * math.sin(math.radians(degrees))]


def off(points, margin=0.05, figure=DISC):
    at: Any = situation(np.array(points), figure)
    return off_returns(("lidar",), figure, margin, at)


def test_of_each_bearing_the_nearest_return_has_a_row():
    """Bearings of 15 degrees each, from straight behind on. Straight behind itself is the first of them."""
    kept = [(1.4, 2), (1.1, 16), (0.9, -1), (1.2, -178), (2.0, 100)]
    hidden = [(1.5, 14), (1.6, 29), (1.3, -14), (1.7, 180), (2.5, 91)]
    rows = off([polar(*each) for each in kept + hidden])
    expected = {
        tuple(np.round([*polar(1.0, degrees), 0.0], 3) + 0.0): torricelli(distance - 0.22 - 0.05 - 0.01)
        for distance, degrees in kept
    }
    found = {
        tuple(np.round(row, 3) + 0.0): bound for row, bound in zip(rows.matrix, rows.bounds, strict=True)
    }
    assert found.keys() == expected.keys()
    assert all(found[row] == pytest.approx(bound, abs=1e-6) for row, bound in expected.items())
    assert off(NOWHERE) is None


def test_straight_behind_is_one_bearing_from_either_side():
    behind = Obstacles(np.array([[-1.4, 0.0], [-1.2, -1e-3]]), np.arange(2), np.zeros(2, dtype=bool))
    at: Any = replace(situation(NOWHERE), _obstacles={("lidar",): behind})
    rows = off_returns(("lidar",), DISC, 0.05, at)
    assert rows is not None
    assert rows.bounds == pytest.approx([torricelli(1.2 - 0.22 - 0.05 - 0.01)], abs=1e-5)


def test_the_turn_of_a_body_brings_its_sides_nearer_to_what_stands_off_its_middle():
    """Ahead of (0.4, 0.1) it is w * 0.1 less, beside (0.15, 0.3) w * 0.15 more, with w x p = w (-y, x)."""
    body = Box((0.0, 0.0), (0.4, 0.3))
    points = np.array([[1.0, 0.1], [0.15, 0.8], [-0.9, -0.2]])
    rows = gradient_rows(body, points, np.array([0.3, 0.5, 0.7]))
    assert rows.matrix == pytest.approx(np.array([[1.0, 0.0, -0.1], [0.0, 1.0, 0.15], [-1.0, 0.0, -0.2]]))
    assert rows.bounds.tolist() == [0.3, 0.5, 0.7]


def test_an_area_is_closed_in_on_by_the_foremost_corner():
    """Turned by 0.3 rad, of 0.4 by 0.25 m: the corner at (0.4, -0.25) is the foremost towards x = 1 m."""
    c, s = math.cos(0.3), math.sin(0.3)
    at: Any = situation(NOWHERE, Box((0.0, 0.0), (0.4, 0.25)), np.array([0.1, 0.0, 0.3]))
    zone: Any = make("zone")
    rows = zone.rows(at)
    assert rows.matrix == pytest.approx(np.array([[c, -s, -(s * 0.4 - c * 0.25)]]), abs=1e-6)
    gap = 1.0 - 0.1 - (c * 0.4 + s * 0.25)
    assert rows.bounds == pytest.approx([torricelli(gap - 0.05 - 0.01)])
