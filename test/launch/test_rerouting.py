"""Remaps at launch: what names no topic, cannot be read, or leads a planner past the governor is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iatro_governor.nodes.bridge_rules import bridged, leaks
from iatro_governor.nodes.rerouting import (
    Line,
    RemapRefused,
    Topics,
    bypasses,
    parsed,
    resolved,
    routed,
)

ROOT = Path(__file__).resolve().parents[2]
AMR = Topics.of(ROOT / "config" / "amr.yaml")
PANDA = Topics.of(ROOT / "config" / "panda.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "cmd_vel",
        "a:=",
        ":=b",
        "a:=b:=c",
        "__ns:=/x",
        "a:=__node",
        "a:=b*",
        "a:={ns}/b",
        "n:a:=b",
        "rostopic://a:=b",
    ],
)
def test_what_is_no_remap_of_a_topic_is_refused(text: str) -> None:
    with pytest.raises(RemapRefused, match="planner_remaps"):
        parsed(text, "planner_remaps")


def test_a_topic_is_remapped_once() -> None:
    with pytest.raises(RemapRefused, match="cmd_vel is remapped twice"):
        parsed("cmd_vel:=a cmd_vel:=b", "actuator_remaps")


@pytest.mark.parametrize(
    ("kind", "rule", "namespace"),
    [
        ("planner_remaps", "cmd_vel_planner:=cmd_vel", ""),
        ("planner_remaps", "cmd_vel_planner:=/cmd_vel", ""),
        ("planner_remaps", "cmd_vel_planner:=/amr1/cmd_vel", "amr1"),
        ("planner_remaps", "cmd_vel_planner:=/amr1/cmd_vel", "/amr1/"),
        ("actuator_remaps", "cmd_vel:=cmd_vel_planner", ""),
    ],
)
def test_an_input_that_would_move_the_robot_is_refused(kind: str, rule: str, namespace: str) -> None:
    with pytest.raises(RemapRefused, match="the planner would bypass the governor"):
        routed(AMR, {kind: rule}, namespace)


def test_other_topics_of_the_actuator_are_no_inputs_either() -> None:
    topics = Topics((Line("wanted", "cmd_vel", ("cmd_vel_unstamped",)),), ())
    with pytest.raises(RemapRefused, match="/cmd_vel_unstamped would be an input"):
        routed(topics, {"planner_remaps": "wanted:=cmd_vel_unstamped"}, "")


def test_a_planner_that_would_be_the_sensor_is_refused() -> None:
    with pytest.raises(RemapRefused, match="the planner could say what the sensor sees"):
        routed(AMR, {"sensor_remaps": "scan:=cmd_vel_planner"}, "")


def test_two_channels_do_not_share_an_output() -> None:
    with pytest.raises(RemapRefused, match="the output of two channels"):
        routed(PANDA, {"actuator_remaps": "arm/velocity:=gripper"}, "")


def test_a_rule_is_about_a_topic_of_its_kind() -> None:
    with pytest.raises(RemapRefused, match=r"no topic cmd_vel there \(it names cmd_vel_planner\)"):
        routed(AMR, {"planner_remaps": "cmd_vel:=elsewhere"}, "")


def test_a_planner_that_publishes_where_robots_listen_meets_the_governor() -> None:
    routes = routed(AMR, {"actuator_remaps": "cmd_vel:=base/cmd_vel"}, "amr1")
    rules = dict(routes.for_planner([("plan", "cmd_vel_planner")]))
    assert rules["base/cmd_vel"] == "cmd_vel_planner"
    assert rules["plan"] == "cmd_vel_planner"


@pytest.mark.parametrize("to", ["base/cmd_vel", "/amr1/base/cmd_vel"])
def test_a_planner_of_its_own_mind_is_refused(to: str) -> None:
    routes = routed(AMR, {"actuator_remaps": "cmd_vel:=base/cmd_vel"}, "amr1")
    with pytest.raises(RemapRefused, match="moves an actuator"):
        routes.for_planner([("plan", to)])


NAMES = st.sampled_from(
    ["cmd_vel", "cmd_vel_planner", "scan", "odom", "other", "/amr1/cmd_vel", "/cmd_vel", "/other"]
)


@given(
    planner=NAMES, actuator=NAMES, sensor=NAMES, own=NAMES, namespace=st.sampled_from(["", "amr1", "/amr1"])
)
def test_whatever_is_allowed_leads_no_planner_to_an_actuator(
    planner: str, actuator: str, sensor: str, own: str, namespace: str
) -> None:
    given = {
        "planner_remaps": f"cmd_vel_planner:={planner}",
        "actuator_remaps": f"cmd_vel:={actuator}",
        "sensor_remaps": f"scan:={sensor}",
    }
    try:
        routes = routed(AMR, given, namespace)
        rules = dict(routes.for_planner([("mine", own)]))
    except RemapRefused:
        return
    moving = {resolved(topic, namespace) for topic in routes.topics.moving}
    assert bypasses(routes.topics, namespace) == []
    assert moving.isdisjoint(resolved(new, namespace) for new in rules.values())
    assert {resolved(topic, namespace) for topic in routes.topics.inputs}.isdisjoint(moving)


def test_a_file_that_is_no_profile_is_named(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    for text in ("channels: 3", "[]", "a: [", ""):
        file.write_text(text)
        with pytest.raises(RemapRefused, match=r"robot\.yaml"):
            Topics.of(file)
    with pytest.raises(RemapRefused, match=r"none\.yaml"):
        Topics.of(tmp_path / "none.yaml")


def entry(ros: str, direction: str) -> dict[str, str]:
    types = {"ros_type_name": "a", "gz_type_name": "b"}
    return {"ros_topic_name": ros, "gz_topic_name": "x", "direction": direction, **types}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (entry("cmd_vel", "BIDIRECTIONAL"), "publish on an actuator's topic"),
        (entry("/cmd_vel", "GZ_TO_ROS"), "publish on an actuator's topic"),
        (entry("cmd_vel_planner", "ROS_TO_GZ"), "only governed outputs"),
        (entry("anything", "BIDIRECTIONAL"), "only governed outputs"),
    ],
)
def test_a_bridge_carries_what_is_governed_and_nothing_else(more: dict[str, str], told: str) -> None:
    sound = [entry("cmd_vel", "ROS_TO_GZ"), entry("scan", "GZ_TO_ROS")]
    assert leaks(sound, AMR) == []
    assert any(told in text for text in leaks([*sound, more], AMR))


def test_a_bridge_that_carries_no_output_is_told() -> None:
    assert "none of the outputs" in leaks([entry("scan", "GZ_TO_ROS")], AMR)[0]


UPWARDS = "- {ros_topic_name: a, gz_topic_name: b, ros_type_name: c, gz_type_name: d, direction: UP}"


@pytest.mark.parametrize("text", ["{}", "- {ros_topic_name: a}", "- 3", "a: [", UPWARDS])
def test_what_is_no_bridge_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bridge.yaml"
    file.write_text(text)
    with pytest.raises(RemapRefused, match=r"bridge\.yaml"):
        bridged(file)
