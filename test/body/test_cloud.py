"""What a cloud says, point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.cloud import read_cloud
from iatro_governor.body.own import NO_BODY, OwnBody
from iatro_governor.body.shape import Box
from iatro_governor.errors import EventError
from iatro_governor.profile.seeing import PointsSource

NAN, INF = math.nan, math.inf
BODY = OwnBody(Box((0.0, 0.0), (0.4, 0.25)), 0.0, 1.0)


def source(**changes):
    row = {
        "type": "points",
        "topic": "cloud",
        "frame": "camera",
        "pose": (0, 0, 0.5, 0, 0, 0),
        "field_of_view": (-math.pi, math.pi),
        "height": (0.05, 1.0),
        "range_max": 8.0,
        "timeout_s": 0.2,
    }
    return PointsSource.model_validate({**row, **changes})


def read(points, own=NO_BODY, **changes):
    return read_cloud(1.0, np.array(points, dtype=float).reshape(-1, 3), source(**changes), own)


def seen(sweep, *places):
    return sweep.has_seen(np.array(places, dtype=float), 0.0).tolist()


@pytest.mark.parametrize(("z", "hits"), [(0.5, 1), (0.04, 1), (-0.44, 1), (-0.46, 0), (0.51, 0)])
def test_only_what_stands_at_its_heights_is_an_obstacle(z, hits):
    """The sensor is 0.5 m up, obstacles count from 0.05 to 1.0 m."""
    assert len(read([[2.0, 0.0, z]]).points) == hits


def test_a_point_lies_where_the_pose_says_roll_pitch_and_yaw_included():
    """An optical frame: z ahead, x right, y down; mounted at (0.2, 0.1, 0.6), so that x = 0.2 + z, y = 0.1 - x."""
    optical = (0.2, 0.1, 0.6, -math.pi / 2, 0.0, -math.pi / 2)
    sweep = read([[0.3, 0.15, 2.0]], pose=optical)
    assert sweep.points == pytest.approx(np.array([[2.2, -0.2]]))
    assert sweep.solid == pytest.approx(np.array([[2.2, -0.2, 0.45]]))


def test_points_of_a_cell_are_the_nearest_one_and_its_grain_is_the_diagonal():
    """Cells of 0.1 m: from x = 2.0 to 2.1."""
    sweep = read([[2.08, 0.01, 0], [2.03, 0.06, 0.2], [2.05, 0.02, -0.3], [2.15, 0.05, 0]], cell=0.1)
    assert sweep.points == pytest.approx(np.array([[2.03, 0.06], [2.15, 0.05]]))
    assert sweep.grain == pytest.approx(0.1 * math.sqrt(2))


def test_no_point_is_further_from_what_stands_for_it_than_the_grain():
    points = np.random.default_rng(3).uniform(-2, 2, (3000, 3)) * [1, 1, 0.1]
    sweep = read(points, cell=0.13, voxel=0.2)
    flat = np.hypot(*(points[:, None, :2] - sweep.points).T).min(axis=0)
    assert flat.max() <= sweep.grain
    solid = np.linalg.norm(points[:, None] + [0, 0, 0.5] - sweep.solid, axis=2).min(axis=1)
    assert solid.max() <= sweep.solid_grain == pytest.approx(0.2 * math.sqrt(3))


def test_a_gap_parts_two_obstacles_and_few_points_are_noise():
    wall = [[2.0, y, 0.0] for y in np.arange(0.0, 1.0, 0.05)]
    post = [[2.0, 3.0, 0.0]] * 2
    sweep = read(wall + post)
    assert np.unique(sweep.cluster, return_counts=True)[1].tolist() == [20, 1]
    assert (np.diff(sweep.cluster) >= 0).all() and not sweep.joined.any()
    assert len(read(wall + post, min_points=2).points) == 21
    assert len(read(wall + post, min_points=3).points) == 20


def test_the_robot_itself_is_no_obstacle_and_hides_what_is_behind_it():
    mast = [[0.3, 0.0, 0.2]]  # 0.7 m up, over the footprint
    assert len(read(mast, BODY).points) == 1
    sweep = read(mast, BODY, own_inset=0.0, empty_means="free", field_of_view=(-0.5, 0.5))
    assert len(sweep.points) == 0
    assert seen(sweep, [0.2, 0.0], [3.0, 0.0], [3.0, 1.0]) == [
        True,
        True,
        True,
    ]  # one bearing is a narrow gap
    thick = [[0.3, y, 0.2] for y in np.linspace(-0.02, 0.02, 21)]
    sweep = read(thick, BODY, own_inset=0.0, empty_means="free")
    assert seen(sweep, [3.0, 0.0], [3.0, 1.0]) == [False, True]


@pytest.mark.parametrize(
    ("point", "inset", "hits"),
    [
        ([0.39, 0.0, 0.0], 0.0, 0),
        ([0.39, 0.0, 0.0], 0.02, 1),  # an inset keeps what has come just under the rim
        ([0.41, 0.0, 0.0], 0.0, 1),
        ([0.0, 0.24, 0.49], 0.0, 0),
        ([0.0, 0.0, 0.7], 0.0, 1),  # above the body
    ],
)
def test_the_footprint_is_the_robot_between_its_heights(point, inset, hits):
    assert len(read([point], BODY, own_inset=inset, height=(0.05, 2.0)).points) == hits


def test_a_box_of_its_own_is_the_robot():
    box = {"low": (0.9, -0.1, 0.4), "high": (1.1, 0.1, 0.6)}
    assert len(read([[1.0, 0.0, 0.0]], own_boxes=[box]).points) == 0
    assert len(read([[1.0, 0.0, 0.2]], own_boxes=[box]).points) == 1


def test_a_floor_point_shows_its_ray_free_down_to_the_lowest_height():
    """From 0.5 m up to the floor 3 m away: the ray is above 0.05 m for 0.45 / 0.5 of its way, 2.7 m."""
    sweep = read([[3.0, 0.0, -0.5]])
    assert seen(sweep, [2.69, 0.0], [2.71, 0.0], [0.0, 1.0]) == [True, False, False]


def test_a_ceiling_point_shows_its_ray_free_up_to_the_greatest_height():
    """From 0.5 m up to 2.5 m at 4 m: below 1.0 m for 0.5 / 2.0 of its way, 1 m."""
    assert seen(read([[4.0, 0.0, 2.0]]), [0.99, 0.0], [1.01, 0.0]) == [True, False]


def test_behind_an_obstacle_nothing_is_seen_even_where_another_ray_goes_further():
    sweep = read([[2.0, 0.0, 0.0], [4.0, 0.001, -0.5]])
    assert seen(sweep, [1.99, 0.0], [2.5, 0.0]) == [True, False]


@pytest.mark.parametrize(("meaning", "free"), [("unknown", False), ("free", True)])
def test_a_bearing_without_points_is_what_the_source_says(meaning, free):
    sweep = read([[2.0, 0.0, 0.0]], empty_means=meaning)
    assert seen(sweep, [0.0, 3.0], [0.0, 8.1]) == [free, False]
    assert sweep.clear_radius == (2.0 if free else 0.0)


def test_outside_the_field_of_view_nothing_is_looked_at():
    sweep = read([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0]], field_of_view=(-1.0, 1.0), empty_means="free")
    assert sweep.points == pytest.approx(np.array([[2.0, 0.0]]))
    assert seen(sweep, [0.0, 1.0]) == [False] and sweep.clear_radius == 0.0


def test_beyond_its_range_a_point_is_no_obstacle_but_shows_the_way_there():
    sweep = read([[9.0, 0.0, 0.0]])
    assert len(sweep.points) == 0 and seen(sweep, [7.9, 0.0], [8.1, 0.0]) == [True, False]


def test_unknown_points_are_dropped_until_they_are_too_many():
    good = [[2.0, 0.0, 0.0]] * 2
    assert len(read([*good, [NAN, 0, 0], [0, INF, 1]]).points) == 1
    with pytest.raises(EventError, match="60% of the points are unknown; at most 50%"):
        read([*good, [NAN, 0, 0], [0, INF, 1], [1, 1, -INF]])
    assert len(read([*good, [NAN, 0, 0], [0, 1e300, 1], [1, 1, -INF]], max_unknown=0.6).points) == 1


def test_a_point_in_the_sensor_itself_covers_it_or_is_unknown():
    zeros = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    covered = read(zeros, BODY, own_inset=0.0)
    assert covered.points.min() == 0.0 and len(covered.points) == 2
    assert len(read(zeros, BODY, own_inset=0.0, zero_means="unknown").points) == 1
    assert len(read(zeros, field_of_view=(1.0, 2.0)).points) == 1  # it covers every bearing


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (np.zeros((4, 2)), r"shape \(4, 2\)"),
        (np.zeros(3), "shape"),
        (np.zeros((0, 3)), "0 known points; at least 1"),
        (np.broadcast_to(np.ones(3), (1_000_001, 3)), "at most 1000000"),
    ],
)
def test_a_cloud_that_makes_no_sense_is_refused(points, said):
    with pytest.raises(EventError, match=said):
        read_cloud(0.0, points, source(), NO_BODY)


def test_an_empty_cloud_is_taken_where_the_profile_allows_it():
    assert len(read([], least_points=0).points) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"height": (1.0, 0.05)},
        {"height": (0.6, 1.0)},
        {"field_of_view": (1.0, -1.0)},
        {"field_of_view": (-4.0, 4.0)},
        {"range_max": 0.0},
        {"range_max": NAN},
        {"cell": 0.0},
        {"max_unknown": 1.1},
        {"own_inset": -0.1},
        {"own_boxes": [{"low": (0, 0, 0), "high": (1, 0, 1)}]},
        {"min_points": 0},
        {"pose": (0, 0, 0.5)},
    ],
    ids=str,
)
def test_a_source_that_makes_no_sense_is_refused(changes):
    with pytest.raises(ValidationError):
        source(**changes)
