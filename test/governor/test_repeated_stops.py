"""When protective stops that come again and again latch."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from iatro_governor.governor.repeated_stops import StopCounter
from iatro_governor.profile.latching import RepeatedStops

THREE = RepeatedStops(count=3, within_s=20.0, source="a test")


def latched(*times, group=7):
    """What latches, where protective stops begin at ``times`` and end half a second later."""
    pulses: list[Any] = []
    ladder: Any = SimpleNamespace(pulse=lambda *told: pulses.append(told))
    counter = StopCounter(THREE)
    for t in times:
        counter.see(t, group, True, ladder)
        counter.see(t + 0.25, group, True, ladder)
        counter.see(t + 0.5, group, False, ladder)
    return pulses


def test_the_third_stop_within_twenty_seconds_latches_and_no_stop_counts_twice():
    told = "3 protective stops within 20 s, until a signed reset"
    assert latched(100.0, 107.0) == []
    assert latched(100.0, 107.0, 120.0) == [("repeated_stops", 120.0, told)]


@pytest.mark.parametrize(("fourth", "latches"), [(127.0, True), (127.25, False)])
def test_a_stop_that_began_longer_ago_counts_no_more(fourth, latches):
    """The first of four is out by then; the second is 20 s ago, or a little more."""
    assert [t for _, t, _ in latched(100.0, 107.0, 120.5, fourth)] == ([fourth] if latches else [])
