"""What one range says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import ValidationError

from iatro_governor.body.cone import read_range
from iatro_governor.errors import EventError
from iatro_governor.profile.seeing import RangeSource

NAN, INF = math.nan, math.inf


def source(**changes):
    row = {
        "type": "range",
        "topic": "sonar",
        "frame": "sonar",
        "pose": (0.3, 0, 0.1, 0, 0, 0),
        "field_of_view": 0.6,
        "range_max": 4.0,
        "timeout_s": 0.2,
    }
    return RangeSource.model_validate({**row, **changes})


def read(value, low=0.02, high=5.0, angle=None, **changes):
    return read_range(1.0, value, low, high, angle, source(**changes))


@pytest.mark.parametrize(
    ("value", "radius"), [(1.0, 1.0), (4.0, 4.0), (0.01, 0.02), (0.0, 0.02), (-1.0, 0.02), (-INF, 0.02)]
)
def test_the_whole_arc_is_an_obstacle(value, radius):
    sweep = read(value)
    dx, dy = sweep.points[:, 0] - 0.3, sweep.points[:, 1]
    assert np.hypot(dx, dy) == pytest.approx(radius)
    bearing = np.arctan2(dy, dx)
    assert (bearing[0], bearing[-1]) == pytest.approx((-0.3, 0.3))
    assert radius * np.diff(bearing).max() <= 0.03 + 1e-9
    assert set(sweep.cluster.tolist()) == {0} and sweep.joined.tolist() == [True] * (len(dx) - 1) + [False]


@pytest.mark.parametrize(("value", "high"), [(INF, 5.0), (4.1, 5.0), (3.1, 3.0), (INF, INF)])
def test_no_return_is_free_as_far_as_both_sensor_and_profile_say(value, high):
    sweep = read(value, high=high)
    most = min(high, 4.0)
    assert len(sweep.points) == 0
    places = [[0.3 + most - 0.01, 0.0], [0.3 + most + 0.01, 0.0], [1.3, 0.35], [0.2, 0.0]]
    assert sweep.has_seen(np.array(places), 0.0).tolist() == [True, False, False, False]


@pytest.mark.parametrize(("meaning", "hits", "free"), [("unknown", 0, False), ("no_return", 0, True)])
def test_zero_means_what_the_source_says(meaning, hits, free):
    said = {"zero_means_source": "a test"} if meaning == "no_return" else {}
    sweep = read(0.0, zero_means=meaning, **said)
    assert len(sweep.points) == hits and sweep.has_seen(np.array([[1.0, 0.0]]), 0.0).tolist() == [free]


def test_a_sensor_of_one_distance_tells_near_from_far():
    near, far = (read(value, low=0.5, high=0.5, max_range_min=0.5) for value in (-INF, INF))
    assert np.hypot(near.points[:, 0] - 0.3, near.points[:, 1]) == pytest.approx(0.5)
    assert len(far.points) == 0 and far.has_seen(np.array([[0.75, 0.0]]), 0.0).all()


@pytest.mark.parametrize("value", [0.2, 0.0, -1.0, -INF])
def test_what_is_too_near_to_be_measured_shows_nothing_to_be_free(value):
    sweep = read(value, low=0.3)
    assert len(sweep.points) and not sweep.has_seen(np.array([[0.35, 0.0], [0.55, 0.0]]), 0.05).any()


@pytest.mark.parametrize("low", [0.31, 1.0, 3.9])
def test_a_range_cannot_move_what_is_near_away_by_its_own_range_min(low):
    with pytest.raises(EventError, match=rf"range_min {low}.*0\.3.*max_range_min"):
        read(0.25, low=low)


def test_it_looks_where_its_pose_says():
    sweep = read(1.0, pose=(0.0, 0.2, 0.1, 0.3, 0, math.pi / 2))
    assert sweep.points[len(sweep.points) // 2] == pytest.approx([0.0, 1.2], abs=0.02)
    assert sweep.height == 0.1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": NAN}, "NaN"),
        ({"value": 1.0, "low": 2.0, "high": 1.0}, "range_min"),
        ({"value": 1.0, "low": -0.1}, "range_min"),
        ({"value": 1.0, "low": NAN}, "range_min"),
        ({"value": 1.0, "high": NAN}, "range_max"),
        ({"value": 1.0, "low": 1.5, "max_range_min": 2.0, "range_max": 1.0}, "beyond"),
        ({"value": 1.0, "angle": 0.5}, "cone of 0.5"),
        ({"value": 1.0, "angle": NAN}, "cone"),
    ],
    ids=str,
)
def test_a_range_that_makes_no_sense_is_refused(given, said):
    with pytest.raises(EventError, match=said):
        read(**given)


def test_the_cone_of_the_message_may_round():
    assert len(read(1.0, angle=0.61).points) > 2


@pytest.mark.parametrize(
    "changes", [{"pose": (0, 0, 0, 0, 0.1, 0)}, {"field_of_view": 0}, {"range_max": INF}], ids=str
)
def test_a_source_that_makes_no_sense_is_refused(changes):
    with pytest.raises(ValidationError):
        source(**changes)
