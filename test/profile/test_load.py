"""A configuration error names file, line, key, given and allowed; nothing wrong passes."""

from __future__ import annotations

import copy
import re

import pytest
import yaml

from iatro_governor.errors import ProfileError
from iatro_governor.limits.leaps import leaping
from iatro_governor.limits.registry import KINDS, load_profile
from test.governor.profiles import AMR

TEXT = AMR.read_text()


def problems(tmp_path, text):
    path = tmp_path / "robot.yaml"
    path.write_text(text) if isinstance(text, str) else path.write_bytes(text)
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    return caught.value.problems


def replaced(old, new):
    assert TEXT.count(old) >= 1, old
    return TEXT.replace(old, new, 1)


def line_of(text, part):
    return next(k for k, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_shipped_profile_is_sound():
    profile = load_profile(AMR)
    assert len(profile.config_hash) == 64 and profile.data.channels["base"].type == "twist"


@pytest.mark.parametrize(
    ("given", "key", "allowed"),
    [
        ("topics: [cmd_vel_planner]", ".topics[0]", "a topic that nobody needs"),
        ("topics: [/cmd_vel]", ".topics[0]", "a topic that nobody needs"),
        ("topics: [scan]", ".topics[0]", "a topic that nobody needs"),
        ("actions: [base/follow_joint_trajectory]", ".actions[0]", "the controller's own action"),
        ("services: [a, a]", "", ""),
        ("service: [a]", ".service", "no other keys"),
        ("services: ['a b']", ".services[0]", ""),
    ],
)
def test_what_nobody_may_use_is_not_what_somebody_must(tmp_path, given, key, allowed):
    stamped = "    stamped: true"
    text = replaced(stamped, f"{stamped}\n    actuator: {{{given}}}")
    (found,) = problems(tmp_path, text)
    assert found.key == f"channels.base.actuator{key}" and allowed in found.allowed
    assert found.line == line_of(text, "actuator:")


@pytest.mark.parametrize(
    ("old", "new", "key", "allowed"),
    [
        ("rate_hz: 100", "rate_hz: fast", "loop.rate_hz", "number"),
        ("rate_hz: 100", "rate_hz: 5", "loop.rate_hz", ">= 10"),
        ("rate_hz: 100", "rate_hz: .nan", "loop.rate_hz", ""),
        ("radius: 0.22", "radius: -1", "robot.footprint.circle.radius", "> 0"),
        ("timeout_s: 0.2", "timeout_s: 0", "sources.lidar.timeout_s", "> 0"),
        (
            "pose: [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
            "pose: tf",
            "sources.lidar.pose",
            "not read from /tf_static",
        ),
        ("type: odom", "type: gps", "sources.odom", "'scan', 'points', 'range', 'odom'"),
        ("base: differential", "base: tracked", "channels.base.base", "differential"),
        ("input: cmd_vel_planner", "input: /cmd_vel", "channels.base", "different topics"),
        ("odom: odom", "odom: lidar", "channels.base.odom", "odom"),
        ("kind: obstacle", "kind: obstacles", "limits[6].kind", "obstacle"),
        ("margin: 0.08", "margin: 0.01", "limits[6]", "floor + noise"),
        ("sources: [lidar]", "sources: [radar]", "limits[6].sources", "lidar"),
        ("name: turn_speed", "name: travel_speed", "limits[1].name", "own"),
        ("axis: wz", "axis: wq", "limits[1].axis", "'wz'"),
        ("lease_grace_s: 0.5", "lease_grace_s: 0.5\nno_such_key: 1", "no_such_key", "lease_grace_s"),
        ("linear: 1.6", "linear: 0.1", "channels.base.stop_modes", "protective"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path, old, new, key, allowed):
    text = replaced(old, new)
    found = problems(tmp_path, text)
    assert [p.key for p in found] == [key]
    problem = found[0]
    assert problem.file.endswith("robot.yaml") and problem.message
    assert allowed in problem.allowed or allowed in problem.message
    assert problem.line is not None and abs(problem.line - line_of(text, new.splitlines()[-1])) <= 16


def test_a_number_without_a_source_is_refused(tmp_path):
    data = yaml.safe_load(TEXT)
    for index in range(len(data["limits"])):
        changed = copy.deepcopy(data)
        del changed["limits"][index]["source"]
        found = problems(tmp_path, yaml.safe_dump(changed))
        assert [(p.key, p.given) for p in found] == [(f"limits[{index}].source", "(missing)")]


@pytest.mark.parametrize(
    "topic", ["a//b", "//a", "a/", "/", "a/1b", "1a", "~", "~x", "~/x", "a-b", "{node}/a"]
)
def test_what_ros_takes_for_no_topic_and_what_each_node_has_one_of_is_refused(tmp_path, topic):
    """``~/x`` would be one topic of the governor, and another one of its watch and its recorder."""
    (found,) = problems(tmp_path, replaced("input: cmd_vel_planner", f"input: '{topic}'"))
    assert found.key == "channels.base.input" and found.allowed.startswith("a topic's name")


@pytest.mark.parametrize("topic", ["a", "/a", "_a/b_1", "/hall/amr1/cmd_vel"])
def test_a_topic_may_be_in_a_namespace(tmp_path, topic):
    path = tmp_path / "robot.yaml"
    path.write_text(replaced("input: cmd_vel_planner", f"input: {topic}"))
    assert load_profile(path).data.channels["base"].input == topic


def test_every_problem_is_reported_at_once(tmp_path):
    text = (
        replaced("rate_hz: 100", "rate_hz: 1")
        .replace("radius: 0.22", "radius: 0")
        .replace("kind: unseen", "kind: seen")
    )
    assert {p.key for p in problems(tmp_path, text)} == {
        "loop.rate_hz",
        "robot.footprint.circle.radius",
        "limits[8].kind",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no keys"),
        ("- 1\n", "no keys"),
        ("version: [1\n", "not YAML"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("version: 1\nversion: 1\n", "already in line 1"),
        ("version: 2\n", "limits"),
        ("version: 1\nlimits: {}\n", "not governed"),
    ],
)
def test_what_is_no_profile_at_all(tmp_path, text, said):
    assert re.search(said, " ".join(map(str, problems(tmp_path, text))))


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ProfileError, match="No such file"):
        load_profile(tmp_path / "none.yaml")


def test_the_hash_is_of_what_is_in_force_not_of_how_it_is_typed(tmp_path):
    path = tmp_path / "robot.yaml"
    path.write_text("# another remark\n" + TEXT.replace("rate_hz: 100", "rate_hz: 100.0\n  max_gap_s: 0.25"))
    same = load_profile(path).config_hash
    path.write_text(TEXT.replace("bound: 0.8", "bound: 0.81", 1))
    assert same == load_profile(AMR).config_hash != load_profile(path).config_hash


FIGURES = {
    "crossing": [[0, 0], [1, 1], [1, 0], [0, 1]],
    "thin": [[0, 0], [1, 0], [1, 0.01], [0, 0.01]],
    "flat": [[0, 0], [1, 0], [2, 0]],
    "twice": [[0, 0], [0, 0], [1, 0], [1, 1]],
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_that_encloses_nothing_sensible_is_refused(tmp_path, name):
    data = yaml.safe_load(TEXT)
    data["limits"].append(
        {
            "name": "z",
            "kind": "zone",
            "channel": "base",
            "source": "a test",
            "frame": "odom",
            "figure": {"polygon": {"corners": FIGURES[name]}},
        }
    )
    assert "polygon" in problems(tmp_path, yaml.safe_dump(data))[0].key


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_limit_has_an_example_that_loads(kind):
    model = KINDS[kind].model
    assert model.model_validate(
        {"name": "x", "kind": kind, "channel": "base", "source": "a test", **model.example}
    )


def test_a_zone_in_the_body_frame_needs_sources_and_one_in_odom_takes_none(tmp_path):
    for frame, sources in (("body", []), ("odom", ["lidar"])):
        data = yaml.safe_load(TEXT)
        data["limits"].append(
            {
                "name": "z",
                "kind": "zone",
                "channel": "base",
                "source": "a test",
                "frame": frame,
                "figure": {"circle": {"radius": 1.0}},
                "sources": sources,
            }
        )
        assert "needs sources" in problems(tmp_path, yaml.safe_dump(data))[0].message


def test_a_source_that_a_limit_needs_cannot_be_optional(tmp_path):
    data = yaml.safe_load(TEXT)
    data["sources"]["lidar"]["required"] = False
    assert {p.key for p in problems(tmp_path, yaml.safe_dump(data))} == {"sources.lidar.required"}


@pytest.mark.parametrize(
    "text",
    ["a: &a [*a]\n", "a: " + "[" * 3000 + "]" * 3000, "a: " + "{b: " * 2000 + "}" * 2000,
     "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(f"{chr(98 + k)}: &{chr(98 + k)} [{', '.join(['*' + chr(97 + k)] * 9)}]\n"
                                           for k in range(8))],
    ids=["its own parent", "deep list", "deep map", "alias bomb"],
)  # fmt: skip
def test_a_file_made_to_overwhelm_is_refused(tmp_path, text):
    assert "at most" in problems(tmp_path, text)[0].allowed


@pytest.mark.parametrize(
    ("old", "new"),
    [("version: 1", "version: true"), ("bound: 0.8", "bound: true"), ("bound: 0.8", 'bound: "0.8"'),
     ("bound: 0.8", "bound: 1:30:00"), ("radius: 0.22", "radius: true"), ("timeout_s: 0.2", "timeout_s: 1e3"),
     ("linear: 0.8", "linear: 1.0e+9"), ("output: cmd_vel", "output: scan")],
)  # fmt: skip
def test_no_value_is_taken_for_another(tmp_path, old, new):
    assert len(problems(tmp_path, replaced(old, new))) == 1


@pytest.mark.parametrize(
    ("gone", "said"), [("travel_speed", "travel"), ("turn_speed", "turn"), ("unseen_space", "unseen")]
)
def test_a_channel_without_its_first_bounds_is_refused(tmp_path, gone, said):
    data = yaml.safe_load(TEXT)
    data["limits"] = [row for row in data["limits"] if row["name"] != gone]
    assert said in problems(tmp_path, yaml.safe_dump(data))[0].message


def by_axes(base, axes):
    """The shipped base, or another, whose travel is bounded along ``axes`` one by one."""
    data = yaml.safe_load(TEXT)
    data["channels"]["base"]["base"] = base
    data["limits"] = [row for row in data["limits"] if row["name"] != "travel_speed"]
    data["limits"] += [
        {"name": axis, "kind": "speed", "channel": "base", "axis": axis, "bound": 0.3, "source": "a test"}
        for axis in axes
    ]
    return yaml.safe_dump(data)


def test_a_base_that_drives_sideways_is_bounded_sideways(tmp_path):
    """By vx alone an omnidirectional base could be told any vy: it came to 4 m/s."""
    (missing,) = problems(tmp_path, by_axes("omnidirectional", ["vx"]))
    assert "travel" in missing.message and missing.allowed.endswith("vx and vy in both directions")
    assert problems(tmp_path, by_axes("differential", ["vy"]))
    for base, axes in (("omnidirectional", ["vx", "vy"]), ("differential", ["vx"])):
        (tmp_path / "sound.yaml").write_text(by_axes(base, axes))
        assert leaping(load_profile(tmp_path / "sound.yaml")) == []
