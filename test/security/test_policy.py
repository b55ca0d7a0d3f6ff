"""The access policy: what SROS2 takes, what running nodes need, and nothing that a planner could misuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from iatro_governor.cli._sros2 import document, grants
from iatro_governor.cli.main import app
from iatro_governor.errors import IatroError
from iatro_governor.ledger import standing
from iatro_governor.profile.load import load_data
from test.forked import iatro
from test.security.rules import Allowed, allowed, faults

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / "config").glob("*.yaml"))
COMMITTED = sorted((ROOT / "security/policies").glob("*.xml"))
PLANNERS = ("planner", "planner_bridge", "planner_chat")
SPACE = "amr1"
STANDING = {topic if topic.startswith("/") else f"/{SPACE}/{topic}" for topic in standing.TOPICS}


def policy(config: Path, space: str = "r1") -> ElementTree.Element:
    return ElementTree.fromstring(document(grants(load_data(config)), space))


@pytest.fixture(params=CONFIGS, ids=lambda path: path.stem)
def enclaves(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Allowed]]:
    return load_data(request.param), allowed(policy(request.param))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("space", ["r1", ""])
def test_it_is_what_sros2_takes(config: Path, space: str) -> None:
    assert list(faults(policy(config, space))) == []


@pytest.mark.parametrize("file", COMMITTED, ids=lambda path: path.name)
def test_the_files_are_what_the_profiles_say(file: Path) -> None:
    robot = file.name.partition(".")[0]
    text = file.read_text(encoding="utf-8")
    made = document(grants(load_data(ROOT / f"config/{robot}.yaml")), f"{robot}1")
    assert text == made, (
        f"run: iatro policy config/{robot}.yaml --robot {robot}1 --out {file.relative_to(ROOT)}"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('<policy version="1"><enclaves/></policy>', "enclaves are there"),
        ("<policy><enclaves/></policy>", "version"),
        ('<policy version="1"/>', "one element"),
        ('<policy version="1"><enclaves><enclave path="a"/></enclaves></policy>', "absolute path"),
    ],
)
def test_what_is_no_policy_is_seen(text: str, fault: str) -> None:
    assert any(fault in one for one in faults(ElementTree.fromstring(text)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("publish=", "publishes="),
        ("ALLOW", "PERMIT"),
        ("<topic>odom</topic>", "<service>odom</service>"),
        ("odom<", "od om<"),
        ('ns="/r1" ', ""),
    ],
)
def test_a_wrong_rule_is_seen(right: str, wrong: str) -> None:
    text = document(grants(load_data(ROOT / "config/amr.yaml")), "r1")
    assert list(faults(ElementTree.fromstring(text.replace(right, wrong, 1))))


def test_no_planner_publishes_what_moves_the_robot_or_what_the_governor_believes(
    enclaves: tuple[Any, dict[str, Allowed]],
) -> None:
    profile, found = enclaves
    trusted = {f"/r1/{source.topic}" for source in profile.sources.values()}
    trusted |= {f"/r1/{channel.output}" for channel in profile.channels.values()}
    trusted |= {f"/r1/{topic}" for channel in profile.channels.values() for topic in channel.actuator.topics}
    for name in PLANNERS:
        mine = found[name]
        assert not mine["publish"] & trusted
        assert not [
            one for one in mine["publish"] if one.startswith(("/r1/governor", "/r1/recorder", "/r1/witness"))
        ]
        assert mine["request"] == mine["call"] == set(), (
            "no planner calls a service, reset and recover least of all"
        )
        assert {f"/r1/{channel.input}" for channel in profile.channels.values()} <= mine["publish"]


def test_each_trusted_topic_has_one_writer(enclaves: tuple[Any, dict[str, Allowed]]) -> None:
    profile, found = enclaves
    writers = {
        **{channel.output: {"governor", "watch"} for channel in profile.channels.values()},
        **{source.topic: {"robot"} for source in profile.sources.values()},
        "governor/decision": {"governor"},
        "governor/state": {"governor"},
        "governor/heartbeat": {"governor"},
        "recorder/ack": {"recorder"},
        "recorder/head": {"recorder"},
        "witness/disagreement": {"witness"},
    }
    for topic, who in writers.items():
        assert {name for name, one in found.items() if f"/r1/{topic}" in one["publish"]} == who, topic


def test_only_the_operator_calls_the_governor(enclaves: tuple[Any, dict[str, Allowed]]) -> None:
    _, found = enclaves
    assert {name for name, one in found.items() if one["request"]} == {"operator"}
    assert {"/r1/governor/reset", "/r1/governor/recover"} <= found["operator"]["request"]


def test_there_are_wildcards_for_the_operators_own_name_alone(
    enclaves: tuple[Any, dict[str, Allowed]],
) -> None:
    _, found = enclaves
    wild = {name for one in found.values() for names in one.names.values() for name in names if "*" in name}
    assert wild and all(name.startswith("/r1/operator_*/") for name in wild)


def test_every_topic_is_one_that_somebody_reads_and_somebody_writes(
    enclaves: tuple[Any, dict[str, Allowed]],
) -> None:
    """A topic of one end alone is a slip of the pen; those for people and for the operator's tools are named here."""
    _, found = enclaves
    written = set().union(*(one["publish"] for one in found.values()))
    read = set().union(*(one["subscribe"] for one in found.values()))
    assert read <= written
    assert written - read == {
        "/parameter_events",
        "/rosout",
        "/r1/governor/markers",
        "/r1/governor/transition_event",
    }


def test_the_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "policy.xml"
    done = iatro("policy", ROOT / "config/amr.yaml", "--robot", "/amr1/", "--out", out, "--json")
    assert done.returncode == 0 and set(json.loads(done.stdout)) == {
        *allowed(ElementTree.parse(out).getroot())
    }
    assert iatro("policy", tmp_path / "missing.yaml").returncode == 2


@pytest.mark.parametrize("robot", ["a b", "1st", "a//b", "//a", "a-b", 'a"b', "a/1", "a\n"])
def test_a_name_that_no_node_could_have_is_refused(robot: str, tmp_path: Path) -> None:
    out = tmp_path / "policy.xml"
    told = CliRunner().invoke(
        app, ["policy", str(ROOT / "config/amr.yaml"), "--robot", robot, "--out", str(out)]
    )
    assert isinstance(told.exception, IatroError) and repr(robot) in str(told.exception)
    assert not out.exists()


@pytest.mark.parametrize(
    ("robot", "path"), [("", "/governor"), ("/", "/governor"), ("/a/b_1/", "/a/b_1/governor")]
)
def test_one_slash_at_either_end_changes_nothing(robot: str, path: str) -> None:
    told = CliRunner().invoke(app, ["policy", str(ROOT / "config/amr.yaml"), "--robot", robot])
    assert told.exit_code == 0 and f'<enclave path="{path}">' in told.stdout


def ends(observer: Any, node: str) -> dict[str, set[str]]:
    """What the graph says of a node, as a policy says it."""
    looks = {
        "publish": observer.get_publisher_names_and_types_by_node,
        "subscribe": observer.get_subscriber_names_and_types_by_node,
        "reply": observer.get_service_names_and_types_by_node,
    }
    try:
        return {verb: {name for name, _ in look(node, f"/{SPACE}")} for verb, look in looks.items()}
    except Exception as error:
        if type(error).__name__ != "NodeNameNonExistentError":
            raise
        return {}


@pytest.mark.ros
def test_running_nodes_have_what_they_are_allowed_and_nothing_else(
    node_process: Callable[..., Any], observer: Any, wait_until: Callable[..., None], tmp_path: Path
) -> None:
    found = allowed(policy(ROOT / "config/amr.yaml", SPACE))
    names = ("recorder", "witness", "watch", "planner_bridge", "planner_chat", "governor")
    for name in names:
        node_process(name, namespace=f"/{SPACE}", ledger=tmp_path / "ledger.yaml")
    for name in names:
        expected = {verb: found[name][verb] for verb in ("publish", "subscribe", "reply")}
        expected["subscribe"] -= (
            STANDING  # listened to only where somebody speaks there, and nobody does here
        )
        wait_until(lambda: ends(observer, name) == expected, 30.0, f"{name}: {expected}")  # noqa: B023
