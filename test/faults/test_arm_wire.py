"""The faults of an arm over the wire: brought about at its sensors, seen on its actuator's topic, and recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from test.domains import fresh_domain
from test.faults import arm_wire
from test.faults.wire_rows import ARM
from test.faults.wire_rows import ROWS as BASE

pytestmark = pytest.mark.ros
SEEN_S = 10.0
"""For a machine that is busy with other things; what is measured on a quiet one is in the bench."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[arm_wire.ArmWired]:
    with arm_wire.arm_wired(fresh_domain(), tmp_path_factory.mktemp("arm")) as made:
        yield made


def test_every_row_that_is_an_arms_is_here() -> None:
    assert set(arm_wire.ROWS) == {name for name, row in BASE.items() if row == ARM}


@pytest.mark.parametrize("name", arm_wire.ROWS)
def test_a_fault_of_an_arm_stops_it_in_time_and_is_recorded_and_clears(
    one: arm_wire.ArmWired, name: str
) -> None:
    for _ in range(2):
        assert 0.0 < arm_wire.ROWS[name](one) <= SEEN_S
    one.back()
