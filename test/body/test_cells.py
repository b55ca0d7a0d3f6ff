"""Many points as few, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.cells import grouped, thinned


def some(seed, n, spread=1.0, d=2):
    return np.random.default_rng(seed).uniform(-spread, spread, (d, n))


@settings(max_examples=50)
@given(seed=st.integers(0, 9999), n=st.integers(0, 200), d=st.integers(1, 3), size=st.floats(0.05, 0.5))
def test_each_cell_keeps_its_lowest_and_knows_how_many(seed, n, d, size):
    points = some(seed, n, d=d)
    rank = np.round(np.linalg.norm(points, axis=0), 1)  # many are equal
    chosen, count = thinned(points, size, rank)
    cells: dict[tuple, list[int]] = {}
    for index, cell in enumerate(np.floor(points / size).astype(int).T):
        cells.setdefault(tuple(cell), []).append(index)
    wanted = {min(members, key=lambda k: (rank[k], k)): len(members) for members in cells.values()}
    assert dict(zip(chosen.tolist(), count.tolist(), strict=True)) == wanted


@settings(max_examples=50)
@given(seed=st.integers(0, 9999), n=st.integers(1, 80), gap=st.floats(0.05, 0.6))
def test_groups_join_what_is_near_and_nothing_across_a_gap(seed, n, gap):
    points = some(seed, n)
    group = grouped(points, gap)
    away = np.hypot(*(points[:, :, None] - points[:, None, :]))
    same = group[:, None] == group
    assert same[away <= gap / np.sqrt(8)].all()
    assert sorted(set(group.tolist())) == list(range(len(set(group.tolist()))))
    for number in set(group.tolist()):  # from one member of a group to another is no step wider than the gap
        members = np.flatnonzero(group == number)
        reached = {int(members[0])}
        while True:
            more = {int(k) for k in members if (away[k, sorted(reached)] <= gap).any()} - reached
            if not more:
                break
            reached |= more
        assert len(reached) == len(members)


def test_a_long_winding_wall_is_one_group():
    t = np.linspace(0, 40, 4000)
    wall = np.stack([t * np.cos(t) / 8, t * np.sin(t) / 8])
    assert set(grouped(wall, 0.3).tolist()) == {0}


@pytest.mark.parametrize("n", [0, 1])
def test_few_points_are_no_trouble(n):
    assert grouped(np.zeros((2, n)), 0.3).tolist() == [0] * n
