"""Shadow mode: every command goes out as it came, the record is as ever, and only the operator is told."""

from __future__ import annotations

import importlib
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iatro_governor.ledger.reader import Reader
from test.nodes.asking import answer

pytestmark = pytest.mark.ros

ROOT = Path(__file__).resolve().parents[2]
GIVEAWAYS = ("shadow", "unsafe")


@pytest.fixture
def shadow(governed: Any) -> Any:
    governed.config.write_text(f"unsafe_shadow: true\n{governed.config.read_text()}")
    return governed


def ready(shadow: Any) -> None:
    """Start the governor, and wait until it would obey a command."""
    shadow.launch()
    free = {"awaiting_command"}
    shadow.until(lambda: shadow.bench.decisions and shadow.bench.faults <= free, "ready", 40.0)


def test_a_command_goes_out_as_it_came_and_the_record_says_what_would_have(shadow: Any) -> None:
    ready(shadow)
    shadow.bench.command = (2.0, 0.0)
    shadow.until(lambda: shadow.bench.speed == 2.0, "2 m/s, far beyond the limit")
    assert {vx for _, vx, _ in shadow.bench.outputs if vx} == {2.0}, "not ramped either"
    shadow.until(lambda: shadow.bench.latest["limits"], "a decision that names the limit")
    decided = [body for body in shadow.bench.decisions if body["limits"]]
    assert all(body["allowed"][0] <= 0.8 + 1e-9 for body in decided)
    # What is no command cannot go out, in this mode or any.

    def named() -> bool:
        shadow.bench.send(math.nan)
        return bool(shadow.bench.told("command_malformed"))

    shadow.until(named, "a decision that names it")
    assert all(math.isfinite(vx) for _, vx, _ in shadow.bench.outputs)
    assert "NOTHING IS ENFORCED" in shadow.governor.output


def test_it_ends_with_the_robot_at_rest(shadow: Any) -> None:
    ready(shadow)
    shadow.bench.command = (0.6, 0.0)
    shadow.until(lambda: shadow.bench.speed == 0.6, "0.6 m/s")
    assert shadow.governor.end(20.0) == 0
    shadow.wait(lambda: shadow.bench.twist == (0.0, 0.0), 5.0, "exact zeros")


def test_a_latched_robot_is_not_let_loose(shadow: Any) -> None:
    latch = {"id": "amr-1", "nonce": "00" * 16, "cause": "estop"}
    shadow.ledger.with_suffix(".latch").write_text(json.dumps(latch))
    assert shadow.launch().wait(20.0) == 2
    assert "latch amr-1 stands" in shadow.governor.output and "Traceback" not in shadow.governor.output


def walk(node: Any, wait: Callable[..., None]) -> str:
    """Everything that another node can ask for or listen to: names, types, nodes, parameters and their values."""
    from rcl_interfaces.srv import DescribeParameters, GetParameters, ListParameters

    seen = [node.get_topic_names_and_types(), node.get_service_names_and_types()]
    seen += [node.get_node_names_and_namespaces()]

    def ask(kind: Any, name: str, request: Any) -> Any:
        client = node.create_client(kind, name)
        return answer(client, request, wait, name)[0]

    for other in ("governor", "recorder"):
        names = ask(ListParameters, f"{other}/list_parameters", ListParameters.Request()).result.names
        seen += [names, ask(GetParameters, f"{other}/get_parameters", GetParameters.Request(names=names))]
        described = DescribeParameters.Request(names=names)
        seen += [ask(DescribeParameters, f"{other}/describe_parameters", described)]
    return repr(seen)


def message_class(kind: str) -> Any:
    """By its name on the graph, "std_msgs/msg/Bool"."""
    package, middle, name = kind.split("/")
    return getattr(importlib.import_module(f"{package}.{middle}"), name)


def command_lines(*processes: Any) -> str:
    return " ".join(Path(f"/proc/{one.pid}/cmdline").read_text() for one in processes)


def test_nothing_that_another_node_can_read_gives_it_away(
    shadow: Any, node_process: Callable[..., Any], node_here: Callable[[str], Any]
) -> None:
    own = {"config": shadow.config, "ledger": shadow.ledger}
    recorder = node_process("recorder", **own)
    watch = node_process("watch", **own)
    node, heard = node_here("spy"), []
    shadow.bench.recording = False
    ready(shadow)
    topics = {name: kinds[0] for name, kinds in node.get_topic_names_and_types()}
    assert {"/rosout", "/parameter_events", "/diagnostics", "/governor/decision", "/governor/state"} <= set(
        topics
    )
    for name, kind in topics.items():
        node.create_subscription(
            message_class(kind), name, lambda m, of=name: heard.append((of, repr(m))), 10
        )
    shadow.bench.command = (2.0, 0.0)
    needed = {"/rosout", "/diagnostics", "/governor/decision", "/governor/state", "/cmd_vel", "/recorder/ack"}
    shadow.until(
        lambda: any("travel_speed" in said for _, said in heard), "a decision that names the limit", 30.0
    )
    shadow.bench.press(True)
    shadow.until(lambda: needed <= {of for of, _ in heard}, "something on every topic", 30.0)
    text = walk(node, shadow.wait) + command_lines(shadow.governor, recorder, watch)
    text += "".join(said for _, said in heard)
    assert "travel_speed" in text and str(shadow.config) in text, "the walk sees what there is"
    assert not [word for word in GIVEAWAYS if word in text.lower()]
    # The operator, on the other hand, is told three times.
    assert "UNSAFE SHADOW MODE" in shadow.governor.output
    shadow.governor.end(20.0)
    assert recorder.end(20.0) == 0
    with Reader(shadow.ledger.with_name("ledger.db")) as reader:
        assert reader.shadowed() == 1
    checked = subprocess.run(
        [sys.executable, "-m", "iatro_governor.cli.main", "check", str(shadow.config)],
        capture_output=True, text=True, timeout=60, cwd=ROOT, check=True,
    )  # fmt: skip
    assert "NOTHING IS ENFORCED" in checked.stdout
