"""The whole way, against coal on the real meshes: an arm is never nearer to anything than its capsules say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

coal = pytest.importorskip("coal", reason="coal is the oracle (extra: arm)")

from iatro_governor.body.boxes import Boxes  # noqa: E402
from iatro_governor.body.distance import capsule_distance, point_distance, self_distance  # noqa: E402
from iatro_governor.body.kinematics import posture  # noqa: E402
from iatro_governor.body.load import Options, _shapes, load_meshes, load_text, resolve  # noqa: E402
from iatro_governor.body.urdf import parse, transform  # noqa: E402

from .conftest import TWO_LINKS  # noqa: E402
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
            # Within a box, coal tells how far a triangle would have to move, which is more than how deep it is.
            exact = max(coal_distance(coal, (geometry, pose), box), 0.0)
            assert to_boxes[mine, number].min() <= exact + 1e-6, link
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


@some
@given(seed=seeds)
def test_link_meshes_say_what_coal_says_and_never_less_than_capsules(seed, robot_file):
    model, path, _ = robot_file
    surfaces = link_meshes(path, model)
    rng = np.random.default_rng(seed)
    at = posture(model, random_q(model, seed))
    ends, radius = rng.uniform(-1, 1, (3, 2, 3)), rng.uniform(0.02, 0.2, 3)
    ends[2, 1] = ends[2, 0]  # a ball
    capsules = at.capsules()
    near = capsule_distance(capsules[:, None], model.capsule_radius[:, None], ends, radius)
    to_capsules = surfaces.to_capsules(at, ends, radius)
    boxes = Boxes(
        np.array([transform(p, rng.uniform(-3, 3, 3)) for p in ends[:, 0]]), rng.uniform(0.05, 0.3, (3, 3))
    )
    to_boxes, near_boxes = surfaces.to_boxes(at, boxes), boxes.distance(capsules, model.capsule_radius)
    for row, part in enumerate(surfaces.parts):
        mine = model.capsule_link == part.link
        assert (near[mine].min(axis=0) <= to_capsules[row] + 1e-6).all()
        assert (near_boxes[mine].min(axis=0) <= to_boxes[row] + 1e-6).all()
    found = surfaces.among(at)
    assert len(found) == len(surfaces.pairs) >= 10
    assert np.maximum(self_distance(at), 0.0).min() <= found.min() + 1e-6
    for number, (link, geometry, placement) in enumerate(meshes(path, "collision")[:3]):
        row = next(i for i, part in enumerate(surfaces.parts) if part.link == model.link(link))
        ball = coal.Sphere(radius[2]), place(transform(ends[2, 0], np.zeros(3)))
        exact = coal_distance(coal, (geometry, place(at.link(link) @ placement)), ball)
        assert to_capsules[row, 2] == pytest.approx(max(exact, 0.0), abs=1e-6), number


_surfaces: dict = {}


def link_meshes(path, model):
    if path not in _surfaces:
        options = Options(shapes="collision")
        _surfaces[path] = load_meshes(path.read_text(), model, options, base=path.parent)
    return _surfaces[path]


def test_surfaces_of_primitives_by_hand(two_links):
    surfaces = load_meshes(TWO_LINKS, two_links)
    at = posture(two_links, np.array([0.0, np.pi / 2]))
    ball = np.array([[[0.5, -0.55, 0.0]] * 2])
    assert surfaces.to_capsules(at, ball, np.array([0.1]))[0, 0] == pytest.approx(0.4, abs=1e-6)
    assert surfaces.to_capsules(at, ball + np.array([0.5, 2.0, 0.0]), np.array([0.1]))[1, 0] == pytest.approx(
        0.51, abs=1e-6
    )
    assert len(surfaces.among(at)) == 0


SHEET = ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
HALVES = ((SHEET[0], (0.25, 0.0, 0.0), SHEET[2]), ((0.25, 0.0, 0.0), *SHEET[1:]))
LINES = {
    "on the longest side": (SHEET, (SHEET[0], (0.25, 0.0, 0.0), SHEET[1])),
    "on both other sides": (*HALVES, ((0.25, 0.0, 0.0), *SHEET[:2])),
    "nowhere else": (SHEET, ((2.0, 0.0, 0.0), (2.5, 0.0, 0.0), (3.0, 0.0, 0.0))),
}
"""Meshes of a sheet, whose last triangle is a line."""
HINGED = """<robot name="hinged"><link name="base"/><link name="sheet">
  <collision><geometry><mesh filename="sheet.stl"/></geometry></collision></link>
  <joint name="hinge" type="revolute"><parent link="base"/><child link="sheet"/>
    <axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="1" effort="1"/></joint></robot>"""


def to_sheet(folder, triangles, *centres):
    """Distances of balls of 0.1 m about ``centres`` from a hinged mesh of ``triangles``."""
    facets = "".join(
        "facet normal 0 0 1\nouter loop\n"
        + "".join(f"vertex {x} {y} {z}\n" for x, y, z in corners)
        + "endloop\nendfacet\n"
        for corners in triangles
    )
    (folder / "sheet.stl").write_text(f"solid sheet\n{facets}endsolid sheet\n")
    model = load_text(HINGED, base=folder)
    ends = np.stack([np.array(centres)] * 2, axis=1)
    surfaces = load_meshes(HINGED, model, base=folder)
    return surfaces.to_capsules(posture(model, np.zeros(1)), ends, np.full(len(ends), 0.1))[0]


@pytest.mark.parametrize("how", [how for how in LINES if how != "nowhere else"])
def test_a_triangle_without_area_is_not_touched_by_what_is_far(how, tmp_path):
    """Balls below the sheet, beside it, and at the line itself."""
    found = to_sheet(tmp_path, LINES[how], (0.2, 0.2, -0.5), (0.25, -0.35, 0.0), (0.25, 0.0, 0.05))
    assert found == pytest.approx([0.4, 0.25, 0.0], abs=1e-9)


def test_a_triangle_without_area_that_lies_on_no_other_is_still_touched(tmp_path):
    assert to_sheet(tmp_path, LINES["nowhere else"], (2.2, 0.05, 0.0)) == 0.0
