"""The views for RViz and Foxglove show what is on the wire: each topic, type, field and frame exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOXGLOVE = json.loads((ROOT / "views" / "governor.foxglove.json").read_text(encoding="utf-8"))
RVIZ = yaml.safe_load((ROOT / "views" / "governor.rviz").read_text(encoding="utf-8"))
AMR = yaml.safe_load((ROOT / "config" / "amr.yaml").read_text(encoding="utf-8"))
DISPLAYS = {
    "rviz_default_plugins/MarkerArray": "visualization_msgs/msg/MarkerArray",
    "rviz_default_plugins/LaserScan": "sensor_msgs/msg/LaserScan",
    "rviz_default_plugins/Odometry": "nav_msgs/msg/Odometry",
}
ON_A_SCREEN = ("visualization_msgs/msg/MarkerArray", "sensor_msgs/msg/LaserScan", "nav_msgs/msg/Odometry")


def wire() -> dict[str, tuple[str, str]]:
    """Each topic of the wire table, its type and its reliability as published (sensors: as they are read)."""
    page = (ROOT / "docs" / "reference" / "wire.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| (publishes|subscribes) \| `([\w/]+)` \| `([\w/]+)` \| ([\w ]+?)[,|]", page)
    found: dict[str, tuple[str, str]] = {}
    for does, topic, kind, reliability in sorted(rows, reverse=True):
        if does == "publishes" or topic not in found:
            found[topic] = kind, reliability.strip()
    return found


WIRE = wire()


def frames() -> set[str]:
    """Every frame of the profile that the views are made for."""
    robot = AMR["robot"]
    return {robot["base_frame"], robot["odom_frame"]} | {
        source["frame"] for source in AMR["sources"].values() if "frame" in source
    }


def keyed(value: Any, keys: set[str]) -> Iterator[str]:
    """Every text under one of ``keys``, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and isinstance(inner, str):
                yield inner
            yield from keyed(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from keyed(inner, keys)


def fields(kind: str) -> dict[str, str]:
    """Fields of a message of ours, and their types."""
    text = (ROOT / "msg" / f"{kind}.msg").read_text(encoding="utf-8")
    lines = (line.split("#")[0].split() for line in text.splitlines())
    return {words[1]: words[0] for words in lines if len(words) == 2 and "=" not in words[1]}


def missing(path: str) -> str | None:
    """What of a Foxglove message path there is not."""
    match = re.fullmatch(r"/([\w/]+)((?:\.\w+(?:\[[-:\d]*\])?)*)", path)
    if match is None:
        return f"{path} is no path"
    topic, rest = match.groups()
    if topic not in WIRE:
        return f"{path}: no topic {topic}"
    kind = WIRE[topic][0]
    for step in rest.split(".")[1:]:
        name, _, index = step.partition("[")
        if name not in fields(kind):
            return f"{path}: {kind} has no {name}"
        kind = fields(kind)[name]
        if index and "[" not in kind:
            return f"{path}: {name} is no list"
        kind = kind.split("[")[0]
    return None


def test_the_wire_table_is_read() -> None:
    assert WIRE["governor/decision"] == ("GovernorDecision", "reliable")
    assert WIRE["scan"] == ("sensor_msgs/msg/LaserScan", "best effort")


@pytest.mark.parametrize(
    "path", ["/governor/decisions.state", "/governor/decision.mood", "/governor/decision.state[0]", "nothing"]
)
def test_what_is_not_on_the_wire_is_found(path: str) -> None:
    assert missing(path) is not None


def test_every_path_in_foxglove_is_on_the_wire() -> None:
    paths = list(keyed(FOXGLOVE["configById"], {"topicPath", "value"}))
    assert len(paths) > 10
    assert [told for path in paths if (told := missing(path))] == []


def test_every_panel_is_in_the_layout_once() -> None:
    placed = re.findall(r'"(?:first|second)": "([^"]+)"', json.dumps(FOXGLOVE["layout"]))
    assert sorted(placed) == sorted(FOXGLOVE["configById"])


def test_what_foxglove_draws_has_a_place_and_a_type_that_it_draws() -> None:
    scene = FOXGLOVE["configById"]["3D!zones"]
    assert all(WIRE[topic.strip("/")][0] in ON_A_SCREEN for topic in scene["topics"])
    assert "/governor/markers" in scene["topics"]
    assert set(keyed(scene, {"followTf", "frameId"})) <= frames()


def test_every_display_in_rviz_is_on_the_wire_as_it_is_sent() -> None:
    shown = [one for one in RVIZ["Visualization Manager"]["Displays"] if "Topic" in one]
    assert len(shown) >= 3
    for one in shown:
        kind, reliability = WIRE[one["Topic"]["Value"]]
        assert DISPLAYS[one["Class"]] == kind
        assert one["Topic"]["Reliability Policy"].lower() == reliability
    named = set(keyed(RVIZ, {"Fixed Frame", "Reference Frame", "Target Frame"}))
    assert named and named <= frames()


def test_words_stand_beside_the_action() -> None:
    paths = set(keyed(FOXGLOVE["configById"], {"topicPath", "value"}))
    for needed in (
        "/planner/statement.text",
        "/witness/disagreement.verdict",
        "/governor/decision.limits[:].margin",
    ):
        assert needed in paths
