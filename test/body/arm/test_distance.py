"""Distances between capsules, points, half-spaces: coal, brute force and finite differences as the oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iatro_governor.body.collision import with_pairs
from iatro_governor.body.distance import (
    capsule_distance,
    capsule_gap,
    halfspace_gap,
    point_distance,
    point_gap,
    self_distance,
    self_gap,
    self_rows,
)
from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import Options, load_text

from .conftest import TWO_LINKS

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
whole = st.integers(-2, 2).map(float)
corner = st.tuples(whole, whole, whole)


def random_capsules(rng, n, size=1.0):
    return rng.uniform(-size, size, (n, 2, 3)), rng.uniform(0.02, 0.2, n)


def brute_segments(first, second):
    """Least distance of two segments: that of a point of the second, which is convex along it, on ever finer grids."""
    along = first[1] - first[0]
    low, high = 0.0, 1.0
    for _ in range(14):
        t = np.linspace(low, high, 21)
        points = second[0] + t[:, None] * (second[1] - second[0]) - first[0]
        share = np.clip(points @ along / max(along @ along, 1e-300), 0.0, 1.0)
        away = np.linalg.norm(points - share[:, None] * along, axis=1)
        best, width = t[np.argmin(away)], (high - low) / 20
        low, high = max(best - width, 0.0), min(best + width, 1.0)
    return away.min()


@given(a=corner, b=corner, c=corner, d=corner)
@settings(max_examples=200)
def test_segments_on_a_grid(a, b, c, d):
    """Parallel, crossing, touching and empty segments are common on a grid."""
    first, second = np.array([a, b]), np.array([c, d])
    found = capsule_distance(first, np.array(0.1), second, np.array(0.2))
    assert found == pytest.approx(brute_segments(first, second) - 0.3, abs=2e-6)
    gap = capsule_gap(first, np.array(0.1), second, np.array(0.2))
    assert gap.distance == pytest.approx(found)
    assert np.linalg.norm(gap.normal) == pytest.approx(1.0)
    assert gap.first - gap.second == pytest.approx(gap.distance * gap.normal, abs=1e-9)


@some
@given(seed=seeds)
def test_nearly_parallel_segments(seed):
    rng = np.random.default_rng(seed)
    first = rng.uniform(-1, 1, (2, 3))
    second = first + rng.uniform(-0.3, 0.3, 3) + rng.normal(size=(2, 3)) * 10.0 ** -rng.integers(3, 14)
    zero = np.array(0.0)
    found = float(capsule_distance(first, zero, second, zero))
    assert found == pytest.approx(brute_segments(first, second), abs=1e-7)


@some
@given(seed=seeds)
def test_capsules_against_coal(seed):
    coal = pytest.importorskip("coal", reason="coal is the oracle (extra: arm)")
    rng = np.random.default_rng(seed)
    first, r1 = random_capsules(rng, 40)
    second, r2 = random_capsules(rng, 40)
    gap = capsule_gap(first, r1, second, r2)
    for i in range(40):
        shapes = [coal_capsule(coal, first[i], r1[i]), coal_capsule(coal, second[i], r2[i])]
        assert gap.distance[i] == pytest.approx(coal_distance(coal, *shapes), abs=1e-6)


def coal_capsule(coal, ends, radius):
    along = ends[1] - ends[0]
    z = along / np.linalg.norm(along)
    x = np.cross(z, np.eye(3)[np.argmin(np.abs(z))])
    x /= np.linalg.norm(x)
    turn = np.stack([x, np.cross(z, x), z], axis=1)
    return coal.Capsule(radius, np.linalg.norm(along)), coal.Transform3s(turn, ends.mean(axis=0))


def coal_distance(coal, first, second):
    result = coal.DistanceResult()
    return coal.distance(first[0], first[1], second[0], second[1], coal.DistanceRequest(), result)


@some
@given(seed=seeds)
def test_a_gap_moves_as_its_normal_says(seed):
    rng = np.random.default_rng(seed)
    (first, r1), (second, r2) = random_capsules(rng, 30), random_capsules(rng, 30)
    gap = capsule_gap(first, r1, second, r2)
    push = rng.normal(size=(30, 1, 3)) * 1e-6
    moved = capsule_distance(first + push, r1, second, r2) - capsule_distance(first - push, r1, second, r2)
    expected = np.einsum("pi,pi->p", gap.normal, push[:, 0]) * 2
    assert np.median(np.abs(moved - expected)) < 1e-11
    steady = gap.distance + r1 + r2 > 1e-3
    assert moved[steady] == pytest.approx(expected[steady], abs=1e-8)


@some
@given(seed=seeds)
def test_points_and_balls(seed):
    rng = np.random.default_rng(seed)
    ends, radius = random_capsules(rng, 7)
    points = rng.uniform(-1.5, 1.5, (11, 3))
    inflation = rng.uniform(0, 0.3, 11)
    table = point_distance(ends, radius, points, inflation)
    gap = point_gap(ends, radius, points, inflation)
    assert gap.distance == pytest.approx(table, abs=1e-12)
    for c in range(7):
        for p in range(11):
            ball = np.stack([points[p], points[p]])
            expected = brute_segments(ends[c], ball) - radius[c] - inflation[p]
            assert table[c, p] == pytest.approx(expected, abs=1e-7)
            assert gap.first[c, p] - gap.second[c, p] == pytest.approx(
                table[c, p] * gap.normal[c, p], abs=1e-9
            )
    many = point_distance(np.stack([ends, ends + 0.1]), radius, points, inflation)
    assert many[0] == pytest.approx(table) and many.shape == (2, 7, 11)
    assert many[1] == pytest.approx(point_distance(ends + 0.1, radius, points, inflation))


def test_a_point_on_the_axis_is_as_deep_as_the_radius():
    ends = np.array([[[0.0, 0, 0], [0, 0, 1]], [[2.0, 2, 2], [2, 2, 2]]])
    gap = point_gap(ends, np.array([0.1, 0.2]), np.array([[0, 0, 0.5], [2.0, 2, 2]]))
    assert np.diag(gap.distance) == pytest.approx([-0.1, -0.2])
    assert np.linalg.norm(gap.normal, axis=-1) == pytest.approx(np.ones((2, 2)))
    assert gap.normal[0, 0, 2] == pytest.approx(0.0)


@some
@given(seed=seeds)
def test_half_spaces(seed):
    rng = np.random.default_rng(seed)
    ends, radius = random_capsules(rng, 5)
    normals = rng.normal(size=(4, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    gap = halfspace_gap(ends, radius, normals, np.array([0.0, 0.5, -0.5, 1.0]))
    share = np.linspace(0, 1, 50)[:, None]
    for c in range(5):
        axis = ends[c, 0] + share * (ends[c, 1] - ends[c, 0])
        for z, offset in enumerate([0.0, 0.5, -0.5, 1.0]):
            assert gap.distance[c, z] == pytest.approx((axis @ normals[z]).min() - offset - radius[c])
            assert gap.second[c, z] @ normals[z] == pytest.approx(offset)
            assert gap.first[c, z] - gap.second[c, z] == pytest.approx(gap.distance[c, z] * normals[z])


@some
@given(seed=seeds)
def test_self_distances_and_their_gradients(seed, robot):
    rng = np.random.default_rng(seed)
    q = rng.uniform(robot.lower, robot.upper)
    at = posture(robot, q)
    gap = self_gap(at)
    assert gap.distance == pytest.approx(self_distance(at), abs=1e-12)
    rows = self_rows(at, gap)
    some_pairs = np.flatnonzero(gap.distance < np.median(gap.distance))
    assert self_distance(at, some_pairs) == pytest.approx(gap.distance[some_pairs])
    assert self_rows(at, self_gap(at, some_pairs), some_pairs) == pytest.approx(rows[some_pairs])
    ends = at.capsules()
    for number, (a, b) in enumerate(robot.pairs[::7]):
        expected = brute_segments(ends[a], ends[b]) - robot.capsule_radius[a] - robot.capsule_radius[b]
        assert gap.distance[::7][number] == pytest.approx(expected, abs=1e-6)
    velocity, h = rng.normal(size=len(q)), 1e-7
    after, before = (self_distance(posture(robot, q + sign * h * velocity)) for sign in (1, -1))
    error = np.abs((after - before) / (2 * h) - rows @ velocity)
    assert np.quantile(error, 0.9) < 1e-5  # not where a closest point jumps from one end to the other


def test_neighbours_are_not_kept_apart(two_links):
    assert len(two_links.pairs) == 0
    assert len(with_pairs(two_links, disabled=[]).pairs) == 0  # they overlap at the elbow in every posture
    assert "always overlap, so are not kept apart: upper and lower" in with_pairs(two_links, []).warnings


THREE = (
    TWO_LINKS.replace(
        '<link name="tip"/>',
        """<link name="tip"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>""",
    )
    .replace('"tip_joint" type="fixed"', '"wrist" type="prismatic"')
    .replace("</joint>\n</robot>", '<limit lower="0" upper="0.1" velocity="1" effort="1"/></joint>\n</robot>')
)


def test_what_can_meet_is_kept_apart():
    model = load_text(THREE)
    names = {(model.links[model.capsule_link[a]], model.links[model.capsule_link[b]]) for a, b in model.pairs}
    assert names == {("upper", "tip")}
    folded = self_distance(posture(model, np.array([0.0, np.pi - 0.02, 0.0])))
    assert folded[0] < 0 < self_distance(posture(model, np.zeros(3)))[0]
    srdf = '<robot name="two"><disable_collisions link1="upper" link2="tip" reason="never"/></robot>'
    assert len(load_text(THREE, Options(semantics=srdf)).pairs) == 0


def test_pairs_of_the_panda(robots):
    from .conftest import load_robot

    model, _ = load_robot("panda")
    names = {
        frozenset((model.links[model.capsule_link[a]], model.links[model.capsule_link[b]]))
        for a, b in model.pairs
    }
    assert frozenset(("panda_link0", "panda_hand")) in names
    assert frozenset(("panda_link1", "panda_link2")) not in names
    assert not any(len(pair) == 1 for pair in names)
