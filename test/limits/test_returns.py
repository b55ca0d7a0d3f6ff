"""Distances from returns: whose they are, the surface between them, and a figure that is carried along."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.planar import inverse, transform
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Box, Circle, Polygon
from iatro_governor.body.surroundings import Obstacles
from iatro_governor.limits.returns import Returns, by_obstacle, distances_ahead, gaps

DISC = Circle((0.0, 0.0), 0.2)
BOX = Box((0.1, 0.0), (0.4, 0.3))
FIGURES = [
    DISC,
    Circle((0.1, -0.2), 0.3),
    Circle((1.0, 0.0), 0.3),
    Circle((0.0, 1.0), 0.3),
    BOX,
    Polygon(np.array([[0.5, 0.0], [-0.3, 0.2], [-0.3, -0.2]])),
]


def of(points, cluster=None, joined=None, grain=0.0):
    count = len(points)
    cluster = np.arange(count) if cluster is None else np.array(cluster)
    joined = np.zeros(count, dtype=bool) if joined is None else np.array(joined, dtype=bool)
    return Obstacles(np.array(points, dtype=float), cluster, joined, grain)


def test_the_least_of_each_obstacle_counts():
    points = np.zeros((5, 2))
    distance = np.array([[[5.0, 4.0, 9.0, 2.0, 3.0]], [[1.0, 6.0, 8.0, 7.0, 0.5]]])
    found = by_obstacle(distance, of(points, [0, 0, 1, 4, 4]))
    assert found.tolist() == [[[4.0, 9.0, 2.0]], [[1.0, 8.0, 0.5]]]
    assert by_obstacle(distance, of(points, [3] * 5)).tolist() == [[[2.0]], [[0.5]]]
    assert by_obstacle(distance[0, 0], of(points, [3] * 5)).tolist() == [2.0]
    assert by_obstacle(distance[0, 0], of(points, [0, 0, 0, 0, 1])).tolist() == [2.0, 3.0]


def test_what_a_return_stands_for_may_be_nearer_by_its_grain():
    points = [[1.0, 0.0], [0.0, 2.0]]
    assert gaps(of(points), DISC) == pytest.approx([0.8, 1.8])
    assert gaps(of(points, grain=np.array([0.1, 0.3])), DISC) == pytest.approx([0.7, 1.5])


def test_what_is_seen_is_told_up_to_a_distance():
    """0.8, 1.3 and 2.3 m off the disc."""
    returns = Returns(of([[1.0, 0.0], [0.0, 1.5], [-2.5, 0.0]]), DISC)
    assert returns.nearest == pytest.approx(0.8) and returns.least == pytest.approx(0.795)
    assert len(returns.points(0.79).points) == 0
    assert returns.points(1.4).points.tolist() == [[1.0, 0.0], [0.0, 1.5]]
    assert len(returns.points(9.0).points) == 3
    assert returns.surfaces(1.4) == pytest.approx([0.8, 1.3])
    # Asked for more, then for less, it says the same as if it had been asked at once.
    assert returns.surfaces(9.0) == pytest.approx([0.8, 1.3, 2.3])
    assert returns.surfaces(0.9) == pytest.approx([0.8])
    near, distance = returns.near(1.4)
    assert near.points.tolist() == [[1.0, 0.0], [0.0, 1.5]] and distance == pytest.approx([0.8, 1.3])
    near, distance = returns.near(0.79)
    assert not len(near.points) and not len(distance)


def test_at_that_distance_itself_it_is_told():
    """0.75 m off a disc of 0.25 m, in exact fractions; and what is looked at once is not looked at again."""
    returns = Returns(of([[1.0, 0.0], [0.0, 1.5]]), Circle((0.0, 0.0), 0.25))
    assert returns.points(0.75).points.tolist() == [[1.0, 0.0]]
    assert returns.surfaces(1.25).tolist() == [0.75, 1.25]
    assert returns.surfaces(0.75).tolist() == [0.75]
    fresh = Returns(of([[1.0, 0.0], [0.0, 1.5]]), Circle((0.0, 0.0), 0.25))
    assert fresh.near(0.75)[0].points.tolist() == [[1.0, 0.0]]
    assert Returns(of(np.zeros((0, 2))), DISC).nearest == math.inf


def surface(points, joined, figure=DISC, within=9.0, grain=0.0):
    one = of(points, [0] * len(points), joined, grain)
    return float(Returns(one, figure).surfaces(within)[0])


def test_between_two_returns_runs_the_surface():
    """At (1, -0.05) and (1, 0.05): 0.80125 m each, and 0.8 m between; where none runs it is a return itself."""
    pair = [[1.0, -0.05], [1.0, 0.05]]
    far = math.hypot(1.0, 0.05) - 0.2
    assert surface(pair, [True, False]) == pytest.approx(0.8)
    assert surface(pair, [False, False]) == pytest.approx(far)
    assert surface(pair, [True, False], grain=0.01) == pytest.approx(0.79)


def test_a_gap_between_two_returns_is_no_more_than_a_dent():
    far = math.hypot(1.0, 0.3) - 0.2
    assert surface([[1.0, -0.3], [1.0, 0.3]], [True, False]) == pytest.approx(far - 0.005)


@pytest.mark.parametrize("end", [[1.3, 0.04], [1.2, -0.03]])
def test_a_surface_that_leads_away_is_nearest_where_it_begins_or_ends(end):
    begin = [1.0, 0.02]
    near = math.hypot(*begin) - 0.2
    assert surface([begin, end], [True, False]) == pytest.approx(near)
    assert surface([end, begin], [True, False]) == pytest.approx(near)


def test_a_surface_ends_with_its_last_return():
    """3 mm further away the first of two, on one line with the body."""
    assert surface([[1.003, 0.0], [1.0, 0.0]], [True, False]) == pytest.approx(0.8)


def test_a_surface_runs_between_its_own_returns_wherever_they_are_among_others():
    points = [[2.0, -1.0], [1.0, -0.05], [1.0, 0.05]]
    assert surface(points, [False, True, False]) == pytest.approx(0.8)
    assert surface(points, [False, True, False], within=0.9) == pytest.approx(0.8)
    far = math.hypot(1.0, 0.05) - 0.2
    assert surface(points, [True, False, False]) == pytest.approx(far)


def test_a_surface_is_as_far_from_a_box_as_from_its_corner():
    """The corner (0.5, 0.3), and a surface across its diagonal that is 0.2 m off, 3 : 1 between its returns."""
    out, along = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    corner = np.array([0.5, 0.3])
    pair = [corner + 0.2 * out - 0.03 * along, corner + 0.2 * out + 0.01 * along]
    assert surface(pair, [True, False], BOX) == pytest.approx(0.2)
    assert surface([pair[0], pair[0]], [True, False], BOX) == pytest.approx(math.hypot(0.2, 0.03), abs=1e-3)


def test_only_what_is_within_reach_has_a_surface():
    """The second and the third are joined, and the third is too far to matter; the first pair is as it is."""
    points = [[1.0, -0.05], [1.0, 0.05], [1.6, 0.9]]
    one = of(points, [0, 0, 0], [True, True, False])
    assert float(Returns(one, DISC).surfaces(0.9)[0]) == pytest.approx(0.8)
    assert Returns(of(points[:2], [0, 1], [False, False]), DISC).surfaces(0.9) == pytest.approx(
        [math.hypot(1.0, 0.05) - 0.2] * 2
    )


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("grain", [0.0, 0.07, "each"])
def test_a_figure_that_is_carried_along_is_as_far_as_from_its_own_place(figure, grain):
    rng = np.random.default_rng(4)
    points, poses = rng.uniform(-3, 3, (7, 2)), rng.uniform(-1.5, 1.5, (2, 3, 3))
    each = rng.uniform(0.0, 0.2, 7) if grain == "each" else np.full(7, grain)
    cluster = [0, 0, 1, 1, 1, 2, 3]
    ways = Rollouts(np.zeros((2, 3)), poses, np.zeros(2), np.zeros(2))
    found = distances_ahead(of(points, cluster, grain=each if grain == "each" else grain), figure, ways)
    for c in range(2):
        for k in range(3):
            own = figure.distance(transform(inverse(poses[c, k]), points)) - each
            assert found[c, k] == pytest.approx([own[:2].min(), own[2:5].min(), own[5], own[6]])
