"""Rigid motion in space against matrix exponentials and against itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from iatro_governor.body.model import skew
from iatro_governor.body.rigid import Pose, exponential, logarithm, quaternion

number = st.floats(-2.0, 2.0)
ways = st.tuples(*[number] * 6).map(np.array)
sizes = st.sampled_from([1e-12, 1e-9, 1e-6, 9e-5, 1.1e-4, 1e-3, 1.0, 2.0, 3.0, math.pi - 1e-6, math.pi])
directions = st.tuples(number, number, number).filter(lambda v: math.hypot(*v) > 0.1).map(np.array)


def matrix(way):
    out = np.zeros((4, 4))
    out[:3, :3], out[:3, 3] = skew(way[3:]), way[:3]
    return out


@given(way=ways)
def test_the_exponential_is_that_of_the_matrix(way):
    rotation, place = exponential(way)
    expected = expm(matrix(way))
    assert rotation == pytest.approx(expected[:3, :3], abs=1e-12)
    assert place == pytest.approx(expected[:3, 3], abs=1e-12)


@given(direction=directions, angle=sizes, linear=directions)
def test_the_logarithm_undoes_the_exponential_up_to_half_a_turn(direction, angle, linear):
    way = np.concatenate([linear, direction / np.linalg.norm(direction) * angle])
    back = logarithm(*exponential(way))
    if angle > math.pi - 1e-3 and back[3:] @ way[3:] < 0:  # half a turn has two axes
        assert exponential(back)[0] == pytest.approx(exponential(way)[0], abs=1e-9)
        return
    assert back == pytest.approx(way, abs=1e-7, rel=1e-7)


@given(direction=directions, angle=sizes, place=directions)
def test_a_pose_reads_what_it_writes_and_the_sign_of_a_quaternion_means_nothing(direction, angle, place):
    rotation, _ = exponential(np.concatenate([np.zeros(3), direction / np.linalg.norm(direction) * angle]))
    values = Pose(rotation, place).values()
    assert values[6] >= 0 and np.linalg.norm(values[3:]) == pytest.approx(1.0, abs=1e-14)
    for sign in (1.0, -1.0, 3.0):
        back = Pose.read(np.concatenate([values[:3], values[3:] * sign]))
        assert back.rotation == pytest.approx(rotation, abs=1e-12) and back.place == pytest.approx(place)


@given(first=ways, second=ways)
def test_the_way_to_a_goal_leads_there(first, second):
    here, goal = Pose(*exponential(first)), Pose(*exponential(second))
    there = here.moved(here.way_to(goal))
    assert there.rotation == pytest.approx(goal.rotation, abs=1e-7)
    assert there.place == pytest.approx(goal.place, abs=1e-6)


def test_a_pose_that_is_moved_ten_thousand_times_is_still_one():
    pose = Pose(np.eye(3), np.zeros(3))
    for _ in range(10_000):
        pose = pose.moved(np.array([1e-3, 0.0, 0.0, 0.0, 0.0, 2 * math.pi / 10_000]))
    assert pose.rotation @ pose.rotation.T == pytest.approx(np.eye(3), abs=1e-14)
    assert pose.rotation == pytest.approx(np.eye(3), abs=1e-10) and pose.place == pytest.approx(0, abs=1e-10)


def test_quarter_turns_by_hand():
    half = math.sqrt(0.5)
    about_z = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert quaternion(about_z) == pytest.approx([0.0, 0.0, half, half])
    assert quaternion(np.diag([1.0, -1.0, -1.0])) == pytest.approx([1.0, 0.0, 0.0, 0.0])
    way = Pose(np.eye(3), np.zeros(3)).way_to(Pose(about_z, np.array([1.0, 1.0, 0.0])))
    assert way == pytest.approx([math.pi / 2, 0.0, 0.0, 0.0, 0.0, math.pi / 2])
