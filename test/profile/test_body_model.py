"""What is wrong with an arm's profile or its description is refused by ``iatro check``, and said where it stands."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from iatro_governor.body.kinematics import posture
from iatro_governor.cli.main import app
from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import load_profile
from test.limits.bodies import TWO_LINKS
from test.profile.arm_profile import PROFILE, write


def refused(path):
    """The problems that ``iatro check`` prints, as a program and as a person reads them."""
    told = CliRunner().invoke(app, ["check", str(path), "--json"])
    assert told.exit_code == 2 and (told.exception is None or isinstance(told.exception, SystemExit))
    errors = json.loads(told.stdout)["errors"]
    assert errors and all(error["file"] == str(path) and error["message"] for error in errors)
    plain = CliRunner().invoke(app, ["check", str(path)])
    assert plain.exit_code == 2 and "Traceback" not in plain.output
    return errors


def spoilt(old, new, text=PROFILE):
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def line_of(text, part):
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_profile_is_sound_where_nothing_is_spoilt(tmp_path):
    told = CliRunner().invoke(app, ["check", str(write(tmp_path)), "--json"])
    assert told.exit_code == 0 and json.loads(told.stdout)["ok"]


@pytest.mark.parametrize(
    ("old", "new", "key", "given", "told"),
    [
        ("urdf: two.urdf", "urdf: none.urdf", "robot.model.urdf", "none.urdf", "is not found"),
        ("urdf: two.urdf", "urdf: package://no/a.urdf", "robot.model.urdf", "package://no/a.urdf", "not found"),
        ("urdf: two.urdf", "srdf: a.srdf\n    urdf: two.urdf", "robot.model.srdf", "a.srdf", "not found"),
        ("urdf: two.urdf", "srdf: two.urdf\n    urdf: two.urdf\n    topic: x", "robot.model", None, "exactly one"),
        ("urdf: two.urdf", "topic: robot_description", "robot.model.topic", "robot_description", "received"),
        ("base_frame: base", "base_frame: base_link", "robot.base_frame", "base_link", "no link"),
        ("base_frame: base", "base_frame: lower", "robot.base_frame", "lower", "elbow"),
        ("tool: lower", "tool: hand", "robot.model.tool", "hand", "no link"),
        ("{shoulder: 0.1,", "{hip: 0.1,", "robot.model.armature.hip", "hip", "no joint"),
        ("[shoulder, elbow]", "[shoulder, knee]", "channels.arm.joints[1]", "knee", "no moving joint"),
        ("urdf: two.urdf", "urdf: two.urdf\n    joints: [hip]", "robot.model.joints[0]", "hip", "no moving"),
        ("urdf: two.urdf", "urdf: two.urdf\n    locked: {hip: 0.0}", "robot.model.locked.hip", "hip", "no moving"),
        ("[shoulder, elbow]", "[elbow, elbow]", "channels.arm", None, "stands twice"),
        ("state: joints", "state: wrist", "channels.arm.state", "wrist", "names no joints source"),
        ("state: joints", "state: nobody", "channels.arm.state", "nobody", "names no joints source"),
        ("bounds: [1.0, 1.5]", "bounds: [1.0]", "limits[0].bounds", 1, "does not fit"),
        ("bounds: [1.0, 1.5]", "bounds: [1.0, fast]", "limits[0].bounds[1]", "fast", "number"),
        ("bounds: [1.0, 1.5]", "bounds: [1.0, 0.0]", "limits[0].bounds[1]", 0.0, "greater than 0"),
        ("margin: 0.03", "lower: [0.0]\n    upper: [1.0]\n    margin: 0.0", "limits[1].lower", 1, "does not fit"),
        ("margin: 0.03", "lower: [0.0, -4.0]\n    upper: [1.0, 1.0]\n    margin: 0.0",
         "limits[1].lower[1]", -4.0, "stops at -3 and 3"),
        ("margin: 0.03", "lower: [0.0, 0.0]\n    upper: [3.5, 1.0]\n    margin: 0.0",
         "limits[1].upper[0]", 3.5, "stops at -3 and 3"),
        ("margin: 0.03", "margin: 3.0", "limits[1].margin", 3.0, "stops at -3 and 3"),
        ("bounds: [1.0, 1.5]", "bounds: [1.0, 3.5]", "limits[0].bounds[1]", 3.5, "no faster"),
        ("margin: 0.03", "lower: [0.0, 0.0]\n    margin: 0.0", "limits[1]", None, "go together"),
        ("links: [upper, lower]", "links: [upper, hand]", "limits[2].links[1]", "hand", "no link"),
        ("kind: joint_velocity\n    channel: arm\n    bounds: [1.0, 1.5]",
         "kind: speed\n    channel: arm\n    axis: planar\n    bound: 1.0",
         "limits[0].channel", "joint_velocity", "cannot bound"),
        ("[3.0, 4.0]", "[3.0]", "channels.arm.stop_modes", None, "at least as hard"),
        ("[3.0, 4.0]", "[3.0, 9.0]", "channels.arm.stop_modes", None, "at least as hard"),
    ],
)  # fmt: skip
def test_each_mistake_of_a_profile_is_named_with_its_line(tmp_path, old, new, key, given, told):
    text = spoilt(old, new)
    errors = refused(write(tmp_path, text))
    assert key in [error["key"] for error in errors]
    error = next(error for error in errors if error["key"] == key)
    assert given is None or error["given"] == given
    assert told in error["message"] and error["allowed"]
    assert error["line"] is not None and abs(error["line"] - line_of(text, new.splitlines()[0])) <= 4


@pytest.mark.parametrize("kind", ["joint_velocity", "joint_position"])
def test_a_channel_of_joints_without_a_bound_is_refused_at_its_line(tmp_path, kind):
    start = PROFILE.index(f"  - name: {'joint_speed' if kind == 'joint_velocity' else 'joint_range'}")
    text = PROFILE[:start] + PROFILE[PROFILE.index("  - name:", start + 5) :]
    (error,) = refused(write(tmp_path, text))
    assert kind in error["allowed"] and error["line"] == line_of(text, "  arm:")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("<robot", "<robt", "mismatched tag"),
        ('<link name="lower">', '<link name="upper">', "defined 2 times"),
        ('name="elbow" type="revolute"', 'name="elbow" type="floating"', "floating"),
        ('name="elbow" type="revolute"', 'name="elbow" type="screw"', "screw"),
        ('<child link="lower"/>', '<child link="hand"/>', "hand"),
        ('lower="-3" upper="3" velocity="3" ', 'velocity="3" ', "states no limit for lower, upper"),
        ('velocity="3" effort="30"', 'effort="30"', "states no limit for velocity"),
        ('lower="-3" upper="3" velocity="3"', 'lower="3" upper="-3" velocity="3"', "not below"),
        ('<capsule radius="0.04" length="0.4"/>', '<mesh filename="package://two/a.stl"/>', "is not found"),
        ('<capsule radius="0.04" length="0.4"/>', '<mesh filename="two.urdf"/>', "cannot be read"),
        ('<capsule radius="0.04" length="0.4"/>', '<sphere radius="nan"/>', "needs a number"),
    ],
)
def test_each_mistake_of_a_description_is_named_at_the_line_that_names_it(tmp_path, old, new, told):
    errors = refused(write(tmp_path, urdf=spoilt(old, new, TWO_LINKS)))
    assert any(told in error["message"] for error in errors)
    assert {error["key"] for error in errors} == {"robot.model.urdf"}
    assert {error["line"] for error in errors} == {line_of(PROFILE, "urdf:")}


def test_a_joint_that_mimics_cannot_be_commanded_and_says_whom_it_follows(tmp_path):
    urdf = spoilt('<axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="3"',
                  '<axis xyz="0 0 1"/><mimic joint="shoulder"/><limit lower="-3" upper="3" velocity="3"',
                  TWO_LINKS)  # fmt: skip
    (error,) = refused(write(tmp_path, urdf=urdf))
    assert error["key"] == "channels.arm.joints[1]" and "shoulder" in error["message"]


def test_a_commanded_joint_that_is_locked_is_refused(tmp_path):
    (error,) = refused(write(tmp_path, spoilt("urdf: two.urdf", "urdf: two.urdf\n    locked: {elbow: 0.0}")))
    assert error["key"] == "channels.arm.joints[1]" and "locked" in error["message"]


def test_a_commanded_joint_that_the_model_leaves_out_is_refused(tmp_path):
    errors = refused(write(tmp_path, spoilt("urdf: two.urdf", "urdf: two.urdf\n    joints: [shoulder]")))
    assert {error["key"] for error in errors} == {"channels.arm.joints[1]", "robot.model.armature.elbow"}
    assert {error["given"] for error in errors} == {"elbow"}


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<robot/>"])
def test_a_file_that_is_no_description_is_refused(tmp_path, raw):
    path = write(tmp_path)
    (tmp_path / "two.urdf").write_bytes(raw)
    assert refused(path)[0]["line"] == line_of(PROFILE, "urdf:")


def test_a_base_frame_above_the_root_link_places_the_robot(tmp_path):
    """Odometry, and zones of the body, speak of the base frame: it need not be the root of the description."""
    foot = (
        '<link name="foot"/><joint name="foot_joint" type="fixed"><parent link="foot"/><child link="base"/>'
    )
    urdf = TWO_LINKS.replace(
        '<link name="base"/>',
        f'<link name="base"/>{foot}<origin xyz="0 0 0.2" rpy="0 0 1.5707963267948966"/></joint>',
    )
    by_root = load_profile(write(tmp_path, spoilt("base_frame: base", "base_frame: foot"), urdf)).body
    by_base = load_profile(write(tmp_path, urdf=urdf)).body
    assert by_root is not None and by_base is not None
    elbow = [posture(body, np.array([0.0, 0.5])).link("lower")[:3, 3] for body in (by_root, by_base)]
    assert elbow[0] == pytest.approx([0.0, 0.6, 0.2]) and elbow[1] == pytest.approx([0.6, 0.0, 0.0])


def test_a_profile_carries_its_lines_for_what_only_shows_later(tmp_path):
    profile = load_profile(write(tmp_path))
    problem = profile.problem(("limits", 2, "margin"), 0.02, "more", "a test")
    assert problem.line == line_of(PROFILE, "margin: 0.02") and problem.key == "limits[2].margin"
    assert isinstance(ProfileError([problem]), Exception)
