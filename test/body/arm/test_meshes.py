"""The whole way, against coal on the real meshes: an arm is never nearer to anything than its capsules say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

coal = pytest.importorskip("coal", reason="coal is the oracle (extra: arm)")

from iatro_governor.body.boxes import Boxes  # noqa: E402
from iatro_governor.body.distance import point_distance, self_distance  # noqa: E402
from iatro_governor.body.kinematics import posture  # noqa: E402
from iatro_governor.body.load import _shapes, resolve  # noqa: E402
from iatro_governor.body.urdf import parse, transform  # noqa: E402

from .test_distance import coal_distance  # noqa: E402
from .test_kinematics import random_q  # noqa: E402

seeds = st.integers(0, 2**32 - 1)
some = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

_read: dict = {}


def meshes(path, shapes):
    """(link, coal geometry, placement) of every mesh of a description."""
    if (path, shapes) not in _read:
        loader, found = coal.MeshLoader(), []
        for link in parse(path.read_text()).links.values():
            for shape in _shapes(link, shapes):
                if shape.kind == "mesh":
                    file = resolve(shape.filename, path.parent, (), "")
                    found.append((link.name, loader.load(str(file), np.array(shape.scale)), shape.placement))
        _read[path, shapes] = found
    return _read[path, shapes]


def place(pose):
    return coal.Transform3s(pose[:3, :3].copy(), pose[:3, 3].copy())


@some
@given(seed=seeds)
def test_meshes_are_never_nearer_than_capsules(seed, robot_file):
    model, path, _ = robot_file
    rng = np.random.default_rng(seed)
    at = posture(model, random_q(model, seed))
    ends, radius = at.capsules(), model.capsule_radius
    points, size = rng.uniform(-1, 1, (4, 3)), rng.uniform(0.01, 0.2, 4)
    to_balls = point_distance(ends, radius, points, size)
    boxes = Boxes(
        np.array([transform(p, rng.uniform(-3, 3, 3)) for p in points]), rng.uniform(0.05, 0.3, (4, 3))
    )
    to_boxes = boxes.distance(ends, radius)
    slack = []
    for link, geometry, placement in meshes(path, "collision"):
        mine = np.flatnonzero(model.capsule_link == model.link(link))
        pose = place(at.link(link) @ placement)
        for number in range(4):
            ball = coal.Sphere(size[number]), place(transform(points[number], np.zeros(3)))
            exact = coal_distance(coal, (geometry, pose), ball)
            assert to_balls[mine, number].min() <= exact + 1e-6, link
            slack.append(exact - to_balls[mine, number].min())
            box = coal.Box(*(2 * boxes.half[number])), place(boxes.poses[number])
            assert to_boxes[mine, number].min() <= coal_distance(coal, (geometry, pose), box) + 1e-6, link
    assert np.median(slack) < 0.06  # and capsules are not much larger than the links


@some
@given(seed=seeds)
def test_links_are_never_nearer_to_each_other_than_capsules(seed, robot_file):
    model, path, _ = robot_file
    at = posture(model, random_q(model, seed))
    distance, pairs = self_distance(at), model.capsule_link[model.pairs]
    placed = [
        (model.link(link), geometry, place(at.link(link) @ p))
        for link, geometry, p in meshes(path, "collision")
    ]
    compared = 0
    for index, (one, first, pose) in enumerate(placed):
        for other, second, there in placed[index + 1 :]:
            which = (pairs == (one, other)).all(axis=1) | (pairs == (other, one)).all(axis=1)
            if which.any():
                exact = coal_distance(coal, (first, pose), (second, there))
                assert distance[which].min() <= max(exact, 0.0) + 1e-6
                compared += 1
    assert compared >= 10
