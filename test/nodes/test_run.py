"""How a node ends: whatever its own ending does, its callbacks go on until it is over."""

from __future__ import annotations

import signal
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from rclpy.node import Node

from iatro_governor.nodes.run import run

pytestmark = pytest.mark.ros


class Ticking(Node):
    """Counts its ticks, and asks itself to end after the first."""

    def __init__(self) -> None:
        super().__init__("ticking")
        self.ticks = 0
        self.create_timer(0.01, self._tick)

    def _tick(self) -> None:
        self.ticks += 1
        if self.ticks == 1:
            signal.raise_signal(signal.SIGTERM)


@pytest.fixture
def node_of(domain: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    made: list[Ticking] = []

    def build() -> Ticking:
        made.append(Ticking())
        return made[0]

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield build, made
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_ending_that_fails_does_not_keep_the_loop_from_turning(node_of: Any) -> None:
    build, made = node_of

    def broken(_node: Ticking) -> bool:
        raise ZeroDivisionError("broken on purpose")

    assert run("ticking", build, survive=lambda _n, _e: True, finish=broken, finish_s=1.0, args=[]) == 1
    assert made[0].ticks > 20


def test_an_ending_is_asked_until_it_is_done(node_of: Any) -> None:
    build, made = node_of
    assert run("ticking", build, finish=lambda node: node.ticks > 50, finish_s=30.0, args=[]) == 0
    assert made[0].ticks > 50
