"""Which commands of a stream count: how long one lives, what silence is, and what has to come after a stop."""

from __future__ import annotations

import tracemalloc

import pytest

from iatro_governor.governor import freshness
from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import Verdict
from test.governor.streams import PERIOD, REARM, ROUNDED, TIMEOUT, Stream

ACCEPTED, RESTING, REFUSED = Verdict.ACCEPTED, Verdict.RESTING, Verdict.REFUSED


@pytest.mark.parametrize("t", [0.0, 0.25, TIMEOUT, TIMEOUT + ROUNDED])
def test_a_command_lives_for_its_time_out(t):
    it = Stream()
    assert it.send(0.0) is ACCEPTED
    assert it.stream.live(t) is not None


@pytest.mark.parametrize(("stamp", "ends"), [(1.0, 1.5), (0.75, 1.25), (1.125, 1.5)])
def test_it_is_as_old_as_its_stamp_or_as_when_it_came_whichever_is_longer_ago(stamp, ends):
    it = Stream()
    assert it.stream.live(1.0) is None
    assert it.send(1.0, stamp=stamp) is ACCEPTED
    assert it.stream.live(ends) is not None and it.stream.live(ends + 0.001) is None
    it.stream.drop()
    assert it.stream.live(1.0) is None


def test_silence_while_it_should_be_moving_is_a_fault_until_a_command_comes():
    it = Stream()
    it.send(1.0)
    it.stream.watch(1.5, at_rest=False)
    assert it.faults == {}
    it.stream.watch(1.75, at_rest=False)
    assert it.faults == {"command_stale": f"no command younger than {TIMEOUT} s"}
    it.ladder.tell()
    for t in (1.8, 3.0):
        it.stream.watch(t, at_rest=False)
        it.ladder.advance(t)
    assert "command_stale" in it.faults
    it.ladder.tell()
    it.send(3.0)
    it.stream.watch(3.0, at_rest=False)
    it.ladder.advance(4.0)
    assert it.faults == {}


@pytest.mark.parametrize(("value", "at_rest"), [(0.0, False), (1.0, True)])
def test_silence_after_zeros_or_at_rest_is_none(value, at_rest):
    it = Stream()
    it.send(1.0, value)
    it.stream.watch(2.0, at_rest)
    it.stream.watch(2.1, at_rest=False)
    assert it.faults == {}


def test_a_body_that_moves_before_any_command_came_is_not_waiting_for_one():
    it = Stream()
    it.stream.watch(1.0, at_rest=False)
    assert it.faults == {}


def test_the_strictest_recovery_since_the_last_motion_is_owed():
    it = Stream()
    steps = (
        ("none", None),
        ("fresh", "awaiting_command"),
        ("rearm", "awaiting_rearm"),
        ("fresh", "awaiting_rearm"),
    )
    for recovery, owed in steps:
        assert it.owing(recovery).owed == owed
    assert it.send(1.0, plan="new") is ACCEPTED and it.owed is None


def test_after_a_stop_that_asks_for_a_fresh_command_its_stamp_has_to_be_later_than_the_end_of_the_last_fault():
    it = Stream().owing("fresh", cleared=2.0).owing("fresh", cleared=1.0)
    assert it.send(2.125, stamp=2.0) is REFUSED
    assert it.send(2.25, 0.0, stamp=2.0) is RESTING
    assert it.owed == "awaiting_command"
    assert it.send(2.25, stamp=2.0625) is ACCEPTED


def test_after_a_stop_that_asks_for_more_a_stream_has_to_pause():
    it = Stream().owing("rearm", cleared=1.0)
    assert it.send(2.0) is ACCEPTED, "nothing moved for longer than that"
    it.owing("rearm", cleared=2.0)
    assert it.send(2.0 + REARM - 0.001) is REFUSED
    began = 2.0 + REARM - 0.001
    assert it.send(began + 0.5, 0.0) is RESTING, "zeros do not end the pause"
    assert it.send(began + 0.7) is REFUSED, "what is refused does"
    assert it.send(began + 0.7 + REARM + 0.001) is ACCEPTED


@pytest.mark.parametrize("quiet_s", [REARM, REARM - ROUNDED])
def test_a_pause_just_as_long_is_long_enough(quiet_s):
    it = Stream()
    it.send(0.0)
    assert it.owing("rearm", cleared=0.0).send(quiet_s) is ACCEPTED


def test_a_message_that_is_no_command_ends_a_pause_too():
    it = Stream()
    it.owing("rearm").stream.malformed(1.0, "no command at all")
    assert it.faults == {"command_malformed": "no command at all"}
    assert it.send(1.5) is REFUSED
    it = Stream().owing("rearm")
    assert it.send(1.0, 13.0) is REFUSED and it.send(1.5) is REFUSED


def test_a_plan_that_is_new_needs_no_pause_and_one_that_was_obeyed_does():
    it = Stream()
    it.send(1.0, plan="old")
    it.owing("rearm", cleared=1.0)
    assert it.send(1.125, stamp=1.0, plan="new") is REFUSED, "its stamp is no later than the end of the fault"
    assert it.send(1.1875, plan="old") is REFUSED
    assert it.send(1.25, plan="new", stopped=True) is REFUSED
    assert it.send(1.375, plan="new") is ACCEPTED, "one that was only refused may still begin"
    it.owing("rearm", cleared=1.375)
    assert it.send(1.5, plan="new") is REFUSED


def test_a_plan_whose_command_was_garbled_is_used():
    it = Stream()
    it.send(1.0)
    it.owing("rearm", cleared=1.0)
    assert it.send(1.125, 13.0, plan="new") is REFUSED
    assert it.send(1.25, plan="new") is REFUSED
    assert it.send(1.375, plan="another") is ACCEPTED


def test_beyond_what_is_remembered_every_plan_counts_as_used(monkeypatch):
    monkeypatch.setattr(freshness, "MOST_PLANS", 2)
    it = Stream()
    it.send(1.0, plan="first")
    it.owing("rearm", cleared=1.0)
    assert it.send(1.125, plan="second") is ACCEPTED
    it.owing("rearm", cleared=1.125)
    assert it.send(1.25, plan="third") is REFUSED


def test_no_more_plans_are_remembered_than_that(monkeypatch):
    monkeypatch.setattr(freshness, "MOST_PLANS", 10)
    it = Stream()
    tracemalloc.start()
    try:
        for k in range(1000):
            it.send(1.0, 13.0, plan=f"plan {k}")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1000 * 16, "an id takes more than 16 bytes"


def test_a_plan_id_may_be_any_text():
    it = Stream()
    assert it.send(1.0, plan="\ud800" * 1000) is ACCEPTED
    assert it.owing("rearm", cleared=1.0).send(1.125, plan="\ud800" * 1000) is REFUSED


def test_while_a_fault_of_another_kind_is_in_force_only_zeros_are_obeyed_already():
    it = Stream()
    assert it.send(1.0, stopped=True) is REFUSED
    assert it.send(1.25, 0.0, stopped=True) is RESTING
    assert it.stream.live(1.25) is None


def test_while_no_plan_may_begin_the_one_in_force_goes_on():
    it = Stream()
    it.send(1.0, plan="p")
    it.stream.no_new_plan = True
    assert it.send(9.0, plan="p") is ACCEPTED, "however long it has paused"
    assert it.send(9.25, plan="q") is REFUSED and it.send(9.25) is REFUSED
    assert it.send(9.25, 0.0, plan="q") is ACCEPTED, "zeros are always taken"


def test_a_plan_without_an_id_goes_on_while_its_command_moves_it_or_did_within_the_pause():
    """It moved last at 1.0; zeros keep it alive until 0.75 s later."""
    it = Stream()
    it.send(1.0)
    it.stream.no_new_plan = True
    assert it.send(1.25) is ACCEPTED
    assert it.send(1.5, 0.0) is ACCEPTED
    assert it.send(1.875) is ACCEPTED, "0.625 s after it moved"
    for t in (2.25, 2.5):
        assert it.send(t, 0.0) is ACCEPTED
    assert it.send(1.875 + REARM) is REFUSED
    assert it.stream.live(1.875 + REARM) is not None


def test_a_plan_without_an_id_that_is_silent_for_its_time_out_is_over():
    it = Stream()
    it.send(1.0)
    it.stream.no_new_plan = True
    assert it.send(1.0 + TIMEOUT + 0.125) is REFUSED


def test_a_plan_without_an_id_goes_on_while_its_command_lives_even_where_a_pause_is_shorter():
    it = Stream(rearm_s=0.25)
    it.send(1.0)
    it.stream.no_new_plan = True
    assert it.send(1.375) is ACCEPTED


def test_zeros_for_just_as_long_as_a_pause_end_a_plan_without_an_id():
    it = Stream()
    it.send(0.0)
    it.stream.no_new_plan = True
    it.send(0.5, 0.0)
    assert it.send(REARM - ROUNDED) is REFUSED


def test_what_only_brakes_begins_no_plan_and_counts_as_motion():
    it = Stream()
    it.stream.no_new_plan = True
    assert it.send(1.0, 7.0) is ACCEPTED and it.send(1.125, 7.0, plan="q") is ACCEPTED
    assert it.send(1.25, plan="r") is REFUSED


def test_what_only_brakes_is_taken_once_while_it_goes_on():
    it = Stream()
    it.send(0.5, plan="p")
    it.stream.no_new_plan = True
    it.chart.executed = Command(0.5, "it", (1.0,), 0.5, "p")
    assert it.send(1.0, 7.0, plan="q") is ACCEPTED
    it.chart.executed = Command(1.0, "it", (7.0,), 1.0, "q")
    assert it.send(1.125, 7.0, plan="q") is REFUSED and it.send(1.25, plan="q") is REFUSED
    assert it.send(1.375, plan="p") is ACCEPTED
    it.chart.executed = Command(1.375, "it", (1.0,), 1.375, "p")
    assert it.send(1.5, 7.0, plan="q") is ACCEPTED


def test_zeros_begin_no_plan():
    it = Stream()
    it.stream.no_new_plan = True
    assert it.send(1.0, 0.0) is ACCEPTED and it.send(1.125) is REFUSED


def test_while_another_channel_has_the_joints_only_zeros_are_taken():
    it = Stream()
    assert it.send(1.0, 0.0, taken="other") is ACCEPTED and it.faults == {}
    assert it.send(1.25, taken="other") is REFUSED
    assert "other" in it.faults["joints_taken"]
    assert it.values(1.25) == (0.0,)


@pytest.mark.parametrize(
    ("t", "told"), [(0.0, True), (0.06, True), (PERIOD - ROUNDED, False), (PERIOD, False)]
)
def test_two_commands_within_a_period_are_noted_for_only_the_newer_acts(t, told):
    it = Stream()
    it.send(0.0)
    it.send(t, 2.0)
    assert ("command_superseded" in it.faults) is told
    assert it.values(t) == (2.0,)


def test_a_period_is_counted_from_the_last_command():
    it = Stream()
    it.send(4.0)
    it.send(4.0625)
    assert it.faults == {}
    it.send(4.125 - 0.001)
    assert set(it.faults) == {"command_superseded"}


def test_a_command_that_was_dropped_is_not_superseded():
    it = Stream()
    it.send(0.0)
    it.stream.drop()
    it.send(0.01)
    assert it.faults == {}
