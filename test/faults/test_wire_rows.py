"""Each fault of the ladder over the wire: injected from outside, seen on the actuator topic in time, and recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from iatro_governor.governor.ladder import TABLE, Level
from test.domains import fresh_domain
from test.faults.wire_rows import ROWS, SPEED, OnWire, Wired, strike, wired

pytestmark = [pytest.mark.ros, pytest.mark.apart]
SEEN_S = 10.0
"""For a machine that is busy with other things: nodes that find each other late do so after seconds. The bounds
themselves are held in virtual time by test_every_row.py, and measured on the wire by bench/stops.py."""
BRAKES = {"controlled": 0.8, "protective": 1.6}
INJECTED = [name for name, row in ROWS.items() if isinstance(row, OnWire)]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    with wired(fresh_domain(), tmp_path_factory.mktemp("wired")) as made:
        yield made


def test_every_row_that_stops_is_here_or_says_why_it_cannot_be_injected() -> None:
    stops = {name for name, row in TABLE.items() if row.level > Level.NOTE}
    assert set(ROWS) == stops
    assert all(row.strip() for row in ROWS.values() if isinstance(row, str))


@pytest.mark.parametrize("name", INJECTED)
def test_a_fault_from_outside_stops_the_robot_in_time_and_is_recorded_and_clears(
    one: Wired, name: str
) -> None:
    row, rung = ROWS[name], TABLE[name]
    assert isinstance(row, OnWire)
    seen = strike(one, name, row)
    assert seen.state == ("PROTECTIVE_STOP" if rung.level == Level.PROTECTIVE_STOP else "CONTROLLED_STOP")
    assert seen.first_s <= row.waits_s + SEEN_S
    if not row.short:
        assert seen.rest_s is not None and seen.rest_s <= row.waits_s + SEEN_S + SPEED / BRAKES[rung.mode]
    one.drive()
    assert name not in one.bench.faults
