"""What the core makes of each event by itself: two carts that nobody senses, without any motion."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from iatro_governor.errors import EventError
from iatro_governor.governor.core import Governor
from iatro_governor.governor.decision import Action
from iatro_governor.governor.events import (
    EVERYTHING,
    Backlog,
    Command,
    Endpoint,
    EStop,
    Fault,
    Malformed,
    Odom,
    Publishers,
)
from iatro_governor.governor.senses import Senses
from test.governor.carts import faults, one_cart, told, two_carts

GRACE_S, TIMEOUT_S = 0.5, 1.0
"""Of config/amr.yaml: a foreign publisher's lease, and the emergency stop's silence."""


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return one_cart(tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return two_carts(tmp_path_factory.mktemp("two"))


def by_event(governor: Governor, t: float) -> None:
    governor.handle(Backlog(t, 0.0))


def by_tick(governor: Governor, t: float) -> None:
    governor.tick(t)


@pytest.mark.parametrize("pass_time", [by_event, by_tick])
@pytest.mark.parametrize(
    ("times", "jumps"),
    [
        ((40.0, 41.0), False),
        ((1.0, 61.0), False),
        ((1.0, 61.001), True),
        ((1.0, 0.999), False),
        ((1.0, 0.99899), True),
        ((100.0,), False),
    ],
)
def test_time_that_goes_on_by_more_than_a_minute_or_back_by_more_than_a_rounding_has_jumped(
    one, pass_time, times, jumps
):
    governor = Governor(one)
    for t in times:
        pass_time(governor, t)
    assert ("clock_jump" in told(governor)) is jumps


def test_a_core_of_a_hundred_hertz_begins_with_decision_0(one):
    governor = Governor(one)
    assert governor.period == 0.01 and governor.next_seq == 0 and governor.tick(0.0)[0].seq == 0


def test_what_was_seen_is_remembered_for_as_long_as_the_limit_that_wants_it_longest(two, monkeypatch):
    """Without such a limit for no time at all."""
    asked: list[float] = []

    def senses(sources: Any, memory_s: float, *more: Any) -> Senses:
        asked.append(memory_s)
        return Senses(sources, memory_s, *more)

    monkeypatch.setattr("iatro_governor.governor.core.Senses", senses)
    unseen = [limit for limit in two.limits if limit.kind == "unseen"]
    assert len(unseen) == 2
    others = tuple(limit for limit in two.limits if limit.kind != "unseen")
    longer = [limit.model_copy(update={"memory_s": s}) for limit, s in zip(unseen, (2.5, 7.5), strict=True)]
    for limits in ((*others, *longer), (*others, *longer[::-1]), others):
        Governor(replace(two, limits=limits))
    assert asked == [7.5, 7.5, 0.0]


def test_who_has_no_source_of_nonces_makes_them_of_the_profile_the_id_and_the_number(one):
    """128 bits of the SHA-256 of the three."""
    governor = Governor(one)
    governor.handle(EStop(0.0, True))
    governor.tick(0.0)
    assert governor.latch is not None
    told = f"{one.config_hash}|{governor.latch.id}|0"
    assert governor.latch.nonce == hashlib.sha256(told.encode()).digest()[:16].hex()
    given = Governor(one, nonce=lambda made, seq: f"{made} by {seq}")
    given.handle(EStop(0.0, True))
    given.tick(0.0)
    assert given.latch is not None and given.latch.nonce == "amr-0-1 by 0"


def test_a_source_that_falls_silent_is_stale_at_the_next_tick(one):
    governor = Governor(one)
    governor.handle(Odom(0.0, "odom", np.eye(7)[6], np.zeros(6), 0.0))
    assert "sensor_stale" not in faults(governor, 0.19) and "sensor_stale" in faults(governor, 0.21)


def test_what_is_no_event_is_not_passed_over(one):
    nothing: Any = SimpleNamespace(t=0.0)
    with pytest.raises(AssertionError):
        Governor(one).handle(nothing)


def test_a_command_for_a_channel_that_is_none_decides_nothing(two):
    governor = Governor(two)
    assert governor.handle(Command(0.0, "tram", (0.0,) * 6, 0.0)) == []
    assert [d.channel for d in governor.handle(Command(0.0, "cart", (0.0,) * 6, 0.0))] == ["cart"]


def test_before_any_source_has_spoken_it_is_closed_and_says_for_whom_it_waits(one):
    governor = Governor(one)
    assert faults(governor, 0.0)["closed"] == "waiting for lidar, odom"
    governor.handle(Odom(0.01, "odom", np.eye(7)[6], np.zeros(6), 0.01))
    assert faults(governor, 0.01)["closed"] == "waiting for lidar"


def test_a_silent_emergency_stop_is_as_good_as_pressed_at_the_next_tick(one):
    governor = Governor(one)
    governor.handle(EStop(0.0, False))
    assert "estop" not in faults(governor, TIMEOUT_S)
    assert "estop" in faults(governor, TIMEOUT_S + 0.01) and governor.latch is not None
    assert governor.latch.pressed == ("estop",)


def test_a_foreign_publisher_stops_the_channel_whose_output_it_writes(two):
    governor = Governor(two)
    for t in (0.0, GRACE_S):
        governor.handle(Publishers(t, "cart_vel", (Endpoint("/rogue", "1"),)))
    assert "foreign_publisher" in faults(governor, GRACE_S, "cart")
    assert "foreign_publisher" not in faults(governor, GRACE_S, "base")


def test_a_fault_of_the_process_clears_once_it_was_told_and_over_for_its_time(one):
    governor = Governor(one)
    governor.handle(Fault(0.0, "loop_overrun", True, "late"))
    assert faults(governor, 0.0)["loop_overrun"] == "late"
    governor.handle(Fault(0.01, "loop_overrun", False, ""))
    assert "loop_overrun" in faults(governor, 0.49) and "loop_overrun" not in faults(governor, 1.0)


def test_five_protective_stops_in_a_minute_latch_and_one_that_lasts_counts_once(two):
    """Both groups stop each time, which are two stops, so the third time makes more than five of them."""
    governor, t = Governor(two), 0.0
    for number in (1, 2, 3):
        governor.handle(Fault(t, "internal_error", True, "by the test"))
        for _ in range(8):
            repeated = "repeated_stops" in faults(governor, t)
            t = round(t + 0.1, 3)
        assert repeated is (number == 3)
        governor.handle(Fault(t, "internal_error", False, ""))
        for _ in range(10):
            governor.tick(t)
            t = round(t + 0.1, 3)
    assert governor.latch is not None and governor.latch.causes == ("repeated_stops",)


def test_a_trap_is_offered_once_where_nothing_leads_out_and_again_when_that_is_over(one, monkeypatch):
    governor = Governor(one, nonce=lambda made, seq: f"{made} by {seq}")
    (group,) = governor.groups
    monkeypatch.setattr(group, "decide", lambda *_: [])

    def offered(t: float, seq: int) -> Any:
        governor.skip_to(seq)
        governor.tick(t)
        return group.recovery.trap

    assert offered(0.0, 6) is None
    group.bound_by = ("north", "south")
    trap = offered(0.01, 7)
    assert (trap.id, trap.nonce, trap.limits) == ("amr-7-trap", "amr-7-trap by 7", ("north", "south"))
    assert offered(0.02, 9) is trap
    group.recovery.withdraw()
    assert offered(0.03, 9).id == "amr-9-trap"


def test_a_trap_without_a_source_of_nonces_has_one_all_the_same(one, monkeypatch):
    governor = Governor(one)
    (group,) = governor.groups
    monkeypatch.setattr(group, "decide", lambda *_: [])
    group.bound_by = ("north",)
    governor.tick(0.0)
    assert group.recovery.trap is not None and len(group.recovery.trap.nonce) == 32


def test_decisions_are_numbered_one_after_the_other_on_all_channels(two):
    governor = Governor(two, first_seq=5)
    assert [d.seq for t in (0.0, 0.01) for d in governor.tick(t)] == [5, 6, 7, 8]


@pytest.mark.parametrize(
    ("kind", "of", "sources"),
    [
        ("odom", "odom", {"odom"}),
        ("odom", "lidar", set()),
        ("scan", "lidar", {"lidar"}),
        ("scan", EVERYTHING, {"lidar"}),
        ("scan", None, set()),
        ("wrench", EVERYTHING, set()),
        ("estop", None, {"estop"}),
    ],
)
def test_a_garbled_measurement_is_a_fault_of_the_sources_that_it_may_be_of(one, kind, of, sources):
    """An emergency stop that does not say which it is counts all the same."""
    governor = Governor(one)
    assert governor.handle(Malformed(0.0, kind, of, "no numbers")) == []
    details = [f.detail for f in governor.process.reports if f.name == "sensor_malformed"]
    assert details == [f"{source}: no numbers" for source in sorted(sources)]


def test_a_garbled_command_refuses_its_own_channel_at_once_and_one_for_all_refuses_each(two):
    governor = Governor(two)
    (decision,) = governor.handle(Malformed(0.0, "command", "cart", "no numbers"))
    assert (decision.channel, decision.action, decision.on_command) == ("cart", Action.REFUSED, True)
    assert "command_malformed" in {fault.name for fault in decision.faults}
    assert "command_malformed" not in faults(governor, 0.0, "base")
    every = governor.handle(Malformed(0.01, "command", EVERYTHING, "no numbers"))
    assert [(d.channel, d.action) for d in every] == [("base", Action.REFUSED), ("cart", Action.REFUSED)]


def test_a_line_that_cannot_be_read_stands_until_a_good_one(one):
    governor = Governor(one)
    governor.handle(Malformed(0.0, "line", None, "no object"))
    for t in (0.0, 2.0):
        assert faults(governor, t)["input_malformed"] == "no object"
    governor.good_line(2.0)
    governor.tick(2.5)
    assert "input_malformed" not in faults(governor, 2.6)


def test_publishers_that_cannot_be_read_are_a_fault_that_passes(one):
    governor = Governor(one)
    assert governor.handle(Malformed(0.0, "publishers", None, "no list")) == []
    assert faults(governor, 0.0)["input_malformed"] == "no list"
    assert "input_malformed" not in faults(governor, 0.6)


def test_what_a_source_tells_wrongly_is_raised_and_stops_the_robot_where_the_profile_has_it(one):
    governor = Governor(one)
    garbled = Odom(0.0, "odom", np.full(7, np.nan), np.zeros(6), 0.0)
    with pytest.raises(EventError):
        governor.handle(garbled)
    assert told(governor)["sensor_malformed"].startswith("odom: ")
    stranger = Governor(one)
    with pytest.raises(EventError):
        stranger.handle(Odom(0.0, "wheels", np.eye(7)[6], np.zeros(6), 0.0))
    assert "sensor_malformed" not in told(stranger)


@pytest.mark.parametrize(
    ("fraction", "names"),
    [
        (0.5, set()),
        (0.51, {"ledger_half_full"}),
        (0.9, {"ledger_half_full"}),
        (0.91, {"ledger_half_full", "ledger_backlog"}),
    ],
)
def test_more_than_half_a_ring_takes_no_new_plan_and_more_than_nine_tenths_stops(one, fraction, names):
    governor = Governor(one)
    governor.handle(Backlog(0.0, fraction))
    assert told(governor).keys() == names
    (member,) = governor.groups[0].members
    assert member.stream.no_new_plan is ("ledger_half_full" in names)
    governor.handle(Backlog(0.0, 0.2))
    assert member.stream.no_new_plan is False
