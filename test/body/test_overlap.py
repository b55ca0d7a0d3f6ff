"""How far two polygons are in each other, by hand, against an oracle, and along straight ways."""

from __future__ import annotations

import numpy as np
import pytest

from iatro_governor.body.convex_parts import convex_parts
from iatro_governor.body.overlap import FEW, Overlap
from iatro_governor.body.planar import arc, compose, transform
from iatro_governor.body.shape import Polygon
from test.body.overlapping import L_SHAPE, RECTANGLES, TEE, least_way_out, least_way_out_of_all

BOX = np.array([[0.4, 0.25], [-0.4, 0.25], [-0.4, -0.25], [0.4, -0.25]])


def convex(rng, corners=5, size=1.0):
    """A polygon on an ellipse somewhere near the origin, in either turning sense."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))[:: rng.choice([-1, 1])]
    points = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * rng.uniform(0.3, size, 2)
    return points + rng.uniform(-0.2, 0.2, 2)


def at(x=0.0, y=0.0, yaw=0.0):
    return np.array([[x, y, yaw]])


def test_it_is_the_shortest_way_straight_out_by_hand():
    """A box of 0.8 by 0.5 m and a square of 2 m: from the middle 1.25 m aside, from 0.3 m ahead 1.1 m ahead.

    Turned by 45 degrees it is 1.3 / sqrt(2) = 0.919 m wide; with its corner in by 0.1 m it is out by 0.1 m.
    """
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    overlap = Overlap(square, BOX)
    wide = 0.65 / np.sqrt(2)
    for pose, way in (
        (at(), 1.25),
        (at(0.1), 1.25),
        (at(0.3), 1.1),
        (at(-0.3, 0.0, np.pi), 1.1),
        (at(1.0 + wide - 0.1, 0.0, np.pi / 4), 0.1),
        (at(0.0, 1.25), 0.0),
    ):
        assert float(overlap.apart(pose)[0]) == pytest.approx(-way)
    assert float(overlap.apart(at(1.5))[0]) == pytest.approx(0.1)


def test_a_strip_across_the_middle_is_left_to_the_nearer_end():
    """0.1 m wide, of a box of 0.8 m: 0.45 m either way from the middle, and less where it is off that."""
    overlap = Overlap(np.array([[0.05, 2.0], [-0.05, 2.0], [-0.05, -2.0], [0.05, -2.0]]), BOX)
    places = np.array([0.0, 0.004, 0.1, 0.3, 0.449])
    for sense in (1.0, -1.0):
        poses = np.concatenate([at(sense * x) for x in places])
        assert overlap.apart(poses) == pytest.approx(places - 0.45)


def test_out_of_a_corner_it_is_past_both_arms_by_hand():
    """0.6 m to the right off the upright of an L and 0.45 m up off its foot, which are 0.75 m together."""
    overlap = Overlap(L_SHAPE, BOX)
    assert float(overlap.apart(at(0.3, -0.2))[0]) == pytest.approx(-0.75)
    assert float(overlap.apart(at(-0.3, 0.3))[0]) == pytest.approx(-1.2)
    assert float(overlap.apart(at(1.5, -0.2))[0]) == pytest.approx(-0.45)


@pytest.mark.parametrize("seed", range(6))
def test_of_convex_figures_it_is_the_least_of_all_directions(seed):
    rng = np.random.default_rng(seed)
    standing, moving = convex(rng, 3 + seed), convex(rng, 8 - seed, 0.6)
    poses = rng.uniform([-1.2, -1.2, -4.0], [1.2, 1.2, 4.0], (200, 3))
    found = -Overlap(standing, moving).apart(poses)
    expected = np.array([least_way_out(standing, moving, pose) for pose in poses])
    assert (expected > 0.1).sum() > 20 and (expected < 0.0).sum() > 20
    inside = expected > 0.0
    assert found[inside] == pytest.approx(expected[inside], abs=2e-3)
    assert (found[inside] <= expected[inside] + 1e-12).all()
    assert (found[~inside] <= 2e-3).all() and (found[~inside] >= expected[~inside] - 2e-3).all()


@pytest.mark.parametrize("seed", range(6))
def test_of_convex_figures_a_straight_way_is_free_from_every_start(seed):
    """Ahead or back, whichever does not go deeper at once, and then all the way out."""
    rng = np.random.default_rng(seed)
    overlap = Overlap(convex(rng, 3 + seed), convex(rng, 8 - seed, 0.6))
    starts = rng.uniform([-1.2, -1.2, -4.0], [1.2, 1.2, 4.0], (200, 3))
    starts = starts[overlap.apart(starts) < 0.0]
    assert len(starts) > 40
    along = np.arange(0, 500) * 0.01
    for start in starts:
        ways = [compose(start, np.outer(sense * along, [1.0, 0.0, 0.0])) for sense in (1.0, -1.0)]
        assert any(_rises_until_out(overlap.apart(way)) for way in ways)


def _rises_until_out(apart):
    out = int(np.argmax(apart > 0.0))
    return out > 0 and bool((np.diff(apart[: out + 1]) >= -1e-9).all())


@pytest.mark.parametrize("standing", [L_SHAPE, L_SHAPE[::-1], BOX, TEE])
@pytest.mark.parametrize("moving", [TEE, BOX])
def test_whatever_their_form_it_tells_whether_they_overlap(standing, moving):
    """By points all over one of them; where it tells that they are apart, no corner is nearer than it says."""
    rng = np.random.default_rng(3)
    poses = rng.uniform([-2.3, -2.3, -4.0], [2.3, 2.3, 4.0], (300, 3))
    found = Overlap(standing, moving).apart(poses)
    figure, body = Polygon(standing), Polygon(moving)
    cells = np.stack(np.meshgrid(*[np.linspace(-0.6, 0.6, 61)] * 2), axis=-1).reshape(-1, 2)
    solid = np.vstack([cells[body.distance(cells) <= 0.0], body.outline(0.01)])
    nearest = np.array([figure.distance(transform(pose, solid)).min() for pose in poses])
    assert (found > 0).any() and (found < 0).any()
    assert (found[nearest < 0] <= 1e-9).all()
    assert (found[nearest > 0.02] > 0).all()
    apart = found > 0
    assert (found[apart] <= nearest[apart] + 1e-9).all()


@pytest.mark.parametrize("moving", ["box", "tee"])
@pytest.mark.parametrize("name", ["L", "U", "tee"])
def test_of_other_figures_it_is_the_least_of_all_directions_too(name, moving):
    is_the_least_of_all_directions(
        *RECTANGLES[name], *(RECTANGLES[moving] if moving == "tee" else (BOX, [BOX]))
    )


def test_out_of_a_plus_it_is_the_least_of_all_directions():
    is_the_least_of_all_directions(*RECTANGLES["plus"], BOX, [BOX])


def is_the_least_of_all_directions(figure, parts, body, others):
    """Over random poses, with ``parts`` of the one figure and ``others`` of the other."""
    low, high = figure.min(axis=0) - 0.4, figure.max(axis=0) + 0.4
    poses = np.random.default_rng(5).uniform([*low, -4.0], [*high, 4.0], (150, 3))
    found = -Overlap(figure, body).apart(poses)
    expected = np.array([least_way_out_of_all(parts, others, pose) for pose in poses])
    inside = expected > 0.0
    assert inside.sum() > 30 and (~inside).sum() > 5
    assert found[inside] == pytest.approx(expected[inside], abs=3e-3)
    assert (found[inside] <= expected[inside] + 1e-8).all() and (found[~inside] <= 1e-9).all()


@pytest.mark.parametrize("name", ["L", "U", "plus"])
def test_what_goes_no_deeper_by_it_at_any_step_never_does(name):
    """Walks of small random arcs, each of which is taken where it does not go deeper."""
    figure, parts = RECTANGLES[name]
    overlap, rng = Overlap(figure, BOX), np.random.default_rng(6)
    starts = rng.uniform([-2.0, -2.0, -4.0], [2.0, 2.0, 4.0], (60, 3))
    starts = starts[overlap.apart(starts) < -0.1][:12]
    out = 0
    for start in starts:
        walk = [start]
        for move in np.repeat(rng.uniform([-0.04, 0.0, -0.1], [0.04, 0.0, 0.1], (60, 3)), 10, axis=0):
            now, then = overlap.apart(np.array([walk[-1], ahead := compose(walk[-1], arc(move))]))
            if then >= min(now, 0.0) - 1e-9:
                walk.append(ahead)
        deep = np.maximum([least_way_out_of_all(parts, [BOX], pose) for pose in walk[::6]], 0.0)
        assert (deep <= np.minimum.accumulate(deep) + 2e-3).all()
        out += deep[-1] == 0.0
    assert out >= 3


def test_of_many_parts_it_is_that_of_the_two_that_are_the_furthest_in_each_other():
    """A bar 1 m high with teeth of 0.1 m by 0.2 m."""
    teeth = [
        [0.2 * k + x, y] for k in range(FEW) for x, y in ((0.0, 0.1), (0.0, 0.3), (0.1, 0.3), (0.1, 0.1))
    ]
    comb = np.array([*teeth, [2.0, 0.1], [2.0, -0.9], [-0.1, -0.9], [-0.1, 0.1]])
    parts = convex_parts(comb)
    poses = np.random.default_rng(7).uniform([0.0, -1.2, -4.0], [2.0, 0.7, 4.0], (100, 3))
    found = -Overlap(comb, BOX).apart(poses)
    expected = np.array([max(least_way_out(part, BOX, pose) for part in parts) for pose in poses])
    inside = expected > 0.0
    assert len(parts) > FEW and inside.sum() > 50
    assert found[inside] == pytest.approx(expected[inside], abs=2e-3)


@pytest.mark.parametrize("standing", [L_SHAPE, TEE])
def test_it_changes_by_no_more_than_any_point_moves(standing):
    rng = np.random.default_rng(4)
    poses = rng.uniform([-1.5, -1.5, -4.0], [1.5, 1.5, 4.0], (400, 3))
    overlap, reach = Overlap(standing, BOX), np.hypot(0.4, 0.25)
    moves = rng.uniform(-0.05, 0.05, (400, 3))
    after = np.array([compose(pose, arc(move)) for pose, move in zip(poses, moves, strict=True)])
    moved = np.hypot(moves[:, 0], moves[:, 1]) + np.abs(moves[:, 2]) * reach
    before, now = (np.minimum(overlap.apart(each), 0.0) for each in (poses, after))
    assert (before < 0.0).sum() > 50 and (np.abs(now - before) <= moved + 1e-9).all()
