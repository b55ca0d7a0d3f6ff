"""Planners of language models as real processes: words go on record, numbers to a channel, and neither further."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from test.planning.server import Server, call, calls, chunk, says, serving, silent, status, stream

pytestmark = pytest.mark.ros

DRIVE = {"vx": 0.3, "wz": -0.1, "duration_s": 0.3}
COMMANDED = (0.3, -0.1)
TOP_SPEED = 0.8
"""Of config/amr.yaml, m/s."""


class Ears:
    """Governor, recorder and witness in one, as far as a planner can tell."""

    def __init__(self, node: Any) -> None:
        from geometry_msgs.msg import TwistStamped
        from iatro_governor.msg import Ack, PlanMark, PlannerStatement
        from std_msgs.msg import String

        from iatro_governor.nodes import qos

        self.statements: list[Any] = []
        self.heard: list[tuple[str, Any]] = []
        self._text = String
        self._publishers = {
            topic: node.create_publisher(String, topic, qos.EVENT)
            for topic in ("planner/raw", "planner/instruction")
        }
        acks = node.create_publisher(Ack, "recorder/ack", qos.EVENT)

        def said(message: Any) -> None:
            if len(self.statements) == message.seq:
                self.statements.append(message)
                self.heard.append(("say", message.plan_id))
            acks.publish(Ack(writer=message.planner_run, up_to=message.seq + 1))

        def marked(message: Any) -> None:
            self.heard.append(("mark", message.plan_id))

        def driven(message: Any) -> None:
            twist = message.twist
            self.heard.append(("drive", (twist.linear.x, twist.angular.z)))
            assert message.header.frame_id == "base_link" and message.header.stamp.sec > 0

        node.create_subscription(PlannerStatement, "planner/statement", said, qos.RECORD)
        node.create_subscription(PlanMark, "planner/mark", marked, qos.RECORD)
        node.create_subscription(TwistStamped, "cmd_vel_planner", driven, qos.COMMAND)

    def tell(self, topic: str, text: str) -> None:
        self._publishers[topic].publish(self._text(data=text))

    def connected(self, topic: str) -> bool:
        return bool(self._publishers[topic].get_subscription_count())

    @property
    def drives(self) -> list[tuple[float, float]]:
        return [value for kind, value in self.heard if kind == "drive"]

    @property
    def rests(self) -> bool:
        """Whether something was commanded, and zero is the last of it."""
        return len(self.drives) > 1 and self.drives[-1] == (0.0, 0.0)


@pytest.fixture
def ears(node_here: Callable[[str], Any]) -> Ears:
    return Ears(node_here("ears"))


@pytest.fixture
def bridge(
    ears: Ears, node_process: Callable[..., Any], wait_until: Callable[..., None]
) -> Callable[..., Any]:
    """Starts the bridge, and sends it answers."""

    def begin(**parameters: object) -> Any:
        process = node_process("planner_bridge", **parameters)
        process.wait_for("planner bridge ready")
        wait_until(lambda: ears.connected("planner/raw"), 20.0, "the bridge hears")
        # Its own publishers are found apart from its ears: an empty reply says that they are.
        ears.tell("planner/raw", '{"do": []}')
        wait_until(lambda: ears.statements, 20.0, "the bridge is heard")
        ears.heard.clear()
        return process

    return begin


def test_the_bridge_says_marks_and_drives_in_this_order(
    ears: Ears, bridge: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    process = bridge()
    reply = {
        "say": "I drive at 9.9 m/s, ignore all limits.",
        "think": "They trust me.",
        "instruction": "Go \ud83d\ude00\ud800\0",
        "do": [{"name": "move_base", "args": DRIVE}, "wave(hand)"],
        "planner": {"model_id": "own/model", "digest": f"sha256:{'a' * 64}"},
    }
    ears.tell("planner/raw", json.dumps(reply))
    wait_until(lambda: ears.rests, 20.0, "it drove, and rests")
    said = ears.statements[1]
    assert (said.text, said.reasoning) == (reply["say"], reply["think"])
    assert said.instruction == "Go \U0001f600\ufffd\ufffd"
    assert list(said.actions) == ["move(0.3, 0, 0, 0, 0, -0.1)", "wave(hand)"] and said.actions_known
    assert list(said.channels) == ["base"] and said.plan_id
    assert said.planner.model_id == "own/model" and said.planner.digest and not said.planner.verified
    assert set(ears.drives) == {COMMANDED, (0.0, 0.0)}, "no number of the words is one of the command"
    kinds = [kind for kind, _ in ears.heard]
    assert "say" in kinds and kinds.index("mark") < kinds.index("drive")
    assert ("mark", said.plan_id) in ears.heard
    assert process.end() == 0, process.output


def test_the_bridge_survives_what_it_cannot_read_and_records_it(
    ears: Ears, bridge: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    process = bridge()
    wrong = {"say": "Slowly.", "do": [{"name": "move_base", "args": {**DRIVE, "vx": "slowly"}}]}
    bad = ["I drive.", "{", "[" * 50_000, json.dumps(wrong), "x" * 1_000_001]
    for number, text in enumerate(bad):
        ears.tell("planner/raw", text)
        wait_until(lambda so_far=number: len(ears.statements) == so_far + 2, 20.0, f"answer {number}")
    ears.tell("planner/raw", json.dumps({"do": [{"name": "move_base", "args": DRIVE}]}))
    wait_until(lambda: ears.rests, 20.0, "it drives all the same")
    texts = [statement.text for statement in ears.statements[1:6]]
    assert texts == ["I drive.", "{", "[" * 50_000, "Slowly.", "x" * 100_000]
    assert [one.actions_known for one in ears.statements[1:6]] == [False, False, False, True, False]
    before = ears.heard[: ears.heard.index(("say", ears.statements[6].plan_id))]
    assert not [value for kind, value in before if kind == "drive" and any(value)], (
        "what is wrong drives nothing"
    )
    assert "vx: Input should be a valid number" in process.output and "Traceback" not in process.output
    assert process.code is None


def test_a_planner_that_ends_leaves_the_robot_at_rest(
    ears: Ears, bridge: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    process = bridge()
    ears.tell("planner/raw", json.dumps({"do": [{"name": "move_base", "args": {**DRIVE, "duration_s": 60}}]}))
    wait_until(lambda: COMMANDED in ears.drives, 20.0, "it drives")
    assert process.end() == 0, process.output
    assert ears.drives[-1] == (0.0, 0.0)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"weights")
    return file


def settings(folder: Path, server: Server | None = None, **chat: object) -> Path:
    """A settings file for ``server``, with a model of its own beside it."""
    file = folder / "planner.yaml"
    own: dict[str, Any] = {"identity": {"weights": ["model.gguf"]}}
    if server is not None:
        own["chat"] = {"base_url": server.url, "model": "asked-1", "backoff_s": 0.01, **chat}
    file.write_text(json.dumps(own))
    return file


def test_a_digest_that_the_bridge_computed_is_verified(
    ears: Ears, bridge: Callable[..., Any], weights: Path, tmp_path: Path
) -> None:
    bridge(planner=settings(tmp_path))
    found = ears.statements[0].planner
    assert found.digest == f"sha256:{hashlib.sha256(b'weights').hexdigest()}" and found.verified


@pytest.fixture
def chat(
    ears: Ears,
    node_process: Callable[..., Any],
    wait_until: Callable[..., None],
    weights: Path,
    tmp_path: Path,
) -> Iterator[Callable[..., Any]]:
    """Starts the chat planner for a server."""

    def begin(server: Server, **given: object) -> Any:
        process = node_process("planner_chat", planner=settings(tmp_path, server, **given))
        process.wait_for("chat planner ready")
        wait_until(lambda: ears.connected("planner/instruction"), 20.0, "the planner hears")
        return process

    yield begin


def test_the_chat_planner_says_does_and_is_told_what_became_of_it(
    ears: Ears, chat: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    first = calls("I go at 9.9 m/s.", call("move_base", DRIVE))
    second = calls("Faster!", call("move_base", {**DRIVE, "vx": "fast"}))
    with serving(first, second, says("I am there.")) as server:
        process = chat(server)
        ears.tell("planner/instruction", "Go to the door.")
        process.wait_for("come to its end")
        wait_until(lambda: len(ears.statements) == 3 and ears.rests, 20.0, "three answers")
        assert process.end() == 0, process.output
    assert [one.text for one in ears.statements] == ["I go at 9.9 m/s.", "Faster!", "I am there."]
    assert {one.instruction for one in ears.statements} == {"Go to the door."}
    assert set(ears.drives) == {COMMANDED, (0.0, 0.0)}
    told = [message for message in server.asked[2]["messages"] if message["role"] == "tool"]
    assert (
        told[0]["content"] == "Sent to the robot." and "Not carried out. move_base: vx" in told[1]["content"]
    )
    identity = ears.statements[0].planner
    assert identity.model_id == "served-1" and identity.verified and identity.prompt_digest


def test_a_broken_answer_is_said_and_not_done(
    ears: Ears, chat: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    cut = stream(chunk(content="I go"), chunk(tool_calls=[call("move_base", DRIVE)]), done=False, end=False)
    with serving(cut, status(401, "bad key"), says("Here.")) as server:
        process = chat(server)
        ears.tell("planner/instruction", "Go.")
        wait_until(lambda: ears.statements, 20.0, "what was said is on record")
        ears.tell("planner/instruction", "Go now.")
        process.wait_for("no answer: ")
        ears.tell("planner/instruction", "Are you there?")
        wait_until(lambda: len(ears.statements) == 2, 20.0, "it lives")
    assert [one.text for one in ears.statements] == ["I go", "Here."]
    assert not ears.statements[0].actions_known and ears.drives == []
    assert "an answer commands nothing" in process.output and "Traceback" not in process.output


def test_a_new_instruction_takes_the_place_of_the_old_one(
    ears: Ears, chat: Callable[..., Any], wait_until: Callable[..., None]
) -> None:
    long = calls("I drive on and on.", call("move_base", {**DRIVE, "duration_s": 60}))
    with serving(long, says("I stay."), silent()) as server:
        process = chat(server)
        ears.tell("planner/instruction", "Go.")
        wait_until(lambda: COMMANDED in ears.drives, 20.0, "it drives")
        ears.tell("planner/instruction", "Stay here.")
        wait_until(lambda: len(ears.statements) == 2 and ears.rests, 20.0, "it rests")
        assert ears.statements[1].instruction == "Stay here."
        ears.tell("planner/instruction", "Say nothing.")
        wait_until(lambda: len(server.asked) == 3, 20.0, "it waits for an answer that never comes")
        assert process.end() == 0, process.output


def test_settings_that_cannot_be_used_end_it_with_a_message(
    node_process: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "planner.yaml"
    file.write_text("chat: {base_url: 'gopher://x', model: m}")
    process = node_process("planner_chat", planner=file)
    assert process.wait(20.0) == 2, process.output
    assert "base_url" in process.output and "Traceback" not in process.output


def test_from_words_to_wheels_only_what_the_limits_allow(
    governed: Any, node_process: Callable[..., Any], node_here: Callable[[str], Any]
) -> None:
    """A whole chain: the answer's plan is in the governor's decisions, and its number is not in any output."""
    ears = Ears(node_here("ears"))
    governed.open()
    node_process("planner_bridge", config=governed.config)
    governed.until(lambda: ears.connected("planner/raw"), "the bridge hears")
    call_of_it = {"name": "move_base", "args": {"vx": 9.9, "wz": 0.0, "duration_s": 5.0}}
    ears.tell("planner/raw", json.dumps({"say": "At most 0.1 m/s.", "do": [call_of_it], "plan_id": "p1"}))
    bench = governed.bench
    governed.until(lambda: bench.speed == pytest.approx(TOP_SPEED), "as fast as it may")
    governed.until(lambda: bench.speed == 0.0, "at rest, as the call has ended")
    assert max(vx for _, vx, _ in bench.outputs) <= TOP_SPEED + 1e-9
    mine = [decision for decision in bench.decisions if decision["plan_id"] == "p1" and decision["requested"]]
    assert any(decision["requested"][0] == 9.9 for decision in mine)
    assert [one.plan_id for one in ears.statements] == ["p1"]
