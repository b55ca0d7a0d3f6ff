"""Volumes, what is kept out of them and what is kept in: dense samples, coal and finite differences as the oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.keep_in import KeepIn
from iatro_governor.body.prism import SAMPLES
from iatro_governor.body.urdf import transform
from iatro_governor.body.volume_set import VolumeSet
from iatro_governor.body.volumes import Ball, BoxVolume, CapsuleVolume, PrismVolume

from .test_boxes_and_prisms import HOOK, SHEARED, SQUARE, least_on
from .test_distance import coal_capsule, coal_distance, random_capsules

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=25, deadline=None)
KINDS = ("ball", "rod", "box", "square", "sheared", "hook", "tall", "half_space")
CONVEX = tuple(kind for kind in KINDS if kind != "hook")
EXACT = ("ball", "rod", "box", "square")


def random_volume(rng, kind):
    place = rng.uniform(-0.7, 0.7, 3)
    match kind:
        case "ball":
            return Ball(place, rng.uniform(0.1, 0.8))
        case "rod":
            return CapsuleVolume(rng.uniform(-0.7, 0.7, (2, 3)), rng.uniform(0.1, 0.5))
        case "box":
            return BoxVolume(transform(place, rng.uniform(-3, 3, 3)), rng.uniform(0.1, 1.5, 3))
    corners = {"square": SQUARE, "sheared": SHEARED, "hook": HOOK}.get(kind, SHEARED)
    turn = transform(np.zeros(3), np.array([0.0, 0.0, rng.uniform(-3, 3)]))[:2, :2]
    low = -np.inf if kind in ("tall", "half_space") else place[2] - 0.4
    high = np.inf if kind == "tall" else place[2] + 0.4
    return PrismVolume((corners - 0.5) @ turn.T + place[:2], low, high)


def by_hand(volume):
    """The signed distance of points, once more."""
    match volume:
        case Ball(centre, radius):
            return lambda x: np.linalg.norm(x - centre, axis=-1) - radius
        case CapsuleVolume(ends, radius):
            along = ends[1] - ends[0]

            def rod(x):
                share = np.clip((x - ends[0]) @ along / (along @ along), 0, 1)
                return np.linalg.norm(x - ends[0] - share[..., None] * along, axis=-1) - radius

            return rod
        case BoxVolume(pose, size):

            def box(x):
                beyond = np.abs((x - pose[:3, 3]) @ pose[:3, :3]) - size / 2
                return np.linalg.norm(np.maximum(beyond, 0), axis=-1) + np.minimum(beyond.max(axis=-1), 0)

            return box
    return volume.prism.signed  # has tests of its own


@some
@given(seed=seeds, kind=st.sampled_from(KINDS))
def test_the_signed_distance_of_points(seed, kind):
    rng = np.random.default_rng(seed)
    volume, points = random_volume(rng, kind), rng.uniform(-1.5, 1.5, (4, 5, 3))
    assert volume.signed(points) == pytest.approx(by_hand(volume)(points), abs=1e-9)
    balls = np.stack([points, points], axis=-2)
    assert volume.distance(balls, np.full(5, 0.1)) == pytest.approx(volume.signed(points) - 0.1, abs=1e-9)


@some
@given(seed=seeds, kind=st.sampled_from(EXACT))
def test_distances_against_searched_ones(seed, kind):
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, kind), random_capsules(rng, 12)
    found = volume.distance(ends, radius)
    for c in range(12):
        expected = least_on(ends[c], by_hand(volume)) - radius[c]
        assert found[c] == pytest.approx(expected, abs=1e-6)


@some
@given(seed=seeds, kind=st.sampled_from(("ball", "rod", "box")))
def test_distances_against_coal(seed, kind):
    coal = pytest.importorskip("coal", reason="coal is the oracle (extra: arm)")
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, kind), random_capsules(rng, 10)
    match volume:
        case Ball(centre, size):
            solid = coal.Sphere(size), coal.Transform3s(np.eye(3), centre)
        case CapsuleVolume(axis, size):
            solid = coal_capsule(coal, axis, size)
        case BoxVolume(pose, size):
            solid = coal.Box(*size), coal.Transform3s(pose[:3, :3].copy(), pose[:3, 3].copy())
    found = volume.distance(ends, radius)
    for c in range(10):
        expected = coal_distance(coal, coal_capsule(coal, ends[c], radius[c]), solid)
        if found[c] > 0:
            assert found[c] == pytest.approx(expected, abs=1e-5)
        else:
            assert expected < 1e-5


def moves_as_its_normal_says(measure, ends, radius, rng, of):
    gap = measure.gap(ends, radius)
    push = rng.normal(size=(len(ends), 1, 3)) * 1e-6
    change = measure.distance(ends + push, radius) - measure.distance(ends - push, radius)
    error = np.abs(change - 2 * (gap.normal * push[:, 0]).sum(axis=-1))[of(gap)]
    assert not error.size or np.quantile(error, 0.9) < 1e-9


@some
@given(seed=seeds, kind=st.sampled_from(KINDS))
def test_gaps_are_between_the_surfaces_and_move_as_their_normals_say(seed, kind):
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, kind), random_capsules(rng, 60, 1.5)
    gap = volume.gap(ends, radius)
    assert gap.distance == pytest.approx(volume.distance(ends, radius), abs=1e-9)
    outside = gap.distance > -radius + 1e-6  # inside, Prism's samples jump
    assert by_hand(volume)(gap.second)[outside] == pytest.approx(np.zeros(outside.sum()), abs=1e-7)
    across = gap.distance[:, None] * gap.normal
    assert (gap.first - gap.second)[outside] == pytest.approx(across[outside], abs=1e-7)
    moves_as_its_normal_says(volume, ends, radius, rng, lambda gap: gap.distance > -radius + 1e-6)


@some
@given(seed=seeds, kind=st.sampled_from(KINDS))
def test_a_bounding_ball_holds_all_of_it_and_little_more(seed, kind):
    rng = np.random.default_rng(seed)
    volume = random_volume(rng, kind)
    centre, radius = volume.bounding_ball
    points = rng.uniform(-3, 3, (20_000, 3))
    away = np.linalg.norm(points - centre, axis=1)[volume.signed(points) <= 0]
    assert (away <= radius + 1e-9).all()
    if kind in ("tall", "half_space"):
        assert radius == np.inf and np.isfinite(centre).all()
    else:
        sideways = centre + rng.normal(size=3) * 1e-9 + np.zeros((1, 3))
        assert volume.signed(sideways)[0] <= 0 or kind == "hook"
        assert radius < 1.5


def within(volume, ends, radius, rng):
    """Least depth of points spread over each capsule's surface, both its ends' outermost ones among them."""
    share = np.linspace(0, 1, 101)[:, None, None]
    axis = ends[:, None, None, 0] + share * (ends[:, None, None, 1] - ends[:, None, None, 0])
    side = rng.normal(size=(400, 3))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    points = axis + radius[:, None, None, None] * side
    return -by_hand(volume)(points).reshape(len(ends), -1).max(axis=1)


@some
@given(seed=seeds, kind=st.sampled_from(CONVEX))
def test_a_convex_clearance_is_that_of_the_whole_capsule(seed, kind):
    """Of none of its surface's points is it less, and of some it is nearly as little."""
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, kind), random_capsules(rng, 6, 0.5)
    keep = KeepIn(volume)
    found, sampled = keep.distance(ends, radius), within(volume, ends, radius, rng)
    assert (found <= sampled + 1e-9).all()
    assert (found >= sampled - 0.06 * radius).all()  # 400 directions are up to 0.3 rad apart


@some
@given(seed=seeds)
def test_a_clearance_in_a_hook_is_never_too_large(seed):
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, "hook"), random_capsules(rng, 20, 0.5)
    found = KeepIn(volume).distance(ends, radius)
    share = np.linspace(0, 1, 2001)[:, None]
    axis = ends[:, None, 0] + share * (ends[:, None, 1] - ends[:, None, 0])
    dense = -volume.signed(axis).max(axis=1) - radius
    half_step = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / (SAMPLES - 1) / 2
    assert (found <= dense + 1e-9).all() and (found >= dense - half_step - 1e-3).all()
    moves_as_its_normal_says(KeepIn(volume), ends[:, :1].repeat(2, axis=1), radius, rng, lambda gap: ...)


def test_both_ends_inside_a_hook_and_its_middle_outside():
    hook = KeepIn(PrismVolume(HOOK, 0.0, 1.0))
    ends = np.array([[[0.2, 0.9, 0.5], [1.0, 0.9, 0.5]]])
    assert hook.distance(ends, np.array([0.05]))[0] == pytest.approx(-0.2 - 0.05, abs=0.03)
    assert hook.distance(ends[:, :1].repeat(2, axis=1), np.array([0.05]))[0] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("volume", "clearance"),
    [
        (Ball(np.zeros(3), 1.0), 1.0 - 0.5 - 0.1),
        (CapsuleVolume(np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), 0.4), 0.4 - 0.1),
        (BoxVolume(np.eye(4), np.array([2.0, 0.6, 4.0])), 0.3 - 0.1),
        (PrismVolume(2 * SQUARE - 1, -0.15, np.inf), 0.15 - 0.1),
        (Ball(np.array([2.0, 0.0, 0.0]), 1.0), 1.0 - 2.5 - 0.1),
        (PrismVolume(SQUARE + 2.0), -np.hypot(2.5, 2.0) - 0.1),
    ],
)
def test_clearances_by_hand(volume, clearance):
    """Of a capsule from -0.5 to 0.3 along x, 0.1 m thick."""
    ends = np.array([[[-0.5, 0.0, 0.0], [0.3, 0.0, 0.0]]])
    assert KeepIn(volume).distance(ends, np.array([0.1]))[0] == pytest.approx(clearance)


@some
@given(seed=seeds, kind=st.sampled_from(CONVEX))
def test_clearances_move_as_their_normals_say(seed, kind):
    rng = np.random.default_rng(seed)
    volume, (ends, radius) = random_volume(rng, kind), random_capsules(rng, 60, 1.0)
    keep = KeepIn(volume)
    gap = keep.gap(ends, radius)
    assert gap.distance == pytest.approx(keep.distance(ends, radius), abs=1e-12)
    assert gap.first - gap.second == pytest.approx(gap.distance[:, None] * gap.normal, abs=1e-7)
    moves_as_its_normal_says(keep, ends, radius, rng, lambda gap: gap.distance < np.inf)


def mixture(rng):
    return [random_volume(rng, kind) for kind in (*KINDS, *rng.choice(KINDS, 4))]


@some
@given(seed=seeds)
def test_a_set_is_what_its_volumes_are(seed):
    rng = np.random.default_rng(seed)
    volumes, radius = mixture(rng), rng.uniform(0.02, 0.2, 5)
    ends, all_of_them = rng.uniform(-1.5, 1.5, (3, 5, 2, 3)), VolumeSet(volumes)
    table, gap = all_of_them.distance(ends, radius), all_of_them.gap(ends, radius)
    assert table.shape == (3, 5, len(volumes)) == (3, 5, len(all_of_them))
    for z, volume in enumerate(volumes):
        one = volume.gap(ends, radius)
        assert table[..., z] == pytest.approx(volume.distance(ends, radius), abs=1e-9)
        assert gap.distance[..., z] == pytest.approx(one.distance, abs=1e-9)
        surely = one.distance + radius > 1e-6
        for part in ("first", "second", "normal"):
            one_part, part_of_set = getattr(one, part), getattr(gap, part)[..., z, :]
            assert part_of_set[surely] == pytest.approx(one_part[surely], abs=1e-6)


@some
@given(seed=seeds, cutoff=st.floats(-0.2, 2.0))
def test_a_cutoff_never_says_more_than_there_is(seed, cutoff):
    rng = np.random.default_rng(seed)
    volumes, (ends, radius) = mixture(rng), random_capsules(rng, 20, 3.0)
    for measure in (VolumeSet(volumes), *volumes):
        exact, quick = measure.distance(ends, radius), measure.distance(ends, radius, cutoff)
        assert (quick <= exact + 1e-9).all()
        assert quick[exact <= cutoff] == pytest.approx(exact[exact <= cutoff], abs=1e-9)
        assert (quick[exact > cutoff] > cutoff).all()
    assert (VolumeSet(volumes).bound(ends, radius) <= VolumeSet(volumes).distance(ends, radius) + 1e-9).all()


def test_a_capsule_that_is_nowhere_is_not_far():
    rng = np.random.default_rng(0)
    ends, radius = random_capsules(rng, 2)
    ends[1, 0, 2] = np.nan
    table = VolumeSet([Ball(np.zeros(3), 0.1), BoxVolume(np.eye(4), np.ones(3))]).distance(ends, radius, 0.5)
    assert np.isfinite(table[0]).all() and not (table[1] > 0).any()


def test_a_set_of_none():
    ends, radius = random_capsules(np.random.default_rng(0), 3)
    assert VolumeSet([]).distance(ends, radius).shape == (3, 0)
    assert VolumeSet([]).gap(ends, radius).normal.shape == (3, 0, 3)


@pytest.mark.parametrize("order", [1, -1])
def test_a_polygon_is_convex_in_either_turning_sense_or_in_none(order):
    assert PrismVolume(SHEARED[::order]).convex and not PrismVolume(HOOK[::order]).convex
