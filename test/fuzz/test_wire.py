"""Malformed bytes on the real wire, to a real governor: it lives, stays in its memory, and drives again."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.serialization import serialize_message

from iatro_governor.limits.registry import load_profile
from iatro_governor.nodes import qos
from test.fuzz.grammar import mangled
from test.fuzz.inlet import Inlet
from test.fuzz.samples import sample

pytestmark = pytest.mark.ros
SEED = int(os.environ.get("IATRO_SEED", "11"))
MANY = int(os.environ.get("IATRO_FUZZ", "2000")) // 4
GROWTH_KB = 4096
"""The allocator takes memory from the system in arenas of 1 MB; one leaked message in ten would be seen at 20,000."""
PAUSE_S = 0.002
SPARED = "estop"
"""A byte of it latches, which is right and ends the test."""


def anonymous_kb(pid: int) -> int:
    """Memory of a process's own, without mapped files such as its ring, kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("RssAnon")))


def test_malformed_bytes_on_the_wire_neither_end_nor_move_nor_fill_a_governor(
    governed: Any, node_here: Callable[[str], Any]
) -> None:
    governed.open()
    governed.drive(0.3)
    governed.bench.command = None
    governed.until_rest()
    profile = load_profile(governed.config)
    kinds = {topic: kind for topic, (kind, _) in Inlet(profile).topics.items() if topic != SPARED}
    node, chance = node_here("garbler"), random.Random(SEED)
    publishers = {topic: node.create_publisher(kind, topic, qos.EVENT) for topic, kind in kinds.items()}
    governed.until(lambda: all(p.get_subscription_count() for p in publishers.values()), "matched")

    def spoil(times: int) -> None:
        for _ in range(times):
            topic = chance.choice(list(kinds))
            data = mangled(serialize_message(sample(kinds[topic], governed.bench.now(), profile)), chance)
            with suppress(rclpy_implementation.RCLError):  # the middleware itself refuses a few
                publishers[topic].publish(data)
            time.sleep(PAUSE_S)

    spoil(MANY // 3)
    before = anonymous_kb(governed.governor.pid)
    spoil(MANY)
    assert governed.governor.code is None, governed.governor.output
    assert anonymous_kb(governed.governor.pid) - before < GROWTH_KB, f"seed {SEED}"
    assert "Traceback" not in governed.governor.output, governed.governor.output
    assert governed.bench.told("command_malformed") and governed.bench.told("sensor_malformed")
    assert all(math.isfinite(vx) and abs(vx) <= 0.8 + 1e-9 for _, vx, _ in governed.bench.outputs)
    governed.bench.command = (0.0, 0.0)
    governed.until(lambda: not governed.bench.faults, "armed again", 30.0)
    governed.drive(0.3)
