"""The self-test of the governor node: before it starts, again on request, and on record each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

import rclpy
from rclpy.executors import SingleThreadedExecutor
from std_srvs.srv import Trigger

from iatro_governor.governor.decision import State
from iatro_governor.limits.registry import KINDS
from iatro_governor.nodes import governor as shell

pytestmark = pytest.mark.ros


class Asked:
    """A governor node in this process, its decisions, and somebody who asks it to test itself."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.faults: dict[str, str] = {}
        self._asker = rclpy.create_node("asker")
        self._client = self._asker.create_client(Trigger, "governor/self_test")
        self._executor = SingleThreadedExecutor()
        for each in (node, self._asker):
            self._executor.add_node(each)
        send = node._send

        def heard(body: dict[str, Any]) -> None:
            self.faults |= {fault["name"]: fault["detail"] for fault in body["faults"]}
            send(body)

        node._send = heard

    def until(self, condition: Callable[[], object], turns: int = 3000) -> None:
        for _ in range(turns):
            if condition():
                return
            self._executor.spin_once(timeout_sec=0.01)
        pytest.fail("the condition never came")

    def ask(self) -> Any:
        self.until(self._client.service_is_ready)
        answer = self._client.call_async(Trigger.Request())
        self.until(answer.done)
        return answer.result()

    def close(self) -> None:
        self._asker.destroy_node()


@pytest.fixture
def asked(domain: int, tmp_path: Path) -> Iterator[Asked]:
    rclpy.init(args=["--ros-args", "-p", f"ledger:={tmp_path / 'ledger.db'}"], domain_id=domain)
    node = shell.build()
    asked = Asked(node)
    try:
        yield asked
    finally:
        asked.close()
        node.destroy_node()
        rclpy.try_shutdown()


def test_it_is_on_record_that_it_was_made(asked: Asked) -> None:
    asked.until(lambda: "self_tested" in asked.faults)
    assert "each intervened" in asked.faults["self_tested"]


def test_it_is_repeated_on_request_while_the_loop_goes_on(asked: Asked) -> None:
    before = asked.node._ticks
    answer = asked.ask()
    assert answer.success and "each intervened" in answer.message
    assert asked.node._ticks > before + 5
    asked.until(lambda: not {"self_test", "loop_overrun"} & set(asked.faults))


def test_a_limit_that_no_longer_intervenes_stops_and_latches(asked: Asked, monkeypatch: Any) -> None:
    def nothing(*_: Any) -> None:
        return None

    whole = KINDS["speed"]
    monkeypatch.setitem(KINDS, "speed", type("Broken", (whole,), {"cap": nothing}))
    answer = asked.ask()
    assert not answer.success and "travel_speed" in answer.message and "turn_speed" in answer.message
    asked.until(lambda: "self_test" in asked.faults)
    last = asked.node._last["base"]
    asked.until(lambda: asked.node._last["base"].state is State.PROTECTIVE_STOP)
    monkeypatch.setitem(KINDS, "speed", whole)
    assert asked.ask().success
    last = asked.node._last["base"]
    assert last.latch is not None and last.latch.cause == "self_test"
    assert last.state is State.PROTECTIVE_STOP


def test_while_the_robot_moves_nothing_is_tried(asked: Asked) -> None:
    asked.node._testing._resting = lambda: False
    answer = asked.ask()
    assert not answer.success and "moves" in answer.message


def test_a_governor_whose_limit_does_nothing_does_not_start(governed: Any, tmp_path: Path) -> None:
    text = governed.config.read_text()
    free = text.replace("speed: 0.0\n    memory_s", "speed: 9000.0\n    memory_s")
    assert free != text
    governed.config = tmp_path / "free.yaml"
    governed.config.write_text(free)
    governed.launch()
    governed.wait(lambda: governed.governor.code is not None, 20.0, "the end")
    assert governed.governor.code == 2
    assert "unseen_space" in governed.governor.output
