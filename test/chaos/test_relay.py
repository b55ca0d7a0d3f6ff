"""What spoils messages on order does so from its first one on."""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.msg import Ack
from std_msgs.msg import String

from iatro_governor.nodes import qos
from test.conftest import Process

pytestmark = pytest.mark.ros


def test_an_order_that_was_given_before_it_listened_is_obeyed(
    domain: int,
    node_here: Callable[[str], Any],
    start: Callable[..., Process],
    wait_until: Callable[..., None],
) -> None:
    """The wrong answer: one that was killed and is back carries all whole, whatever was ordered meanwhile."""
    here, heard = node_here("ear"), Counter[int]()
    orders = here.create_publisher(String, "chaos/order/receipts", qos.STATE)
    orders.publish(String(data=json.dumps({"how": "doubled", "copies": 3})))
    sent = here.create_publisher(Ack, "raw/recorder/ack", qos.EVENT)
    here.create_subscription(Ack, "recorder/ack", lambda ack: heard.update([ack.up_to]), qos.EVENT)
    start(sys.executable, "-m", "test.chaos.relay", "receipts", "1", "recorder/ack").wait_for("ready", 20.0)
    numbers = itertools.count()

    def doubled() -> bool:
        sent.publish(Ack(up_to=next(numbers)))
        return 4 in heard.values()

    wait_until(doubled, 20.0, what="a message that comes three times, and once more")
