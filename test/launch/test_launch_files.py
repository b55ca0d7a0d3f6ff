"""Every launch file, bridge and world, looked at without ROS 2's launch: described, complete, and past nobody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from iatro_governor.nodes.bridge_rules import bridged, leaks
from iatro_governor.nodes.rerouting import Topics
from test.launch.recorded import Recorded, Said, carried_out, description, standing_in

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "launch").glob("*.launch.py"))
WORLDS = sorted((ROOT / "worlds").glob("*.sdf"))
BRIDGES = {"warehouse": "amr", "bench": "panda"}
"""Each world that has a bridge, and the profile of the robot in it."""
REQUIRED = {
    "gazebo": {"ledger": "sim.yaml"},
    "review": {"db": "l.db"},
    "replay": {"db": "l.db", "incident": "7"},
}
GOVERNED = {"governor", "robot_with_planner", "gazebo"}
PARAMETERS = {"config", "robot", "ledger", "use_sim_time"}
BRIDGED = {
    "geometry_msgs/msg/TwistStamped": {"gz.msgs.Twist"},
    "geometry_msgs/msg/WrenchStamped": {"gz.msgs.Wrench"},
    "nav_msgs/msg/Odometry": {"gz.msgs.Odometry", "gz.msgs.OdometryWithCovariance"},
    "rosgraph_msgs/msg/Clock": {"gz.msgs.Clock"},
    "sensor_msgs/msg/JointState": {"gz.msgs.Model"},
    "sensor_msgs/msg/LaserScan": {"gz.msgs.LaserScan"},
    "trajectory_msgs/msg/JointTrajectory": {"gz.msgs.JointTrajectory"},
}
"""What ros_gz_bridge can carry, of the types that our worlds use (its README, 2026-11)."""

every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])


@pytest.fixture
def stood_in() -> Iterator[None]:
    with standing_in():
        yield


def name_of(file: Path) -> str:
    return file.name.split(".")[0]


def plain(value: Any, said: dict[str, str]) -> str:
    """The text of a default: another argument's value, or itself."""
    return said[value.name] if isinstance(value, Recorded) else str(value)


def described(file: Path) -> tuple[list[Recorded], Said]:
    """The entities of a launch file, and its arguments' values, defaults where there are any."""
    entities = description(file)
    said: dict[str, str] = {}
    for entity in entities:
        if entity.kind == "DeclareLaunchArgument":
            default = entity.kwargs.get("default_value")
            given = REQUIRED.get(name_of(file), {})
            said[entity.name] = given[entity.name] if default is None else plain(default, said)
    return entities, Said(said)


def test_all_five_are_there() -> None:
    assert [name_of(file) for file in FILES] == [
        "gazebo",
        "governor",
        "replay",
        "review",
        "robot_with_planner",
    ]


@every_file
def test_every_argument_is_described_and_used(stood_in: None, file: Path) -> None:
    entities, said = described(file)
    declared = [entity for entity in entities if entity.kind == "DeclareLaunchArgument"]
    for argument in declared:
        assert len(argument.kwargs["description"].split()) >= 2, argument.name
    assert len({argument.name for argument in declared}) == len(declared)
    required = {one.name for one in declared if one.kwargs.get("default_value") is None}
    assert required == set(REQUIRED.get(name_of(file), {}))
    carried_out(entities, said)
    assert said.asked >= set(said), f"declared and never used: {set(said) - said.asked}"


@every_file
def test_every_process_is_installed_and_takes_its_parameters(stood_in: None, file: Path) -> None:
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    (listed,) = re.findall(r"set\(programs\s+([^)]*)\)", text)
    nodes = [one for one in carried_out(*described(file)) if one.kind in ("Node", "ExecuteProcess")]
    assert nodes
    for node in nodes:
        if node.kind == "ExecuteProcess":
            program = node.kwargs["cmd"][0].kwargs
        else:
            program = {name: node.kwargs[name] for name in ("package", "executable")}
        if program["package"] == "iatro_governor":
            assert program["executable"] in listed.split()
            assert os.access(ROOT / "scripts" / program["executable"], os.X_OK)


@pytest.mark.parametrize("name", sorted(GOVERNED))
def test_a_governed_robot_comes_up_in_order_and_comes_back(stood_in: None, name: str) -> None:
    file = ROOT / "launch" / f"{name}.launch.py"
    nodes = [one for one in carried_out(*described(file)) if one.kind == "Node"]
    ours = [n for n in nodes if n.kwargs["executable"] in ("recorder", "witness", "watch", "governor")]
    assert [node.kwargs["executable"] for node in ours] == ["recorder", "witness", "watch", "governor"]
    for node in ours:
        (parameters,) = node.kwargs["parameters"]
        assert set(parameters) == PARAMETERS
        assert node.kwargs["respawn"] is True
        assert node.kwargs["respawn_delay"] >= 0.1 and node.kwargs["respawn_max_retries"] >= 1
    shared = [node.kwargs["parameters"] for node in ours]
    assert all(each == shared[0] for each in shared), "one of them could tell more than the others"
    if name == "robot_with_planner":
        planner = nodes[-1]
        assert planner.kwargs["executable"] == "planner_replay" and not planner.kwargs.get("respawn")
        assert ("cmd_vel", "cmd_vel_planner") in planner.kwargs["remappings"]
        assert not {"config", "robot", "ledger"} & set(planner.kwargs["parameters"][-1])


def test_of_each_that_is_not_started_again_it_is_said_what_follows(stood_in: None) -> None:
    """Without its watch a robot goes on: whoever reads that it stays stopped would walk up to it."""
    entities, said = described(ROOT / "launch" / "governor.launch.py")
    said["respawn_limit"] = "2"
    handlers = [one.args[0] for one in carried_out(entities, said) if one.kind == "RegisterEventHandler"]
    context, told = SimpleNamespace(is_shutdown=False), dict[str, str]()
    for handler in handlers:
        dies = handler.kwargs["on_exit"]
        assert dies(None, context) == dies(None, context) == []
        (info,) = dies(None, context)
        told[handler.kwargs["target_action"].node_name] = info.kwargs["msg"]
    assert all(f"{name} has ended 3 times and is not started again" in text for name, text in told.items())
    assert "nothing moves the robot any more" in told.pop("governor")
    assert "nobody stops it if the governor dies" in told["watch"]
    assert "and is stopped then" in told["recorder"] and "iatro ledger judge" in told["witness"]
    assert all("the robot goes on" in text for text in told.values())


def test_nothing_but_the_settings_file_tells_a_simulation_from_the_field(stood_in: None) -> None:
    """Of the parameters and names that other nodes can read, gazebo's differ from the field's by the clock alone."""
    both = []
    for name in ("governor", "gazebo"):
        entities, said = described(ROOT / "launch" / f"{name}.launch.py")
        said["ledger"], said["use_sim_time"] = "/x/ledger.yaml", "true"
        nodes = [one for one in carried_out(entities, said) if one.kind == "Node"]
        both.append([one.kwargs for one in nodes if one.kwargs["package"] == "iatro_governor"])
    assert both[0] == both[1]


@pytest.mark.parametrize("headless", ["true", "false"])
def test_gazebo_has_a_window_unless_told_otherwise(stood_in: None, headless: str) -> None:
    entities, said = described(ROOT / "launch" / "gazebo.launch.py")
    said["headless"] = headless
    (simulator,) = [one for one in carried_out(entities, said) if one.kind == "IncludeLaunchDescription"]
    words = dict(simulator.kwargs["launch_arguments"])["gz_args"].split()
    assert words[-1] == str(ROOT / "worlds" / "warehouse.sdf")
    assert ("-s" in words) == (headless == "true")


# Bridges.


@pytest.mark.parametrize(("world", "profile"), BRIDGES.items(), ids=list(BRIDGES))
def test_a_bridge_carries_only_what_is_governed(world: str, profile: str) -> None:
    topics = Topics.of(ROOT / "config" / f"{profile}.yaml")
    entries = bridged(ROOT / "worlds" / f"{world}_bridge.yaml")
    assert leaks(entries, topics) == []
    known = {*topics.outputs, *topics.sensors, "/clock"}
    assert {entry["ros_topic_name"] for entry in entries} <= known
    for entry in entries:
        assert entry["gz_type_name"] in BRIDGED[entry["ros_type_name"]]


@pytest.mark.parametrize(("world", "profile"), BRIDGES.items(), ids=list(BRIDGES))
def test_a_bridge_has_the_types_of_the_profile_and_the_topics_of_the_world(world: str, profile: str) -> None:
    from iatro_governor.nodes.rerouting import resolved

    entries = bridged(ROOT / "worlds" / f"{world}_bridge.yaml")
    models = [uri.removeprefix("model://") for uri in uris(ROOT / "worlds" / f"{world}.sdf")]
    trees = [ET.parse(ROOT / "worlds" / "models" / model / "model.sdf") for model in models]
    told = {one.text for tree in trees for tag in ("topic", "odom_topic") for one in tree.iter(tag)} | {
        "clock"
    }
    assert {entry["gz_topic_name"] for entry in entries} <= told
    page = (ROOT / "docs" / "reference" / "wire.md").read_text(encoding="utf-8")
    types = dict(re.findall(r"\| `(\w+)` \| `([\w/]+)` \|", page))
    data = yaml.safe_load((ROOT / "config" / f"{profile}.yaml").read_text(encoding="utf-8"))
    wanted = {resolved(one["output"], ""): types[one["type"]] for one in data["channels"].values()}
    wanted |= {resolved(one["topic"], ""): types[one["type"]] for one in data["sources"].values()}
    wanted["/clock"] = "rosgraph_msgs/msg/Clock"
    for entry in entries:
        assert entry["ros_type_name"] == wanted[resolved(entry["ros_topic_name"], "")]


# Worlds.


def uris(world: Path) -> list[str]:
    return [str(one.text) for one in ET.parse(world).iter("uri")]


@pytest.mark.parametrize("world", WORLDS, ids=lambda path: path.stem)
def test_a_world_is_of_1_9_and_holds_only_models_of_ours(world: Path) -> None:
    assert ET.parse(world).getroot().get("version") == "1.9"
    for uri in uris(world):
        folder = ROOT / "worlds" / "models" / uri.removeprefix("model://")
        assert ET.parse(folder / "model.sdf").getroot().get("version") == "1.9"
        (model,) = ET.parse(folder / "model.sdf").getroot().findall("model")
        assert ET.parse(folder / "model.config").findtext("name") == model.get("name") == folder.name
    assert any(uri.endswith("person") for uri in uris(world))


def test_the_arm_in_gazebo_has_the_joints_of_its_profile() -> None:
    data = yaml.safe_load((ROOT / "config" / "panda.yaml").read_text(encoding="utf-8"))
    root = ET.parse(ROOT / "worlds" / "models" / "arm" / "model.sdf").getroot()
    moving = [str(one.get("name")) for one in root.iter("joint") if one.get("type") == "revolute"]
    assert moving == data["channels"]["arm"]["joints"]
    assert [one.text for one in root.iter("joint_name")] == moving


CHECKER = next((tool for tool in ("gz", "ign") if shutil.which(tool)), None)
CHECKED = [*WORLDS, *sorted((ROOT / "worlds" / "models").glob("*/model.sdf"))]


@pytest.mark.parametrize("file", CHECKED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_libsdformat_takes_it(file: Path) -> None:
    done = checked(file)
    assert done.returncode == 0, done.stdout
    told = [line for line in done.stdout.splitlines() if "backward.so" not in line]
    assert told == ["Valid."]


def test_libsdformat_refuses_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "wrong.sdf"
    file.write_text((ROOT / "worlds" / "bench.sdf").read_text().replace("model://arm", "model://none"))
    assert checked(file).returncode != 0


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """What the checker says of ``file``."""
    if CHECKER is None:
        pytest.skip("neither gz nor ign is installed (Debian: libsdformat-dev, ignition-tools)")
    environment = {**os.environ, "SDF_PATH": str(ROOT / "worlds" / "models")}
    done = subprocess.run(
        [CHECKER, "sdf", "-k", str(file)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip
    if "is not a gz command" in done.stdout or "Unable to find" in done.stdout.splitlines()[:1]:
        pytest.skip(f"{CHECKER} has no sdf command (Debian: libsdformat-dev)")
    return done
