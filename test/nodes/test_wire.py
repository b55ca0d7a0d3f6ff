"""docs/reference/wire.md is what nodes that run have on the graph."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "wire.md"
SPACE = "amr1"
GRAPH_S = 30.0

Ends = set[tuple[str, str, str]]


def rows(section: str) -> list[tuple[str, str, str, str]]:
    """does, name, type and quality of service of each row of a section's table of ends."""
    text = PAGE.read_text(encoding="utf-8").partition(f"\n### {section}")[2].partition("\n### ")[0]
    found = re.findall(
        r"^\| (publishes|subscribes|serves) \| `([^`]+)` \| `([^`]+)` \|(?: (.*?) \|)?$", text, re.M
    )
    assert found
    return found


def documented(node: str) -> dict[tuple[str, str, str], str]:
    """Each end that the page gives ``node``, resolved in the namespace, and its quality of service."""
    usual = [row for row in rows("Every node") if node == "governor" or not is_lifecycle(row)]
    out = {}
    for way, name, kind, qos in [*rows(node), *usual]:
        full = name if name.startswith("/") else f"/{SPACE}/{name.replace('~', node)}"
        out[way, full, kind if "/" in kind else f"iatro_governor/msg/{kind}"] = qos
    return out


def is_lifecycle(row: tuple[str, str, str, str]) -> bool:
    return row[2].startswith("lifecycle_msgs/")


def on_the_graph(observer: Any, node: str) -> Ends:
    """What the graph says of a node that runs."""
    looks = {
        "publishes": observer.get_publisher_names_and_types_by_node,
        "subscribes": observer.get_subscriber_names_and_types_by_node,
        "serves": observer.get_service_names_and_types_by_node,
    }
    try:
        return {(way, name, kind) for way, look in looks.items() for name, kinds in look(node, f"/{SPACE}")
                for kind in kinds}  # fmt: skip
    except Exception as error:
        if type(error).__name__ != "NodeNameNonExistentError":
            raise
        return set()


def seen_qos(observer: Any, node: str, way: str, topic: str) -> set[str]:
    """The quality of service that a node's end of a topic has on the graph, which does not tell the depth."""
    look = (
        observer.get_publishers_info_by_topic
        if way == "publishes"
        else observer.get_subscriptions_info_by_topic
    )
    text = importlib.import_module("iatro_governor.nodes.wire").qos_text
    return {without_depth(text(end.qos_profile)) for end in look(topic) if end.node_name == node}


def without_depth(qos: str) -> str:
    return re.sub(r", keep last \d+", "", qos)


@pytest.mark.ros
def test_the_running_graph_is_as_documented(
    node_process: Callable[..., Any],
    node_here: Callable[[str], Any],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    observer = node_here("observer")
    names = ("recorder", "witness", "watch", "planner_bridge", "planner_chat", "governor")
    for name in names:
        node_process(name, namespace=f"/{SPACE}", ledger=tmp_path / "ledger.yaml")
    for name in names:
        expected = documented(name)
        wait_until(lambda: on_the_graph(observer, name) >= set(expected), GRAPH_S, f"ends of {name}")  # noqa: B023
        assert on_the_graph(observer, name) == set(expected)
        for (way, topic, _), qos in expected.items():
            if qos:
                told = {without_depth(each) for each in qos.split("; ")}
                assert seen_qos(observer, name, way, topic) == told, (name, topic)


def test_the_test_of_the_graph_reads_the_page() -> None:
    governor = documented("governor")
    assert ("publishes", "/amr1/governor/decision", "iatro_governor/msg/GovernorDecision") in governor
    assert ("publishes", "/diagnostics", "diagnostic_msgs/msg/DiagnosticArray") in governor
    assert ("serves", "/amr1/governor/change_state", "lifecycle_msgs/srv/ChangeState") in governor
    assert ("serves", "/amr1/witness/change_state", "lifecycle_msgs/srv/ChangeState") not in documented(
        "witness"
    )
