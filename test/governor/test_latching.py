"""A robot's one latch: made by the first fault that latches, and the same until a reset."""

from __future__ import annotations

from typing import Any

from iatro_governor.governor.decision import Latch
from iatro_governor.governor.latching import Latches


def made() -> Any:
    return Latches("robot", lambda latch, seq: f"nonce of {latch} at {seq}", None)


def test_the_first_fault_makes_the_latch_and_others_are_added_once():
    latches = made()
    latches.take([], 6)
    assert not latches.latch
    latches.take(["estop", "self_test"], 7)
    latches.take(["self_test", "estop", "repeated_stops"], 9)
    assert latches.latch == Latch(
        "robot-7-1", "nonce of robot-7-1 at 7", "estop", ("self_test", "repeated_stops")
    )


def test_after_a_reset_the_next_latch_is_another_one():
    latches = made()
    latches.take(["estop"], 7)
    latches.release()
    assert not latches.latch
    latches.take(["estop"], 7)
    assert latches.latch.id == "robot-7-2"


def test_the_latch_from_before_a_restart_stands():
    latches = Latches("robot", lambda _latch, _seq: "", Latch("robot-3-1", "n", "estop"))
    latches.take(["estop"], 1)
    assert latches.latch == Latch("robot-3-1", "n", "estop")


def test_it_says_which_emergency_stops_made_it():
    latches = made()
    latches.name(["door"])
    assert not latches.latch
    latches.take(["estop"], 7)
    before = latches.latch
    latches.name([])
    assert latches.latch is before, "it stays the same where nothing new is known"
    latches.name(["hall", "door"])
    assert latches.latch.pressed == ("door", "hall")
    again = latches.latch
    latches.name(["door", "hall"])
    assert latches.latch is again
