"""Capsules hold what they stand for, all of it, and are not much larger."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body.capsules import Capsule, Surface, cover, fit, join, primitive
from iatro_governor.body.description import Geometry
from iatro_governor.body.load import _shapes, load_file, read_mesh, resolve
from iatro_governor.body.urdf import parse, transform

from .conftest import load_robot

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=20, deadline=None)
ONE = (1.0, 1.0, 1.0)


def cloud(rng, n=80):
    points = rng.normal(size=(n, 3)) * rng.uniform(0.01, 1.0, 3)
    turned = points @ transform(np.zeros(3), rng.uniform(-3, 3, 3))[:3, :3].T + rng.normal(size=3)
    return Surface(turned, np.zeros(n), rng.integers(0, n, (60, 3)))


@some
@given(seed=seeds)
def test_a_fit_holds_every_point(seed):
    surface = cloud(np.random.default_rng(seed))
    assert fit(surface).depth(surface).min() >= 0


def on_triangles(surface, rng, n=5000):
    """Points spread over the triangles of a surface."""
    shares = rng.dirichlet(np.ones(3), n)
    corners = surface.points[surface.triangles[rng.integers(0, len(surface.triangles), n)]]
    points = np.einsum("ni,nij->nj", shares, corners)
    return Surface(points, np.zeros(n), np.zeros((0, 3), dtype=int))


@some
@given(seed=seeds)
def test_a_cover_holds_every_triangle(seed):
    rng = np.random.default_rng(seed)
    surface = cloud(rng)
    capsules = cover(surface, 3)
    assert 1 <= len(capsules) <= 3
    inside = np.array(
        [capsule.depth(on_triangles(surface, np.random.default_rng(1))) for capsule in capsules]
    )
    assert inside.max(axis=0).min() >= -1e-12


@some
@given(seed=seeds, share=st.floats(0.0, 1.0))
def test_a_cut_loses_nothing(seed, share):
    rng = np.random.default_rng(seed)
    surface, axis = cloud(rng), np.eye(3)[seed % 3]
    along = surface.points @ axis
    at = along.min() + share * (along.max() - along.min())
    below, above = surface.cut(axis, at)
    assert area(below) + area(above) == pytest.approx(area(surface), rel=1e-9)
    assert (below.points @ axis <= at + 1e-9).all() and (above.points @ axis >= at - 1e-9).all()


def area(surface):
    a, b, c = surface.points[surface.triangles].transpose(1, 0, 2)
    return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2


@pytest.mark.parametrize(("kind", "size"), [("box", (1.0, 0.4, 0.2)), ("cylinder", (0.3, 0.8))])
def test_a_primitive_is_closed_and_a_cover_holds_its_inside_too(kind, size):
    """Every edge has two triangles, and halves of a convex solid hold all of it."""
    rng = np.random.default_rng(0)
    surface = primitive(Geometry(kind, size, "", ONE, np.eye(4)))
    edges = np.sort(np.concatenate([np.roll(surface.triangles, -k, axis=1)[:, :2] for k in range(3)]), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    capsules = [fit(half) for half in surface.cut(np.array([1.0, 0.0, 0.0]), 0.1)]
    inside = rng.dirichlet(np.ones(len(surface.points)), 3000) @ surface.points
    cloud_inside = Surface(inside, np.zeros(3000), np.zeros((0, 3), dtype=int))
    assert np.max([capsule.depth(cloud_inside) for capsule in capsules], axis=0).min() >= -1e-12


@some
@given(seed=seeds)
def test_a_capsule_is_found_again(seed):
    """The surface of a capsule, sampled: what is fitted is hardly larger."""
    rng = np.random.default_rng(seed)
    start, end, radius = rng.normal(size=3), rng.normal(size=3), rng.uniform(0.05, 0.5)
    side = rng.normal(size=(4000, 3))
    side *= radius / np.linalg.norm(side, axis=1, keepdims=True)
    points = start + rng.choice([0.0, 1.0], 4000)[:, None] * (end - start) + side
    surface = Surface(points, np.zeros(4000), np.arange(3999)[:, None].repeat(3, axis=1))
    assert fit(surface).volume <= Capsule(start, end, radius).volume * 1.1


@pytest.mark.parametrize(
    ("kind", "size", "volume"),
    [
        ("sphere", (0.3,), 4 / 3 * math.pi * 0.3**3),
        ("capsule", (0.1, 0.7), math.pi * 0.01 * (0.7 + 0.4 / 3)),
        # The best capsules around a long cylinder and a long box go round their rims.
        ("cylinder", (0.1, 2.0), 1.15 * math.pi * 0.01 * 2.0),
        ("box", (2.0, 0.2, 0.2), 1.15 * math.pi * 0.02 * 2.0),
    ],
)
def test_primitives(kind, size, volume):
    placement = transform(np.array([1.0, 2.0, 3.0]), np.array([0.3, 0.2, 0.1]))
    surface = primitive(Geometry(kind, size, "", ONE, placement))
    capsule = fit(surface)
    assert capsule.volume <= volume * 1.01
    assert capsule.depth(surface).min() >= 0
    local = on_surface(kind, size, np.random.default_rng(0))
    points = local @ placement[:3, :3].T + placement[:3, 3]
    assert capsule.depth(Surface(points, np.zeros(len(points)), np.zeros((0, 3), dtype=int))).min() >= -1e-12


def on_surface(kind, size, rng):
    direction = rng.normal(size=(3000, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    if kind == "box":
        return rng.choice([-0.5, 0.5], (3000, 3)) * size
    ends = rng.choice([-0.5, 0.5], 3000)[:, None] * np.array([0.0, 0.0, size[1] if kind != "sphere" else 0.0])
    if kind == "cylinder":
        direction[:, 2] = 0
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return ends + direction * size[0]


def test_a_bent_part_gets_two_capsules():
    arms = [
        primitive(Geometry("capsule", (0.05, 1.0), "", ONE, transform(np.array(xyz), np.array(rpy))))
        for xyz, rpy in (([0.0, 0.0, 0.5], [0.0, 0.0, 0.0]), ([0.5, 0.0, 1.0], [0.0, math.pi / 2, 0.0]))
    ]
    bent = join(arms)
    assert len(cover(bent, 1)) == 1
    two = cover(bent, 2)
    one_arm = Capsule(np.zeros(3), np.array([0.0, 0.0, 1.0]), 0.05)
    assert sum(capsule.volume for capsule in two) == pytest.approx(2 * one_arm.volume, rel=0.01)


def test_a_point_and_a_flat_part_have_capsules_too():
    one = Surface(np.array([[1.0, 2.0, 3.0]]), np.zeros(1), np.array([[0, 0, 0]]))
    capsule = fit(one)
    assert capsule.radius < 1e-6 and capsule.depth(one).min() >= 0
    square = Surface(
        np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), np.zeros(4), np.array([[0, 1, 2]])
    )
    assert fit(square).depth(square).min() >= 0


def check_every_vertex(model, path, which):
    """Every vertex of every mesh, placed by the URDF, in the capsule of its own link; returns how many there were."""
    description, checked = parse(path.read_text()), 0
    for index, name in enumerate(model.links):
        mine = np.flatnonzero(model.capsule_link == index)
        for shape in _shapes(description.links[name], which):
            assert len(mine) == 1, name
            surface = primitive(shape) if shape.kind != "mesh" else mesh(shape, path)
            surface = surface.moved(model.link_placement[index])
            start, end = model.capsule_ends[mine[0]]
            depth = Capsule(start, end, float(model.capsule_radius[mine[0]])).depth(surface)
            assert depth.min() >= -1e-9, name
            checked += len(depth)
    return checked


def mesh(shape, path):
    file = resolve(shape.filename, path.parent, (), "")
    assert file is not None
    return read_mesh(file, shape.scale).moved(shape.placement)


def test_the_real_robots_are_inside_their_capsules(robot_file):
    model, path, _ = robot_file
    assert check_every_vertex(model, path, "collision") > 1000


def test_what_is_drawn_of_a_robot_is_inside_too(robots):
    """TIAGo's drawn parts stick out of its collision shapes by up to 12 mm."""
    path = robots / "tiago_description/robots/tiago_no_hand.urdf"
    assert check_every_vertex(load_file(path), path, "both") > 50_000


def test_a_capsule_is_no_wider_than_it_must_be(robots):
    """The Panda's links, which are 0.11 to 0.2 m across."""
    model, _ = load_robot("panda")
    assert model.capsule_radius.max() < 0.11
    volume = (
        np.pi * model.capsule_radius**2 * np.linalg.norm(np.diff(model.capsule_ends, axis=1)[:, 0], axis=1)
    )
    assert volume.sum() + (4 / 3 * np.pi * model.capsule_radius**3).sum() < 0.04
