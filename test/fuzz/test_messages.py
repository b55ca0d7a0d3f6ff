"""Malformed messages on all that the governor reads: none breaks it, passes in silence, or stays in memory."""

from __future__ import annotations

import gc
import math
import os
import random
import tracemalloc
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from geometry_msgs.msg import TwistStamped
from hypothesis import given, settings
from hypothesis import strategies as st
from nav_msgs.msg import Odometry
from rclpy.serialization import deserialize_message, serialize_message
from std_msgs.msg import Bool

from iatro_governor.errors import EventError
from iatro_governor.limits.registry import load_profile
from iatro_governor.nodes import commands, sources
from iatro_governor.nodes.sources import Origin
from iatro_governor.profile.load import Profile
from test.fuzz.grammar import mangled
from test.fuzz.inlet import Fate, Inlet, must_refuse, wrong
from test.fuzz.samples import sample
from test.nodes import channels

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("IATRO_SEED", "11"))
MANY = int(os.environ.get("IATRO_FUZZ", "2000"))
"""Messages for each robot."""
GROWTH = 256 * 1024
"""Bytes that may be kept more after the second half than after the first.

What is kept by design is bounded and full by then: a second's arrivals, 32 marks, a scan each source, one standing
fault for each row. A leak of one object of 48 bytes a message would be 3,000 x 48 = 144 kB at 6,000 messages, and each
keeps a list or an array with it, which is several times that.
"""
INLET = Inlet(load_profile(ROOT / "config" / "amr.yaml"))
"""Of the tests with few numbers; each moves its time on."""


def spoil(inlet: Inlet, chance: random.Random, seen: dict[str, int]) -> None:
    """Feed one spoilt message, and now and then sound ones, so that there is motion to go wrong."""
    topic = chance.choice(list(inlet.topics))
    kind, _ = inlet.topics[topic]
    data = serialize_message(sample(kind, inlet.t, inlet.core.profile))
    fate = inlet.feed(topic, data if chance.random() < 0.2 else mangled(data, chance))
    if said := wrong(fate, topic):
        pytest.fail(f"seed {SEED}: {said}")
    seen["decoded"] += fate.message is not None
    seen["undecodable"] += fate.message is None
    seen["refused"] += bool(fate.refused)
    for decision in inlet.tick():
        assert wrong(Fate(decisions=[decision]), topic) is None


@pytest.mark.parametrize("robot", ["amr", "panda"])
def test_malformed_messages_break_nothing_and_pass_nowhere(robot: str) -> None:
    inlet = Inlet(load_profile(ROOT / "config" / f"{robot}.yaml"))
    chance, seen = random.Random(SEED), {"decoded": 0, "undecodable": 0, "refused": 0}
    for _ in range(MANY // 4):
        spoil(inlet, chance, seen)
    sizes = []
    for _ in range(2):
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        for _ in range(MANY * 3 // 8):
            spoil(inlet, chance, seen)
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[1] - sizes[0] < GROWTH, f"seed {SEED}: {sizes} bytes kept"
    assert min(seen.values()) > MANY // 20, f"nothing was tried: {seen}"


def test_a_reader_that_lets_a_malformed_command_pass_is_seen() -> None:
    """The wrong answer: of a governor that says nothing about NaN, this says that it passed in silence."""
    message: Any = TwistStamped()
    message.twist.linear.x = float("nan")
    assert must_refuse("cmd_vel_planner", message)
    assert "in silence" in str(wrong(Fate(message=message), "cmd_vel_planner"))
    assert not must_refuse("estop", Bool(data=True))


@cache
def panda() -> Profile:
    return load_profile(ROOT / "config" / "panda.yaml")


def origin(kind: str) -> Origin:
    """A source of ``kind`` on the bench's arm."""
    return Origin(kind, channels.source(kind), panda().data.robot, "", lambda stamp: stamp)


def readers() -> dict[str, tuple[Any, Callable[[Any], object]]]:
    """How each type of channel and of source is read."""
    out: dict[str, tuple[Any, Callable[[Any], object]]] = {}
    for name, row in commands.TYPES.items():
        out[f"channel {name}"] = row.message, partial(_command, row, channels.channel(name))
    for name, kind in sources.TYPES.items():
        out[f"source {name}"] = kind.message, partial(kind.read, origin(name), 0.0)
    return out


def _command(row: Any, channel: Any, message: Any) -> object:
    return row.read(message, channel)


@pytest.mark.parametrize("name", sorted(readers()))
def test_every_type_of_message_is_read_or_refused_with_a_reason(name: str) -> None:
    kind, read = readers()[name]
    data, chance, decoded = serialize_message(sample(kind, 1.0, panda())), random.Random(SEED), 0
    for _ in range(max(MANY // 20, 50)):
        try:
            message = deserialize_message(mangled(data, chance), kind)
        except Exception:  # noqa: BLE001 - rmw's own errors share no class
            continue
        decoded += 1
        try:
            read(message)
        except EventError as error:
            assert str(error)
    assert decoded > 5


bad = st.sampled_from([math.nan, math.inf, -math.inf])


@settings(deadline=None)
@given(st.integers(0, 5), bad)
def test_one_number_of_a_twist_that_is_none_is_enough(axis: int, value: float) -> None:
    message: Any = sample(TwistStamped, INLET.t, INLET.core.profile)
    parts = message.twist.linear, message.twist.angular
    setattr(parts[axis // 3], "xyz"[axis % 3], value)
    fate = INLET.feed("cmd_vel_planner", serialize_message(message))
    assert fate.refused and wrong(fate, "cmd_vel_planner") is None
    assert {fault.name for one in INLET.tick() for fault in one.faults} >= {"command_malformed"}


@settings(deadline=None)
@given(st.sampled_from(["position", "orientation"]), st.sampled_from("xyz"), bad)
def test_one_number_of_a_pose_that_is_none_is_enough(part: str, axis: str, value: float) -> None:
    message: Any = sample(Odometry, INLET.t, INLET.core.profile)
    setattr(getattr(message.pose.pose, part), axis, value)
    fate = INLET.feed("odom", serialize_message(message))
    assert fate.refused
    assert {fault.name for one in INLET.tick() for fault in one.faults} >= {"sensor_malformed"}
