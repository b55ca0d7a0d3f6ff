from __future__ import annotations

import math

import pytest

pytest.importorskip("rclpy", reason="ROS 2 (rclpy) is not installed")

from builtin_interfaces.msg import Time

from iatro_governor.nodes.stamps import seconds, span_of, stamp_of


@pytest.mark.parametrize("t", [0.0, 1e-9, 0.999_999_999_9, 1.75e9 + 0.123456, 2.0**31 - 1])
def test_stamps_keep_their_time(t: float) -> None:
    stamp = stamp_of(t)
    assert 0 <= stamp.nanosec < 10**9
    assert seconds(stamp) == pytest.approx(t, abs=2.5e-7)


def test_a_stamp_is_read_in_seconds() -> None:
    assert seconds(Time(sec=3, nanosec=500_000_000)) == 3.5


@pytest.mark.parametrize("t", [0.0, 0.1, 2.25, -0.75, 86_400.000_000_001])
def test_a_span_keeps_its_length_to_the_nanosecond(t: float) -> None:
    assert seconds(span_of(t)) == pytest.approx(t, abs=1e-9)


@pytest.mark.parametrize("t", [1e12, -1e12])
def test_a_span_longer_than_any_is_the_longest(t: float) -> None:
    assert seconds(span_of(t)) == math.copysign(2**31 - 1, t)
