"""The scripted planner as a real process: nothing is said before it is heard, and nothing is left unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ros

SHORT = """
version: 1
name: short
model_id: scripted/short
world: {name: empty}
plans:
  - plan_id: a
    title: Forward
    say: I drive.
    think: Nothing is in the way.
    do: ["drive()"]
    benign: true
    motion: [{commands: [{at: 0.0, for: 0.5, values: [0.4, 0, 0, 0, 0, 0.1]}]}]
    gap_s: 0.1
  - title: Without a word
    benign: false
    motion: [{commands: [{at: 0.0, for: 0.2, values: [0.2, 0, 0, 0, 0, 0]}]}]
    gap_s: 0.1
  - {plan_id: c, title: Words alone, say: I cannot do that., benign: true, gap_s: 0.1, open_s: 0.1}
"""


class Listener:
    """Governor, recorder and witness in one, as far as the planner can tell."""

    def __init__(self, node: Any) -> None:
        from iatro_governor.msg import Ack, PlanMark, PlannerStatement
        from nav_msgs.msg import Odometry

        from iatro_governor.nodes import qos
        from iatro_governor.nodes.stamps import seconds

        self.heard: list[tuple[str, Any]] = []
        self.statements: list[Any] = []
        self.acknowledging = True
        self._node, self._ack_type, self._planner_qos = node, Ack, qos
        self._acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)
        self._odom = node.create_publisher(Odometry, "odom", qos.SENSOR_OUT)
        node.create_timer(0.02, lambda: self._odom.publish(Odometry(child_frame_id="base_link")))
        node.create_subscription(
            PlanMark, "planner/mark", lambda m: self.heard.append(("mark", m.plan_id)), qos.RECORD
        )
        node.create_subscription(PlannerStatement, "planner/statement", self._said, qos.RECORD)
        self._seconds = seconds

    def _said(self, message: Any) -> None:
        self.statements.append(message)
        self.heard.append(("say", message.plan_id))
        if self.acknowledging:
            self._acks.publish(self._ack_type(writer=message.planner_run, up_to=message.seq + 1))

    def listen_to_commands(self) -> None:
        """From now on there is a governor."""
        from geometry_msgs.msg import TwistStamped

        def take(message: Any) -> None:
            self.heard.append(("drive", message.twist.linear.x))

        self._node.create_subscription(TwistStamped, "cmd_vel_planner", take, self._planner_qos.COMMAND)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    file = tmp_path / "short.yaml"
    file.write_text(SHORT)
    return file


def test_it_waits_to_be_heard_then_says_and_does_what_is_written(
    node_here: Callable[[str], Any], node_process: Callable[..., Any], short: Path, tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:  # fmt: skip
    listener, report = Listener(node_here("listener")), tmp_path / "report.json"
    planner = node_process("planner_replay", scenario=short, listeners=0, report=report)
    wait_until(lambda: listener._odom.get_subscription_count() > 0, 20.0, "the planner is there")
    planner.wait_for("planner ready")
    assert listener.heard == [], "it spoke before there was a governor"
    listener.listen_to_commands()
    assert planner.wait(20.0) == 0, planner.output
    told = json.loads(report.read_text())
    assert told["finished"] and told["statements"] == 2 == len(listener.statements)
    first = listener.statements[0]
    assert (first.text, first.reasoning, list(first.actions)) == (
        "I drive.",
        "Nothing is in the way.",
        ["drive()"],
    )
    assert (
        first.planner.model_id == "scripted/short"
        and list(first.channels) == ["base"]
        and first.actions_known
    )
    kinds = [kind for kind, _ in listener.heard]
    assert kinds.index("say") < kinds.index("drive") and kinds.index("mark") < kinds.index("drive")
    drives = [value for kind, value in listener.heard if kind == "drive"]
    assert max(drives) == pytest.approx(0.4) and drives[-1] == 0.0
    assert [span["plan_id"] for span in told["spans"]] == ["a", None, "c"]


def test_a_statement_without_a_receipt_is_sent_again_with_its_number(
    node_here: Callable[[str], Any],
    node_process: Callable[..., Any],
    short: Path,
    wait_until: Callable[..., None],
) -> None:
    listener = Listener(node_here("listener"))
    listener.acknowledging = False
    listener.listen_to_commands()
    planner = node_process("planner_replay", scenario=short, listeners=0)
    wait_until(lambda: [m.seq for m in listener.statements].count(0) >= 2, 20.0, "the first one again")
    listener.acknowledging = True
    assert planner.wait(20.0) == 0, planner.output
    by_number = {message.seq: message.text for message in listener.statements}
    assert by_number == {0: "I drive.", 1: "I cannot do that."}
    assert len({message.planner_run for message in listener.statements}) == 1
