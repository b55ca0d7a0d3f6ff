"""Limits where they do not belong, and channels without what they need: the least that is refused, of a small arm."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.registry import KINDS, load_profile
from test.governor.profiles import AMR
from test.limits.bodies import TWO_LINKS
from test.profile.test_agreements import profile, refused
from test.shipped import shipped

SAID = "a test"
IRIS = AMR.parent / "iris.yaml"


def row(kind: str, **changes: Any) -> dict[str, Any]:
    example = KINDS[kind].model.example
    return {"name": "mine", "kind": kind, "channel": "arm", "source": SAID, **example, **changes}


def added(*rows):
    return lambda data: data["limits"].extend(rows)


def file_of(folder, data):
    (folder / "profile.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    return folder / "profile.yaml"


def told(folder, data):
    """The problems of a base's profile."""
    with pytest.raises(ProfileError) as caught:
        load_profile(file_of(folder, data))
    return caught.value.problems


def test_an_axis_of_the_air_on_an_arm_is_told_as_what_it_is(tmp_path):
    (problem,) = refused(tmp_path, added(row("speed", axis="travel", bound=1.0, direction="both")))
    assert problem.key == "limits[3].channel" and problem.allowed == "twist"


@pytest.mark.parametrize(("name", "ok"), [("iris.yaml", True), ("amr.yaml", False)])
@pytest.mark.parametrize("axis", ["vz", "travel"])
def test_axes_of_the_air_are_for_what_flies(tmp_path, name, ok, axis):
    data = shipped(AMR.parent / name)
    data["limits"].append(row("speed", channel="base", axis=axis, direction="both", bound=9.0))
    if ok:
        assert getattr(load_profile(file_of(tmp_path, data)).limits[-1], "axis", "") == axis
        return
    (problem,) = told(tmp_path, data)
    assert problem.key == f"limits[{len(data['limits']) - 1}].axis"
    assert (problem.given, problem.allowed) == (axis, "vx, vy, wz, planar")


def test_what_flies_may_have_what_looks_at_no_ground_and_is_told_so(tmp_path):
    data = shipped(IRIS)
    data["limits"].append(row("geofence", channel="base"))
    (problem,) = told(tmp_path, data)
    others = problem.allowed.split(", ")
    assert others == sorted(others) and {"speed", "workspace", "link_speed"} <= set(others)
    assert not {"zone", "separation", "joint_velocity", "gripper_speed", "wrench"} & set(others)


def test_a_limit_is_told_all_types_of_channel_that_it_fits(tmp_path):
    (problem,) = refused(tmp_path, added(row("acceleration")))
    assert problem.given == "joint_velocity" and problem.allowed == "pose, twist"


def test_a_number_a_joint(tmp_path):
    for kind, field, count in (("payload", "bounds", 2), ("joint_position", "lower", 2)):
        more = {"margin": 0.01, "upper": [1.0] * (count + 1)} if field == "lower" else {}
        problems = refused(tmp_path, added(row(kind, **{field: [0.5] * (count + 1)}, **more)))
        assert problems[0].key == f"limits[3].{field}"
        assert (problems[0].given, problems[0].allowed) == (3, "2 numbers, one a joint of the channel")


def test_links_are_told_without_the_joints_of_a_base(tmp_path):
    (problem,) = refused(tmp_path, added(row("link_speed", links=["upper", "wing"])))
    assert problem.key == "limits[3].links[1]" and problem.allowed == "base, upper, lower"
    assert profile(tmp_path, added(row("link_speed", links=["upper", "lower"])))


def test_a_hand_is_needed_where_neither_the_limit_nor_the_model_names_one(tmp_path):
    assert profile(tmp_path, added(row("singularity", link=None)))

    def without(data):
        del data["robot"]["model"]["tool"]
        data["limits"].append(row("singularity", link=None))

    (problem,) = refused(tmp_path, without)
    assert (problem.key, problem.given) == ("limits[3].link", "(missing)")


@pytest.mark.parametrize(
    ("bounds", "allowed"), [([2.0, 3.0], None), ([2.01, 3.0], "at most 2"), ([2.0, 3.01], "at most 3")]
)
def test_joints_move_no_faster_than_described(tmp_path, bounds, allowed):
    change = added(row("joint_velocity", bounds=bounds))
    if allowed is None:
        assert profile(tmp_path, change)
        return
    (problem,) = refused(tmp_path, change)
    assert problem.allowed == allowed and problem.given in bounds
    assert problem.key == f"limits[3].bounds[{bounds.index(problem.given)}]"


NEARLY = 3.0 + 1e-9


@pytest.mark.parametrize(
    ("ends", "key", "allowed"),
    [
        ({"lower": [-3.0, -3.0], "upper": [3.0, 3.0]}, None, None),
        ({"lower": [-NEARLY, -3.0], "upper": [3.0, NEARLY]}, None, None),
        ({"lower": [-3.0, -3.01], "upper": [3.0, 3.0]}, "lower[1]", "at least -3"),
        ({"lower": [-3.0, -3.0], "upper": [3.01, 3.0]}, "upper[0]", "at most 3"),
        ({"lower": [-3.0 - 2e-9, -3.0], "upper": [3.0, 3.0]}, "lower[0]", "at least -3"),
    ],
)
def test_ends_are_no_further_than_the_stops_of_the_joints(tmp_path, ends, key, allowed):
    change = added(row("joint_position", margin=0.01, **ends))
    if key is None:
        assert profile(tmp_path, change)
        return
    (problem,) = refused(tmp_path, change)
    assert (problem.key, problem.allowed) == (f"limits[3].{key}", allowed)


def test_a_margin_leaves_room_between_the_stops(tmp_path):
    """The shoulder goes from -3 to 3 rad, and the elbow from -1 to 3."""
    urdf = TWO_LINKS.replace(
        '<limit lower="-3" upper="3" velocity="3"', '<limit lower="-1" upper="3" velocity="3"'
    )
    whole = {"margin": 2.0, "lower": None, "upper": None}
    (problem,) = refused(tmp_path, lambda data: data["limits"][1].update(whole), urdf)
    assert (problem.key, problem.allowed) == ("limits[1].margin", "less than 2")
    assert profile(tmp_path, lambda data: data["limits"][1].update(whole | {"margin": 1.99}), urdf)


def by_effort(bounds):
    """The small arm by its efforts; the description says 50 and 30 Nm."""

    def change(data):
        damped = {"type": "joint_effort", "gravity_compensated": True, "damping": [3.0] * 2}
        data["channels"]["arm"] |= damped | {"damping_source": SAID}
        data["limits"] = [one for one in data["limits"] if one["kind"] != "link_zone"]
        data["limits"].append(row("joint_effort", bounds=bounds))

    return change


def test_joints_push_no_harder_than_described(tmp_path):
    assert profile(tmp_path, by_effort([50.0, 30.0]))
    (problem,) = refused(tmp_path, by_effort([50.0, 30.1]))
    assert (problem.key, problem.given, problem.allowed) == ("limits[2].bounds[1]", 30.1, "at most 30")


@pytest.mark.parametrize(("height", "ok"), [([0.0, 1.0], True), ([0.0, 0.1], False), (None, True)])
def test_an_area_above_or_below_all_of_the_body_bounds_nothing_and_is_refused(tmp_path, height, ok):
    """A ball from 0.2 to 1.4 m above the ground."""
    data = shipped(AMR)
    if height is not None:
        data["robot"] |= {"height": height, "height_source": SAID}
    figure = {"sphere": {"centre": [9.0, 0.0, 0.8], "radius": 0.6}}
    example = KINDS["zone"].model.example
    data["limits"].append({**row("zone", channel="base"), **example, "figure": figure})
    if ok:
        assert load_profile(file_of(tmp_path, data))
        return
    problem = told(tmp_path, data)[-1]
    assert problem.key == f"limits[{len(data['limits']) - 1}].figure"
    assert problem.allowed == "what reaches robot.height, 0.0 m to 0.1 m"


def test_what_stands_has_no_map_to_be_in(tmp_path):
    def change(data):
        amcl = {"type": "map_pose", "topic": "amcl", "timeout_s": 1.0, "sigmas": 3.0, "source": SAID}
        data["sources"]["amcl"] = amcl
        data["limits"].append(row("link_zone", frame="map", localisation="amcl"))

    frames = [one for one in refused(tmp_path, change) if one.key == "limits[3].frame"]
    assert [one.allowed for one in frames] == ["odom, body"]
