"""What is kept of what a sensor saw, when it looks elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from iatro_governor.body.remembered import CELL, MOST
from iatro_governor.body.surroundings import Surroundings
from test.body.test_cloud import read as cloud
from test.body.test_cone import read as cone
from test.body.test_scan import read as scan

INF, NAN = math.inf, math.nan
FINE = math.pi / 720
AHEAD = {"start": -math.pi / 2, "step": FINE, "field_of_view": (-math.pi / 2, math.pi / 2)}
POST = 360
"""The beam straight ahead."""


def ranges(value=INF, beams=(POST,), around=INF):
    out = np.full(721, around)
    out[list(beams)] = value
    return out


def ahead(value=INF, t=0.0, beams=(POST,), around=INF, **more):
    """Half a turn of beams a quarter of a degree apart, those in ``beams`` with another range than those around."""
    return replace(scan(ranges(value, beams, around), **{**AHEAD, **more}), t=t)


def turned(degrees, x=0.0, y=0.0):
    return np.array([x, y, math.radians(degrees)])


def known(*looks, memory_s=2.0):
    """What is known after sweeps from poses, seen from the last one."""
    around = Surroundings(memory_s)
    for sweep, pose in looks:
        around.add("lidar", sweep, pose)
    return around.obstacles(("lidar",), looks[-1][1])


def test_what_left_the_view_stands_where_it_was():
    found = known((ahead(1.0), turned(0)), (ahead(t=0.1), turned(120)))
    c, s = math.cos(math.radians(-120)), math.sin(math.radians(-120))
    assert found.points == pytest.approx(np.array([[c, s]])) and not found.joined.any()


def test_it_is_near_for_those_who_ask_quickly():
    around = Surroundings(2.0)
    around.add("lidar", ahead(1.0), turned(0))
    around.add("lidar", ahead(3.0, t=0.1), turned(120))
    assert around.nearest(("lidar",), turned(120)) == pytest.approx(1.0)
    assert around.nearest(("lidar",), turned(120, x=0.4)) <= 0.6


def test_it_is_forgotten_when_free_space_seen_then_no_longer_counts():
    sweeps = [(ahead(1.0), turned(0)), *((ahead(t=t), turned(120)) for t in (0.5, 1.0, 1.5, 2.0))]
    assert len(known(*sweeps).points) == 1
    assert not len(known(*sweeps, (ahead(t=2.1), turned(120))).points)


def test_every_sweep_counts_not_only_those_whose_free_space_is_kept():
    looks = [(ahead(), turned(0)), (ahead(1.0, t=0.05), turned(0)), (ahead(t=0.06), turned(120))]
    assert len(known(*looks).points) == 1


def test_what_is_looked_past_is_gone():
    assert not len(
        known((ahead(1.0), turned(0)), (ahead(t=0.1), turned(0)), (ahead(t=0.2), turned(120))).points
    )
    beyond = ahead(1.0, t=0.1, around=3.0, beams=())
    assert len(known((ahead(1.0), turned(0)), (beyond, turned(0))).points) == 721


def test_what_is_seen_anew_is_there_once():
    again = known((ahead(1.0), turned(0)), (ahead(1.02, t=0.1), turned(0)))
    assert again.points == pytest.approx(np.array([[1.02, 0.0]]))
    wall = [(ahead(t=0.1 * k, around=1.0 + 0.02 * (k % 2), beams=()), turned(0)) for k in range(9)]
    assert len(known(*wall).points) == 721


def test_behind_what_is_nearer_it_stays():
    hidden = known((ahead(2.0), turned(0)), (ahead(1.0, t=0.1, beams=range(350, 371)), turned(0)))
    assert sorted(np.round(hidden.points[:, 0], 1))[-1] == 2.0 and len(hidden.points) == 22


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_beside_an_edge_it_has_not_been_looked_past(beside):
    edge = ahead(1.0, t=0.1, beams=range(POST + beside, 721))
    assert 1.5 in np.round(known((ahead(1.5), turned(0)), (edge, turned(0))).points[:, 0], 6)


def test_where_beams_know_nothing_it_stays():
    blind = ahead(NAN, t=0.1, beams=range(357, 364), max_unknown=0.5)
    assert known((ahead(1.0), turned(0)), (blind, turned(0))).points == pytest.approx(np.array([[1.0, 0.0]]))


def test_beams_too_coarse_to_meet_it_are_believed_while_they_look_and_no_longer():
    """At 4 m they are 17 mm apart: a post of 10 mm may stand between two."""
    missed = [(ahead(4.0), turned(0)), (ahead(t=0.1), turned(0))]
    assert not len(known(*missed).points)
    assert len(known(*missed, (ahead(t=0.2), turned(120))).points) == 1
    nearer = (ahead(t=0.15), turned(0, x=3.0))
    assert not len(known(*missed, nearer, (ahead(t=0.2), turned(120))).points)


def test_straight_behind_a_whole_turn_has_no_edge():
    around = np.full(1440, INF)
    around[0] = 1.0
    before = scan(around, step=FINE)
    after = replace(scan(np.full(1440, INF), step=FINE), t=0.1)
    assert not len(known((before, turned(0)), (after, turned(0))).points)


def test_a_wall_that_is_left_behind_is_one_obstacle_of_a_point_a_cell():
    looks = [(ahead(t=0.05 * k, around=1.0, beams=()), turned(4 * k)) for k in range(30)]
    found = known(*looks)
    behind = found.cluster != found.cluster[0]
    assert len(np.unique(found.cluster)) == 2 and (np.diff(found.cluster) >= 0).all()
    cells = np.unique(np.floor(found.points[behind] / CELL), axis=0)
    assert behind.sum() <= 2 * len(cells)


def test_of_a_cloud_no_less_is_kept():
    view = (-math.pi / 2, math.pi / 2)
    floor = [[5 * math.cos(a), 5 * math.sin(a), -0.5] for a in np.linspace(-1.5, 1.5, 300)]
    post = [[1.0, 0.0, 0.1], [1.0, 0.0, -0.1]]
    before = cloud([*floor, *post], field_of_view=view)
    after = replace(cloud(floor, field_of_view=view), t=before.t + 0.1)
    found = known((before, turned(0)), (after, turned(120)))
    assert len(found.points) == 1 and np.hypot(*found.points[0]) == pytest.approx(1.0)
    assert found.grain == before.grain


def test_of_a_cone_nothing_for_all_across_it_would_count():
    after = replace(cone(math.inf), t=1.1)
    assert not len(known((cone(1.0), turned(0)), (after, turned(120))).points)


def test_without_a_memory_there_is_none():
    assert not len(known((ahead(1.0), turned(0)), (ahead(t=0.1), turned(120)), memory_s=0.0).points)


def test_where_too_much_would_have_to_be_remembered_free_space_is_forgotten_with_it():
    """Walls at ever other places, each left behind at once: what was seen first has to go."""
    around = Surroundings(1e4)
    for k in range(20):
        pose = np.array([30.0 * k, 0.0, math.pi * (k % 2)])
        around.add("lidar", ahead(t=400.0 * k, around=3.0 + 0.01 * k, beams=()), pose)
    found = around.obstacles(("lidar",), np.zeros(3)).points
    assert 2000 < len(found) <= MOST + 721
    before = np.array([[1.0, 0.0]])
    assert not around.seen(("lidar",), np.zeros(3), before, 0.0, 0.05)
    assert around.seen(("lidar",), np.array([30.0 * 18, 0.0, 0.0]), before, 0.0, 0.05)
    assert found[:, 0].min() > 30.0
