"""Work beside a robot is over when the robot's turn is, and holds nobody up when that is broken off."""

from __future__ import annotations

import os
import threading

import pytest

from iatro_governor.cli._demo_aside import LAST, aside


def test_it_has_the_lowest_priority_and_is_over_at_the_end() -> None:
    found = []
    with aside(lambda: found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))):
        pass
    assert found == [LAST]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < LAST


def test_what_it_raises_is_left_to_whoever_asks_for_the_result() -> None:
    def broken() -> None:
        raise ValueError("no")

    with aside(broken):
        pass


def test_a_turn_that_is_broken_off_does_not_wait_for_it() -> None:
    go = threading.Event()
    with pytest.raises(KeyboardInterrupt), aside(lambda: go.wait(60.0)):
        raise KeyboardInterrupt
    assert not go.is_set()
    go.set()
