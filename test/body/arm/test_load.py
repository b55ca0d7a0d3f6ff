"""Robot descriptions from files: found meshes, named faults, and nothing fitted twice."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iatro_governor.body import load
from iatro_governor.body.kinematics import posture
from iatro_governor.body.load import Options, load_file, load_text, resolve
from iatro_governor.errors import MissingPart, ModelError

from .conftest import TWO_LINKS

MESH = '<geometry><mesh filename="package://gear/meshes/arm.stl"/></geometry>'
MESHED = TWO_LINKS.replace('<geometry><cylinder radius="0.05" length="1"/></geometry>', MESH)

TRIANGLE = """solid one
facet normal 0 0 1
outer loop
vertex 0 0 0
vertex 1 0 0
vertex 0 1 0
endloop
endfacet
endsolid one
"""

LIMIT = '<limit lower="-3" upper="3" velocity="2" effort="50"/>'


def refused(text, options=None, **how):
    with pytest.raises(ModelError) as caught:
        load_text(text, options, **how)
    return str(caught.value)


def swap(old, new, count=-1):
    assert old in TWO_LINKS
    return TWO_LINKS.replace(old, new, count)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<robot", "not well-formed XML"),
        ("", "not well-formed XML"),
        ("<sdf/>", "the outermost element is <sdf>, not <robot>"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + TWO_LINKS, "a document type declaration is not allowed"),
        ("<robot/>", "exactly one root link; found: none"),
        (swap('<link name="tip"/>', '<link name="tip"/><link name="tip"/>'), "link 'tip' is defined 2 times"),
        (swap('joint name="elbow"', 'joint name="shoulder"'), "joint 'shoulder' is defined 2 times"),
        (swap('"elbow" type="revolute"', '"elbow" type="floating"'), "joint 'elbow': its type is 'floating'"),
        (swap('"elbow" type="revolute"', '"elbow" type="planar"'), "joint 'elbow': its type is 'planar'"),
        (
            swap('"elbow" type="revolute"', '"elbow" type="ball"'),
            "its type is 'ball'; only revolute, continuous",
        ),
        (swap('"elbow" type="revolute"', '"elbow"'), "joint 'elbow': its type is ''"),
        (swap('<link name="tip"/>', ""), "joint 'tip_joint': its child link 'tip' does not exist"),
        (swap('<child link="tip"/>', ""), "joint 'tip_joint', child: 'link' is missing"),
        (swap('<child link="tip"/>', '<child link="upper"/>'), "link 'upper' is the child of 2 joints"),
        (
            swap('<parent link="base"/>', '<parent link="tip"/>'),
            "joints form a loop: elbow, shoulder, tip_joint",
        ),
        (swap('<link name="tip"/>', '<link name="tip"/><link name="stray"/>'), "found: base, stray"),
        (swap('<axis xyz="0 0 1"/>', '<axis xyz="0 0 0"/>', 1), "joint 'shoulder': its axis is zero"),
        (
            swap('<axis xyz="0 0 1"/>', '<axis xyz="0 1"/>', 1),
            "joint 'shoulder', axis: needs 3 numbers of at most 1e+06",
        ),
        (
            swap('<origin xyz="0.8 0 0"/></joint>', '<origin xyz="nan 0 0"/></joint>'),
            "'tip_joint', origin xyz: needs 3",
        ),
        (swap('<mass value="3"/>', '<mass value="-3"/>'), "link 'lower', inertial: its mass is -3.0 kg"),
        (
            swap('<mass value="3"/>', '<mass value="heavy"/>'),
            "needs a number of at most 1e+06, given 'heavy'",
        ),
        (swap('<mass value="3"/>', ""), "link 'lower', inertial: needs mass and inertia"),
        (
            swap('length="0.8"', ""),
            "link 'lower', collision, length: needs a number of at most 1e+06, given None",
        ),
        (swap('radius="0.05"', 'radius="-1"'), "link 'upper', collision: a cylinder of negative size"),
        (
            swap("<capsule ", "<torus "),
            "link 'lower', collision: unknown shape <torus>; allowed: box, cylinder",
        ),
        (swap(LIMIT, ""), "joint 'shoulder' states no limit for lower, upper, velocity, effort"),
        (
            swap(LIMIT, '<limit lower="-3" upper="3" effort="50"/>'),
            "joint 'shoulder' states no limit for velocity",
        ),
        (
            swap(LIMIT, '<limit velocity="2" effort="50"/>'),
            "joint 'shoulder' states no limit for lower, upper",
        ),
        (
            swap(LIMIT, '<limit lower="3" upper="-3" velocity="2" effort="5"/>'),
            "lower limit 3 is not below its upper",
        ),
        (
            swap(LIMIT, '<limit lower="0" upper="0" velocity="2" effort="5"/>'),
            "lower limit 0 is not below its upper",
        ),
        (
            swap(LIMIT, '<limit lower="-3" upper="3" velocity="0" effort="5"/>'),
            "velocity 0 and effort 5 must be more",
        ),
        (
            swap(LIMIT, '<limit lower="-3" upper="inf" velocity="1" effort="5"/>'),
            "limit, upper: needs a finite number, given 'inf'",
        ),
        (
            swap(LIMIT, LIMIT + '<mimic joint="knee"/>'),
            "joint 'shoulder' mimics 'knee', which is no moving joint",
        ),
        (swap(LIMIT, LIMIT + '<mimic joint="tip_joint"/>'), "mimics 'tip_joint', which is no moving joint"),
        (swap(LIMIT, LIMIT + '<mimic joint="shoulder"/>'), "joint 'shoulder' mimics itself"),
    ],
)
def test_what_is_wrong_is_named(text, message):
    assert message in refused(text)


def test_a_loop_apart_from_the_root_is_named():
    loop = (
        '<link name="a"/><link name="b"/>'
        '<joint name="ab" type="fixed"><parent link="a"/><child link="b"/></joint>'
        '<joint name="ba" type="fixed"><parent link="b"/><child link="a"/></joint></robot>'
    )
    assert "joints form a loop: ab, ba" in refused(TWO_LINKS.replace("</robot>", loop))


def test_everything_wrong_is_said_at_once():
    text = swap('<axis xyz="0 0 1"/>', '<axis xyz="0 0 0"/>').replace('<mass value="3"/>', "")
    with pytest.raises(ModelError) as caught:
        load_text(text)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            Options(joints=["shoulder", "knee"]),
            "joint 'knee' is no moving joint of 'two'; those are shoulder, elbow",
        ),
        (Options(joints=["tip_joint"]), "joint 'tip_joint' is no moving joint"),
        (Options(joints=["elbow", "elbow"]), "joint 'elbow' is to be commanded twice"),
        (
            Options(joints=["elbow"], locked={"elbow": 0.0}),
            "joint 'elbow' is to be commanded twice, or commanded and",
        ),
        (Options(locked={"knee": 0.0}), "joint 'knee' is to be locked, but is no moving joint"),
        (
            Options(semantics="<robot><disable_collisions link1='a'/></robot>"),
            "disable_collisions without link1 and",
        ),
        (Options(semantics="nothing"), "semantic description (SRDF): not well-formed XML"),
    ],
)
def test_names_that_do_not_match_are_refused(options, message):
    assert message in refused(TWO_LINKS, options)


def test_missing_limits_can_be_allowed_and_are_said():
    model = load_text(swap(LIMIT, ""), Options(allow_missing_limits=True))
    assert model.upper[0] == np.inf and model.velocity[0] == np.inf and model.effort[1] == 30
    assert "joint 'shoulder' states no limit for lower, upper, velocity, effort" in model.warnings


def test_a_continuous_joint_has_no_position_limits():
    text = swap('"shoulder" type="revolute"', '"shoulder" type="continuous"')
    model = load_text(text)
    assert (model.lower[0], model.upper[0], model.velocity[0]) == (-np.inf, np.inf, 2.0)
    assert "states no limit for velocity" in refused(text.replace(LIMIT, '<limit effort="5"/>'))


def test_joints_that_are_left_out_are_said_to_be_taken_as_immobile():
    model = load_text(TWO_LINKS, Options(joints=["elbow"]))
    assert model.joints == ("elbow",)
    assert model.warnings == ("taken as immobile, as near to 0 as they can be: shoulder",)
    assert load_text(TWO_LINKS, Options(joints=["elbow"], locked={"shoulder": 1.0})).warnings == ()


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"robot description .*gone\.urdf: cannot be read"):
        load_file(tmp_path / "gone.urdf")
    (tmp_path / "bytes.urdf").write_bytes(b"\xff\xfe<robot/>")
    with pytest.raises(ModelError, match=r"bytes\.urdf: cannot be read"):
        load_file(tmp_path / "bytes.urdf")


def test_a_missing_mesh_is_named_or_becomes_a_box_loudly():
    assert "link 'upper': its mesh 'package://gear/meshes/arm.stl' is not found" in refused(MESHED)
    model = load_text(MESHED, Options(missing_mesh_box=0.1))
    assert any("'upper': its mesh" in warning and "a box instead" in warning for warning in model.warnings)
    start, end = model.capsule_ends[0]
    # The box reaches from the shoulder to the elbow, 0.1 m beyond each, so the capsule holds both joints.
    for joint in ([0.0, 0, 0], [1.0, 0, 0]):
        share = np.clip((joint - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        assert np.linalg.norm(start + share * (end - start) - joint) + 0.1 <= model.capsule_radius[0]


@pytest.fixture
def package(tmp_path: Path):
    """A package called gear, with a mesh, and a description in it."""
    root = tmp_path / "prefix" / "share" / "gear"
    (root / "meshes").mkdir(parents=True)
    (root / "urdf").mkdir()
    (root / "meshes" / "arm.stl").write_text(TRIANGLE)
    (root / "urdf" / "arm.urdf").write_text(MESHED)
    return root


def test_packages_are_found_in_four_ways(package: Path):
    mesh, name = package / "meshes" / "arm.stl", "package://gear/meshes/arm.stl"
    assert resolve(name, package / "urdf", (), "") == mesh
    assert resolve(name, None, (package,), "") == mesh
    assert resolve(name, None, (package.parent,), "") == mesh
    assert resolve(name, None, (), f"/elsewhere:{package.parents[1]}") == mesh
    assert resolve(name, None, (), "/elsewhere") is None
    assert resolve(f"file://{mesh}", None, (), "") == mesh
    assert resolve("../meshes/arm.stl", package / "urdf", (), "") == package / "urdf" / "../meshes/arm.stl"
    assert resolve("package://gear/meshes/leg.stl", package / "urdf", (package,), "") is None


def test_a_given_folder_comes_before_the_one_beside_the_file(package: Path, tmp_path: Path):
    other = tmp_path / "overlay" / "gear" / "meshes"
    other.mkdir(parents=True)
    (other / "arm.stl").write_text(TRIANGLE)
    name = "package://gear/meshes/arm.stl"
    assert resolve(name, package / "urdf", (tmp_path / "overlay",), "") == other / "arm.stl"


def test_meshes_without_coal_say_what_to_install(package: Path, monkeypatch: pytest.MonkeyPatch):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(load, "import_module", absent)
    with pytest.raises(
        MissingPart, match=r"coal, which is not installed: pip install 'iatro_governor\[arm\]'"
    ):
        load_file(package / "urdf" / "arm.urdf")
    load_text(TWO_LINKS)  # which has no mesh


def test_a_mesh_is_read_scaled_and_placed(package: Path):
    pytest.importorskip("coal", reason="coal reads the meshes (extra: arm)")
    surface = load.read_mesh(package / "meshes" / "arm.stl", (2.0, 3.0, 1.0))
    assert sorted(map(tuple, surface.points)) == [(0, 0, 0), (0, 3, 0), (2, 0, 0)]
    model = load_file(package / "urdf" / "arm.urdf")
    assert model.capsule_radius[0] < 0.6


@pytest.mark.parametrize("content", ["", "solid none\nendsolid none\n", "no mesh at all"])
def test_a_mesh_that_cannot_be_read_is_named(content, package: Path):
    pytest.importorskip("coal", reason="coal reads the meshes (extra: arm)")
    (package / "meshes" / "arm.stl").write_text(content)
    with pytest.raises(ModelError, match=r"mesh .*arm\.stl: "):
        load_file(package / "urdf" / "arm.urdf")


def test_a_fit_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = load_text(TWO_LINKS, cache=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{first.digest}.json"]

    def never(*_):
        raise AssertionError("fitted again")

    with monkeypatch.context() as patch:
        patch.setattr(load, "cover", never)
        again = load_text(TWO_LINKS, cache=tmp_path)
    assert (again.capsule_ends == first.capsule_ends).all() and (
        again.capsule_radius == first.capsule_radius
    ).all()
    assert again.warnings == ()


@pytest.mark.parametrize("content", ["", "[]", "{}x", "{}", '{"capsules": {}, "check": ""}', "3"])
def test_a_broken_cache_is_said_and_fitted_again(content, tmp_path: Path):
    first = load_text(TWO_LINKS, cache=tmp_path)
    path = tmp_path / f"{first.digest}.json"
    path.write_text(content)
    again = load_text(TWO_LINKS, cache=tmp_path)
    assert "not readable as cached capsules" in again.warnings[0]
    assert (again.capsule_ends == first.capsule_ends).all()
    assert "upper" in json.loads(path.read_text())["capsules"]


def test_a_cache_that_lacks_a_link_is_not_believed(tmp_path: Path):
    first = load_text(TWO_LINKS, cache=tmp_path)
    path = tmp_path / f"{first.digest}.json"
    rows = json.loads(path.read_text())
    del rows["capsules"]["lower"]
    path.write_text(json.dumps(rows))
    again = load_text(TWO_LINKS, cache=tmp_path)
    assert len(again.capsule_radius) == 2
    assert "not readable as cached capsules" in again.warnings[0]


def test_a_cache_that_cannot_be_written_is_only_warned_of(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    model = load_text(TWO_LINKS, cache=tmp_path / "file")
    assert "the fitted capsules cannot be kept" in model.warnings[0]


def test_a_changed_mesh_or_option_is_another_model(package: Path):
    pytest.importorskip("coal", reason="coal reads the meshes (extra: arm)")
    path = package / "urdf" / "arm.urdf"
    digests = {load_file(path).digest, load_file(path, Options(capsules_per_link=2)).digest}
    (package / "meshes" / "arm.stl").write_text(TRIANGLE.replace("vertex 1 0 0", "vertex 2 0 0"))
    digests.add(load_file(path).digest)
    assert len(digests) == 3
    assert load_file(path).digest in digests


def test_a_link_without_collision_shapes_has_its_visual_ones_taken():
    text = TWO_LINKS.replace("collision>", "visual>")
    assert len(load_text(text).capsule_radius) == 2
    both = TWO_LINKS.replace(
        '<link name="tip"/>',
        '<link name="tip"><visual><geometry><sphere radius="0.2"/></geometry></visual></link>',
    )
    assert load_text(both).capsule_radius[-1] == pytest.approx(0.2, abs=1e-6)


def test_shapes_both_holds_what_is_seen_as_well():
    seen = '<visual><geometry><sphere radius="0.3"/></geometry></visual><collision><origin xyz="0.4'
    text = TWO_LINKS.replace('<collision><origin xyz="0.4', seen)
    assert load_text(text, Options(shapes="collision")).capsule_radius[1] == pytest.approx(0.04, abs=1e-4)
    assert load_text(text).capsule_radius[1] >= 0.3
    assert load_text(text, Options(shapes="visual")).capsule_radius[1] == pytest.approx(0.3, abs=1e-6)


DAMAGE = [
    (r"(?<=[\" ])[-0-9.]+(?=[\" ])", ["0", "-1", "nan", "1e999", "1e-320", "1e300", "1e15", "x", "1 2"]),
    (r'"[^"]*"', ['""', '"base"', '"tip"', '"elbow"', '"0 0 0"', '"fixed"', '"prismatic"', '"\u00e9"']),
    (r"[a-z]+(?==)", ["name", "link", "x"]),
    (r"<(/?)[a-z]+", ["<link", "<mimic", "<joint", "", "</robot"]),
    (r"<[a-z]+ [^<>]*/>", ["", '<mimic joint="elbow"/>', '<origin rpy="1 2 3"/>']),
]
"""What is found, and what takes its place."""


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_no_damaged_description_gets_past_the_named_error(seed):
    """One to three of its attributes, tags or numbers changed: a model, or a ModelError; never anything else."""
    rng = np.random.default_rng(seed)
    text = TWO_LINKS
    for _ in range(rng.integers(1, 4)):
        pattern, junk = DAMAGE[rng.integers(len(DAMAGE))]
        pieces = list(re.finditer(pattern, text))
        piece = pieces[rng.integers(len(pieces))]
        text = text[: piece.start()] + junk[rng.integers(len(junk))] + text[piece.end() :]
    try:
        model = load_text(text)
    except ModelError as error:
        assert error.problems and all(error.problems)
    else:
        at = posture(model, model.rest)
        assert np.isfinite(at.links()).all() and np.isfinite(at.capsules()).all()


def test_an_arm_without_joints_is_a_fixed_body():
    model = load_text(re.sub("revolute", "fixed", TWO_LINKS))
    assert model.joints == () and len(model.pairs) == 0
    assert posture(model, np.zeros((5, 0))).capsules().shape == (5, 2, 2, 3)
