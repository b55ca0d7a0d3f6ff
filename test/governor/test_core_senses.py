"""Each kind of measurement goes to the sense that takes it, and an emergency stop that speaks has been seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.events import (
    Bodies,
    EStop,
    Flags,
    Joints,
    MapPose,
    Odom,
    Points,
    Range,
    Scan,
    Wrench,
)
from test.governor.carts import one_cart, told

NOWHERE, ZEROS = np.eye(7)[6], np.zeros(6)
EVENTS = [
    (Scan(0.0, "lidar", np.ones(4), 0.0, 0.1, 0.05, 12.0, 0.0), "look"),
    (Points(0.0, "lidar", np.zeros((1, 3)), 0.0), "look"),
    (Range(0.0, "lidar", 1.0, 0.1, 4.0, None, 0.0), "look"),
    (Odom(0.0, "odom", NOWHERE, ZEROS, 0.0), "odom"),
    (MapPose(0.0, "odom", NOWHERE, None, None, 0.0), "map_pose"),
    (Joints(0.0, "odom", ("a",), np.zeros(1), np.zeros(1), None, 0.0), "joints"),
    (Wrench(0.0, "odom", np.zeros(3), np.zeros(3), 0.0), "wrench"),
    (Bodies(0.0, "odom", "odom", (), 0.0), "bodies"),
    (Flags(0.0, "flags", {}, 0.0), "set_flags"),
]
SENSES = {name for _, name in EVENTS}
KINDS = [type(event).__name__ for event, _ in EVENTS]


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    return one_cart(tmp_path_factory.mktemp("one"))


@pytest.mark.parametrize(("event", "sense"), EVENTS, ids=KINDS)
def test_each_kind_goes_to_its_own_sense(profile, monkeypatch, event, sense):
    governor, taken = Governor(profile), list[tuple[str, Any]]()
    for name in SENSES:
        monkeypatch.setattr(governor.senses, name, lambda given, name=name: taken.append((name, given)))
    assert governor.handle(event) == []
    assert taken == [(sense, event)] and "sensor_malformed" not in told(governor)


@pytest.mark.parametrize(("event", "sense"), EVENTS, ids=KINDS)
def test_what_its_sense_finds_garbled_is_a_fault_of_the_source_and_raised(profile, monkeypatch, event, sense):
    def garbled(given: Any) -> None:
        raise EventError("no sense in it", "a test")

    governor = Governor(profile)
    monkeypatch.setattr(governor.senses, sense, garbled)
    with pytest.raises(EventError, match="no sense in it"):
        governor.handle(event)
    assert "no sense in it" in told(governor)["sensor_malformed"]
    assert told(governor)["sensor_malformed"].startswith(f"{event.source}: ")


def test_an_emergency_stop_that_speaks_has_been_seen(profile, monkeypatch):
    governor, seen = Governor(profile), list[tuple[str, float]]()
    monkeypatch.setattr(governor.senses, "estop_seen", lambda *given: seen.append(given))
    governor.handle(EStop(0.5, False, "estop"))
    governor.handle(EStop(0.75, False, "another"))
    assert seen == [("estop", 0.5)]
