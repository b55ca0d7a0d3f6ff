"""Distances of capsules from boxes and prisms: coal, dense sampling and finite differences as the oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.boxes import Boxes
from iatro_governor.body.prism import Prism
from iatro_governor.body.urdf import transform

from .test_distance import coal_capsule, coal_distance, random_capsules

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None)

SHEARED = np.array([[0.0, 0.0], [1.0, 0.0], [1.2, 1.0], [0.2, 1.0]])
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
HOOK = np.array(
    [[0.0, 0.0], [1.2, 0.0], [1.2, 1.0], [0.8, 1.0], [0.8, 0.4], [0.4, 0.4], [0.4, 1.0], [0.0, 1.0]]
)
"""A U, so not convex."""


def random_boxes(rng, n):
    poses = np.array([transform(rng.uniform(-0.7, 0.7, 3), rng.uniform(-3, 3, 3)) for _ in range(n)])
    return Boxes(poses, rng.uniform(0.02, 0.6, (n, 3)))


def box_signed(points, pose, half):
    local = np.abs((points - pose[:3, 3]) @ pose[:3, :3]) - half
    return np.linalg.norm(np.maximum(local, 0), axis=-1) + np.minimum(local.max(axis=-1), 0)


def least_on(segment, signed):
    """Least of a function that is convex along a segment, on ever finer grids."""
    low, high = 0.0, 1.0
    for _ in range(14):
        t = np.linspace(low, high, 21)
        values = signed(segment[0] + t[:, None] * (segment[1] - segment[0]))
        best, width = t[np.argmin(values)], (high - low) / 20
        low, high = max(best - width, 0.0), min(best + width, 1.0)
    return values.min()


@some
@given(seed=seeds)
def test_boxes_outside_and_inside(seed):
    rng = np.random.default_rng(seed)
    boxes = random_boxes(rng, 6)
    ends, radius = random_capsules(rng, 8)
    table, gap = boxes.distance(ends, radius), boxes.gap(ends, radius)
    assert gap.distance == pytest.approx(table, abs=1e-12)
    for c in range(8):
        for z in range(6):
            expected = (
                least_on(ends[c], lambda x, z=z: box_signed(x, boxes.poses[z], boxes.half[z])) - radius[c]
            )
            assert table[c, z] == pytest.approx(expected, abs=1e-7)
            surface = box_signed(gap.second[c, z], boxes.poses[z], boxes.half[z])
            assert surface == pytest.approx(0.0, abs=1e-9)
            if table[c, z] > -radius[c] + 1e-9:
                assert gap.first[c, z] - gap.second[c, z] == pytest.approx(
                    table[c, z] * gap.normal[c, z], abs=1e-9
                )


@given(
    a=st.tuples(*[st.integers(-2, 2).map(float)] * 3),
    b=st.tuples(*[st.integers(-2, 2).map(float)] * 3),
    half=st.tuples(*[st.integers(0, 2).map(float)] * 3),
)
@settings(max_examples=200)
def test_boxes_on_a_grid(a, b, half):
    """Along faces and edges, through corners, flat boxes, segments that are points."""
    ends, half = np.array([[a, b]]), np.array(half)
    expected = least_on(ends[0], lambda x: box_signed(x, np.eye(4), half)) - 0.1
    boxes = Boxes(np.eye(4)[None], half[None])
    assert boxes.distance(ends, np.array([0.1]))[0, 0] == pytest.approx(expected, abs=1e-7)
    assert np.isfinite(boxes.gap(ends, np.array([0.1])).normal).all()


@some
@given(seed=seeds)
def test_boxes_against_coal(seed):
    coal = pytest.importorskip("coal", reason="coal is the oracle (extra: arm)")
    rng = np.random.default_rng(seed)
    boxes = random_boxes(rng, 5)
    ends, radius = random_capsules(rng, 6)
    table = boxes.distance(ends, radius)
    for c in range(6):
        for z in range(5):
            pose = boxes.poses[z]
            solid = coal.Box(*(2 * boxes.half[z])), coal.Transform3s(pose[:3, :3].copy(), pose[:3, 3].copy())
            found = coal_distance(coal, coal_capsule(coal, ends[c], radius[c]), solid)
            if table[c, z] > 0:
                assert table[c, z] == pytest.approx(found, abs=1e-5)
            else:
                assert found < 1e-5


def moved_as_its_normal_says(volume, ends, radius, rng, pick):
    gap = volume.gap(ends, radius)
    push = rng.normal(size=(len(ends), 1, 3)) * 1e-6
    moved = volume.distance(ends + push, radius) - volume.distance(ends - push, radius)
    expected = 2 * (gap.normal * (push if gap.normal.ndim == 3 else push[:, 0])).sum(axis=-1)
    error = np.abs(moved - expected)[pick(gap)]
    assert np.quantile(error, 0.9) < 1e-10 if error.size > 10 else True


@some
@given(seed=seeds)
def test_box_gaps_move_as_their_normals_say_inside_too(seed):
    rng = np.random.default_rng(seed)
    ends, radius = random_capsules(rng, 40)
    moved_as_its_normal_says(random_boxes(rng, 5), ends, radius, rng, lambda gap: gap.distance < np.inf)


@some
@given(seed=seeds)
def test_prism_gaps_move_as_their_normals_say(seed):
    rng = np.random.default_rng(seed)
    ends, radius = random_capsules(rng, 200, 2.0)
    moved_as_its_normal_says(
        Prism(HOOK, 0.0, 0.5), ends, radius, rng, lambda gap: gap.distance > -radius + 1e-6
    )


@some
@given(seed=seeds, low=st.sampled_from([-np.inf, 0.0, -0.3]), high=st.sampled_from([np.inf, 0.2, 1.0]))
def test_prisms_against_dense_samples(seed, low, high):
    rng = np.random.default_rng(seed)
    prism = Prism([HOOK, SHEARED, SQUARE][seed % 3], low, high)
    ends, radius = random_capsules(rng, 30, 1.5)
    table, gap = prism.distance(ends, radius), prism.gap(ends, radius)
    assert gap.distance == pytest.approx(table, abs=1e-12)
    share = np.linspace(0, 1, 2001)[:, None]
    axis = ends[:, None, 0] + share * (ends[:, None, 1] - ends[:, None, 0])
    dense = prism.signed(axis).min(axis=1)
    step = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 2000
    clear = dense > step
    assert ((table + radius)[clear] <= dense[clear] + 1e-9).all()
    assert ((table + radius)[clear] >= dense[clear] - step[clear] / 2 - 1e-9).all()
    coarse = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 32
    assert ((table + radius)[~clear] <= step[~clear]).all()
    assert ((table + radius)[dense < 0] <= dense[dense < 0] + coarse[dense < 0]).all()
    assert ((table + radius)[dense < 0] >= (dense - step)[dense < 0]).all()
    assert np.linalg.norm(gap.normal, axis=-1)[clear] == pytest.approx(np.ones(clear.sum()))


@pytest.mark.parametrize("turn", [0.0, 0.4, 2.0])
@pytest.mark.parametrize("order", [1, -1])
def test_a_prism_is_a_box_where_it_is_one(turn, order):
    """And a hair's breadth from a rectangle, where it is none, it says the same."""
    rng = np.random.default_rng(5)
    ends, radius = random_capsules(rng, 200, 2.0)
    pose = transform(np.array([0.5, 0.5, 0.1]), np.array([0.0, 0.0, turn]))
    corners = ((SQUARE - 0.5) * [1.0, 0.6] @ pose[:2, :2].T + 0.5)[::order]
    box = Boxes(pose[None], np.array([[0.5, 0.3, 0.3]])).gap(ends, radius)
    prism = Prism(corners, -0.2, 0.4).gap(ends, radius)
    assert prism.distance == pytest.approx(box.distance[:, 0], abs=1e-9)
    assert prism.normal == pytest.approx(box.normal[:, 0], abs=1e-6)
    nearly = Prism(corners + 1e-7 * np.array([[1, 0], [0, 0], [0, 0], [0, 0]]), -0.2, 0.4)
    outside = box.distance[:, 0] > -radius + 1e-6
    assert outside.sum() > 100
    assert nearly.distance(ends, radius)[outside] == pytest.approx(prism.distance[outside], abs=1e-6)
    difference = np.abs(nearly.gap(ends, radius).normal - prism.normal)[outside].max(axis=1)
    assert np.quantile(difference, 0.95) < 1e-4


def test_a_signed_prism_by_hand():
    prism = Prism(HOOK, 0.0, 1.0)
    points = np.array([[0.6, 0.7, 0.5], [0.6, 0.2, 0.5], [0.2, 0.9, 0.95], [0.6, 0.2, 1.5], [2.2, 0.0, 2.0]])
    assert prism.signed(points) == pytest.approx([0.2, -0.2, -0.05, 0.5, np.sqrt(2)])
    ends = np.stack([points, points], axis=1)
    assert prism.distance(ends, np.full(5, 0.05)) == pytest.approx(prism.signed(points) - 0.05)


def test_an_axis_that_only_crosses_a_corner_of_a_prism_is_inside():
    """Both ends outside, and no sampled point inside."""
    ends = np.array([[[-0.94, 0.01, 0.5], [1.06, -0.0102, 0.5]]])
    for corners in (SQUARE, HOOK):
        assert Prism(corners, 0.0, 1.0).distance(ends, np.array([0.03]))[0] <= -0.03
    upright = np.array([[[0.5, 0.5, 1.5], [0.5, 0.5, 3.0]], [[0.5, 0.5, -1.0], [0.5, 0.5, 3.0]]])
    for corners in (SQUARE, SHEARED):
        assert Prism(corners, 0.0, 1.0).distance(upright, np.zeros(2))[0] == pytest.approx(0.5)
        assert -0.5 - 1e-9 <= Prism(corners, 0.0, 1.0).distance(upright, np.zeros(2))[1] < -0.3


@some
@given(seed=seeds, cutoff=st.floats(0.0, 2.0))
def test_a_cutoff_never_says_more_than_there_is(seed, cutoff):
    rng = np.random.default_rng(seed)
    ends, radius = random_capsules(rng, 60, 3.0)
    for volume in (random_boxes(rng, 4), Prism(HOOK, 0.0, np.inf)):
        exact, quick = volume.distance(ends, radius), volume.distance(ends, radius, cutoff)
        assert (quick <= exact + 1e-9).all()
        assert quick[exact <= cutoff] == pytest.approx(exact[exact <= cutoff], abs=1e-12)
        assert (quick[exact > cutoff] > cutoff).all()


def test_batches_are_what_their_parts_are():
    rng = np.random.default_rng(3)
    ends, radius = rng.uniform(-1, 1, (4, 6, 2, 3)), rng.uniform(0.02, 0.2, 6)
    boxes, prism = random_boxes(rng, 3), Prism(HOOK, 0.0, 0.5)
    for k in range(4):
        for volume in (boxes, prism):
            assert volume.distance(ends, radius)[k] == pytest.approx(
                volume.distance(ends[k], radius), abs=1e-12
            )
            one, many = volume.gap(ends[k], radius), volume.gap(ends, radius)
            for name in ("distance", "first", "second", "normal"):
                assert getattr(many, name)[k] == pytest.approx(getattr(one, name), abs=1e-12)


def test_a_prism_upside_down_is_refused():
    with pytest.raises(ValueError, match=r"lower end of a prism, 1\.0 m, must be below"):
        Prism(SQUARE, 1.0, 0.5)
