"""Unseen space by hand: a ring of walls 1 m around a lidar, and what was seen so long ago."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.body.planar import transform
from iatro_governor.body.rollout import Rollouts
from iatro_governor.body.shape import Box
from iatro_governor.limits.span import Span
from iatro_governor.limits.unseen import UnseenConfig
from test.limits.situations import make, situation

RING = np.array([[math.cos(a), math.sin(a)] for a in np.radians(np.arange(-180, 180))])
OPEN = np.zeros((0, 2))


def limit(**changes: Any) -> Any:
    return make("unseen", **changes)


def within_walls(t=0.0):
    """A disc of 0.22 m; the sweep was taken at 0 s."""
    return replace(situation(RING), t=t)


def clear(at, *outputs, tolerance=0.0, **changes):
    verdict = limit(**changes).clear(at.roll_out(np.array(outputs, dtype=float)), at, tolerance)
    return None if verdict is None else verdict.tolist()


def leading(way):
    """m/s that lead so far: a period of 0.01 s, and braking by 1 m/s2."""
    return -0.01 + math.sqrt(1e-4 + 2 * way)


@pytest.mark.parametrize(
    ("travel", "t", "quiet"), [(0.77, 0.9, True), (0.79, 0.9, False), (0.77, 1.1, False)]
)
def test_it_is_idle_within_what_one_sweep_has_seen_lately(travel, t, quiet):
    assert limit().idle(within_walls(t), Span((0.0, 0.0, 0.0), travel, 9.0)) == quiet


def test_what_was_seen_counts_for_as_long_as_it_says():
    span = Span((0.0, 0.0, 0.0), 0.5, 9.0)
    assert limit(memory_s=0.5).idle(within_walls(0.45), span)
    assert not limit(memory_s=0.5).idle(within_walls(0.55), span)


def test_no_point_of_the_body_goes_further_than_is_seen():
    """1 m and the 0.05 m by which a range may be wrong, from 0.22 m on; up to the walls nobody asks."""
    assert clear(within_walls(), [leading(0.77), 0, 0]) is None
    assert clear(within_walls(), [leading(0.829), 0, 0], [leading(0.5), 0, 0]) == [True, True]
    assert clear(within_walls(), [leading(0.5), 0, 0], [leading(0.831), 0, 0]) == [True, False]
    assert clear(within_walls(), [0, 0, 0], [-leading(0.831), 0, 0]) == [True, False]


def test_slowly_it_may_go_anywhere():
    """(0.3, 0.4) m/s and 1 rad/s at 0.22 m are 0.72 m/s."""
    blind = within_walls(9.0)
    output = [0.3, 0.4, -1.0]
    assert clear(blind, output, speed=0.72) == [True] and clear(blind, output, speed=0.7199) == [False]
    assert clear(blind, [0.25, 0, 0], speed=0.25) == [True]
    assert clear(blind, [0.25, 0, 0], speed=0.25 - 2e-9) == [False]
    assert clear(blind, [0.25 + 1e-9, 0, 0], speed=0.25) == [True]  # rounding is no speed
    assert limit(speed=0.1).blocked(np.array(output), blind) == (pytest.approx(0.72), 0.1, 0.0)
    assert limit(speed=0.1).bound == 0.1


def test_where_the_body_is_already_is_free():
    """Of what was seen too long ago nothing counts; of a way that was verified the body may stray by 0.05 m."""
    blind = within_walls(9.0)
    ways = [0, 0, 0], [leading(1e-4), 0, 0], [leading(0.049), 0, 0], [leading(0.051), 0, 0]
    assert clear(blind, *ways) == [True, False, False, False]
    assert clear(blind, *ways, tolerance=9.0) == [True, False, False, False]
    assert clear(blind, *ways, tolerance=math.inf) == [True, True, True, False]


@pytest.mark.parametrize(
    ("t", "anew", "verified"),
    [(0.9, True, True), (1.1, False, True), (2.9, False, True), (3.1, False, False)],
)
def test_of_a_way_that_was_verified_what_was_seen_may_be_two_seconds_older(t, anew, verified):
    way = [leading(0.8), 0, 0]
    assert clear(within_walls(t), way) == [anew]
    assert clear(within_walls(t), way, tolerance=math.inf) == [verified]


def test_as_far_as_it_may_stray_itself_it_is_there_already(monkeypatch):
    """In exact fractions: 1/16 m, as far as a way that was verified now leads."""
    monkeypatch.setattr("iatro_governor.limits.unseen.SLACK", 0.0625)
    blind = replace(situation(OPEN, Box((0.0, 0.0), (0.5, 0.25))), t=9.0)
    ways = Rollouts(np.ones((1, 3)), np.array([[[0.0625, 0.0, 0.0]]]), np.zeros(1), np.full(1, 0.0625))
    assert limit().clear(ways, blind, math.inf).tolist() == [True]


def test_of_which_no_speed_is_said_it_does_not_go_there():
    said = {"name": "blind", "kind": "unseen", "channel": "base", "sources": ["lidar"], "source": "a test"}
    config = UnseenConfig.model_validate(said)
    assert (config.speed, config.memory_s) == (0.0, 1.0)


def test_the_operator_s_eyes_may_allow_more_and_never_less():
    assert limit(speed=0.1).eased(0.0, 0.3).config.speed == 0.3
    assert limit(speed=0.5).eased(0.0, 0.3).config.speed == 0.5


def test_the_whole_outline_is_looked_for_at_every_place_on_the_way():
    """0.1 m apart and at all twelve poses, where the body is not already."""
    body = Box((0.1, -0.05), (0.4, 0.3))
    asked = []

    def seen(sources, pose, points, since, slack):
        asked.append(points)
        return np.ones(len(points), dtype=bool)

    around: Any = SimpleNamespace(all_seen_within=lambda *_: False, seen=seen)
    at = replace(situation(OPEN, body), surroundings=around)
    ways = at.roll_out(np.array([[0.5, -0.3, 1.2], [-0.4, 0.2, -0.7]]))
    assert limit().clear(ways, at).tolist() == [True, True]
    every = np.concatenate([transform(pose, body.outline(0.1)) for pose in ways.poses.reshape(-1, 3)])
    expected = every[body.distance(every) > 1e-6]
    assert len(asked) == 1 and asked[0] == pytest.approx(expected)
