"""A robot's description that comes from a topic, as robot_state_publisher gives it."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

import rclpy
import yaml
from std_msgs.msg import String

from iatro_governor.errors import MissingPart, ProfileError
from iatro_governor.nodes import description, qos
from iatro_governor.nodes.description import description_of, received

pytestmark = pytest.mark.ros

PANDA = Path(__file__).resolve().parents[2] / "config" / "panda.yaml"


@pytest.fixture
def node(domain: int) -> Iterator[Any]:
    """A node that nobody spins."""
    context = rclpy.Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    made = rclpy.create_node("reader", context=context)
    yield made
    made.destroy_node()
    context.try_shutdown()


def write(folder: Path, robot: Any) -> Path:
    file = folder / "robot.yaml"
    file.write_text(yaml.safe_dump({"robot": robot}))
    return file


def say(node_here: Callable[[str], Any], text: str) -> None:
    publisher = node_here("robot_state_publisher").create_publisher(String, "robot_description", qos.STATE)
    publisher.publish(String(data=text))


def test_it_is_read_although_it_was_said_before(
    node: Any, node_here: Callable[[str], Any], tmp_path: Path
) -> None:
    say(node_here, "<robot/>")
    file = write(tmp_path, {"model": {"topic": "robot_description"}})
    assert description_of(node, file) == "<robot/>"
    assert list(node.subscriptions) == [], "it is read once"


def test_silence_is_named_with_its_cure(node: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(description, "PATIENCE_S", 0.2)
    file = write(tmp_path, {"model": {"topic": "/robot_description"}})
    with pytest.raises(
        MissingPart, match=r"no robot description on /robot_description within 0.2 s; start robot"
    ):
        description_of(node, file)


def test_another_type_on_the_topic_is_silence(node: Any, node_here: Callable[[str], Any]) -> None:
    from std_msgs.msg import Bool

    node_here("stranger").create_publisher(Bool, "robot_description", qos.STATE).publish(Bool(data=True))
    with pytest.raises(MissingPart):
        received(node, "robot_description", 0.2)


@pytest.mark.parametrize("robot", [{}, None, "text", {"model": None}, {"model": {"urdf": "a.urdf"}},
                                   {"model": {"topic": 3}}, {"model": ["topic"]}])  # fmt: skip
def test_a_profile_that_names_no_topic_waits_for_nothing(node: Any, robot: Any, tmp_path: Path) -> None:
    assert description_of(node, write(tmp_path, robot)) is None


@pytest.mark.parametrize("topic", ["a//b", "a/", "~x", ""])
def test_what_is_no_topic_is_left_to_who_checks_the_profile(node: Any, tmp_path: Path, topic: str) -> None:
    assert description_of(node, write(tmp_path, {"model": {"topic": topic}})) is None


def test_a_file_that_cannot_be_read_is_named(node: Any, tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.yaml"):
        description_of(node, tmp_path / "none.yaml")


def test_a_governor_starts_with_the_description_that_it_heard(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], tmp_path: Path
) -> None:
    pytest.importorskip("pinocchio", reason="Pinocchio is not installed")
    robots = (
        Path(sysconfig.get_paths()["purelib"]) / "cmeel.prefix" / "share" / "example-robot-data" / "robots"
    )
    if not robots.is_dir():
        pytest.skip("example-robot-data is not installed")
    data = yaml.safe_load(PANDA.read_text())
    data["robot"]["model"].pop("urdf")
    data["robot"]["model"]["topic"] = "robot_description"
    config = tmp_path / "panda.yaml"
    config.write_text(yaml.safe_dump(data))
    say(node_here, (robots / "panda_description" / "urdf" / "panda.urdf").read_text())
    governor = node_process("governor", config=config, ledger=tmp_path / "ledger.yaml")
    governor.wait_for("governing arm")
    governor.end()
    bad = tmp_path / "bad"
    bad.mkdir()
    say_again = node_here("again").create_publisher(String, "other_description", qos.STATE)
    say_again.publish(String(data="<robot name='empty'/>"))
    data["robot"]["model"]["topic"] = "other_description"
    config.write_text(yaml.safe_dump(data))
    refused = node_process("governor", config=config, ledger=bad / "ledger.yaml")
    assert refused.wait(20.0) == 2
    assert "robot.model.topic" in refused.output and "Traceback" not in refused.output
