"""A governor that is held up knows for how long, what it must not send any more, and that a watch may have spoken."""

from __future__ import annotations

from iatro_governor.nodes.hold_ups import HoldUps
from iatro_governor.profile.model import HEARTBEAT_S, LoopTiming

LOOP = LoopTiming(max_gap_s=0.25)


def test_a_loop_that_comes_in_time_tells_nothing() -> None:
    held = HoldUps(LOOP, 100.0)
    assert [held.come_round(100.0 + k * 0.25) for k in range(4)] == [""] * 4
    assert not held.overdue(101.0) and held.overdue(101.01)


def test_an_overrun_is_told_once_with_what_was_withheld() -> None:
    held = HoldUps(LOOP, 100.0)
    held.come_round(100.0)
    held.withhold(7)
    told = held.come_round(101.0)
    assert "1.000 s after the last" in told and "decision 7 was too old to go out" in told
    assert "decision 7" not in held.come_round(102.0)
    assert held.come_round(102.1) == ""


def test_what_was_decided_before_a_hold_up_is_too_old_after_it() -> None:
    held = HoldUps(LOOP, 100.0)
    held.begin(101.0)
    assert not held.too_old(101.25) and held.too_old(101.26)
    held.begin(101.3)
    assert not held.too_old(101.5)


def test_a_heartbeat_is_due_by_time_and_silence_counts_from_it() -> None:
    held = HoldUps(LOOP, 100.0)
    assert held.beat_due(100.0)
    held.beat(100.0)
    assert not held.beat_due(100.0 + HEARTBEAT_S / 2) and held.beat_due(100.5)
    assert held.spoken_for(100.25 + HEARTBEAT_S) == 0.0, "the loop's longest gap and a heartbeat's time"
    assert held.spoken_for(101.0) > 0.6


def test_it_wakes_once_after_each_silence_in_which_a_watch_may_have_spoken() -> None:
    held = HoldUps(LOOP, 100.0)
    assert not held.wakes(101.0), "before the first heartbeat there is no silence"
    held.beat(101.0)
    assert not held.wakes(101.0 + LOOP.patience_s)
    assert [held.wakes(t) for t in (102.0, 102.01, 102.02)] == [True, False, False]
    held.spoken_for(102.02)
    assert not held.wakes(102.03)
    held.beat(102.03)
    assert held.wakes(103.0)
    held.beat(103.0)
    assert not held.wakes(103.01) and held.wakes(104.0)
