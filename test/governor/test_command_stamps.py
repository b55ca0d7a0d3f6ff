"""Which stamps of a stream are fresh and in order, and how many commands a second are taken."""

from __future__ import annotations

import math
import tracemalloc
from types import SimpleNamespace
from typing import Any

import pytest

from iatro_governor.governor.events import Command
from iatro_governor.governor.freshness import Verdict
from test.governor.streams import AHEAD, ROUNDED, TIMEOUT, Stream

ACCEPTED, REFUSED = Verdict.ACCEPTED, Verdict.REFUSED


@pytest.mark.parametrize(("ahead", "fine"), [(AHEAD, True), (AHEAD + ROUNDED, True), (AHEAD + 0.001, False)])
def test_a_stamp_may_be_ahead_of_the_clock_by_so_much(ahead, fine):
    it = Stream()
    assert it.send(0.0, stamp=ahead) is (ACCEPTED if fine else REFUSED)
    assert set(it.faults) == (set() if fine else {"command_future"})
    if not fine:
        assert it.faults["command_future"] == "stamped 0.251 s ahead; at most 0.25 s is allowed"
        assert it.send(0.125) is ACCEPTED, "and is forgotten"


@pytest.mark.parametrize(
    ("ago", "fine"), [(TIMEOUT, True), (TIMEOUT + ROUNDED, True), (TIMEOUT + 0.001, False)]
)
def test_a_stamp_may_be_as_old_as_the_time_out(ago, fine):
    it = Stream()
    assert it.send(0.0, stamp=-ago) is (ACCEPTED if fine else REFUSED)
    assert set(it.faults) == (set() if fine else {"command_stale"})
    if not fine:
        assert it.faults["command_stale"] == "stamped 0.501 s ago; at most 0.5 s is allowed"


def test_stamps_do_not_go_back_and_may_stand():
    it = Stream()
    assert it.send(1.0, stamp=0.75) is ACCEPTED and it.send(1.125, stamp=0.75) is ACCEPTED
    assert it.send(1.25, stamp=0.625) is REFUSED
    assert it.faults == {"command_backwards": "stamped 0.125 s before the last command"}


def test_a_stamp_that_is_no_number_is_malformed():
    it = Stream()
    assert it.send(1.0, stamp=math.nan) is REFUSED
    assert it.faults == {"command_malformed": "stamp nan is not finite"}
    assert it.stream.why_garbled(Command(1.0, "it", (13.0,), 1.0)) == "thirteen"


@pytest.mark.parametrize("limited", [False, True])
def test_so_many_commands_a_second_are_taken_and_one_more_is_not(limited):
    """Five at most, of the channel itself or by a limit in its place; one that is just a second old still counts."""
    rate: Any = SimpleNamespace(bound=5.0, name="pace")
    it = Stream(hz=9.0, rate=rate) if limited else Stream(hz=5.0)
    times = [1.0, 1.125, 1.25, 1.375, 1.5]
    assert [it.send(t) for t in times] == [ACCEPTED] * 5
    assert it.send(2.0) is REFUSED
    named = " (limit pace)" if limited else ""
    assert it.faults == {"command_rate": f"more than 5 commands in 1 s{named}"}
    assert it.send(2.125) is REFUSED, "what was refused counts too: at 1.125 came the fifth before it"
    assert it.send(2.5625) is ACCEPTED, "of the last second only 2.0 and 2.125"


def test_of_a_flood_at_one_moment_no_more_is_kept_than_is_counted():
    it = Stream(hz=3.0)
    for _ in range(10):
        it.send(1.0)
    tracemalloc.start()
    try:
        for _ in range(4000):
            it.send(1.0)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 4000 * 4, "a place in a queue takes 8 bytes"
