"""What a scan says, beam by beam."""

from __future__ import annotations

import math

import numpy as np
import pytest

from iatro_governor.body.scan import read_scan
from iatro_governor.errors import EventError
from iatro_governor.profile.sources import ScanSource

STEP = 2 * math.pi / 360
NAN, INF = math.nan, math.inf


def source(**changes):
    row = {
        "type": "scan",
        "topic": "scan",
        "frame": "laser",
        "pose": (0, 0, 0, 0, 0, 0),
        "timeout_s": 0.2,
        "noise": 0.005,
        "field_of_view": (-math.pi, math.pi),
    }
    return ScanSource.model_validate({**row, **changes})


def read(ranges, start=-math.pi, step=STEP, low=0.05, high=12.0, **changes):
    return read_scan(1.0, np.array(ranges, dtype=float), start, step, low, high, source(**changes))


def one(value, beam=180):
    ranges = [INF] * 360
    ranges[beam] = value
    return ranges


@pytest.mark.parametrize(
    ("value", "distance"), [(2.0, 2.0), (0.01, 0.05), (-INF, 0.05), (-1.0, 0.05), (0.0, 0.05), (12.0, 12.0)]
)
def test_what_is_an_obstacle_and_where(value, distance):
    assert read(one(value)).points == pytest.approx(np.array([[distance, 0.0]]), abs=1e-9)


@pytest.mark.parametrize("value", [0.2, 0.0, -1.0, -INF])
def test_what_is_too_near_to_be_measured_shows_nothing_of_its_beam_to_be_free(value):
    ranges = [5.0] * 360
    ranges[180] = value
    sweep = read(ranges, low=0.3)
    assert sweep.has_seen(np.array([[0.1, 0.0], [0.29, 0.0], [-0.1, 0.0]]), 0.05).tolist() == [
        False,
        False,
        True,
    ]
    assert sweep.clear_radius == 0.0


@pytest.mark.parametrize("low", [0.31, 1.0, 5.0, 1e9])
def test_a_scan_cannot_move_what_is_near_away_by_its_own_range_min(low):
    with pytest.raises(EventError, match=rf"range_min {low}.*0\.3.*max_range_min"):
        read([0.25] * 360, low=low, high=1e10)


def test_as_much_range_min_is_believed_as_the_source_says_rounded_to_single_precision():
    low = float(np.float32(0.45))
    assert read(one(0.2), low=low, max_range_min=0.45).points == pytest.approx(np.array([[0.45, 0.0]]))
    assert read(one(0.2), low=float(np.float32(0.3))).points == pytest.approx(np.array([[0.3, 0.0]]))
    with pytest.raises(EventError, match="max_range_min"):
        read(one(0.2), low=0.05, max_range_min=0.04)


@pytest.mark.parametrize("value", [INF, 12.1, NAN])
def test_what_is_no_obstacle(value):
    assert len(read(one(value)).points) == 0


def test_an_endless_range_is_no_return_even_without_a_largest_range():
    assert len(read([INF] * 360, high=INF).points) == 0


@pytest.mark.parametrize(("meaning", "hits"), [("obstacle", 1), ("unknown", 0), ("no_return", 0)])
def test_zero_means_what_the_source_says(meaning, hits):
    said = {"zero_means_source": "a test"} if meaning == "no_return" else {}
    sweep = read(one(0.0), zero_means=meaning, **said)
    assert len(sweep.points) == hits


def test_unknown_beams_have_seen_nothing_unless_both_neighbours_have():
    gap = [5.0] * 360
    gap[100] = NAN
    assert (
        read(gap)
        .has_seen(np.array([[math.cos(-math.pi + 100 * STEP), math.sin(-math.pi + 100 * STEP)]]), 0.0)
        .all()
    )
    gap[101] = NAN
    for beam in (100, 101):
        angle = -math.pi + beam * STEP
        assert not read(gap).has_seen(np.array([[math.cos(angle), math.sin(angle)]]), 0.0).any()


def test_behind_an_obstacle_and_outside_the_view_nothing_is_seen():
    sweep = read([2.0] * 181, start=-math.pi / 2, field_of_view=(-math.pi / 2, math.pi / 2))
    seen = sweep.has_seen(np.array([[1.0, 0.0], [3.0, 0.0], [-1.0, 0.0], [0.0, 1.9]]), 0.05)
    assert seen.tolist() == [True, False, False, True]
    assert sweep.clear_radius == 0.0


def test_beams_outside_the_declared_view_are_not_looked_at():
    assert len(read(one(1.0, beam=0), field_of_view=(-1.0, 1.0)).points) == 0


def test_the_sensor_stands_where_its_pose_says():
    sweep = read(one(2.0), pose=(0.3, -0.1, 0.2, 0, 0, math.pi / 2))
    assert sweep.points == pytest.approx(np.array([[0.3, 1.9]]))


def test_a_sensor_upside_down_sees_left_as_right():
    assert read(one(2.0, beam=270), pose=(0, 0, 0, math.pi, 0, 0)).points == pytest.approx(
        np.array([[0.0, -2.0]]), abs=1e-9
    )


def test_neighbouring_returns_are_one_obstacle_also_straight_behind():
    ranges = [INF] * 360
    for beam in (358, 359, 0, 1, 180, 181):
        ranges[beam] = 1.0
    sweep = read(ranges)
    assert sorted(np.unique(sweep.cluster, return_counts=True)[1]) == [2, 4]
    assert sweep.joined.sum() == 4


def test_fewer_returns_than_min_points_are_noise():
    ranges = one(1.0)
    ranges[10] = ranges[11] = 1.0
    assert len(read(ranges, min_points=2).points) == 2


@pytest.mark.parametrize(
    ("ranges", "more", "said"),
    [
        ([], {}, "0 ranges"),
        ([1.0] * 200_000, {}, "at most|allowed"),
        ([1.0] * 360, {"step": 0.0}, "angle_increment"),
        ([1.0] * 360, {"step": NAN}, "finite"),
        ([1.0] * 360, {"start": INF}, "finite"),
        ([1.0] * 400, {}, "more than one turn"),
        ([1.0] * 180, {}, "field of view"),
        ([1.0] * 360, {"low": 13.0}, "range_min"),
        ([1.0] * 360, {"high": NAN}, "range_min"),
        ([NAN] * 181 + [1.0] * 179, {}, "NaN"),
    ],
)
def test_a_scan_that_makes_no_sense_is_refused(ranges, more, said):
    with pytest.raises(EventError, match=said):
        read(ranges, **more)
