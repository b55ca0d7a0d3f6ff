"""Several sources at once, carried along by odometry, in the plane and in space."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Box, Circle
from iatro_governor.body.surroundings import MOST, Surroundings
from iatro_governor.limits.returns import Returns, distances_ahead, gaps
from test.body.test_cloud import read as cloud
from test.body.test_cone import read as cone
from test.body.test_remembered import ahead
from test.body.test_scan import one
from test.body.test_scan import read as scan


@pytest.fixture
def around():
    out = Surroundings(1.0)
    out.add("lidar", scan(one(2.0), pose=(0, 0, 0.3, 0, 0, 0)), np.zeros(3))
    out.add("camera", cloud([[3.0, 0.0, -0.2], [3.0, 0.0, 1.5]], cell=0.1), np.zeros(3))
    out.add("sonar", cone(1.0), np.zeros(3))
    return out


EVERY = ("lidar", "camera", "sonar")


def test_returns_of_all_are_told_apart(around):
    every = around.obstacles(EVERY, np.zeros(3))
    assert len(every.points) == 2 + len(cone(1.0).points)
    assert every.cluster[:3].tolist() == [0, 1, 2] and (every.cluster[2:] == 2).all()
    assert not every.joined[:2].any() and every.joined[2:-1].all()


def test_only_what_a_cell_stands_for_is_taken_to_be_nearer(around):
    disc = Circle((0.0, 0.0), 0.5)
    every = around.obstacles(EVERY, np.zeros(3))
    assert gaps(every, disc)[:2] == pytest.approx([1.5, 2.5 - 0.1 * math.sqrt(2)])
    some, now = Returns(every, disc).near(2.4)
    assert len(some.points) == len(every.points) and now == pytest.approx(
        [1.5, 2.5 - 0.141421, 0.79], abs=0.01
    )
    poses = np.array([[[1.0, 0.0, 0.0]]])
    way = Rollouts(np.zeros((1, 3)), poses, np.zeros(1), np.zeros(1))
    for figure in (disc, Box((0.0, 0.0), (0.5, 0.5))):
        ahead = distances_ahead(every, figure, way)[0, 0]
        assert ahead[:2] == pytest.approx([0.5, 1.5 - 0.1 * math.sqrt(2)])


def test_points_in_space_move_with_odometry(around):
    """A quarter turn to the left, one metre ahead: what was 3 m ahead is now 2 m to the right."""
    pose = np.array([1.0, 0.0, math.pi / 2])
    assert around.points3(("camera",), pose) == pytest.approx(np.array([[0.0, -2.0, 0.3], [0.0, -2.0, 2.0]]))
    assert around.points3(("lidar",), pose) == pytest.approx(np.array([[0.0, -1.0, 0.3]]))
    assert len(around.points3(EVERY, pose)) == 3 + len(cone(1.0).points)
    assert around.points3(("nobody",), pose).shape == (0, 3)
    assert around.spread3(EVERY) == pytest.approx(0.04 * math.sqrt(3)) and around.spread3(("lidar",)) == 0.0


def test_no_surface_is_nearer_than_is_told_at_once(around):
    """What asks how near things are may be content with that, and nothing is nearer than it says."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        around.add(
            "lidar",
            scan(rng.uniform(0.6, 3.0) + 0.02 * rng.random(360), pose=(0, 0, 0.3, 0, 0, 0)),
            np.zeros(3),
        )
        every = around.obstacles(EVERY, rng.uniform(-0.3, 0.3, 3))
        for figure in (Circle((0.0, 0.0), 0.2), Box((0.1, 0.0), (0.3, 0.2))):
            seen = Returns(every, figure)
            for within in rng.uniform(0.0, 4.0, 4):
                surfaces, points = seen.surfaces(within), seen.points(within)
                some, now = Returns(every, figure).near(within)
                assert points.points.tolist() == some.points.tolist() and surfaces.tolist() == now.tolist()
                assert (surfaces >= seen.least).all()


def test_however_long_it_counts_a_place_is_looked_up_in_few_sweeps():
    """Seen in the first minute of ten, and never after: asked of every sweep since, a step took a third of a second."""
    out, spot = Surroundings(600.0), np.array([[2.0, 0.0]])
    for k in range(1200):
        turn = np.array([0.0, 0.0, 0.0 if k < 120 else math.pi])
        out.add("lidar", ahead(t=0.5 * k), turn)
    away = np.array([0.0, 0.0, math.pi])
    behind = -spot  # in the base frame of one that has turned round
    assert len(out._placed["lidar"]) <= MOST + 2
    assert out.seen(("lidar",), away, behind, 0.0, 0.05).all()
    assert not out.seen(("lidar",), away, behind, 80.0, 0.05).any()


def test_all_around_was_seen_only_where_it_was_lately(around):
    """The scan of the fixture is from 1.0 s; two metres away something stands."""
    assert around.all_seen_within(EVERY, np.zeros(3), 1.9, since=1.0)
    assert not around.all_seen_within(EVERY, np.zeros(3), 1.9, since=1.01)


def test_where_odometry_leaps_to_things_stay_by_the_base_and_nothing_is_known_to_be_free(around):
    """By 5 m and a quarter turn, as if the base had been carried there with all that is around it."""
    before = around.obstacles(EVERY, np.zeros(3)).points
    leap = np.array([5.0, -1.0, math.pi / 2])
    around.shift(leap)
    assert around.obstacles(EVERY, leap).points == pytest.approx(before)
    here = np.array([[0.5, 0.0], [-0.5, 0.3]])
    for pose in (np.zeros(3), leap):
        assert not around.seen(EVERY, pose, here, 0.0, 0.05).any()
        assert not around.all_seen_within(EVERY, pose, 0.1, 0.0)
