"""Points by cells: the same pairs as by looking at every point, and bounds that are never too large."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.distance import point_distance
from iatro_governor.body.point_index import PointIndex

seeds = st.integers(0, 2**32 - 1)


def arm(rng, count=5):
    ends = rng.uniform(-1, 1, (count, 2, 3))
    radius = rng.uniform(0.01, 0.1, count)
    return ends, radius, np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 2 + radius


@settings(max_examples=40, deadline=None)
@given(seed=seeds, count=st.integers(0, 300), spread=st.sampled_from([0.0, 0.05]))
def test_pairs_are_those_of_every_point_looked_at(seed, count, spread):
    rng = np.random.default_rng(seed)
    points, (ends, radius, reach) = rng.uniform(-1.5, 1.5, (count, 3)), arm(rng)
    index, within = PointIndex(points, spread), rng.uniform(-0.05, 0.5, len(radius))
    capsule, point, distance = index.pairs(ends, radius, reach, within)
    every = point_distance(ends, radius, index.points, spread)
    assert set(zip(capsule.tolist(), point.tolist(), strict=True)) == {
        (int(c), int(p)) for c, p in np.argwhere(every <= within[:, None])
    }
    assert distance == pytest.approx(every[capsule, point])
    order = list(zip(capsule.tolist(), index.cell[point].tolist(), strict=True))
    assert order == sorted(order)
    assert sorted(map(tuple, index.points.tolist())) == sorted(map(tuple, points.tolist()))


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_bounds_of_cells_are_never_too_large(seed):
    rng = np.random.default_rng(seed)
    index, (ends, radius, reach) = PointIndex(rng.uniform(-1.5, 1.5, (200, 3)), 0.03), arm(rng)
    every, bounds = point_distance(ends, radius, index.points, 0.03), index.bounds(ends, reach)
    assert (bounds[:, index.cell] <= every + 1e-12).all()


def test_without_leaves_the_others():
    index = PointIndex(np.arange(30.0).reshape(10, 3), 0.1)
    kept = index.without(np.array([2, 5]))
    assert len(kept) == 8 and kept.spread == 0.1
    assert set(map(tuple, kept.points)) == set(map(tuple, np.delete(index.points, [2, 5], axis=0)))
    assert index.without(np.zeros(0, dtype=np.int64)) is index


def test_a_hundred_thousand_points_are_sorted_and_only_near_ones_are_looked_at():
    rng = np.random.default_rng(2)
    points, (ends, radius, reach) = rng.uniform(-5, 5, (100_000, 3)), arm(rng)
    index = PointIndex(points, 0.0)
    capsule, point, distance = index.pairs(ends, radius, reach, np.full(5, 0.05))
    every = point_distance(ends, radius, index.points)
    assert len(point) == int((every <= 0.05).sum()) > 0
    assert distance == pytest.approx(every[capsule, point])


def test_no_points_are_no_pairs():
    ends, radius, reach = arm(np.random.default_rng(1))
    index = PointIndex(np.zeros((0, 3)), 0.0)
    assert len(index) == 0 and index.bounds(ends, reach).shape == (5, 0)
    assert all(len(part) == 0 for part in index.pairs(ends, radius, reach, np.full(5, 1.0)))
